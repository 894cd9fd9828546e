"""Where values come from, as a terminal shows it: a table of rules, or the letter with its parts marked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.text import Text

from imr_archive.cli.output import stdout, table
from imr_archive.parsing import LetterRecord
from imr_archive.parsing.explaining import Explained, Piece

_LONGEST = 60
WIDEST, NARROW = 40, 16
"""Characters of a field's path on one line of a table, where the terminal is wide and where it is not."""
ROOMY = 110
"""Columns from which on a terminal is wide."""
_STEP = re.compile(r"[^.]+\.?")
_PART = re.compile(r"[^_]+_?|_")
_STYLES = {
    "outcome": "bold magenta",
    "description": "bold",
    "rationale": "cyan",
    "summary": "blue",
    "citations": "green",
    "reason": "yellow",
}
_OTHER = "bold green"


def print_explained(record: LetterRecord, explained: Sequence[Explained]) -> None:
    """Each value with the words it was read from, the rule, and its place in the text."""
    widest = WIDEST if stdout.width >= ROOMY else NARROW
    rows = [
        (
            folded_path(one.field, widest),
            _cut(one.value) + ("" if one.recognised else " (not in the vocabulary)"),
            _cut(one.words),
            one.rule,
            f"{one.span.start}-{one.span.end}",
        )
        for one in explained
    ]
    title = f"{record.case_number or 'no case number'}  {record.source}  layout {record.layout}"
    made = table(["Field", "Value", "Words of the letter", "Rule", ("Place", "right")], rows, title)
    made.columns[0].no_wrap = True
    stdout.print(made)
    for problem in record.problems:
        stdout.print(Text(f"problem: {problem.code}: {problem.message}", style="yellow"))


def print_marked(pieces: Sequence[Piece]) -> None:
    """The letter as it stands, each part between ‹field› and ‹/›."""
    shown = Text()
    for piece in pieces:
        for field in piece.opens:
            shown.append(f"‹{field}›", style="dim")
        shown.append(piece.text.replace("\f", "\n"), style=_style(piece.fields))
        for _ in piece.closes:
            shown.append("‹/›", style="dim")
    stdout.print(shown, soft_wrap=True)


def _cut(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def folded_path(field: str, widest: int) -> str:
    """The path of a field on lines of at most `widest` characters, broken behind its dots and underlines.

    A word that is longer stays whole.
    """
    lines = [""]
    for step in _STEP.findall(field):
        for part in [step] if len(step) <= widest else _PART.findall(step):
            if lines[-1] and len(lines[-1]) + len(part) > widest:
                lines.append("")
            lines[-1] += part
    return "\n".join(lines)


def _style(fields: Sequence[str]) -> str | None:
    """The colour of the narrowest field."""
    if not fields:
        return None
    return next((style for name, style in _STYLES.items() if name in fields[-1]), _OTHER)
