"""Third stage: the header table: case number, dates, priority.

Where the table can stand is told by the letter's layout; what stands in it, label by label, by
`header_table`. A case number that only a page's running line prints is looked for there.
"""

from __future__ import annotations

import re
from typing import Any

from imr_archive.parsing.clean import LetterText
from imr_archive.parsing.dates import read_date
from imr_archive.parsing.findings import Notes
from imr_archive.parsing.furniture import CASE_NUMBERS, LONGEST_HEADER
from imr_archive.parsing.header_table import Table, Token, find_table
from imr_archive.parsing.layouts import Outline
from imr_archive.parsing.misreadings import CASE_NUMBER, case_number_of

NO_TABLE = Table(None, None, (), None)

EXPEDITED = "x"
"""The letter that of the three words for a priority only "Expedited" has, however misread."""

STATE_FORM = re.compile(CASE_NUMBER, re.IGNORECASE)
FIRST_OUTCOME = re.compile(r"\b1\s?[.)]|has\s+determined\s+the\s+request")


def read_header(letter: LetterText, outline: Outline, notes: Notes) -> dict[str, Any]:
    """The fields that the header table states, by name; what it lacks is absent.

    Notes take where each value stood, dates that are no dates, and labels that outnumber their dates.
    """
    table, end = _table(letter, outline)
    fields: dict[str, Any] = {}
    number, printed_in = table.number, letter.text
    if number is None:
        number, printed_in = _running_case_number(letter), letter.raw
    if number is not None:
        rule = "header table" if number.start < end else "running line"
        fields["case_number"] = _read_number(number, printed_in[number.start : number.end], rule, notes)
    if table.level is not None:
        level = letter.text[table.level.start : table.level.end]
        fields["priority"] = "expedited" if EXPEDITED in level.lower() else "standard"
        notes.found("priority", table.level.start, table.level.end, "header table", level)
    if table.unpaired is not None:
        labels, dates = table.unpaired
        notes.met("unpaired_dates", labels=labels, dates=dates)
    for field, date in table.dates:
        printed = letter.text[date.start : date.end]
        value = None if date.kind == "nothing" else read_date(printed)
        if value and field not in fields:
            fields[field] = value
            notes.found(field, date.start, date.end, "header table", printed)
        elif value is None and date.kind == "date":
            notes.met("bad_date", field, notes.span(date.start, date.end), raw=printed)
    return fields


def _read_number(number: Token, printed: str, rule: str, notes: Notes) -> str:
    """The case number as the state writes it, or as printed where it has lost its form."""
    written = case_number_of(printed) if number.kind == "case" else printed
    known = number.kind != "damaged"
    notes.found("case_number", number.start, number.end, rule, printed, known)
    if not known:
        span = notes.span(number.start, number.end)
        notes.met("unknown_case_number", "case_number", span, raw=written)
    return written


def _table(letter: LetterText, outline: Outline) -> tuple[Table, int]:
    """The header table and where the part of the letter ends that was searched for it.

    It stands before the first section, or else where its labels are.
    """
    end = outline.header_end
    if end is None or end > LONGEST_HEADER:
        end = min(len(letter.text), LONGEST_HEADER)
    if outline.layout in ("A", "unknown"):
        outcome = FIRST_OUTCOME.search(letter.lower, 0, end)
        end = outcome.start() if outcome else end
    table = find_table(letter.text, 0, end)
    label = letter.lower.find("date assigned") if table is None else -1
    if label >= 0:
        end = min(len(letter.text), label + 600)
        table = find_table(letter.text, max(0, label - 300), end)
    return table or NO_TABLE, end


def _running_case_number(letter: LetterText) -> Token | None:
    """The case number that only a running line prints, which cleaning has blanked out."""
    found = None
    for pattern in CASE_NUMBERS:
        for match in pattern.finditer(letter.raw):
            if letter.text[match.start()] == " ":
                if STATE_FORM.fullmatch(match[0]):
                    return Token("case", *match.span())
                found = found or Token("damaged", *match.span())
    return found
