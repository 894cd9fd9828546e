"""The command that reads letters straight to records."""

from __future__ import annotations

from typing import Annotated

import typer

from imr_archive.api import read_documents
from imr_archive.cli.app import READING, app
from imr_archive.cli.explaining import print_explained
from imr_archive.cli.ingesting import SET_ASIDE, OcrOption, PathsArgument
from imr_archive.cli.output import JsonOption, message, print_json_line
from imr_archive.cli.records import print_record
from imr_archive.errors import UsageError
from imr_archive.parsing import LetterRecord, parse_letters
from imr_archive.parsing.explaining import explain as explain_record
from imr_archive.sources import Document, Refused


@app.command("parse", rich_help_panel=READING)
def parse_command(
    paths: PathsArgument,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say which words and which rule gave each value.")
    ] = False,
    ocr: OcrOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read letters and print what they say, without an archive.

    With --json one record a line, under the published keys; with --explain its values, each with whether the
    vocabulary knows it (`recognised`) and whether such wordings are reliable (`certain`). Files that cannot
    be read are named on standard error, and the exit status is then 3.

    [dim]$[/] imr-archive parse CM16-0907266.pdf
    [dim]$[/] imr-archive parse CM16-0907266.pdf --explain
    [dim]$[/] imr-archive parse letters/ --json > records.jsonl
    """
    found = set_aside = 0
    for one in read_documents(paths, ocr=ocr):
        found += 1
        if isinstance(one, Document):
            for record in parse_letters(one.text, one.name):
                _print(record, one.text, explain=explain, as_json=as_json)
        elif isinstance(one, Refused):
            set_aside += 1
            message(f"set aside, {one.reason}: {one.path}: {one.message}")
        else:
            message(f"ignored: {one.path}: {one.why}")
    if not found:
        raise UsageError(f"no letters in {', '.join(map(str, paths))}")
    if set_aside:
        raise typer.Exit(SET_ASIDE)


def _print(record: LetterRecord, text: str, *, explain: bool, as_json: bool) -> None:
    if not explain:
        print_json_line(record.to_dict()) if as_json else print_record(record)
        return
    explained = explain_record(record, text)
    if as_json:
        print_json_line({"source": record.source, "part": record.part, "values": explained})
    else:
        print_explained(record, explained)
