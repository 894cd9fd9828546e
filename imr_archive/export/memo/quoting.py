"""What a memo quotes of a rationale: whole sentences, in their own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from imr_archive.export.plain_text import one_line
from imr_archive.vocabulary.reasons import ABBREVIATIONS

OMITTED = "[…]"
"""Stands in a quotation for what the rationale says before or after it."""

_END = re.compile(r"(?<![.?!])[.?!]+[\"”’')\]]* (?=[\"“‘'(\[]*[^a-z ])")
_INITIALS = re.compile(r"(?:[a-z]\.)+[a-z]")
_WORD = re.compile(r"[^\W_]+")


class Quotation(msgspec.Struct, frozen=True):
    """Whole sentences of a rationale; `cut_before` and `cut_after` say that it goes on on that side."""

    text: str
    cut_before: bool
    cut_after: bool

    @property
    def marked(self) -> str:
        """The sentences with a mark for what was left out."""
        parts = (OMITTED if self.cut_before else "", self.text, OMITTED if self.cut_after else "")
        return " ".join(part for part in parts if part)


def quotation(rationale: str | None, deciding: str | None, words: Sequence[str] = ()) -> Quotation | None:
    """What to quote of a rationale, or None where there is none.

    deciding: the sentence that gives the reason, where one is known. words: those that were found. Quoted is
    the sentence that decides; else the one that holds most of `words`; else the last, where reviewers draw
    their conclusion.
    """
    text = one_line(rationale or "")
    if not text:
        return None
    spans = _sentences(text)
    chosen = _around(text, spans, one_line(deciding or "")) or _with_most(text, spans, words) or [spans[-1]]
    start, end = chosen[0][0], chosen[-1][1]
    return Quotation(text[start:end], cut_before=start > 0, cut_after=end < len(text))


def sentences(text: str) -> list[str]:
    """The sentences of a text on one line, which joined by blanks give it again."""
    return [text[start:end] for start, end in _sentences(text)]


def _sentences(text: str) -> list[tuple[int, int]]:
    """Where each sentence begins and ends.

    A full stop after an abbreviation, a single character or initials (`b.i.d.`) ends none: rather two
    sentences are quoted than half a one.
    """
    spans, start = [], 0
    for match in _END.finditer(text):
        begins = max(start, text.rfind(" ", start, match.start()) + 1)
        word = text[begins : match.start()].lower().lstrip("(\"“‘'[")
        if len(word) > 1 and word not in ABBREVIATIONS and not _INITIALS.fullmatch(word):
            spans.append((start, match.end() - 1))
            start = match.end()
    return [*spans, (start, len(text))] if start < len(text) else spans


def _around(text: str, spans: Sequence[tuple[int, int]], deciding: str) -> list[tuple[int, int]]:
    """The sentences that `deciding` is part of, or reaches over; none where the text does not hold it."""
    at = text.find(deciding) if deciding else -1
    return (
        [(start, end) for start, end in spans if start < at + len(deciding) and end > at] if at >= 0 else []
    )


def _with_most(text: str, spans: Sequence[tuple[int, int]], words: Sequence[str]) -> list[tuple[int, int]]:
    """The first of the sentences that hold most of `words`; none where none holds any."""
    wanted = {word.casefold() for word in words}

    def held(span: tuple[int, int]) -> int:
        return len(wanted.intersection(_WORD.findall(text[slice(*span)].casefold())))

    best = max(spans, key=held)
    return [best] if held(best) else []
