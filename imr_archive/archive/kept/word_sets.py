"""Sets of the items that have a common word or phrase, made for a span of items and packed by chunk."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from pyroaring import BitMap

from imr_archive.archive.kept.chunk_rows import stored_items, stored_words
from imr_archive.archive.kept.item_words import ItemIds, ItemWords
from imr_archive.archive.kept.packing import as_items, by_chunk, pack_items
from imr_archive.archive.kept.spans import Span
from imr_archive.archive.kept.words import PARTS, Chosen

_SETS_AT_ONCE = 100
"""Sets that are made before it is told how far it has come."""


class SpanSets:
    """The items of a span, and what the word sets hold of it, packed.

    items: by chunk. words: by chunk the numbers of sets, each with its items; sets without any are left out.
    """

    def __init__(self, cursor: sqlite3.Cursor, span: Span) -> None:
        self.items: dict[int, bytes] = {}
        self.words: dict[int, list[tuple[int, bytes]]] = {chunk: [] for chunk in span.chunks}
        self._span = span
        self._texts = ItemWords(cursor, span.first, span.last)
        self._texts.index_apart()
        self._before: dict[int, BitMap] = {}
        known = BitMap()
        if span.goes_on:
            self._before = stored_words(cursor, span.chunks[0])
            known = stored_items(cursor, span.chunks[0])
        for chunk, items in self._by_chunk(self._texts.ids, known):
            self.items[chunk] = pack_items(items)

    def build(self, sets: Sequence[tuple[int, Chosen]], tell: Callable[[float], None]) -> None:
        """Make the sets, each with its number; `tell` is told again and again which share is made."""
        for count, (number, chosen) in enumerate(sets):
            if count % _SETS_AT_ONCE == 0:
                tell(count / len(sets))
            found = self._texts.having(PARTS[chosen.part], chosen.expression)
            for chunk, items in self._by_chunk(found, self._before.get(number)):
                if items:
                    self.words[chunk].append((number, pack_items(items)))

    def close(self) -> None:
        """Let go of the texts."""
        self._texts.close()

    def _by_chunk(self, ids: ItemIds, before: BitMap | None) -> list[tuple[int, BitMap]]:
        """Items of the span by chunk, the first chunk with those that it had before the span."""
        parts = [(chunk, as_items(some)) for chunk, some in by_chunk(ids, self._span.chunks)]
        if before and self._span.goes_on:
            before.remove_range(self._span.first, self._span.last + 1)
            parts[0][1].update(before)
        return parts
