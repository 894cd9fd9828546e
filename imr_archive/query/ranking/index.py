"""What ranking asks of an archive: which items have a term, how long they are, and which are the newest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from pyroaring import BitMap
from sqlalchemy import Connection, text

from imr_archive.archive.store import sqlite_cursor
from imr_archive.query.language.terms import Part, Term, in_heading

_IDS = "(SELECT value FROM json_each(:ids))"
_HAVING = text("SELECT rowid FROM disputed_items_fts WHERE disputed_items_fts MATCH :words")
_NEWEST = text(
    "SELECT i.id FROM disputed_items AS i JOIN cases AS c ON c.id = i.case_id"
    f" WHERE i.id IN {_IDS} ORDER BY coalesce(c.decision_date, '') DESC, i.id LIMIT :most"
)
_LENGTHS = f"SELECT id, sz FROM disputed_items_fts_docsize WHERE id IN {_IDS}"
_TOTALS = text("SELECT block FROM disputed_items_fts_data WHERE id = 1")
_TEXTS = f"SELECT id, description, coalesce(rationale, '') FROM disputed_items WHERE id IN {_IDS}"


class Totals(NamedTuple):
    """How many items the full-text index has, and how many words of them together."""

    items: int
    words: int


class Texts(NamedTuple):
    """The parts of an item that are ranked by."""

    heading: str
    rationale: str


class RankingIndex(Protocol):
    """Which items have a term, and which of some items are the newest; the answers are exact."""

    def having(self, term: Term, *, in_heading: bool) -> BitMap:
        """The items whose heading (or else whose heading or rationale) has one of the term's phrases.

        A term that is tied to the rationale has none in the heading, and one that is tied to the heading the
        same with and without `in_heading`.
        """

    def newest(self, items: BitMap, most: int) -> Sequence[int]:
        """The `most` newest of these items by date of decision; those of one day by their id."""


class FullTextIndex:
    """A ranking index that asks FTS5 and SQL: right in any archive, fast in a small one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def having(self, term: Term, *, in_heading: bool) -> BitMap:
        """As in RankingIndex."""
        words = expression(term, heading=in_heading)
        if words is None:
            return BitMap()
        return BitMap(self._connection.execute(_HAVING, {"words": words}).scalars().all())

    def newest(self, items: BitMap, most: int) -> Sequence[int]:
        """As in RankingIndex."""
        asked = {"ids": as_list(items), "most": most}
        return list(self._connection.execute(_NEWEST, asked).scalars())


def expression(term: Term, *, heading: bool) -> str | None:
    """What finds in FTS5 the items that `RankingIndex.having` speaks of; None where there are none."""
    if term.part is None:
        return in_heading(term.fts) if heading else term.fts
    if term.part is Part.SUMMARY or (heading and term.part is Part.RATIONALE):
        return None
    return f"{{{term.part.value}}} : ({term.fts})"


def totals(connection: Connection) -> Totals:
    """The size of the full-text index, as FTS5 keeps it for its own bm25().

    The first record of its data: how many rows, then the words in each column (fts5_index.c of SQLite).
    """
    block = connection.execute(_TOTALS).scalar()
    rows, *words = _varints(block) if block else [0]
    return Totals(rows, sum(words))


def lengths(connection: Connection, items: Iterable[int]) -> dict[int, int]:
    """How many words heading and rationale of each item have together, as FTS5 counted them."""
    rows = sqlite_cursor(connection).execute(_LENGTHS, {"ids": as_list(items)})
    return {item: sum(_varints(sizes)) for item, sizes in rows}


def texts(connection: Connection, items: Iterable[int]) -> dict[int, Texts]:
    """The texts of these items."""
    rows = sqlite_cursor(connection).execute(_TEXTS, {"ids": as_list(items)})
    return {item: Texts(heading, rationale) for item, heading, rationale in rows}


def as_list(items: Iterable[int]) -> str:
    """Ids as a parameter for `json_each`."""
    return json.dumps(list(items))


def _varints(block: bytes) -> list[int]:
    """The numbers of a record: seven bits a byte, the highest bit set on all bytes but a number's last."""
    numbers, number = [], 0
    for byte in block:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            numbers.append(number)
            number = 0
    return numbers
