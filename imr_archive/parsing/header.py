"""Third stage: the header table: case number, dates, priority.

Extractors print the table row by row, column by column (all labels, then all values), padded, one cell a
line, or with a cell's label broken around its value. The table is therefore read as a stream of labels and
values: what stands together on one line belongs together, and of what is left the first label takes the
first value.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import msgspec

from imr_archive.parsing.clean import LetterText
from imr_archive.parsing.dates import DATE_PATTERN, read_date
from imr_archive.parsing.findings import Notes
from imr_archive.parsing.furniture import CASE_NUMBERS, LONGEST_HEADER
from imr_archive.parsing.layouts import Outline
from imr_archive.parsing.misreadings import CASE_NUMBER, DAMAGED_CASE_NUMBER, case_number_of, misread

DATE_FIELDS = ("date_assigned", "date_of_injury", "decision_date", "ur_denial_date", "application_received")

ENDS_LABEL = r"(?:\s{0,3}[:;]|(?=[ ]*(?:\n|\Z|[ ]{2}|\d)))"
"""A label ends in a colon (OCR: semicolon), or stands apart from what follows."""

LABELS = {
    "ur_denial_date": (
        "ur denial date",
        "ur decision date",
        "ur denial",
        "utilization review denial date",
        "utilization review decision date",
        "date of ur decision",
        "date of ur denial",
        "date of utilization review decision",
        "date of utilization review denial",
    ),
    "date_assigned": ("date assigned", "assigned date", "date of assignment"),
    "date_of_injury": ("date of injury", "injury date", "doi"),
    "decision_date": ("imr decision date", "decision date", "date of decision", "determination date"),
    "application_received": (
        "imr application received",
        "application received",
        "application received date",
        "date application received",
        "date received",
    ),
    "case_label": ("maximus case number", "imr case number", "case number", "case no.", "case #"),
    "claim_label": ("maximus claim number", "claim number", "claim no.", "claim #"),
    "priority_label": ("priority",),
}
"""Field → its labels. "Received" alone, of a label broken over lines, and "Dated" need their colon."""


OPENINGS = {"c": "ce", "i": "il1|!", "m": "mr"}
"""First letters of labels, each with all that OCR makes of it; see `misreadings.CONFUSED`."""


def _label(kind: str) -> str:
    """The labels of a kind; a glance at the first letter spares most places the trial of each label."""
    openings = "".join(
        sorted({letter for label in LABELS[kind] for letter in OPENINGS.get(label[0], label[0])})
    )
    return f"(?=[{openings}])(?P<{kind}>(?:{'|'.join(misread(label) for label in LABELS[kind])}){ENDS_LABEL})"


TOKEN = re.compile(
    rf"""(?<![^\W_])(?:{"|".join(map(_label, LABELS))}"""
    rf"|(?=[rd])(?:(?P<received>{misread('received')}\s{{0,3}}[:;])|(?P<dated>{misread('dated')}\s{{0,3}}:))"
    rf"|(?=[cgi])(?P<case>{CASE_NUMBER})|(?=[cgi])(?P<damaged>{DAMAGED_CASE_NUMBER})"
    rf"|(?P<date>(?<![/.-]){DATE_PATTERN})"
    r"|(?P<number>(?<![/.-])(?:\d{8}|\d\d-\d{5,7})(?![\w/-]))"
    r"|(?P<nothing>N/A(?!\w))"
    rf"|(?=[srec5])(?P<level>(?:{misread('standard')}|regular|{misread('expedited')})\b))",
    re.IGNORECASE,
)
SAME_FIELD = {"received": "application_received", "dated": "decision_date"}
EXPEDITED = "x"
"""The letter that of the three words for a priority only "Expedited" has, however misread."""

STATE_FORM = re.compile(CASE_NUMBER, re.IGNORECASE)
FIRST_OUTCOME = re.compile(r"\b1\s?[.)]|has\s+determined\s+the\s+request")


class Token(msgspec.Struct, frozen=True, gc=False):
    """A label or a value of the header table."""

    kind: str
    text: str
    start: int
    end: int


def read_header(letter: LetterText, outline: Outline, notes: Notes) -> dict[str, Any]:
    """The fields that the header table states, by name; what it lacks is absent.

    Notes take where each value stood, dates that are no dates, and labels that outnumber their dates.
    """
    start, end = _region(letter, outline)
    tokens = [_token(match) for match in TOKEN.finditer(letter.text, start, end)]
    fields: dict[str, Any] = {}
    number = _case_number(tokens) or _running_case_number(letter)
    if number:
        written = case_number_of(number.text) if number.kind == "case" else number.text
        fields["case_number"] = written
        known = number.kind != "damaged"
        rule = "header table" if number.start < end else "running line"
        notes.found("case_number", number.start, number.end, rule, number.text, known)
        if not known:
            span = notes.span(number.start, number.end)
            notes.met("unknown_case_number", "case_number", span, raw=written)
    level = next((token for token in tokens if token.kind == "level"), None)
    if level and any(token.kind == "priority_label" for token in tokens):
        fields["priority"] = "expedited" if EXPEDITED in level.text.lower() else "standard"
        notes.found("priority", level.start, level.end, "header table", level.text)
    for field, date in _pair(letter.text, tokens, notes):
        value = None if date.kind == "nothing" else read_date(date.text)
        if value and field not in fields:
            fields[field] = value
            notes.found(field, date.start, date.end, "header table", date.text)
        elif value is None and date.kind == "date":
            notes.met("bad_date", field, notes.span(date.start, date.end), raw=date.text)
    return fields


def _token(match: re.Match[str]) -> Token:
    kind = match.lastgroup or ""
    return Token(SAME_FIELD.get(kind, kind), match[0], match.start(), match.end())


def _region(letter: LetterText, outline: Outline) -> tuple[int, int]:
    """Where the header table can stand: before the first section, or else where its labels are."""
    end = outline.header_end
    if end is None or end > LONGEST_HEADER:
        end = min(len(letter.text), LONGEST_HEADER)
    if outline.layout in ("A", "unknown"):
        outcome = FIRST_OUTCOME.search(letter.lower, 0, end)
        end = outcome.start() if outcome else end
    if TOKEN.search(letter.text, 0, end) is None:
        label = letter.lower.find("date assigned")
        if label >= 0:
            return max(0, label - 300), min(len(letter.text), label + 600)
    return 0, end


def _case_number(tokens: list[Token]) -> Token | None:
    """The case number: of the state's own form, a bare number under its label, else what is left of one."""
    for token in tokens:
        if token.kind == "case":
            return token
    if any(token.kind == "case_label" for token in tokens):
        previous = ""
        for token in tokens:
            if token.kind == "number" and previous != "claim_label":
                return token
            previous = token.kind
    return next((token for token in tokens if token.kind == "damaged"), None)


def _running_case_number(letter: LetterText) -> Token | None:
    """The case number that only a running line prints, which cleaning has blanked out."""
    found = None
    for pattern in CASE_NUMBERS:
        for match in pattern.finditer(letter.raw):
            if letter.text[match.start()] == " ":
                if STATE_FORM.fullmatch(match[0]):
                    return Token("case", match[0], match.start(), match.end())
                found = found or Token("damaged", match[0], match.start(), match.end())
    return found


def _pair(text: str, tokens: list[Token], notes: Notes) -> list[tuple[str, Token]]:
    """Which date belongs to which label: (field, date)."""
    stream = [token for token in tokens if token.kind in DATE_FIELDS or token.kind in ("date", "nothing")]
    pairs: list[tuple[str, Token]] = []
    left: list[Token] = []
    for line in _lines(text, stream):
        matched, unmatched = _pair_line(line)
        pairs += matched
        left += unmatched
    if not left:
        return pairs
    labels = [token for token in left if token.kind in DATE_FIELDS]
    dates = [token for token in left if token.kind not in DATE_FIELDS]
    followed = _pair_followers(left)
    if len(followed) > 2 and 4 * len(followed) >= 3 * len(labels):
        pairs += followed
    elif len(labels) == len(dates):
        pairs += [(label.kind, date) for label, date in zip(labels, dates, strict=True)]
    elif labels and dates:
        near = _pair_neighbours(left)
        pairs += near
        if len(near) < min(len(labels), len(dates)):
            notes.met("unpaired_dates", labels=len(labels), dates=len(dates))
    return pairs


def _lines(text: str, stream: list[Token]) -> list[list[Token]]:
    """The tokens line by line."""
    lines: list[list[Token]] = []
    end = -1
    for token in stream:
        if end < 0 or text.find("\n", end, token.start) >= 0:
            lines.append([])
        lines[-1].append(token)
        end = token.end
    return lines


def _pair_line(line: list[Token]) -> tuple[list[tuple[str, Token]], list[Token]]:
    """Pairs the labels of one line with the dates that follow them; also what stays unpaired."""
    if len(line) % 2 == 0 and [token.kind in DATE_FIELDS for token in line] == [True, False] * (
        len(line) // 2
    ):
        return [(label.kind, date) for label, date in zip(line[::2], line[1::2], strict=True)], []
    pairs: list[tuple[str, Token]] = []
    left: list[Token] = []
    labels: list[Token] = []
    dates: list[Token] = []

    def close() -> None:
        if labels and (len(labels) == len(dates) or len(dates) == 1):
            count = len(dates)
            left.extend(labels[: len(labels) - count])
            pairs.extend((label.kind, date) for label, date in zip(labels[-count:], dates, strict=True))
        else:
            left.extend(labels + dates)
        labels.clear()
        dates.clear()

    for token in line:
        if token.kind in DATE_FIELDS:
            if dates:
                close()
            labels.append(token)
        else:
            dates.append(token)
    close()
    return pairs, left


def _pair_followers(tokens: list[Token]) -> list[tuple[str, Token]]:
    """Each label with the date right after it: where nearly all labels have one, cells follow each other."""
    return [
        (label.kind, date)
        for label, date in pairwise(tokens)
        if label.kind in DATE_FIELDS and date.kind not in DATE_FIELDS
    ]


def _pair_neighbours(tokens: list[Token]) -> list[tuple[str, Token]]:
    """Where labels and dates differ in number: only labels and dates that are each other's one neighbour."""
    pairs = []
    kinds = ["label" if token.kind in DATE_FIELDS else "date" for token in tokens] + ["label"]
    fewer_dates = kinds.count("label") - 1 > kinds.count("date")
    for index, token in enumerate(tokens[1:], 1):
        alone = kinds[index] == "date" and kinds[index - 1] == "label" and kinds[index + 1] == "label"
        if alone and (fewer_dates or index < 2 or kinds[index - 2] == "date"):
            pairs.append((tokens[index - 1].kind, token))
    return pairs
