"""The columns of answers in CSV and in tables, and the words marked in them."""

from __future__ import annotations

from rich.text import Text

from imr_archive.cli.output import stdout
from imr_archive.query import MARKS

# Private-use characters, which no letter prints: where marked words begin and end until they are coloured.
TERMINAL_MARKS = ("\ue000", "\ue001")
MARKED = "bold yellow"

HIT_COLUMNS = (
    "case_number",
    "source",
    "position",
    "description",
    "outcome",
    "category",
    "subcategory",
    "service",
    "decision_date",
    "specialties",
    "snippet",
    "alike",
)
RATE_COLUMNS = (
    "items",
    "upheld",
    "overturned",
    "uphold_rate",
    "uphold_rate_low",
    "uphold_rate_high",
    "small",
    "share",
)
DIFFERENCE_COLUMNS = (
    "difference",
    "difference_low",
    "difference_high",
    "p_value",
    "p_adjusted",
    "significant",
)
LIFT_COLUMNS = (
    "dimension",
    "value",
    "items",
    "observed",
    "expected",
    "rate",
    "base_rate",
    "lift",
    "lift_low",
    "lift_high",
)


def marked(snippet: str) -> Text:
    """A snippet with the words between the marks coloured; where there is no colour, between « and »."""
    begin, end = TERMINAL_MARKS
    if not stdout.is_terminal:
        return Text(snippet.replace(begin, MARKS[0]).replace(end, MARKS[1]))
    shown = Text()
    for part in snippet.split(begin):
        word, closed, rest = part.partition(end)
        shown.append(word, style=MARKED if closed else None)
        shown.append(rest)
    return shown
