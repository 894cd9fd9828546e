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
from sqlalchemy import Connection, text

from imr_archive.query.dimensions import dimension
from imr_archive.query.intervals import wilson
from imr_archive.query.language import Outcome
from imr_archive.query.plan import Plan
from imr_archive.query.sql import Parameters, Statement, matching, values_of

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


def lift(connection: Connection, plan: Plan, name: str, outcome: Outcome = "overturned") -> Lift:
    """The lift of each value of the dimension `name` towards `outcome`, among what `plan` matches.

    Values with fewer than three items are left out. Raises UnknownNameError for a dimension that is none.
    """
    known = dimension(name).name
    asked = msgspec.structs.replace(plan, rates=True, why=False, dimensions=(known,))
    statement = _shares_sql(asked, outcome) if known in OF_ONE_OUTCOME else _rates_sql(asked, outcome)
    found = connection.execute(text(statement.sql), statement.parameters).all()
    rows = [LiftRow(row.value, row.items, row.observed, row.expected) for row in found]
    return Lift(
        plan=asked,
        dimension=known,
        outcome=outcome,
        rows=_surest_first([row for row in rows if row.items >= FEWEST and row.observed]),
        total=found[0].asked if found else 0,
        statement=statement,
    )


def _surest_first(rows: Sequence[LiftRow]) -> tuple[LiftRow, ...]:
    """By the lower end of the interval, so that two items of two do not lead ninety of a hundred."""
    return tuple(sorted(rows, key=lambda row: (-(row.interval or (0.0, 0.0))[0], -row.items, str(row.value))))


def _rates_sql(plan: Plan, outcome: Outcome) -> Statement:
    parameters = Parameters()
    hit = f"i.outcome = {parameters.bind(outcome)} AS hit"
    values = values_of(plan, parameters, f"i.id AS id, i.service_type_id AS service, {hit}")
    return Statement(
        f"WITH found AS MATERIALIZED ({values}),"
        " item AS MATERIALIZED (SELECT DISTINCT id, service, hit FROM found),"
        " base AS MATERIALIZED (SELECT service, avg(hit) AS rate FROM item GROUP BY service)"
        " SELECT value_1 AS value, count(*) AS items, sum(hit) AS observed, sum(rate) AS expected,"
        " (SELECT count(*) FROM item) AS asked"
        " FROM found JOIN base ON base.service IS found.service WHERE value_1 IS NOT NULL GROUP BY value_1",
        parameters.values,
    )


def _shares_sql(plan: Plan, outcome: Outcome) -> Statement:
    parameters = Parameters()
    (name,) = plan.dimensions
    column = dimension(name).sql
    decided = f"i.outcome = {parameters.bind(outcome)} AND {column} IS NOT NULL"
    found = f"SELECT {column} AS value {matching(plan, parameters, conditions=[decided])}"
    return Statement(
        f"WITH found AS MATERIALIZED ({found}),"
        f" usual AS MATERIALIZED (SELECT {column} AS value, count(*) AS items FROM disputed_items AS i"
        f" WHERE {decided} GROUP BY 1),"
        " asked AS MATERIALIZED (SELECT count(*) AS items FROM found)"
        " SELECT found.value, asked.items AS items, count(*) AS observed,"
        " 1.0 * asked.items * usual.items / (SELECT sum(items) FROM usual) AS expected, asked.items AS asked"
        " FROM found JOIN usual USING (value) CROSS JOIN asked GROUP BY found.value",
        parameters.values,
    )
