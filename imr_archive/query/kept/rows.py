"""The rows that a grouping makes of a set of items, as arrays: which item, and its code of each dimension.

An item of one value has one row, one of several has a row for each: the same rows that the SQL of a grouping
gives. Two dimensions of what one side cites are read from one column, which holds both as one citation has
them; so is one dimension of citations that the plan's filters narrow.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from imr_archive.archive.kept.item_sets import Codes, Value
from imr_archive.archive.store import sqlite_cursor
from imr_archive.query.dimensions import Dimension, dimension
from imr_archive.query.filters.applied import Applied
from imr_archive.query.filters.registry import FILTERS
from imr_archive.query.kept.names import CITED
from imr_archive.query.kept.plan_sets import PlanSets, ids_of
from imr_archive.query.plan import Plan
from imr_archive.query.sql import same_side

Items = slice | NDArray[np.uint32]
"""Item ids in rising order: a run of them, or an array, where an item is as often as it has rows."""


class Axis(msgspec.Struct, frozen=True):
    """One dimension of some rows: the code of each row, and what the codes mean."""

    codes: NDArray[np.integer]
    values: Sequence[Value]


class Rows(msgspec.Struct, frozen=True):
    """Rows by item; `axes` are in the order of the dimensions asked for."""

    items: Items
    axes: tuple[Axis, ...]


class _Several(msgspec.Struct, frozen=True):
    """Rows of dimensions of which an item may have several values; `at` has their places."""

    at: tuple[int, ...]
    items: NDArray[np.uint32]
    axes: tuple[Axis, ...]


def run_of(found: BitMap) -> Items:
    """The items of a set, as a run where they are one."""
    if found and found.max() - found.min() + 1 == len(found):
        return slice(found.min(), found.max() + 1)
    return ids_of(found)


def rows_of(plan_sets: PlanSets, plan: Plan, found: BitMap) -> Rows | None:
    """The rows of the items `found` by the plan's dimensions; None where no column tells them."""
    dimensions = [dimension(name) for name in plan.dimensions]
    filters = same_side(plan, dimensions)
    single: dict[int, Codes] = {}
    several: list[_Several] = []
    for at, known in enumerate(dimensions):
        together = [other for other in dimensions if known.cited_by and other.cited_by == known.cited_by]
        if len(together) > 1 and together[0] is not known:
            continue
        narrowing = [one for one in filters if FILTERS[one.name].cited_by == known.cited_by]
        if len(together) > 1 or narrowing:
            places = tuple(place for place, one in enumerate(dimensions) if one in together)
            cited = _cited(plan_sets, together, narrowing)
            if cited is None:
                return None
            several.append(_Several(places, *cited))
            continue
        codes = plan_sets.sets.column(known.part_of or known.name)
        if codes is None:
            return None
        if codes.pairs is None:
            single[at] = codes
        else:
            items, theirs = codes.pairs
            several.append(_Several((at,), items, (Axis(theirs, codes.values),)))
    return _joined(found, len(dimensions), single, [_restricted(one, found) for one in several])


def _joined(found: BitMap, count: int, single: dict[int, Codes], several: Sequence[_Several]) -> Rows:
    """All dimensions side by side: what an item has several of, each value of one with each of the other."""
    axes: dict[int, Axis] = {}
    items: Items = run_of(found)
    if several:
        items = several[0].items
        axes |= zip(several[0].at, several[0].axes, strict=True)
    for other in several[1:]:
        left, right = _matched(np.asarray(items), other.items)
        items = np.asarray(items)[left]
        axes = {at: Axis(axis.codes[left], axis.values) for at, axis in axes.items()}
        axes |= {
            at: Axis(axis.codes[right], axis.values) for at, axis in zip(other.at, other.axes, strict=True)
        }
    for at, codes in single.items():
        if codes.single is not None:
            axes[at] = Axis(codes.single[items], codes.values)
    return Rows(items, tuple(axes[at] for at in range(count)))


