"""What the stored sets and columns of an archive know: item ids and codes, read into memory once a process.

They are derived from the rows and exact for the items in `ItemSets.covered`; SQL answers for all others. All
that belongs to one answer is read in one transaction, so the sets and the rows are of one state.
"""

from __future__ import annotations

import array
import re
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap
from sqlalchemy import Connection

from imr_archive.archive.kept.definitions import ColumnDefinition
from imr_archive.archive.kept.packing import chunk_ends, unpack_array, unpack_items, unpack_pairs
from imr_archive.archive.kept.runs import METHOD
from imr_archive.archive.kept.stems import stems
from imr_archive.archive.kept.uncovered import ENDLESS, Range, uncovered_ranges
from imr_archive.archive.store import sqlite_cursor

__all__ = ["ENDLESS", "Codes", "ItemSets", "Part"]

Part = Literal["heading", "rationale", "summary"]
"""What a set of words is of; the set of a summary holds the items of its case."""

Value = str | int | None

_STATES_KEPT = 2
"""States of archives that a process keeps in memory: the one before serves the transactions still open."""

_SETS_REMEMBERED = 32
"""Sets of one column that are kept in memory: the same outcome or year is asked for again and again."""

_SORTED_WIDTH = 2
"""Bytes of a code; numpy sorts those that are no wider in one go (radix sort)."""

_NO_NUMBER = (1 << 16) - 1
"""Stands for no number among numbers that are sorted as unsigned ones of two bytes."""

_PHRASE = re.compile(r'"([^"]*)"')


@dataclass(frozen=True)
class Codes:
    """One column: what each item has of a dimension, as small numbers.

    values: the value of each code; code 0 is None, what an item without a value has. Either `single` or
    `pairs` is there. single: the code of each item, at the place of its id (0 too where there is no item of
    that id). pairs: of a column of which an item may have several values, item ids in rising order and the
    code of each row that the dimension's SQL gives: an item is there at least once, with code 0 where SQL
    gives NULL, and more than once with one code only where SQL gives it so.
    """

    values: list[Value]
    single: NDArray[np.unsignedinteger] | None = None
    pairs: tuple[NDArray[np.uint32], NDArray[np.unsignedinteger]] | None = None
    _found: dict[bytes, BitMap] = field(default_factory=dict, repr=False, compare=False)

    def having(self, chosen: NDArray[np.bool_]) -> BitMap:
        """The ids at which one of the codes stands that are `chosen`, which says it of each code.

        Of a column with one value for each item, ids that no item has count as having none. The set is
        shared: not to be changed.
        """
        key = chosen.tobytes()
        found = self._found.get(key)
        if found is None:
            if len(self._found) >= _SETS_REMEMBERED:
                self._found.clear()
            found = self._found[key] = self._new_set(chosen)
        return found

    def _new_set(self, chosen: NDArray[np.bool_]) -> BitMap:
        items, codes = self.pairs or (None, self._single)
        if codes.dtype.itemsize > _SORTED_WIDTH:
            ids = np.flatnonzero(chosen[codes]) if items is None else items[chosen[codes]]
        else:
            ordered, begin = self._by_code
            runs = [ordered[begin[code] : begin[code + 1]] for code in np.flatnonzero(chosen)]
            ids = np.sort(np.concatenate(runs)) if len(runs) > 1 else runs[0] if runs else ordered[:0]
        return BitMap(array.array("I", ids.astype(np.uint32, copy=False).tobytes()))

    @property
    def _single(self) -> NDArray[np.unsignedinteger]:
        if self.single is None:
            raise ValueError("a column has one value for each item, or pairs")
        return self.single

    @cached_property
    def _by_code(self) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
        """The ids in the order of their codes, and where each code begins."""
        items, codes = self.pairs or (None, self._single)
        order = np.argsort(codes, kind="stable").astype(np.uint32)
        times = np.bincount(codes, minlength=len(self.values))
        begin = np.concatenate([[0], np.cumsum(times)])
        return order if items is None else items[order], begin


@dataclass
class _Kept:
    """What was read of one state: it never changes, and grows as it is asked for."""

    items: BitMap
    sets: dict[tuple[str, str], int]
    words: dict[int, BitMap] = field(default_factory=dict)
    columns: dict[int, Codes] = field(default_factory=dict)
    numbers: dict[int, NDArray[np.float64]] = field(default_factory=dict)
    orders: dict[tuple[int, bool], NDArray[np.uint32]] = field(default_factory=dict)
    sorted: dict[int, NDArray[np.float64]] = field(default_factory=dict)
    groups: dict[int, NDArray[np.int32]] = field(default_factory=dict)


