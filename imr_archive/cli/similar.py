"""The command that finds decisions like a case, a letter or a pasted text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from imr_archive.api import Archive, open_archive
from imr_archive.cli.app import ASKING, DEFAULT_DB, DbOption, app
from imr_archive.cli.likenesses import SIMILAR_COLUMNS, flat, print_similar
from imr_archive.cli.output import CsvOption, JsonOption, Shape, message, print_csv, print_json, shape_of
from imr_archive.errors import SourceError, UnknownNameError, UsageError
from imr_archive.query.similar.asking import LIMIT, MOST_ROWS, PAIRS
from imr_archive.query.similar.results import Similar, one_line
from imr_archive.sources import DEFAULT_LIMITS, read_bytes

STANDARD_INPUT = "-"


@app.command("similar", rich_help_panel=ASKING)
def similar_command(
    asked: Annotated[
        str,
        typer.Argument(
            metavar="CASE|FILE|-",
            show_default=False,
            help="A case of the archive, a letter's file, or - for a text on standard input: a letter, or "
            "what was copied from a denial or a request for authorization.",
        ),
    ],
    item: Annotated[
        int | None,
        typer.Argument(metavar="[ITEM]", min=1, show_default=False, help="Only the item at that place."),
    ] = None,
    *,
    limit: Annotated[
        int,
        typer.Option(
            "--limit", "-n", min=0, max=MOST_ROWS, metavar="N", help="How many decisions for each item."
        ),
    ] = LIMIT,
    pairs: Annotated[
        int,
        typer.Option(
            "--pairs",
            min=0,
            max=MOST_ROWS,
            metavar="N",
            help="How many upheld and overturned ones to set side by side.",
        ),
    ] = PAIRS,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
) -> None:
    """Find the decisions most like a case or a pasted denial, and both outcomes of the same request.

    For each item: the nearest decisions, then the closest upheld and the closest overturned ones on the same
    service side by side, with what differs between the two sides.

    [dim]$[/] imr-archive similar CM16-0907266
    [dim]$[/] imr-archive similar CM16-0907266 2 --limit 5
    [dim]$[/] imr-archive similar denial.pdf --json
    [dim]$[/] imr-archive similar - < request.txt
    """
    shape = shape_of(as_json=as_json, as_csv=as_csv)
    with open_archive(db) as archive:
        if asked == STANDARD_INPUT:
            found = archive.similar(text=_standard_input(), item=item, limit=limit, pairs=pairs)
        elif _is_there(asked):
            found = archive.similar(file=asked, item=item, limit=limit, pairs=pairs)
        else:
            found = _to_case(archive, asked, item, limit, pairs)
    _print(found, shape)


def _print(found: Similar, shape: Shape) -> None:
    if shape is Shape.JSON:
        print_json({"groups": found.to_dicts(), "notes": list(found.notes)})
        return
    for note in found.notes:
        message(note)
    if shape is Shape.CSV:
        print_csv(flat(found), SIMILAR_COLUMNS)
    else:
        print_similar(found)


def _is_there(path: str) -> bool:
    """Whether there is such a file or folder; a text in place of a name may be longer than any name."""
    try:
        return Path(path).exists()
    except OSError:
        return False


def _to_case(archive: Archive, asked: str, item: int | None, limit: int, pairs: int) -> Similar:
    try:
        return archive.similar(asked, item, limit=limit, pairs=pairs)
    except UnknownNameError as error:
        if Path(asked).suffix and " " not in asked:
            raise UsageError(f"there is no file {asked}, and {error}") from error
        if " " not in asked:
            raise
        raise UsageError(
            f"{one_line(str(error))}; for a text say `-` and give it on standard input"
        ) from error


def _standard_input() -> str:
    """The text on standard input, of any type that letters are read from."""
    if sys.stdin.isatty():
        message("paste the text, then end it with Ctrl-D (Ctrl-Z and Enter on Windows)")
    data = sys.stdin.buffer.read(DEFAULT_LIMITS.file_bytes + 1)
    if not data.strip():
        raise UsageError("nothing stands on standard input: paste the denial or the request")
    try:
        return read_bytes(data, "standard input").text
    except SourceError as error:
        raise UsageError(f"what stands on standard input cannot be read: {error}") from error
