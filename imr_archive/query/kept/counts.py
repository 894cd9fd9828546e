"""Items, upheld and overturned counted by columns, for the items of a set."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from imr_archive.archive.kept.item_sets import Codes
from imr_archive.query.counts import Counts, Tally, Value
from imr_archive.query.kept.rows import Axis, Rows

_AT_ONCE = 1 << 17
"""Rows counted at a time: their numbers stay in the processor's cache."""

_MOST_CELLS = 1 << 22
"""A larger table of all combinations of codes is nearly empty: there only those that occur are counted."""

Numbers = NDArray[np.int64]


def tally_of(rows: Rows, outcomes: Codes) -> Tally:
    """The counts of each combination of values that occurs; without axes, those of all rows under `()`.

    outcomes: the column of outcomes, which has one value for each item.
    """
    if outcomes.single is None:
        raise ValueError("an item has one outcome")
    columns = [*(axis.codes for axis in rows.axes), outcomes.single[rows.items]]
    sizes = [*(len(axis.values) for axis in rows.axes), len(outcomes.values)]
    keys, times = _occurring(columns, sizes)
    groups, decided = np.divmod(keys, sizes[-1])
    begin = np.flatnonzero(np.diff(groups, prepend=-1))
    counts = [_sums(times, begin)]
    for outcome in ("upheld", "overturned"):
        its = [code for code, value in enumerate(outcomes.values) if value == outcome]
        counts.append(_sums(times * np.isin(decided, its), begin))
    found = map(Counts, *(each.tolist() for each in counts))
    return dict(zip(_values(rows, groups[begin], sizes[:-1]), found, strict=True))


def times_of(axis: Axis) -> dict[Value, int]:
    """How many rows have each value of an axis."""
    codes, times = _occurring([axis.codes], [len(axis.values)])
    return dict(zip((axis.values[code] for code in codes.tolist()), times.tolist(), strict=True))


def _sums(numbers: Numbers, begin: NDArray[np.intp]) -> Numbers:
    """The sum of each run of numbers, by where the runs begin."""
    return np.add.reduceat(numbers, begin) if len(begin) else numbers[:0]


def _values(rows: Rows, groups: Numbers, sizes: Sequence[int]) -> list[tuple[str | int | None, ...]]:
    """The values of groups by their numbers."""
    if not rows.axes:
        return [() for _ in groups]
    places = np.unravel_index(groups, sizes)
    named = (
        [axis.values[code] for code in place.tolist()] for axis, place in zip(rows.axes, places, strict=True)
    )
    return list(zip(*named, strict=True))


def _occurring(columns: Sequence[NDArray[np.integer]], sizes: Sequence[int]) -> tuple[Numbers, Numbers]:
    """The combinations of codes that occur, as one number each in rising order, and how often they do."""
    cells = prod(sizes)
    if cells > _MOST_CELLS:
        found, often = np.unique(_combined(columns, sizes), return_counts=True)
        return found, often.astype(np.int64)
    counts = np.zeros(cells, np.int64)
    step = max(_AT_ONCE, cells)
    for start in range(0, len(columns[-1]), step):
        part = [column[start : start + step] for column in columns]
        counts += np.bincount(_combined(part, sizes), minlength=cells)
    occurring = np.flatnonzero(counts)
    return occurring.astype(np.int64), counts[occurring]


def _combined(columns: Sequence[NDArray[np.integer]], sizes: Sequence[int]) -> Numbers:
    combined = columns[0].astype(np.int64)
    for column, size in zip(columns[1:], sizes[1:], strict=True):
        combined *= size
        combined += column
    return combined
