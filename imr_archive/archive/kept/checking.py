"""Whether columns and sets of words say what the rows say: one chunk of them is compared at a time.

A chunk is 65,536 items. Which one is compared changes with whatever is written, so that checks made time and
again come to all of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np
from pyroaring import BitMap

from imr_archive.archive.kept.columns import build_columns, load_code_book
from imr_archive.archive.kept.definitions import ColumnDefinition
from imr_archive.archive.kept.item_words import ItemWords
from imr_archive.archive.kept.packing import (
    as_items,
    chunk_ends,
    row_of,
    unpack_array,
    unpack_items,
    unpack_pairs,
)
from imr_archive.archive.kept.words import PARTS

ABOUT = "columns and word sets say what the rows say, for a part of the items"

_SETS_COMPARED = 200
"""Sets of words that are compared, spread over all: some seconds."""


def compare_kept(cursor: sqlite3.Cursor, columns: Sequence[ColumnDefinition]) -> tuple[int, list[str]]:
    """How many columns and sets were compared in one chunk, and a line for each that is wrong.

    Only for an archive that `keeps_sets`.
    """
    token, last = cursor.execute("SELECT token, last_item_id FROM item_set_state").fetchone()
    chunks = [chunk for (chunk,) in cursor.execute("SELECT chunk FROM item_chunks ORDER BY chunk")]
    compared = _Compared(cursor, chunks[token % len(chunks)], last)
    findings = [*compared.items(), *compared.columns(columns), *compared.words()]
    return compared.looked_at, findings


class _Compared:
    """One chunk, as far as what is kept of it has to be true."""

    def __init__(self, cursor: sqlite3.Cursor, chunk: int, last: int) -> None:
        self.looked_at = 0
        self._cursor = cursor
        self._chunk = chunk
        first, end = chunk_ends(chunk)
        self._words = ItemWords(cursor, first, end)
        self._items = as_items(self._words.ids)
        changed = cursor.execute(
            "SELECT item_id FROM changed_items WHERE item_id BETWEEN ? AND ?", (first, end)
        )
        self._valid = BitMap(range(first, min(end, last) + 1)) - BitMap([each for (each,) in changed])

    def items(self) -> Iterator[str]:
        """What is wrong with the list of items that are there."""
        row = self._cursor.execute("SELECT items FROM item_chunks WHERE chunk = ?", (self._chunk,)).fetchone()
        self.looked_at += 1
        if unpack_items(row[0]) & self._valid != self._items & self._valid:
            yield f"chunk {self._chunk}: other items are there than are listed"

    def columns(self, definitions: Sequence[ColumnDefinition]) -> Iterator[str]:
        """What is wrong with the columns that count as true."""
        true = dict(self._cursor.execute("SELECT name, id FROM item_columns WHERE built = changes"))
        compared = [one for one in definitions if one.key in true]
        books = {one.key: load_code_book(self._cursor, true[one.key]) for one in compared}
        made = build_columns(self._cursor, chunk_ends(self._chunk), compared, books)
        for one in compared:
            self.looked_at += 1
            row = self._cursor.execute(
                "SELECT codes FROM item_column_chunks WHERE id = ?", (row_of(self._chunk, true[one.key]),)
            ).fetchone()
            if row is None or one.key not in made or not self._same(one, row[0], made[one.key]):
                yield f"chunk {self._chunk}: the column {one.name} differs from the rows"

    def words(self) -> Iterator[str]:
        """What is wrong with some of the sets of words."""
        sets = self._cursor.execute("SELECT id, part, expression FROM word_sets ORDER BY id").fetchall()
        for number, part, expression in sets[:: max(1, len(sets) // _SETS_COMPARED)]:
            self.looked_at += 1
            row = self._cursor.execute(
                "SELECT items FROM word_set_chunks WHERE id = ?", (row_of(self._chunk, number),)
            ).fetchone()
            stored = unpack_items(row[0]) if row else BitMap()
            found = as_items(self._words.having(PARTS[part], expression))
            if stored & self._valid != found & self._valid:
                yield f"chunk {self._chunk}: the set of {expression} in the {part} differs from the index"

    def _same(self, definition: ColumnDefinition, stored: bytes, made: bytes) -> bool:
        """Whether two states of a column say the same of the items that count."""
        valid = np.array(self._valid & self._items, dtype=np.int64) - chunk_ends(self._chunk)[0]
        if definition.kind != "several":
            return np.array_equal(unpack_array(stored)[valid], unpack_array(made)[valid], equal_nan=True)
        pairs = []
        for packed in (stored, made):
            places, codes = unpack_pairs(packed)
            kept = np.isin(places, valid)
            pairs.append((places[kept], codes[kept]))
        return all(np.array_equal(one, other) for one, other in zip(*pairs, strict=True))
