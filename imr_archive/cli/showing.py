"""The command that shows one case."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from imr_archive.api import open_archive
from imr_archive.cli.app import ASKING, DEFAULT_DB, DbOption, app
from imr_archive.cli.explaining import print_marked
from imr_archive.cli.output import JsonOption, print_json
from imr_archive.cli.records import print_case, print_record
from imr_archive.parsing.explaining import explain, marked


@app.command("show", rich_help_panel=ASKING)
def show_command(
    case: Annotated[
        str,
        typer.Argument(
            metavar="CASE", show_default=False, help="Case number, or the file's name where there is none."
        ),
    ],
    version: Annotated[
        int | None,
        typer.Option(
            "--version", min=1, metavar="N", show_default=False, help="An older version of the case's letter."
        ),
    ] = None,
    text: Annotated[bool, typer.Option("--text", help="The letter's text as it was read.")] = False,
    source: Annotated[
        bool, typer.Option("--source", help="The letter's text with every part that a value is from marked.")
    ] = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Show one case: its dates, reviewer, summary, and each disputed item with both sides' citations.

    [dim]$[/] imr-archive show CM16-0907266
    [dim]$[/] imr-archive show 16-0907266 --text
    [dim]$[/] imr-archive show CM16-0907266 --source
    """
    if text and source:
        raise typer.BadParameter("--text and --source cannot be used together; choose one.")
    with open_archive(db) as archive:
        if source:
            record, read = archive.letter(case, version=version), archive.letter_text(case, version=version)
            explained = explain(record, read)
            print_json(explained) if as_json else print_marked(marked(read, explained))
        elif text:
            read = archive.letter_text(case, version=version)
            if as_json:
                print_json({"text": read})
            else:
                # A terminal drops form feeds, and the words before and behind one would grow together.
                sys.stdout.write(read.replace("\f", "\n") + "\n")
        elif version is not None:
            record = archive.letter(case, version=version)
            print_json(record.to_dict()) if as_json else print_record(record)
        else:
            view = archive.case(case)
            print_json(view.to_dict()) if as_json else print_case(view)
