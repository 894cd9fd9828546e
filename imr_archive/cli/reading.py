"""The command that reads letters straight to records."""

from __future__ import annotations

import typer

from imr_archive.api import read_letters
from imr_archive.cli.app import READING, app
from imr_archive.cli.ingesting import SET_ASIDE, PathsArgument
from imr_archive.cli.output import JsonOption, message, print_json_line
from imr_archive.cli.records import print_record
from imr_archive.parsing import LetterRecord
from imr_archive.sources import Refused


@app.command("parse", rich_help_panel=READING)
def parse_command(paths: PathsArgument, as_json: JsonOption = False) -> None:
    """Read letters and print what they say, without an archive.

    With --json one record a line, under the published keys. Files that cannot be read are named on standard
    error, and the exit status is then 3.

    [dim]$[/] imr-archive parse CM16-0230548.pdf
    [dim]$[/] imr-archive parse letters/ --json > records.jsonl
    """
    set_aside = 0
    for one in read_letters(paths):
        if isinstance(one, LetterRecord):
            if as_json:
                print_json_line(one.to_dict())
            else:
                print_record(one)
        elif isinstance(one, Refused):
            set_aside += 1
            message(f"set aside, {one.reason}: {one.path}: {one.message}")
        else:
            message(f"ignored: {one.path}: {one.why}")
    if set_aside:
        raise typer.Exit(SET_ASIDE)
