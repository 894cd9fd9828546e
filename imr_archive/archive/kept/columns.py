"""Columns made from the rows, one chunk of items at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imr_archive.archive.kept.definitions import ColumnDefinition
from imr_archive.archive.kept.packing import (
    CHUNK,
    pack_array,
    pack_pairs,
    smallest,
    unpack_array,
    unpack_pairs,
)

Value = str | int | float | None

_NOTHING: Mapping[str, bytes] = MappingProxyType({})

_ITEMS_AT_ONCE = 1_024
"""Items of which all columns are read before the next ones: their rows are still in SQLite's cache."""

_ROWS_AT_ONCE = 256
"""Rows that are fetched before they are taken apart into columns: with many, the garbage collector goes
through all that there are time and again."""


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
    cursor: sqlite3.Cursor,
    ends: tuple[int, int],
    columns: Sequence[ColumnDefinition],
    books: Mapping[str, CodeBook],
    before: Mapping[str, bytes] = _NOTHING,
) -> dict[str, bytes]:
    """What the columns hold of the items of one chunk, packed, by the keys of their definitions.

    ends: the first and last item id to read, of one chunk. books: the codes by key; they learn the values
    that are new. before: what is stored of the chunk by key, which stays as far as it is of the items before
    the first. A column that is unfit is left out.
    """
    together = groupby(sorted(columns, key=_read_together), key=_read_together)
    sources = [_Source(source, list(some), books) for (source, _), some in together]
    for first in range(ends[0], ends[1] + 1, _ITEMS_AT_ONCE):
        for source in sources:
            source.read(cursor, first, min(first + _ITEMS_AT_ONCE - 1, ends[1]))
    begin = ends[0] & (CHUNK - 1)
    packed: dict[str, bytes] = {}
    for source in sources:
        places = np.concatenate(source.places)
        for definition, parts in source.values():
            stored = _Stored(begin, before.get(definition.key))
            packed[definition.key] = _pack(definition, places, np.concatenate(parts), stored)
    return packed


def _read_together(column: ColumnDefinition) -> tuple[str, bool]:
    return column.source, column.kind == "several"


class _Source:
    """Columns that are read together: the places of their rows, and what is read, part by part."""

    def __init__(
        self, source: str, definitions: Sequence[ColumnDefinition], books: Mapping[str, CodeBook]
    ) -> None:
        self.places: list[NDArray[np.int64]] = []
        self._definitions = definitions
        self._books = books
        self._read: dict[str, list[NDArray[Any]]] = {one.key: [] for one in definitions}
        listed = ", ".join(f"({definition.sql})" for definition in definitions)
        self._sql = f"SELECT i.id, {listed} FROM {source} WHERE i.id BETWEEN ? AND ? ORDER BY i.id"

    def read(self, cursor: sqlite3.Cursor, first: int, last: int) -> None:
        """Read the items between two ids. A column that turns out to be unfit is forgotten."""
        values: list[list[Value]] = [[] for _ in range(1 + len(self._definitions))]
        cursor.execute(self._sql, (first, last))
        while rows := cursor.fetchmany(_ROWS_AT_ONCE):
            for column, more in zip(values, zip(*rows, strict=True), strict=True):
                column.extend(more)
        self.places.append(np.array(values[0], dtype=np.int64) & (CHUNK - 1))
        for definition, column in zip(self._definitions, values[1:], strict=True):
            if definition.key in self._read:
                try:
                    self._read[definition.key].append(self._encoded(definition, column))
                except UnfitColumnError:
                    del self._read[definition.key]

    def values(self) -> Iterator[tuple[ColumnDefinition, list[NDArray[Any]]]]:
        """What was read of each column, in the order of `places`."""
        for definition in self._definitions:
            if definition.key in self._read:
                yield definition, self._read[definition.key]

    def _encoded(self, definition: ColumnDefinition, values: Sequence[Value]) -> NDArray[Any]:
        """Values as numbers: days, numbers as they are, or codes."""
        if definition.kind == "days":
            return _days(definition, values)
        if definition.kind == "numbers":
            return _numbers(definition, values)
        return self._books[definition.key].codes(values)


@dataclass(frozen=True)
class _Stored:
    """What is stored of a column's chunk for the places before one; None where nothing is."""

    end: int
    packed: bytes | None

    def array(self, nothing: float, dtype: type[np.generic]) -> NDArray[Any]:
        """A whole chunk with what is stored, and with `nothing` in all other places."""
        values = np.full(CHUNK, nothing, dtype=dtype)
        if self.packed is not None:
            values[: self.end] = unpack_array(self.packed)[: self.end]
        return values

    def pairs(self) -> NDArray[np.int64]:
        """The places and codes that are stored, each pair as one number."""
        if self.packed is None:
            return np.empty(0, np.int64)
        places, codes = unpack_pairs(self.packed)
        count = np.searchsorted(places, self.end)
        return _as_numbers(places[:count].astype(np.int64), codes[:count].astype(np.int64))


def _as_numbers(places: NDArray[np.int64], codes: NDArray[np.int64]) -> NDArray[np.int64]:
    return places << 32 | codes


def _pack(
    definition: ColumnDefinition, places: NDArray[np.int64], values: NDArray[Any], stored: _Stored
) -> bytes:
    if definition.kind in {"numbers", "days"}:
        numbers = stored.array(np.nan, np.float64)
        numbers[places] = values
        return pack_array(numbers)
    if definition.kind == "codes":
        single = stored.array(0, np.int64)
        single[places] = values
        return pack_array(smallest(single))
    rows = np.sort(_as_numbers(places, values))
    if definition.distinct:
        rows = rows[np.diff(rows, prepend=-1) != 0]
    rows = np.concatenate([stored.pairs(), rows])
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
