"""What goes with an outcome: sections, guidelines or reasons that are met more often than is to be expected.

A section that is cited for an item which is mostly overturned anyhow explains nothing. So what is observed is
set against what the same services do: each item that cites the section counts with the rate of its own
service among all that was asked about, and the lift is the observed number over the sum of these (indirect
standardisation). A reason belongs to one outcome by its nature, so its rate would always be 0 or 1: there the
share of the reason among the decisions asked about is set against its share among all of that outcome.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from imr_archive.query.counts import Tally
from imr_archive.query.dimensions import dimension
from imr_archive.query.evaluating import Evaluator
from imr_archive.query.intervals import wilson
from imr_archive.query.language.words import Outcome
from imr_archive.query.lift_sql import lift_sql, shares_sql
from imr_archive.query.plan import Plan
from imr_archive.query.sql import Statement

WHY = ("section", "reason")
"""What a question that asks why is answered with."""

OF_ONE_OUTCOME = frozenset({"reason"})
"""Dimensions each of whose values belongs to one outcome alone."""

FEWEST = 3
"""Values met less often are left out: a lift over one or two items is chance."""


class LiftRow(msgspec.Struct, frozen=True):
    """One value: of `items`, `observed` have it (or the outcome), where `expected` would be usual."""

    value: str | int
    items: int
    observed: int
    expected: float

    @property
    def rate(self) -> float:
        """The observed share of the items."""
        return self.observed / self.items

    @property
    def base_rate(self) -> float:
        """The share that is to be expected."""
        return self.expected / self.items

    @property
    def lift(self) -> float | None:
        """How many times as often as expected; None where nothing is."""
        return self.observed / self.expected if self.expected else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% interval of the lift: the Wilson interval of the rate over the base rate, as if known."""
        bounds = wilson(self.observed, self.items)
        if bounds is None or not self.expected:
            return None
        return bounds[0] / self.base_rate, bounds[1] / self.base_rate

    def to_dict(self) -> dict[str, str | int | float | None]:
        """The row as JSON has it."""
        low, high = self.interval or (None, None)
        return {
            "value": self.value,
            "items": self.items,
            "observed": self.observed,
            "expected": round(self.expected, 2),
            "rate": round(self.rate, 4),
            "base_rate": round(self.base_rate, 4),
            "lift": None if self.lift is None else round(self.lift, 3),
            "lift_low": None if low is None else round(low, 3),
            "lift_high": None if high is None else round(high, 3),
        }


class Lift(msgspec.Struct, frozen=True):
    """The values of one dimension by their lift towards `outcome`, the surest first."""

    plan: Plan
    dimension: str
    outcome: Outcome
    rows: tuple[LiftRow, ...]
    total: int
    statement: Statement

    @property
    def label(self) -> str:
        """What heads the values."""
        return dimension(self.dimension).label

    @property
    def of_outcome(self) -> bool:
        """Whether the rows are shares of the decisions with the outcome, rather than rates of it."""
        return self.dimension in OF_ONE_OUTCOME

    @property
    def reading(self) -> str:
        """What was counted and against what."""
        known = dimension(self.dimension).english
        base = "all decisions of this outcome" if self.of_outcome else "the rate of the same service"
        asked = msgspec.structs.replace(self.plan, dimensions=(), outcome=None, both_outcomes=False)
        about = asked.reading.removesuffix(" · one rate for all that matches")
        everything = "one rate for all that matches"
        return f"{'all decisions' if about == everything else about} · {known}, {self.outcome} against {base}"

    def to_dicts(self) -> list[dict[str, str | int | float | None]]:
        """The rows as JSON has them."""
        return [row.to_dict() for row in self.rows]


def lift(
    connection: Connection,
    plan: Plan,
    name: str,
    outcome: Outcome = "overturned",
    evaluator: Evaluator | None = None,
) -> Lift:
    """The lift of each value of the dimension `name` towards `outcome`, among what `plan` matches.

    Values with fewer than three items are left out. `evaluator` is one that has met the plan before. Raises
    UnknownNameError for a dimension that is none.
    """
    known = dimension(name).name
    asked = msgspec.structs.replace(plan, rates=True, why=False, dimensions=(known,))
    statement = shares_sql(asked, outcome) if known in OF_ONE_OUTCOME else lift_sql(asked, outcome)
    counted = _shares if known in OF_ONE_OUTCOME else _rates
    rows, total = counted(evaluator or Evaluator(connection), asked, outcome)
    return Lift(
        plan=asked,
        dimension=known,
        outcome=outcome,
        rows=_surest_first([row for row in rows if row.items >= FEWEST and row.observed]),
        total=total,
        statement=statement,
    )


def _rates(evaluator: Evaluator, plan: Plan, outcome: Outcome) -> tuple[list[LiftRow], int]:
    """For each value its items with the outcome, and as many as the rates of their services lead to expect.

    Besides how many items were asked about.
    """
    services, values = evaluator.by_service(plan)
    usual = {service: getattr(counts, outcome) / counts.items for (service,), counts in services.items()}
    rows: dict[str | int, LiftRow] = {}
    for (service, value), counts in sorted(values.items(), key=lambda one: str(one[0])):
        if value is not None:
            met = rows.get(value, LiftRow(value, 0, 0, 0.0))
            rows[value] = LiftRow(
                value,
                met.items + counts.items,
                met.observed + getattr(counts, outcome),
                met.expected + counts.items * usual[service],
            )
    return list(rows.values()), sum(counts.items for counts in services.values())


def _shares(evaluator: Evaluator, plan: Plan, outcome: Outcome) -> tuple[list[LiftRow], int]:
    """For each value the items with the outcome, and as many as its share among all of that outcome makes.

    Besides how many items with the outcome and a value were asked about.
    """
    asked = _with_outcome(evaluator.tally(plan), outcome)
    usual = _with_outcome(evaluator.tally(Plan(rates=True, dimensions=plan.dimensions)), outcome)
    items, all_items = sum(asked.values()), sum(usual.values())
    rows = [
        LiftRow(value, items, observed, 1.0 * items * usual[value] / all_items)
        for value, observed in asked.items()
    ]
    return rows, items


def _with_outcome(tally: Tally, outcome: Outcome) -> dict[str | int, int]:
    """How many items of each value have the outcome, as far as any has."""
    counted = {value: getattr(counts, outcome) for (value,), counts in tally.items() if value is not None}
    return {value: count for value, count in counted.items() if count}


def _surest_first(rows: Sequence[LiftRow]) -> tuple[LiftRow, ...]:
    """By the lower end of the interval, so that two items of two do not lead ninety of a hundred."""
    return tuple(sorted(rows, key=lambda row: (-(row.interval or (0.0, 0.0))[0], -row.items, str(row.value))))