_kept: OrderedDict[int, _Kept] = OrderedDict()
_alone = threading.Lock()


class ItemSets:
    """The sets and columns as one connection's transaction sees them.

    covered: the ids of the items for which everything below is exact; ids that no item has are not in it.
    uncovered: ranges of ids (first and last, both in it) that SQL has to answer for, in rising order, at
    most `uncovered.MOST_RANGES`; the last one is open to `ENDLESS`. No id is in both.
    """

    def __init__(
        self,
        cursor: sqlite3.Cursor,
        kept: _Kept,
        uncovered: tuple[Range, ...],
        columns: dict[str, tuple[str, int]],
    ) -> None:
        self._cursor = cursor
        self._kept = kept
        self._columns = columns
        self.uncovered = uncovered
        self.covered = kept.items
        end = kept.items.max() + 1 if kept.items else 0
        left_out = BitMap()
        for first, last in uncovered:
            left_out.add_range(min(first, end), min(last + 1, end))
        self._whole = not left_out
        if left_out:
            self.covered = kept.items - left_out

    @classmethod
    def of(cls, connection: Connection, columns: tuple[ColumnDefinition, ...]) -> ItemSets | None:
        """What the archive has; None where it has none (a small archive, or one whose sets are out of date).

        columns: what the columns are taken to mean; those that were stored as something else are None. Cheap
        after the first call: arrays and sets are kept for the process and shared between connections as long
        as they are what is stored. To be used within the transaction of `connection` alone.
        """
        cursor = sqlite_cursor(connection)
        state = cursor.execute("SELECT method, token, last_item_id FROM item_set_state").fetchone()
        if state is None or state[0] != METHOD or state[2] < 0:
            return None
        _, token, last = state
        changed = cursor.execute("SELECT DISTINCT item_id FROM changed_items ORDER BY 1").fetchall()
        uncovered = uncovered_ranges([item_id for (item_id,) in changed if item_id <= last], last)
        keys = _keys(columns)
        true = {
            keys[name]: (kind, number)
            for name, kind, number in cursor.execute(
                "SELECT name, kind, id FROM item_columns WHERE built = changes"
            )
            if name in keys
        }
        return cls(cursor, _kept_of(cursor, token), uncovered, true)

    def words(self, part: Part, expression: str) -> BitMap | None:
        """The covered items whose `part` matches an FTS5 expression; None where no set is stored.

        expression: as `Phrase.fts` writes it, such as `"low back"` for a phrase or `"pain"` for one word;
        None for any that is more than one phrase in double quotes. Words find their set by their stems, so
        every word with the stem of a common one has a set. The set is shared: not to be changed.
        """
        phrase = _PHRASE.fullmatch(expression)
        return self._words(part, " ".join(stems(phrase[1]))) if phrase else None

    def document_count(self, part: Part, stem: str) -> int | None:
        """How many covered items have a word of this stem in `part`; None where no set is stored."""
        found = self._words(part, stem)
        return None if found is None else len(found)

    def column(self, name: str) -> Codes | None:
        """The codes of a column, by the name of its definition; None where it is not stored or out of date.

        Arrays cover all ids from 0 to the last of the last chunk, and are read-only.
        """
        kept = self._kept.columns
        if name not in self._columns:
            return None
        kind, number = self._columns[name]
        if number not in kept:
            if kind not in {"codes", "several"}:
                return None
            kept[number] = self._read_codes(number, several=kind == "several")
        return kept[number]

    def numbers(self, name: str) -> NDArray[np.float64] | None:
        """The numbers of a column by item id, NaN for none; None where it is not stored or out of date.

        Dates are counted in days since 1970-01-01 (`numpy.datetime64` to days gives the same).
        """
        kept = self._kept.numbers
        if name not in self._columns:
            return None
        kind, number = self._columns[name]
        if number not in kept:
            if kind not in {"numbers", "days"}:
                return None
            kept[number] = _joined([unpack_array(packed) for _, packed in self._read_chunks(number)])
        return kept[number]

    def ordered(self, name: str, *, falling: bool) -> NDArray[np.uint32] | None:
        """The ids of the items in the order of a column's numbers; None where the column is not there.

        Equal ones stand by their ids, those without a number last. It has items that are not covered too.
        """
        numbers = self.numbers(name)
        if numbers is None:
            return None
        key = (self._columns[name][1], falling)
        if key not in self._kept.orders:
            ids = np.frombuffer(self._kept.items.to_array(), np.uint32)
            self._kept.orders[key] = ids[_order(numbers[ids], falling=falling)]
        return self._kept.orders[key]

    def numbered(self, name: str, wanted: NDArray[np.integer]) -> BitMap | None:
        """The items that have one of some different numbers; None where the column is not there.

        Items that are not covered may be among them.
        """
        numbers, ids = self.numbers(name), self.ordered(name, falling=False)
        if numbers is None or ids is None:
            return None
        number = self._columns[name][1]
        if number not in self._kept.sorted:
            self._kept.sorted[number] = numbers[ids]
        known = self._kept.sorted[number]
        begin, end = np.searchsorted(known, wanted, "left"), np.searchsorted(known, wanted, "right")
        times = end - begin
        places = np.arange(times.sum()) + np.repeat(begin - (np.cumsum(times) - times), times)
        return BitMap(array.array("I", np.sort(ids[places]).tobytes()))

    def groups(self, name: str) -> NDArray[np.int32] | None:
        """The whole numbers of a column by item id, each 1 higher, 0 for none; None where it is not there."""
        numbers = self.numbers(name)
        if numbers is None:
            return None
        number = self._columns[name][1]
        if number not in self._kept.groups:
            self._kept.groups[number] = np.nan_to_num(numbers + 1, nan=0).astype(np.int32)
        return self._kept.groups[number]

    def _words(self, part: str, key: str) -> BitMap | None:
        number = self._kept.sets.get((part, key))
        if number is None:
            return None
        found = self._kept.words.get(number)
        if found is None:
            rows = self._cursor.execute(
                "SELECT word_set_chunks.items FROM item_chunks CROSS JOIN word_set_chunks "
                "ON word_set_chunks.id = (chunk << 20 | ?)",
                (number,),
            )
            found = BitMap.union(BitMap(), *(unpack_items(packed) for (packed,) in rows.fetchall()))
            self._kept.words[number] = found
        return found if self._whole else found & self.covered

    def _read_chunks(self, number: int) -> list[tuple[int, bytes]]:
        """What a column holds of each chunk, in order."""
        return self._cursor.execute(
            "SELECT chunk, codes FROM item_chunks CROSS JOIN item_column_chunks "
            "ON item_column_chunks.id = (chunk << 20 | ?) ORDER BY chunk",
            (number,),
        ).fetchall()

    def _read_codes(self, number: int, *, several: bool) -> Codes:
        values: list[Value] = [None]
        values += [
            value
            for (value,) in self._cursor.execute(
                "SELECT value FROM item_column_values WHERE column_id = ? ORDER BY code", (number,)
            )
        ]
        chunks = self._read_chunks(number)
        if not several:
            return Codes(values, single=_joined([unpack_array(packed) for _, packed in chunks]))
        ids, codes = [], []
        for chunk, packed in chunks:
            places, found = unpack_pairs(packed)
            ids.append(places + np.uint32(chunk_ends(chunk)[0]))
            codes.append(found)
        return Codes(values, pairs=(_joined(ids), _joined(codes)))


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    joined: NDArray[Any] = np.concatenate(parts)
    joined.setflags(write=False)
    return joined


