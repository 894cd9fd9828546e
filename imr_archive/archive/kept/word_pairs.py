"""Which two words in a row are to have a set of their own: FTS5 has to compare all the places of both.

Any phrase of them gains: the items that have its pairs are few, or none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise

from imr_archive.archive.kept.stems import Stems, stems_of

COMMON_PAIR = 0.002
"""The share of items from which on a pair has a set."""

MOST_BYTES = 28.0
"""What the sets of one part's pairs take for an item, together; the most frequent come first."""

_EVERY = 3
"""Of the texts of a sample every third is looked at."""

_AT_ONCE = 500
"""Texts that are taken apart at a time."""


def choose_pairs(texts: Sequence[str], words: Collection[str]) -> list[Stems]:
    """The pairs of these words (their stems) that some texts of an archive have most often."""
    some = texts[::_EVERY]
    counts: Counter[Stems] = Counter()
    for start in range(0, len(some), _AT_ONCE):
        for stems in stems_of(some[start : start + _AT_ONCE]):
            counts.update({pair for pair in pairwise(stems) if pair[0] in words and pair[1] in words})
    chosen, taken = [], 0.0
    for pair, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        share = count / len(some)
        taken += _bytes_of(share)
        if share < COMMON_PAIR or taken > MOST_BYTES:
            break
        chosen.append(pair)
    return chosen


def _bytes_of(share: float) -> float:
    """What the set of a share of all items takes for each item: two bytes for each that it has, or a bit."""
    return min(2 * share, 1 / 8)
