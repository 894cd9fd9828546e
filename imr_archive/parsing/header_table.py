"""The header table as a stream of labels and values: which date belongs to which label.

Extractors print the table row by row, column by column (all labels, then all values), padded, one cell a
line, or with a cell's label broken around its value. What stands together on one line belongs together, and
of what is left the first label takes the first value.

The state prints one form for years, so that tables differ in their figures alone. A table is therefore read
with every figure made the same, and its places are remembered for all the letters that share them.
"""

from __future__ import annotations

import re
from itertools import pairwise

from imr_archive.parsing.dates import DATE_PATTERN
from imr_archive.parsing.misreadings import CASE_NUMBER, DAMAGED_CASE_NUMBER, misread
from imr_archive.vocabulary.remembered import remembered
from imr_archive.vocabulary.values import Value

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

FIGURES_ALIKE = bytes.maketrans(b"0123456789", b"2222222222")
"""All figures as one that OCR makes of no letter of a label, and that begins no year."""

FIGURES_THAT_COUNT = re.compile(r"(?<!CM)(?<=[A-Za-z|!])\d|\d[A-Za-z|!]|\d{4}-")
"""Where it matters which figure stands: in a word, where it may be a misread letter, and in 2013-09-26."""


class Token(Value):
    """A label or a value of the header table, and where it stands."""

    kind: str
    start: int
    end: int


class Table(Value):
    """What stands where in a header table.

    number: the case number. level: the word under the label of the priority. dates: (field, the date's
    place). unpaired: how many labels and dates could not be paired, where that is to be noted.
    """

    number: Token | None
    level: Token | None
    dates: tuple[tuple[str, Token], ...]
    unpaired: tuple[int, int] | None


def find_table(text: str, start: int, end: int) -> Table | None:
    """The header table in `text[start:end]`; None where not one label or value of it stands there."""
    if start == 0 and (head := text[:end]).isascii():
        settled, table = _table_alike(head.encode().translate(FIGURES_ALIKE))
        if settled:
            return table
    return _read_table(text, start, end)


@remembered(1024)
def _table_alike(figures_alike: bytes) -> tuple[bool, Table | None]:
    """Whether the figures do not count in a table printed like this, and if so its places."""
    printed = figures_alike.decode()
    settled = FIGURES_THAT_COUNT.search(printed) is None
    return settled, _read_table(printed, 0, len(printed)) if settled else None


def _read_table(text: str, start: int, end: int) -> Table | None:
    tokens = [_token(match) for match in TOKEN.finditer(text, start, end)]
    if not tokens:
        return None
    level = None
    if any(token.kind == "priority_label" for token in tokens):
        level = next((token for token in tokens if token.kind == "level"), None)
    return Table(_case_number(tokens), level, *_pair(text, tokens))


def _token(match: re.Match[str]) -> Token:
    kind = match.lastgroup or ""
    return Token(SAME_FIELD.get(kind, kind), *match.span())


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


def _pair(text: str, tokens: list[Token]) -> tuple[tuple[tuple[str, Token], ...], tuple[int, int] | None]:
    """Which date belongs to which label; also how many labels and dates there are where some stay alone."""
    stream = [token for token in tokens if token.kind in DATE_FIELDS or token.kind in ("date", "nothing")]
    pairs: list[tuple[str, Token]] = []
    left: list[Token] = []
    for line in _lines(text, stream):
        matched, unmatched = _pair_line(line)
        pairs += matched
        left += unmatched
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
            return tuple(pairs), (len(labels), len(dates))
    return tuple(pairs), None


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
