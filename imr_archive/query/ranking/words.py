"""Where the words of a query stand in a text, by the same tokens and stems as the full-text index has.

FTS5 itself is asked for the stem of each different word, once: so the two have one tokenizer, and a word that
was met before costs a look into a dictionary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from imr_archive.archive.kept.stems import WORD_STEMS, stems_of
from imr_archive.query.language.terms import Term

_PUNCTUATION = {
    code: " "
    for code in (*range(0x80), *range(0xA0, 0xC0), *range(0x2000, 0x2070))
    if unicodedata.category(chr(code))[0] not in "LN"
}
"""What parts words in FTS5's unicode61: all that is no letter and no figure. These are the characters of that
kind that letters print, the typographic quotes and dashes among them."""

_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
"""A word in a text; an accent that is a character of its own does not end it."""


def tokens(passage: str) -> list[str]:
    """The tokens of a text in order, as the index has them: in small letters, without accents, stemmed."""
    plain = passage.translate(_PUNCTUATION)
    if not plain.isascii() or "\0" in passage:
        return list(stems_of([passage])[0])
    return WORD_STEMS.of(plain.lower().split())


def spans(passage: str) -> list[tuple[int, int]]:
    """Where in a text the words are that its tokens are made of, in order: from and to."""
    if passage.isascii():
        return [match.span() for match in _WORD.finditer(passage)]
    return [
        match.span()
        for match in _WORD.finditer(passage)
        for _ in (stems_of([match[0]])[0] if not match[0].isascii() else (match[0],))
    ]


class Pattern:
    """The phrases of one term as tokens, which can be found in the tokens of a text."""

    def __init__(self, term: Term) -> None:
        self._near = term.near
        self._whole: list[tuple[str, ...]] = []
        self._open: list[tuple[str, ...]] = []
        for phrase in term.phrases:
            found = tuple(tokens(" ".join(phrase.words)))
            if found:
                (self._open if phrase.prefix else self._whole).append(found)
        self._first = {phrase[0] for phrase in self._whole}
        if self._near is not None:
            self._first = {token for phrase in self._whole for token in phrase}
        self._are_words = self._near is None and not self._open and max(map(len, self._whole), default=0) == 1

    def count(self, found: Sequence[str]) -> int:
        """At how many places of a text, given as its tokens, one of the phrases begins."""
        if self._are_words:
            return sum(map(found.count, self._first))
        if self._near is not None:
            return sum(1 for _ in self._together(found))
        return len({place for _, place, _ in self.standing(found)})

    def stands_in(self, found: Sequence[str]) -> bool:
        """Whether one of the phrases stands in a text, given as its tokens."""
        return next(iter(self.standing(found)), None) is not None

    def standing(self, found: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """Which phrases (by number) stand where in a text, given as its tokens, and how many tokens long."""
        if self._near is not None:
            for places in self._together(found):
                yield from ((self._whole[0].index(found[place]), place, 1) for place in places)
            return
        if not self._first.isdisjoint(found):
            for place, token in enumerate(found):
                if token in self._first:
                    yield from self._beginning_at(found, place)
        for number, phrase in enumerate(self._open, start=len(self._whole)):
            yield from ((number, place, len(phrase)) for place in _begun(found, phrase))

    def _beginning_at(self, found: Sequence[str], place: int) -> Iterator[tuple[int, int, int]]:
        for number, phrase in enumerate(self._whole):
            if tuple(found[place : place + len(phrase)]) == phrase:
                yield number, place, len(phrase)

    def _together(self, found: Sequence[str]) -> Iterator[list[int]]:
        """Where all words of the phrase stand within the distance; no place is used twice."""
        if self._first.isdisjoint(found):
            return
        places = [place for place, token in enumerate(found) if token in self._first]
        start = 0
        while start < len(places):
            reach = places[start] + (self._near or 0) + len(self._first)
            within = [place for place in places[start:] if place < reach]
            if {found[place] for place in within} == self._first:
                yield within
                start += len(within)
            else:
                start += 1


def _begun(found: Sequence[str], phrase: tuple[str, ...]) -> Iterator[int]:
    """Where a phrase stands whose last token may go on."""
    *whole, beginning = phrase
    for place in range(len(found) - len(whole)):
        at_end = found[place + len(whole)]
        if at_end.startswith(beginning) and list(found[place : place + len(whole)]) == whole:
            yield place
