"""Ranges of item ids for which nothing that is kept is true, so that SQL has to answer for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from imr_archive.archive.kept.packing import CHUNK_BITS, chunk_ends

Range = tuple[int, int]
"""The first and the last of some ids, both in it."""

ENDLESS = 2**62
"""The end of a range of ids that is open."""

MOST_RANGES = 256
"""More are not given: SQL reads a list of conditions one by one."""

_MOST_IN_CHUNK = 64
"""A chunk with more ranges is left to SQL as a whole."""


def uncovered_ranges(changed: Sequence[int], last: int) -> tuple[Range, ...]:
    """The ranges that hold the changed items and all after the last one, in order, none touching another.

    changed: ids up to `last`, in rising order. Chunks with many changes are in it as a whole.
    """
    by_chunk: dict[int, list[Range]] = {}
    for first, end in _runs(changed):
        by_chunk.setdefault(first >> CHUNK_BITS, []).append((first, end))
    count = sum(map(len, by_chunk.values()))
    for chunk in sorted(by_chunk, key=lambda each: -len(by_chunk[each])):
        ranges = len(by_chunk[chunk])
        if ranges <= _MOST_IN_CHUNK and count < MOST_RANGES:
            break
        by_chunk[chunk] = [chunk_ends(chunk)]
        count -= ranges - 1
    ranges_in_order = [each for chunk in sorted(by_chunk) for each in by_chunk[chunk]]
    return tuple(_merged([*ranges_in_order, (last + 1, ENDLESS)]))


def _runs(ids: Iterable[int]) -> list[Range]:
    """Ids in a row, but for none beyond the chunk that it begins in."""
    runs: list[list[int]] = []
    for each in ids:
        if runs and each == runs[-1][1] + 1 and each >> CHUNK_BITS == runs[-1][0] >> CHUNK_BITS:
            runs[-1][1] = each
        else:
            runs.append([each, each])
    return [(first, last) for first, last in runs]


def _merged(ranges: Iterable[Range]) -> list[Range]:
    """Ranges that touch or overlap made one."""
    merged: list[Range] = []
    for first, last in ranges:
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged
