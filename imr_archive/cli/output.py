"""How results reach a person or a program: a table on a terminal, JSON or CSV elsewhere.

Data goes to standard output; messages, warnings and progress go to standard error, so that they never mix.
"""

from __future__ import annotations

import csv
import enum
import io
import re
import sys
from collections.abc import Mapping, Sequence
from typing import IO, Annotated, Literal, cast

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

Row = Mapping[str, object]
Cell = str | Text
Heading = str | tuple[str, Literal["left", "right"]]

_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)

PIPED_WIDTH = 120
"""Columns of a table that goes to a file or a pipe, which has no width of its own."""


class _Trimmed(io.TextIOBase):
    """Standard output without the blanks that fill lines up to the width of a table or a page."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        sys.stdout.write(_TRAILING.sub("", text))
        return len(text)

    def flush(self) -> None:
        sys.stdout.flush()

    def fileno(self) -> int:
        return sys.stdout.fileno()

    def isatty(self) -> bool:
        return sys.stdout.isatty()


stdout = Console(
    file=cast("IO[str]", _Trimmed()), highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH
)
"""Prints to whatever standard output is at the time."""

stderr = Console(stderr=True, highlight=False)


class Shape(enum.Enum):
    """In which form a command gives its result."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print CSV, for spreadsheets.")]


def shape_of(*, as_json: bool, as_csv: bool = False) -> Shape:
    """The form that the options ask for. Raises typer.BadParameter where they ask for two at once."""
    if as_json and as_csv:
        raise typer.BadParameter("--json and --csv cannot be used together; choose one.")
    if as_json:
        return Shape.JSON
    return Shape.CSV if as_csv else Shape.TABLE


def print_json(value: object) -> None:
    """Prints one JSON document, indented, keys in their own order."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def print_json_line(value: object) -> None:
    """Prints one JSON object on one line."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")


def print_csv(rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Prints a header and the rows as CSV; an absent value is an empty cell."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if row.get(column) is None else row[column] for column in columns])


def message(text: str) -> None:
    """Says something to the person at the terminal, apart from the data."""
    stderr.print(escape(text), soft_wrap=True)


def cell(value: object) -> Cell:
    """One value as a table shows it: numbers with thousands parted, nothing as a dash."""
    if isinstance(value, Text):
        return value
    if value is None or value == "":
        return Text("–", style="dim")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return Text(str(value))


def table(columns: Sequence[Heading], rows: Sequence[Sequence[object]], title: str = "") -> Table:
    """A table whose columns are headings or (heading, justification) pairs, made of plain values."""
    made = Table(title=title or None, title_justify="left", title_style="bold", header_style="bold")
    for column in columns:
        heading, justify = column if isinstance(column, tuple) else (column, "left")
        made.add_column(Text(heading), justify=justify, overflow="fold")
    for row in rows:
        made.add_row(*(cell(value) for value in row))
    return made


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 letter`, `2,000 letters`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def percent(share: float | None) -> str:
    """A share as a percentage with one decimal."""
    return "–" if share is None else f"{share:.1%}"
