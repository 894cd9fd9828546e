"""Finds the terms of a vocabulary in running text: whole words only, of overlapping terms the longest.

Letter case, punctuation and the difference between "&" and "and" do not count; a percent sign is a
word of its own. The text is walked once, whatever the number of terms (Aho-Corasick).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import itemgetter
from typing import Generic, TypeVar

import ahocorasick

from imr_archive.vocabulary.values import Value

T = TypeVar("T")

WORD = re.compile(r"[A-Za-z0-9]+|[&%]")
FIRST_WORD = itemgetter(1)


class Hit(Value, Generic[T]):
    """A term found: what it stands for, and which words of the text it covers (half open)."""

    value: T
    first: int
    after: int
    term: str


PLAIN = bytes(
    ord(chr(code).lower()) if chr(code).isalnum() or code == ord("%") else ord(" ") for code in range(256)
)
"""What becomes of each ASCII character in normal form, before blanks are made single."""


def normal_form(text: str) -> str:
    """The words of a text as terms are compared: lower case, "&" written out, one blank between."""
    if text.isascii():
        apart = text.replace("&", " and ").replace("%", " % ")
        return " ".join(apart.encode().translate(PLAIN).decode().split())
    return " ".join(WORD.findall(text)).lower().replace("&", "and")


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where each word of `normal_form(text)` stands in the text."""
    return list(map(re.Match.span, WORD.finditer(text)))


class Lexicon(Generic[T]):
    """Terms, each with the value that it stands for; in_normal_form: they need no normalising."""

    def __init__(self, terms: Iterable[tuple[str, T]], *, in_normal_form: bool = False) -> None:
        self._automaton = ahocorasick.Automaton()
        for term, value in terms:
            normal = term if in_normal_form else normal_form(term)
            if normal:
                self._automaton.add_word(f" {normal} ", (normal, normal.count(" ") + 1, value))
        self._empty = len(self._automaton) == 0
        if not self._empty:
            self._automaton.make_automaton()

    def find(self, normal_text: str) -> list[Hit[T]]:
        """The terms in a text in normal form, from the left; of two that overlap the longer."""
        if self._empty or not normal_text:
            return []
        text = f" {normal_text} "
        found = []
        words = at = 0
        overlapping = False
        for end, (normal, count, value) in self._automaton.iter(text):
            words_before = words
            words += text.count(" ", at, end)
            at = end
            found.append((-count, words - count, normal, value))
            overlapping |= words - count < words_before
        if overlapping:
            found = _longest(found, words)
        return [Hit(value, first, first - minus_count, normal) for minus_count, first, normal, value in found]


def _longest(found: list[tuple[int, int, str, T]], words: int) -> list[tuple[int, int, str, T]]:
    """Of terms that overlap the longest, of equals the first, in printed order.

    found: of each term how many words it has (negative), the first of them and what was found; never two of
    as many words at one place. words: how many the text has up to the last term.
    """
    found.sort()
    taken = []
    covered = bytearray(words)
    for one in found:
        first, after = one[1], one[1] - one[0]
        if 1 not in covered[first:after]:
            covered[first:after] = b"\1" * (after - first)
            taken.append(one)
    taken.sort(key=FIRST_WORD)
    return taken
