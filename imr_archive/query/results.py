"""What a query gives: decisions that match, or rates. All are frozen, and `to_dict` gives their JSON."""

from __future__ import annotations

from typing import Literal

import msgspec

from imr_archive.query.dimensions import dimension
from imr_archive.query.intervals import wilson
from imr_archive.query.language import Outcome
from imr_archive.query.plan import Plan

SMALL = 10
"""Groups of fewer items are marked small: on nine items a Wilson interval is 30 to 57 points wide."""

Value = str | int | None


class Hit(msgspec.Struct, frozen=True):
    """One decision that matches; the fields up to `specialties` are those of the `decisions` view.

    `specialties` are joined by semicolons, as in the view. `snippet` is from the part of the decision that
    holds most of the words (heading, rationale or case summary: `snippet_from`), with the words marked.
    """

    case_number: str | None
    source: str | None
    position: int
    description: str
    outcome: str
    category: str | None
    subcategory: str | None
    service: str | None
    decision_date: str | None
    specialties: str | None
    snippet: str
    snippet_from: str

    def to_dict(self) -> dict[str, Value]:
        """The row as JSON has it."""
        return msgspec.structs.asdict(self)


class Hits(msgspec.Struct, frozen=True):
    """One page of the decisions that match, and how many match in all."""

    plan: Plan
    rows: tuple[Hit, ...]
    total: int

    @property
    def reading(self) -> str:
        """How the query was understood."""
        return self.plan.reading

    def to_dicts(self) -> list[dict[str, Value]]:
        """The rows as JSON has them."""
        return [row.to_dict() for row in self.rows]


class RateRow(msgspec.Struct, frozen=True):
    """How often the items of one group were upheld; `values` has the group's value for each dimension."""

    values: tuple[Value, ...]
    items: int
    upheld: int
    overturned: int

    @property
    def uphold_rate(self) -> float | None:
        """The share of items that were upheld; None where there are no items."""
        return self.upheld / self.items if self.items else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The Wilson 95% interval of the uphold rate."""
        return wilson(self.upheld, self.items)

    @property
    def small(self) -> bool:
        """Whether the group is too small for its rate to say much (fewer than 10 items)."""
        return self.items < SMALL

    def least(self, outcome: Outcome) -> float:
        """The lower end of the interval of that outcome's rate."""
        bounds = wilson(self.upheld if outcome == "upheld" else self.overturned, self.items)
        return bounds[0] if bounds else 0.0

    def to_dict(self, dimensions: tuple[str, ...] = ()) -> dict[str, Value | float]:
        """The row as JSON has it: the dimensions' own keys, the counts, the rate and its interval."""
        low, high = self.interval or (None, None)
        return {
            **dict(zip(dimensions, self.values, strict=True)),
            "items": self.items,
            "upheld": self.upheld,
            "overturned": self.overturned,
            "uphold_rate": _rounded(self.uphold_rate),
            "uphold_rate_low": _rounded(low),
            "uphold_rate_high": _rounded(high),
            "small": self.small,
        }


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)


class Rates(msgspec.Struct, frozen=True):
    """Rates by one dimension or two, or (by none) one rate; `overall` counts each item once."""

    plan: Plan
    dimensions: tuple[str, ...]
    rows: tuple[RateRow, ...]
    overall: RateRow

    @property
    def reading(self) -> str:
        """How the query was understood."""
        return self.plan.reading

    @property
    def total(self) -> int:
        """The number of items, each counted once, whatever the number of groups that it is in."""
        return self.overall.items

    @property
    def labels(self) -> tuple[str, ...]:
        """Headings for the columns of the dimensions."""
        return tuple(dimension(name).label for name in self.dimensions)

    def named(self, row: RateRow) -> tuple[str, ...]:
        """The row's values as a table shows them: what has no value is named too."""
        return tuple(
            dimension(name).missing if value is None else str(value)
            for name, value in zip(self.dimensions, row.values, strict=True)
        )

    def to_dicts(self) -> list[dict[str, Value | float]]:
        """The rows as JSON has them."""
        return [row.to_dict(self.dimensions) for row in self.rows]


class Answer(msgspec.Struct, frozen=True):
    """What a phrase was answered with: hits or rates."""

    query: str
    result: Hits | Rates

    @property
    def kind(self) -> Literal["hits", "rates"]:
        """What the rows are: decisions, or rates."""
        return "hits" if isinstance(self.result, Hits) else "rates"

    @property
    def plan(self) -> Plan:
        """How the query was understood, in parts; `plan.case_number` names the case that it opens, if any."""
        return self.result.plan

    @property
    def reading(self) -> str:
        """How the query was understood, in English."""
        return self.result.reading

    @property
    def total(self) -> int:
        """How many items match; in rates each is counted once."""
        return self.result.total

    def to_dict(self) -> dict[str, object]:
        """The answer as JSON has it."""
        return {
            "query": self.query,
            "reading": self.reading,
            "rows": self.result.to_dicts(),
            "total": self.total,
        }
