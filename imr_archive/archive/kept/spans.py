"""Which items columns and sets of words are to be made for: new ones, and chunks in which many changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from imr_archive.archive.kept.packing import CHUNK_BITS, chunk_ends

_LONGEST_TAIL = 8_192
"""New items that SQL may answer for before they are added to the chunk that they are in."""

_MOST_CHANGED = 64
"""Changed items of a chunk that SQL may answer for."""

_TOGETHER = 8
"""Chunks made together: the search index is asked once for each word, and 130 MB wait for being written."""


@dataclass(frozen=True)
class Span:
    """Item ids in a row that are made together, the first and the last.

    What is stored of the first one's chunk for the ids before it stays; the last one ends its chunk.
    """

    first: int
    last: int

    @property
    def chunks(self) -> range:
        """The chunks that it touches."""
        return range(self.first >> CHUNK_BITS, (self.last >> CHUNK_BITS) + 1)

    @property
    def goes_on(self) -> bool:
        """Whether it begins within a chunk."""
        return self.first != chunk_ends(self.chunks[0])[0]

    def ends_in(self, chunk: int) -> tuple[int, int]:
        """The first and last id of the part of it that is in a chunk."""
        first, last = chunk_ends(chunk)
        return max(first, self.first), last


def due_spans(cursor: sqlite3.Cursor, kept: int, last: int, *, thorough: bool) -> list[Span]:
    """The spans that are to be made, in order.

    kept: the last item that is in columns and sets, -1 where none is. last: the last of all. thorough: leave
    nothing to SQL, neither the last new items nor a few changed ones.
    """
    changed = cursor.execute(
        f"SELECT item_id >> {CHUNK_BITS} AS chunk FROM changed_items WHERE item_id <= ? GROUP BY 1 "
        "HAVING count(DISTINCT item_id) >= ?",
        (kept, 1 if thorough else _MOST_CHANGED),
    ).fetchall()
    anew = {chunk for (chunk,) in changed}
    longest = 0 if thorough or kept < 0 else _LONGEST_TAIL - 1
    if last - kept > longest:
        first_new = (kept + 1) >> CHUNK_BITS
        if first_new in anew or kept < 0:
            kept = chunk_ends(first_new)[0] - 1
        anew -= {first_new}
        new = Span(kept + 1, chunk_ends(last >> CHUNK_BITS)[1])
        parts = [Span(*new.ends_in(chunk)) for chunk in new.chunks]
    else:
        parts = []
    return list(_joined([*(Span(*chunk_ends(chunk)) for chunk in sorted(anew)), *parts]))


def _joined(parts: Iterable[Span]) -> Iterator[Span]:
    """Spans that follow one another made one, up to some chunks; each part is within a chunk."""
    joined: Span | None = None
    for part in parts:
        if joined and part.first == joined.last + 1 and len(joined.chunks) < _TOGETHER:
            joined = Span(joined.first, part.last)
            continue
        if joined:
            yield joined
        joined = part
    if joined:
        yield joined
