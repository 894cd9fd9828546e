"""Comparisons: groups side by side, and whether their uphold rates differ."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection

from imr_archive.query.counts import Value
from imr_archive.query.differences import holm, newcombe, two_proportions
from imr_archive.query.evaluating import Evaluator
from imr_archive.query.frames import data_frame
from imr_archive.query.plan import Plan
from imr_archive.query.rates import tabulate
from imr_archive.query.results import RateRow, Rates, rounded
from imr_archive.query.sql import Parameters, Statement, matching

if TYPE_CHECKING:
    import pandas

SIGNIFICANT = 0.05
"""Differences with a corrected p-value below it are marked."""

ALL_OTHERS = "all others"


class Difference(msgspec.Struct, frozen=True):
    """The difference of the uphold rates of two groups.

    `p_value` is that of the test of two proportions; `p_adjusted` the same corrected (Holm) for the number of
    differences that are shown together.
    """

    first: str
    second: str
    one: RateRow
    other: RateRow
    p_adjusted: float | None = None

    @property
    def difference(self) -> float | None:
        """The first uphold rate less the second; None where a group is empty."""
        rate, other_rate = self.one.uphold_rate, self.other.uphold_rate
        return None if rate is None or other_rate is None else rate - other_rate

    @property
    def interval(self) -> tuple[float, float] | None:
        """The Newcombe 95% interval of the difference."""
        return newcombe((self.one.upheld, self.one.items), (self.other.upheld, self.other.items))

    @property
    def p_value(self) -> float | None:
        """The two-sided p-value of the rates being the same."""
        return two_proportions((self.one.upheld, self.one.items), (self.other.upheld, self.other.items))

    @property
    def significant(self) -> bool:
        """Whether the corrected p-value is below 5%."""
        return self.p_adjusted is not None and self.p_adjusted < SIGNIFICANT

    def measures(self) -> dict[str, Value | float | bool]:
        """The difference with its interval and tests, as JSON has them."""
        low, high = self.interval or (None, None)
        return {
            "difference": rounded(self.difference),
            "difference_low": rounded(low),
            "difference_high": rounded(high),
            "p_value": _p_value(self.p_value),
            "p_adjusted": _p_value(self.p_adjusted),
            "significant": self.significant,
        }

    def to_dict(self) -> dict[str, Value | float | bool]:
        """The two groups and the difference, as JSON has them."""
        return {"first": self.first, "second": self.second, **self.measures()}


def _p_value(value: float | None) -> float | None:
    """A p-value in four significant digits."""
    return None if value is None else float(f"{value:.4g}")


class Group(msgspec.Struct, frozen=True):
    """One of the groups that are compared: its name, and its rates by whatever the question groups by."""

    label: str
    rates: Rates


class Comparison(msgspec.Struct, frozen=True):
    """Groups side by side, with the differences of every two of them.

    `total` counts each item once; `shared` is how many items are in more than one group, which the test takes
    to be none.
    """

    plan: Plan
    groups: tuple[Group, ...]
    differences: tuple[Difference, ...]
    total: int
    statement: Statement

    @property
    def reading(self) -> str:
        """How the query was understood."""
        return self.plan.reading

    @property
    def sql(self) -> str:
        """The SQL that tells the groups' items, with named parameters; `statement.parameters` has them."""
        return self.statement.sql

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What each group's rates are grouped by."""
        return self.plan.dimensions

    @property
    def shared(self) -> int:
        """How many items are counted in more than one group."""
        return sum(group.rates.total for group in self.groups) - self.total

    def to_dicts(self) -> list[dict[str, Value | float]]:
        """The rows as JSON has them: a row for each group, or for each of its values."""
        return [{"group": group.label, **row} for group in self.groups for row in group.rates.to_dicts()]

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a data frame; raises MissingExtraError without pandas."""
        return data_frame(self.to_dicts(), ["group", *self.dimensions])

    def extras(self) -> dict[str, object]:
        """What JSON has beside the rows."""
        return {"differences": [one.to_dict() for one in self.differences]}


def compare(connection: Connection, plan: Plan, evaluator: Evaluator | None = None) -> Comparison:
    """The groups (`plan.arms`) side by side, and the differences of every two of them.

    Each group's words are looked for as those of any question of rates: in headings, or where no heading has
    them anywhere. `evaluator` is one that serves other questions of the same answer.
    """
    evaluator = evaluator or Evaluator(connection)
    groups = [Group(arm.label, tabulate(connection, plan.of_arm(arm), evaluator)) for arm in plan.arms]
    pairs = [
        Difference(one.label, other.label, one.rates.overall, other.rates.overall)
        for one, other in combinations(groups, 2)
    ]
    members = [group.rates.plan for group in groups]
    return Comparison(
        plan=plan,
        groups=tuple(groups),
        differences=_corrected(pairs),
        total=evaluator.in_any(members),
        statement=_members_sql(members),
    )


def against_others(rates: Rates) -> tuple[Difference, ...]:
    """Each group of `rates` against all items that are not in it, in the order of the rows."""
    pairs = [
        Difference(
            " · ".join(rates.named(row)),
            ALL_OTHERS,
            row,
            RateRow(
                (),
                rates.overall.items - row.items,
                rates.overall.upheld - row.upheld,
                rates.overall.overturned - row.overturned,
            ),
        )
        for row in rates.rows
    ]
    return _corrected(pairs)


def _corrected(pairs: Sequence[Difference]) -> tuple[Difference, ...]:
    adjusted = holm([pair.p_value for pair in pairs])
    return tuple(
        msgspec.structs.replace(pair, p_adjusted=value) for pair, value in zip(pairs, adjusted, strict=True)
    )


def _members_sql(plans: Sequence[Plan]) -> Statement:
    """The items of every group, with the number of the group."""
    parameters = Parameters()
    members = [
        f"SELECT {number} AS grouped, i.id AS id, i.outcome AS outcome {matching(plan, parameters)}"
        for number, plan in enumerate(plans, start=1)
    ]
    return Statement(" UNION ALL ".join(members), parameters.values)