def _restricted(rows: _Several, found: BitMap) -> _Several:
    """The rows of the items `found`."""
    if not found:
        kept: slice | NDArray[np.bool_] = slice(0, 0)
    elif found.max() - found.min() + 1 == len(found):
        first, last = np.searchsorted(rows.items, [found.min(), found.max() + 1])
        kept = slice(int(first), int(last))
    else:
        wanted = np.zeros(max(int(rows.items.max(initial=0)), found.max()) + 1, np.bool_)
        wanted[ids_of(found)] = True
        kept = wanted[rows.items]
    axes = tuple(Axis(axis.codes[kept], axis.values) for axis in rows.axes)
    return _Several(rows.at, rows.items[kept], axes)


def _matched(
    first: NDArray[np.uint32], second: NDArray[np.uint32]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The places of every two rows, one of each, that are of one item; both are in rising order."""
    last = max(int(first.max(initial=0)), int(second.max(initial=0)))
    rows = np.bincount(second, minlength=last + 1)
    begin = (np.cumsum(rows) - rows)[first]
    times = rows[first]
    left = np.repeat(np.arange(len(first)), times)
    within = np.arange(len(left)) - np.repeat(np.cumsum(times) - times, times)
    return left, np.repeat(begin, times) + within


def _cited(
    plan_sets: PlanSets, dimensions: Sequence[Dimension], filters: Sequence[Applied]
) -> tuple[NDArray[np.uint32], tuple[Axis, ...]] | None:
    """Item and code by dimension of each different citation of a side that fulfils the filters.

    None where what is asked for is not in the column: it has no pages.
    """
    side = dimensions[0].cited_by
    codes = plan_sets.sets.column(CITED[side])
    names = [each.name.removeprefix("ur_") for each in dimensions]
    asked = [*names, *(one.name.removeprefix("ur_") for one in filters)]
    if codes is None or codes.pairs is None or not {*asked} <= {"guideline", "source", "section"}:
        return None
    parts = _parts(plan_sets, codes.values)
    items, theirs = codes.pairs
    meant = np.ones(len(codes.values), np.bool_)
    for one in filters:
        meant &= plan_sets.chosen(parts[one.name.removeprefix("ur_")], one)
    if not meant.all():
        kept = meant[theirs]
        items, theirs = items[kept], theirs[kept]
    coded = [_coded(parts[name]) for name in names]
    asked_of = zip(codes.values, *(parts[name] for name in names), strict=True)
    named = [asked for cited, *asked in asked_of if cited is not None]
    if len(set(map(tuple, named))) < len(named):
        items, columns = _different(items, theirs, coded)
    else:
        columns = [numbers[theirs] for numbers, _ in coded]
    return items, tuple(Axis(column, values) for column, (_, values) in zip(columns, coded, strict=True))


def _parts(plan_sets: PlanSets, cited: Sequence[Value]) -> dict[str, list[Value]]:
    """Guideline, source and section of each value of a column of citations."""
    rows = sqlite_cursor(plan_sets.connection).execute("SELECT label, source FROM guidelines")
    sources: dict[str | None, str | None] = dict(rows.fetchall())
    written = ",".join("[null,null]" if one is None else str(one) for one in cited)
    pairs = json.loads(f"[{written}]")
    return {
        "guideline": [label for label, _ in pairs],
        "source": [sources.get(label) for label, _ in pairs],
        "section": [section for _, section in pairs],
    }


def _coded(values: Sequence[Value]) -> tuple[NDArray[np.uint32], list[Value]]:
    """Values as small numbers, and what these mean; None is 0."""
    places: dict[Value, int] = {None: 0}
    codes = np.fromiter((places.setdefault(one, len(places)) for one in values), np.uint32, len(values))
    return codes, list(places)


def _different(
    items: NDArray[np.uint32],
    codes: NDArray[np.unsignedinteger],
    coded: Sequence[tuple[NDArray[np.uint32], list[Value]]],
) -> tuple[NDArray[np.uint32], list[NDArray[np.int64]]]:
    """Rows by item and code of each dimension, without those that repeat another, in the order of the items.

    codes: those of the citations; coded: for each dimension what it makes of these.
    """
    sizes = [len(values) for _, values in coded]
    cells = math.prod(sizes)
    groups = np.zeros(len(coded[0][0]), np.int64)
    for (numbers, _), size in zip(coded, sizes, strict=True):
        groups = groups * size + numbers
    key = np.sort(items * np.int64(cells) + groups[codes])
    rows, found = np.divmod(key[np.diff(key, prepend=-1) > 0], cells)
    return rows.astype(np.uint32), list(np.unravel_index(found, sizes))
