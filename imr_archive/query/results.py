"""What a query gives: decisions that match, or rates. All are frozen, and `to_dict` gives their JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from imr_archive.query.counts import Value
from imr_archive.query.dimensions import dimension
from imr_archive.query.facets import Facet
from imr_archive.query.frames import data_frame
from imr_archive.query.intervals import wilson
from imr_archive.query.language.words import Outcome
from imr_archive.query.lift import Lift
from imr_archive.query.plan import Plan
from imr_archive.query.sql import Statement

if TYPE_CHECKING:
    import pandas

SMALL = 10
"""Groups of fewer items are marked small: on nine items a Wilson interval is 30 to 57 points wide."""


class Hit(msgspec.Struct, frozen=True):
    """One decision that matches; the fields up to `specialties` are those of the `decisions` view.

    `specialties` are joined by semicolons, as in the view. `snippet` is from the part of the decision that
    holds most of the words (heading, rationale or case summary: `snippet_from`), with the words marked.
    `alike` is how many others that match it stands for: those with nearly the same rationale.
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
    alike: int = 0

    def to_dict(self) -> dict[str, Value]:
        """The row as JSON has it."""
        return msgspec.structs.asdict(self)


class Hits(msgspec.Struct, frozen=True):
    """One page of the decisions that match, and how many match in all.

    `groups` is how many are listed, those with nearly the same rationale counting as one; without collapsing
    it is the total. `statement` is the SQL behind the page. `facets` and `lifts` are there where they were
    asked for; `suggestions` are queries that find something, where this one finds nothing.
    """

    plan: Plan
    rows: tuple[Hit, ...]
    total: int
    statement: Statement
    groups: int
    facets: tuple[Facet, ...] = ()
    lifts: tuple[Lift, ...] = ()
    suggestions: tuple[str, ...] = ()

    @property
    def reading(self) -> str:
        """How the query was understood."""
        return self.plan.reading

    @property
    def sql(self) -> str:
        """The SQL behind the page, with named parameters; `statement.parameters` has their values."""
        return self.statement.sql

    def to_dicts(self) -> list[dict[str, Value]]:
        """The rows as JSON has them."""
        return [row.to_dict() for row in self.rows]

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a data frame; raises MissingExtraError without pandas."""
        return data_frame(self.to_dicts(), Hit.__struct_fields__)

    def extras(self) -> dict[str, object]:
        """What JSON has beside the rows."""
        found: dict[str, object] = {"groups": self.groups}
        if self.facets:
            found["facets"] = {one.dimension: one.to_dicts() for one in self.facets}
        if self.lifts:
            found["why"] = {one.dimension: one.to_dicts() for one in self.lifts}
        if self.suggestions:
            found["did_you_mean"] = list(self.suggestions)
        return found


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
            "uphold_rate": rounded(self.uphold_rate),
            "uphold_rate_low": rounded(low),
            "uphold_rate_high": rounded(high),
            "small": self.small,
        }


def rounded(share: float | None) -> float | None:
    """A share as JSON has it: to a hundredth of a percent."""
    return None if share is None else round(share, 4)


class Rates(msgspec.Struct, frozen=True):
    """Rates by one dimension or two, or (by none) one rate; `overall` counts each item once.

    `statement` is the SQL that counts. `suggestions` are queries that find something, where this one finds
    nothing.
    """

    plan: Plan
    dimensions: tuple[str, ...]
    rows: tuple[RateRow, ...]
    overall: RateRow
    statement: Statement
    suggestions: tuple[str, ...] = ()

    @property
    def reading(self) -> str:
        """How the query was understood."""
        return self.plan.reading

    @property
    def sql(self) -> str:
        """The SQL that counts, with named parameters; `statement.parameters` has their values."""
        return self.statement.sql

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
            dimension(name).shown(value) for name, value in zip(self.dimensions, row.values, strict=True)
        )

    def share(self, row: RateRow) -> float | None:
        """The row's share of all items; shares add up to more than 1 where items are in several groups."""
        return row.items / self.total if self.total else None

    def to_dicts(self) -> list[dict[str, Value | float]]:
        """The rows as JSON has them."""
        return [{**row.to_dict(self.dimensions), "share": rounded(self.share(row))} for row in self.rows]

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a data frame; raises MissingExtraError without pandas."""
        return data_frame(self.to_dicts(), [*self.dimensions, *self.overall.to_dict(), "share"])

    def extras(self) -> dict[str, object]:
        """What JSON has beside the rows."""
        return {"did_you_mean": list(self.suggestions)} if self.suggestions else {}
