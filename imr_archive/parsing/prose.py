"""Dates that sentences state, for layouts without a header table, and where they contradict the table."""

from __future__ import annotations

import re
from typing import Any

from imr_archive.parsing.clean import LetterText, occurrences
from imr_archive.parsing.dates import DATE_PATTERN, read_date
from imr_archive.parsing.findings import Notes
from imr_archive.parsing.layouts import Outline

DATE = rf"(?P<date>{DATE_PATTERN})"


def _sentence(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern + r"\s{0,9}" + DATE, re.IGNORECASE)


SENTENCES = {
    "application_received": (
        "application for",
        "",
        _sentence(r"application\s+for\s+independent\s+medical\s+review\s+was\s+(?:filed|received)(?:\s+on)?"),
    ),
    "ur_denial_date": (
        "utilization review",
        "",
        _sentence(r"utilization\s+review\s+(?:denial|decision|determination)(?:/modification)?,?\s+dated"),
    ),
    "date_assigned": (
        "notice of assignment",
        "",
        _sentence(r"notice\s+of\s+assignment\b[^.]{0,150}?\bon"),
    ),
    "decision_date": ("dated", "", _sentence(r"\bdetermination\s+dated\s{0,3}:?")),
    "date_of_injury": (
        "injury",
        "date",
        _sentence(r"\b(?:date\s+of\s+injury|injury\s+date)\s*(?:\((?:doi)\)\s*)?(?:of|on|is|was|:)?"),
    ),
}
"""Field → words that the sentence has near its beginning, a word of it that is rarer, and the sentence that
states that very date."""

BEFORE_GATE, SENTENCE_REACH = 12, 260
MOST_GATES = 100


def read_prose_dates(
    letter: LetterText, form: Outline, header: dict[str, Any], notes: Notes
) -> dict[str, Any]:
    """The dates of a layout without a header table; for layout D, whose table alone counts, none.

    Where a table and a sentence state the same date differently, the table counts and a problem is noted.
    """
    found: dict[str, Any] = {}
    for field, (gate, rare, pattern) in SENTENCES.items():
        if form.layout == "D" and (field != "date_of_injury" or field not in header):
            continue
        begin = (form.header_end or 0) if field == "date_of_injury" else 0
        match = _stated(letter, gate, rare, pattern, begin)
        value = read_date(match["date"]) if match else None
        if match is None or value is None:
            continue
        stated = header.get(field)
        if stated is None:
            found[field] = value
            notes.found(field, *match.span("date"), "sentence", match["date"])
        elif stated != value:
            span = notes.span(*match.span("date"))
            notes.met("dates_disagree", field, span, header=stated, prose=value)
    return found


def _stated(
    letter: LetterText, gate: str, rare: str, pattern: re.Pattern[str], begin: int
) -> re.Match[str] | None:
    """The first sentence of that pattern from `begin` on."""
    for at in occurrences(letter.lower, gate, begin)[:MOST_GATES]:
        first, last = max(begin, at - BEFORE_GATE), at + SENTENCE_REACH
        match = (
            pattern.search(letter.text, first, last) if letter.lower.find(rare, first, last) >= 0 else None
        )
        if match:
            return match
    return None