def _order(numbers: NDArray[np.float64], *, falling: bool) -> NDArray[np.intp]:
    """The places of numbers in their order, those that are NaN last."""
    low, high = (np.fmin.reduce(numbers, initial=np.inf), np.fmax.reduce(numbers, initial=-np.inf))
    if not high - low < _NO_NUMBER:
        return np.argsort(-numbers if falling else numbers, kind="stable")
    small = np.nan_to_num(high - numbers if falling else numbers - low, nan=_NO_NUMBER)
    return np.argsort(small.astype(np.uint16), kind="stable")


@lru_cache(maxsize=8)
def _keys(columns: tuple[ColumnDefinition, ...]) -> dict[str, str]:
    """The names of the definitions by the keys under which they are stored."""
    return {one.key: one.name for one in columns}


def _kept_of(cursor: sqlite3.Cursor, token: int) -> _Kept:
    """What is kept in memory of a state; begun with what every answer needs."""
    with _alone:
        found = _kept.get(token)
        if found is not None:
            _kept.move_to_end(token)
            return found
    rows = cursor.execute("SELECT chunk, items FROM item_chunks ORDER BY chunk").fetchall()
    sets = cursor.execute("SELECT part, stems, id FROM word_sets").fetchall()
    begun = _Kept(
        items=BitMap.union(BitMap(), *(unpack_items(packed) for _, packed in rows)),
        sets={(part, key): number for part, key, number in sets},
    )
    with _alone:
        kept = _kept.setdefault(token, begun)
        while len(_kept) > _STATES_KEPT:
            _kept.popitem(last=False)
    return kept
