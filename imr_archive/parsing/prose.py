"""Dates that sentences state, for layouts without a header table, and where they contradict the table."""

from __future__ import annotations

import re
from typing import Any

from .clean import LetterText
from .dates import DATE_PATTERN, read_date
from .findings import Notes
from .layouts import Outline

DATE = rf"(?P<date>{DATE_PATTERN})"


def _sentence(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern + r"\s{0,9}" + DATE, re.IGNORECASE)


SENTENCES = {
    "application_received": (
        "application for",
        _sentence(r"application\s+for\s+independent\s+medical\s+review\s+was\s+(?:filed|received)(?:\s+on)?"),
    ),
    "ur_denial_date": (
        "utilization review",
        _sentence(r"utilization\s+review\s+(?:denial|decision|determination)(?:/modification)?,?\s+dated"),
    ),
    "date_assigned": (
        "notice of assignment",
        _sentence(r"notice\s+of\s+assignment\b[^.]{0,150}?\bon"),
    ),
    "decision_date": ("dated", _sentence(r"\bdetermination\s+dated\s{0,3}:?")),
    "date_of_injury": (
        "injury",
        _sentence(r"\b(?:date\s+of\s+injury|injury\s+date|doi)\s*(?:\((?:doi)\)\s*)?(?:of|on|is|was|:)?"),
    ),
}
"""Field → the words that gate the search, and the sentence that states that very date."""


def read_prose_dates(
    letter: LetterText, form: Outline, header: dict[str, Any], notes: Notes
) -> dict[str, Any]:
    """The dates of a layout without a header table; for layout D, whose table alone counts, none.

    Where a table and a sentence state the same date differently, the table counts and a problem is noted.
    """
    found: dict[str, Any] = {}
    for field, (gate, pattern) in SENTENCES.items():
        if form.layout == "D" and (field != "date_of_injury" or field not in header):
            continue
        if gate not in letter.lower:
            continue
        begin = (form.header_end or 0) if field == "date_of_injury" else 0
        match = pattern.search(letter.text, begin)
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
