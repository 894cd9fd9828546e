"""Columns made from the rows, one chunk of items at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from imr_archive.archive.kept.definitions import ColumnDefinition
from imr_archive.archive.kept.packing import CHUNK, chunk_ends, pack_array, pack_pairs, smallest

Value = str | int | float | None


class UnfitColumnError(ValueError):
    """A column holds what it cannot be kept for, such as a date that is none."""

    def __init__(self, column: ColumnDefinition) -> None:
        super().__init__(f"{column.name} has a value that is no {column.kind.removesuffix('s')}")
        self.column = column


class CodeBook:
    """The codes of one column's values; code 0 is None. New values get the next code."""

    def __init__(self, stored: Iterable[tuple[int, Value]] = ()) -> None:
        self._codes: dict[Value, int] = {None: 0}
        self._codes.update({value: code for code, value in stored})
        self._next = max(self._codes.values()) + 1
        self.added: list[tuple[int, Value]] = []

    def codes(self, values: Sequence[Value]) -> NDArray[np.int64]:
        """The code of each value."""
        known = self._codes
        for value in dict.fromkeys(values):
            if value in known:
                continue
            known[value] = self._next
            self.added.append((self._next, value))
            self._next += 1
        return np.fromiter(map(known.__getitem__, values), dtype=np.int64, count=len(values))


def load_code_book(cursor: sqlite3.Cursor, column_id: int) -> CodeBook:
    """The codes that a column has so far."""
    return CodeBook(
        cursor.execute("SELECT code, value FROM item_column_values WHERE column_id = ?", (column_id,))
    )


def build_columns(
    cursor: sqlite3.Cursor, chunk: int, columns: Sequence[ColumnDefinition], books: dict[str, CodeBook]
) -> dict[str, bytes]:
    """What the columns hold of the items of one chunk, packed, by the keys of their definitions.

    books: the codes by key; they learn the values that are new. A column that is unfit is left out.
    """
    packed: dict[str, bytes] = {}
    for source, together in groupby(sorted(columns, key=_read_together), key=_read_together):
        definitions = list(together)
        ids, *values = _read(cursor, chunk, source[0], definitions)
        places = np.array(ids, dtype=np.int64) - chunk_ends(chunk)[0]
        for definition, found in zip(definitions, values, strict=True):
            try:
                packed[definition.key] = _pack(definition, places, found, books)
            except UnfitColumnError:
                continue
    return packed


def _read_together(column: ColumnDefinition) -> tuple[str, bool]:
    return column.source, column.kind == "several"


def _read(
    cursor: sqlite3.Cursor, chunk: int, source: str, definitions: Sequence[ColumnDefinition]
) -> list[Sequence[Value]]:
    """The ids of the items, and the values of each definition."""
    listed = ", ".join(f"({definition.sql})" for definition in definitions)
    rows = cursor.execute(
        f"SELECT i.id, {listed} FROM {source} WHERE i.id BETWEEN ? AND ? ORDER BY i.id", chunk_ends(chunk)
    ).fetchall()
    return list(zip(*rows, strict=True)) if rows else [()] * (1 + len(definitions))


def _pack(
    definition: ColumnDefinition,
    places: NDArray[np.int64],
    values: Sequence[Value],
    books: dict[str, CodeBook],
) -> bytes:
    if definition.kind in {"numbers", "days"}:
        numbers = np.full(CHUNK, np.nan)
        numbers[places] = (
            _days(definition, values) if definition.kind == "days" else _numbers(definition, values)
        )
        return pack_array(numbers)
    codes = books[definition.key].codes(values)
    if definition.kind == "codes":
        single = np.zeros(CHUNK, dtype=np.int64)
        single[places] = codes
        return pack_array(smallest(single))
    rows = places << 32 | codes
    rows = np.unique(rows) if definition.distinct else np.sort(rows)
    return pack_pairs(rows >> 32, smallest(rows & 0xFFFFFFFF))


def _numbers(definition: ColumnDefinition, values: Sequence[Value]) -> NDArray[np.float64]:
    if any(isinstance(value, str | bytes) for value in values):
        raise UnfitColumnError(definition)
    return np.array(values, dtype=np.float64)


def _days(definition: ColumnDefinition, values: Sequence[Value]) -> NDArray[np.float64]:
    """Days since 1970; only dates written in full compare as texts as they do as days."""
    if any(value is not None and (not isinstance(value, str) or len(value) != 10) for value in values):
        raise UnfitColumnError(definition)
    try:
        days = np.array(values, dtype="datetime64[D]")
    except ValueError as error:
        raise UnfitColumnError(definition) from error
    return np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(np.float64))
