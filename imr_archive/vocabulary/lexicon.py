"""Finds the terms of a vocabulary in running text: whole words only, of overlapping terms the longest.

Letter case, punctuation and the difference between "&" and "and" do not count; a percent sign is a
word of its own. The text is walked once, whatever the number of terms (Aho-Corasick).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

import ahocorasick

T = TypeVar("T")

WORD = re.compile(r"[A-Za-z0-9]+|[&%]")


class Hit(NamedTuple, Generic[T]):
    """A term found: what it stands for, and which words of the text it covers (half open)."""

    value: T
    first: int
    after: int
    term: str


def normal_form(text: str) -> str:
    """The words of a text as terms are compared: lower case, "&" written out, one blank between."""
    return " ".join(WORD.findall(text)).lower().replace("&", "and")


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where each word of `normal_form(text)` stands in the text."""
    return [match.span() for match in WORD.finditer(text)]


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
        found = [
            (-count, end - len(normal) - 1, normal, value)
            for end, (normal, count, value) in self._automaton.iter(text)
        ]
        if len(found) > 1:
            found.sort(key=_longest_first)
        taken: list[tuple[int, int, str, T]] = []
        for minus_count, start, normal, value in found:
            end = start + len(normal) + 1
            if all(end <= other or start >= other + len(term) + 1 for _, other, term, _ in taken):
                taken.append((minus_count, start, normal, value))
        taken.sort(key=_by_place)
        hits: list[Hit[T]] = []
        word = at = 0
        for minus_count, start, normal, value in taken:
            word += text.count(" ", at, start)
            at = start
            hits.append(Hit(value, word, word - minus_count, normal))
        return hits


def _longest_first(found: tuple[int, int, str, object]) -> tuple[int, int]:
    return found[:2]


def _by_place(found: tuple[int, int, str, object]) -> int:
    return found[1]
