"""The best few words of a text, with the words of a query marked: what a snippet shows.

The window is chosen as FTS5's snippet() chooses it: the one with most different phrases, from the beginning
of a sentence where that shows as many. FTS5 itself would look each phrase up in its index for each row
again, 350 ms for a page of drugs known by many names; the texts of a page are read in a few.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from imr_archive.query.ranking.words import Pattern, spans

_FIRST, _AGAIN = 1000, 1
"""What the first occurrence of a phrase in a window is worth, and each further one."""

_SENTENCE, _BEGINNING = 100, 120
"""What it is worth that a window begins with a sentence, or with the text."""

_ENDING = re.compile(r"[.:]\s+")
_ELLIPSIS = "…"

Span = tuple[int, int]
"""Where a word is in a text, from and to."""


class Standing(NamedTuple):
    """A phrase of a query (by the numbers of its term and its own) that stands at a token of a text."""

    phrase: tuple[int, int]
    place: int
    length: int


def standing(tokens: Sequence[str], patterns: Iterable[Pattern]) -> list[Standing]:
    """All phrases of the patterns that stand in a text, given as its tokens, in order."""
    found = (
        Standing((number, phrase), place, length)
        for number, pattern in enumerate(patterns)
        for phrase, place, length in pattern.standing(tokens)
    )
    return sorted(found, key=lambda one: one.place)


def terms_together(found: Sequence[Standing], most: int) -> int:
    """How many different terms stand within `most` tokens in a row, at best."""
    best, start = 0, 0
    for at, one in enumerate(found):
        while one.place - found[start].place >= most:
            start += 1
        if at - start >= best:
            best = max(best, len({each.phrase[0] for each in found[start : at + 1]}))
    return best


def window(text: str, found: Sequence[Standing], most: int, marks: tuple[str, str]) -> str:
    """The best `most` words of a text in a row, with the phrases that stand in it marked."""
    words = spans(text)
    start = _best_start(text, words, found, most)
    end = min(start + most, len(words))
    return _shown(text, words, (start, end), _ranges(found, start, end), marks)


def _best_start(text: str, words: Sequence[Span], found: Sequence[Standing], most: int) -> int:
    """Where the best window begins; of equal ones, the first that was looked at."""
    sentences = list(_sentences(text, words)) if len(words) > most else []
    best, best_start = 0, 0
    for place in dict.fromkeys(one.place for one in found):
        worth, around = _worth(found, place, most, len(words))
        if worth > best:
            best, best_start = worth, around
        before = max((start for start in sentences if start < place), default=None)
        if before is not None and place - before < most:
            worth, _ = _worth(found, before, most, len(words))
            worth += _SENTENCE if before else _BEGINNING
            if worth > best:
                best, best_start = worth, before
    return best_start


def _worth(found: Iterable[Standing], start: int, most: int, length: int) -> tuple[int, int]:
    """What the phrases in a window are worth, and the start of the window that has them in its middle."""
    seen: set[tuple[int, int]] = set()
    worth, first, last = 0, -1, 0
    for one in sorted(found, key=lambda one: one.place):
        if start <= one.place and one.place + one.length <= start + most:
            worth += _AGAIN if one.phrase in seen else _FIRST
            seen.add(one.phrase)
            first = one.place if first < 0 else first
            last = max(last, one.place + one.length)
    around = first - (most - (last - first)) // 2
    return worth, max(0, min(around, length - most))


def _sentences(text: str, words: Sequence[Span]) -> Iterator[int]:
    """The words with which sentences begin: the first, and those after a full stop or colon and space."""
    yield 0
    for ended in _ENDING.finditer(text):
        number = bisect_left(words, ended.end(), key=itemgetter(0))
        if 0 < number < len(words) and words[number][0] == ended.end():
            yield number


def _ranges(found: Iterable[Standing], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The tokens that are marked, from and to, within the window; phrases that overlap are one range."""
    open_from, open_to = -1, -1
    for one in sorted(found, key=lambda one: one.place):
        if not start <= one.place < end:
            continue
        if one.place >= open_to:
            if open_to > open_from:
                yield open_from, open_to
            open_from = one.place
        open_to = max(open_to, min(one.place + one.length, end))
    if open_to > open_from:
        yield open_from, open_to


def _shown(
    text: str,
    words: Sequence[Span],
    window: tuple[int, int],
    ranges: Iterable[tuple[int, int]],
    marks: tuple[str, str],
) -> str:
    start, end = window
    at = words[start][0] if start else 0
    pieces = [_ELLIPSIS] if start else []
    for first, last in ranges:
        marked = text[words[first][0] : words[last - 1][1]]
        pieces += [text[at : words[first][0]], marks[0], marked, marks[1]]
        at = words[last - 1][1]
    pieces.append(text[at : words[end - 1][1]] + _ELLIPSIS if end < len(words) else text[at:])
    return "".join(pieces)
