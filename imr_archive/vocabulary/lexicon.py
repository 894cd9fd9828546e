"""Finds the terms of a vocabulary in running text: whole words only, the longest term at each place.

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
    """Terms, each with the value that it stands for."""

    def __init__(self, terms: Iterable[tuple[str, T]]) -> None:
        self._automaton = ahocorasick.Automaton()
        for term, value in terms:
            normal = normal_form(term)
            if normal:
                self._automaton.add_word(f" {normal} ", (normal, normal.count(" ") + 1, value))
        self._empty = len(self._automaton) == 0
        if not self._empty:
            self._automaton.make_automaton()

    def find(self, normal_text: str) -> list[Hit[T]]:
        """The terms in a text in normal form, from the left; of two that overlap the first or longer."""
        if self._empty or not normal_text:
            return []
        text = f" {normal_text} "
        found = [
            (end - len(normal) - 1, -count, normal, value)
            for end, (normal, count, value) in self._automaton.iter(text)
        ]
        if not found:
            return []
        found.sort(key=lambda hit: hit[:2])
        hits: list[Hit[T]] = []
        covered, word, at = -1, 0, 0
        for start, minus_count, normal, value in found:
            if start < covered:
                continue
            word += text.count(" ", at, start)
            at = start
            hits.append(Hit(value, word, word - minus_count, normal))
            covered = start + len(normal) + 1
        return hits
