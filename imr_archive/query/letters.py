"""Hits by letter: the decisions of one case stand together, with those of its items that match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import Connection, text

from imr_archive.query.facets import Facet
from imr_archive.query.frames import data_frame
from imr_archive.query.plan import Plan
from imr_archive.query.results import Hit, Value
from imr_archive.query.sql import BY_LETTER, Sort, Statement, groups_count_sql, groups_page_sql, members_sql

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
        items = [
            {key: value for key, value in one.to_dict().items() if key not in shared} for one in self.items
        ]
        return {**{key: first[key] for key in shared}, "items": items}


class Members(msgspec.Struct, frozen=True):
    """One page of groups of item ids, and how many groups and items there are in all."""

    ids: tuple[tuple[int, ...], ...]
    groups: int
    items: int


def page_of_letters(connection: Connection, plan: Plan, *, limit: int, offset: int, sort: Sort) -> Members:
    """The items of one page of letters; a letter stands where its best item does."""
    counted = _run(connection, groups_count_sql(plan, BY_LETTER))[0]
    if not counted["groups"]:
        return Members((), 0, 0)
    page = _run(connection, groups_page_sql(plan, BY_LETTER, limit=limit, offset=offset, sort=sort))
    members: dict[int, list[int]] = {row["grouped"]: [] for row in page}
    if members:
        for row in _run(connection, members_sql(plan, BY_LETTER, list(members))):
            members[row["grouped"]].append(row["id"])
    return Members(tuple(map(tuple, members.values())), counted["groups"], counted["items"])


def _run(connection: Connection, statement: Statement) -> Sequence[Mapping[str, int]]:
    rows = connection.execute(text(statement.sql), statement.parameters)
    return [dict(row) for row in rows.mappings()]


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
