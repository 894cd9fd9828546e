"""Hits by letter: the decisions of one case stand together, with those of its items that match."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection

from imr_archive.query.counts import Value
from imr_archive.query.evaluating import Evaluator
from imr_archive.query.facets import Facet
from imr_archive.query.frames import data_frame
from imr_archive.query.hit_pages import page_of
from imr_archive.query.page_sql import BY_LETTER
from imr_archive.query.plan import Plan
from imr_archive.query.results import Hit
from imr_archive.query.sql import Sort, Statement

if TYPE_CHECKING:
    import pandas


class LetterHit(msgspec.Struct, frozen=True):
    """A letter with the items of it that match."""

    items: tuple[Hit, ...]

    @property
    def case_number(self) -> str | None:
        """The case number, if one is printed."""
        return self.items[0].case_number

    @property
    def source(self) -> str | None:
        """The name of the file that the letter was read from."""
        return self.items[0].source

    def to_dict(self) -> dict[str, object]:
        """The letter as JSON has it."""
        first = self.items[0].to_dict()
        shared = ("case_number", "source", "decision_date", "specialties")
        left_out = {*shared, "alike"}
        items = [
            {key: value for key, value in one.to_dict().items() if key not in left_out} for one in self.items
        ]
        return {**{key: first[key] for key in shared}, "items": items}


class Members(msgspec.Struct, frozen=True):
    """One page of groups of item ids, and how many groups and items there are in all."""

    ids: tuple[tuple[int, ...], ...]
    groups: int
    items: int


def page_of_letters(
    connection: Connection,
    plan: Plan,
    *,
    limit: int,
    offset: int,
    sort: Sort,
    evaluator: Evaluator,
) -> Members:
    """The items of one page of letters; a letter stands where its best item does."""
    page = page_of(
        connection,
        plan,
        limit=limit,
        offset=offset,
        sort=sort,
        collapse=BY_LETTER,
        evaluator=evaluator,
    )
    if not page.items:
        return Members((), page.groups, len(page.found))
    cases = evaluator.groups_of(page.items, BY_LETTER)
    members = evaluator.members(list(cases.values()), BY_LETTER)
    ids = (tuple(item for item in members[cases[first]] if item in page.found) for first in page.items)
    return Members(tuple(ids), page.groups, len(page.found))


class LetterHits(msgspec.Struct, frozen=True):
    """One page of the letters with decisions that match; how many letters there are, and how many items."""

    plan: Plan
    rows: tuple[LetterHit, ...]
    total: int
    items: int
    statement: Statement
    facets: tuple[Facet, ...] = ()

    @property
    def reading(self) -> str:
        """How the query was understood."""
        return self.plan.reading

    @property
    def sql(self) -> str:
        """The statement behind the page; `statement.parameters` has its values."""
        return self.statement.sql

    def to_dicts(self) -> list[dict[str, object]]:
        """The letters as JSON has them."""
        return [row.to_dict() for row in self.rows]

    def to_pandas(self) -> pandas.DataFrame:
        """The items of all the letters as a data frame; raises MissingExtraError without pandas."""
        return data_frame(self.flat(), Hit.__struct_fields__)

    def extras(self) -> dict[str, object]:
        """What JSON has beside the rows."""
        counts = {one.dimension: one.to_dicts() for one in self.facets}
        return {"items": self.items, **({"facets": counts} if counts else {})}

    def flat(self) -> list[dict[str, Value]]:
        """The items of all the letters, a row each."""
        return [item.to_dict() for row in self.rows for item in row.items]
