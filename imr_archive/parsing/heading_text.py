"""A heading in the forms in which it is searched: as printed, in lower case, as words."""

from __future__ import annotations

import re

from imr_archive.parsing.clean import lowered
from imr_archive.vocabulary.lexicon import normal_form, word_spans

LONGEST_HEADING = 2000
"""Headings of several sentences have some 400 characters; what goes on for thousands is no heading."""

LETTERS = bytes(code if chr(code).isalpha() else ord(" ") for code in range(256))
RUN_OF_LETTERS = re.compile(r"[^\W\d_]+")


class HeadingText:
    """One heading, put into each form once for all that read it.

    text: as printed, as far as headings go. lower: in lower case, every character in its place. normal: its
    words as the vocabularies compare them. words: the runs of letters in `lower`; a pattern that needs a
    word of its own cannot match a heading without it, and looking among them is many times quicker.
    """

    __slots__ = ("_spans", "lower", "normal", "text", "words")

    def __init__(self, description: str) -> None:
        self.text = description[:LONGEST_HEADING]
        self.lower = lowered(self.text)
        self.normal = normal_form(self.text)
        self.words = (
            self.lower.encode().translate(LETTERS).decode().split()
            if self.lower.isascii()
            else RUN_OF_LETTERS.findall(self.lower)
        )
        self._spans: list[tuple[int, int]] | None = None

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where each word of `normal` stands in the text."""
        if self._spans is None:
            self._spans = word_spans(self.text)
        return self._spans


def holds_any(text: str, parts: tuple[str, ...]) -> bool:
    """Whether one of the parts stands in the text; for few and short ones a plain loop is quickest."""
    for part in parts:  # noqa: SIM110
        if part in text:
            return True
    return False
