"""Commands that read letters: into an archive, or straight to records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from imr_archive.api import open_archive, read_letters
from imr_archive.archive.ingest import IngestSummary, find_inputs
from imr_archive.archive.prepared import reason_in_words
from imr_archive.cli.app import DEFAULT_DB, READING, DbOption, app
from imr_archive.cli.output import (
    JsonOption,
    counted,
    message,
    print_json,
    print_json_line,
    stderr,
    stdout,
    table,
)
from imr_archive.cli.records import print_record
from imr_archive.parsing import LetterRecord
from imr_archive.sources import Refused

SET_ASIDE = 3
"""Exit status where some files were set aside and all others were read."""

PathsArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH...",
        show_default=False,
        help="Folders with all that is in them; .pdf .txt .md .html .docx files; .zip files of these.",
    ),
]


class _Rate(ProgressColumn):
    """Letters a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s", style="progress.data.speed")


class _Bar:
    """Draws how a run goes, on standard error and only where that is a terminal."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[counts]}"),
            console=stderr,
            transient=True,
            disable=not stderr.is_terminal,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> _Bar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def start(self, files: int) -> None:
        self._task = self._bar.add_task("reading", total=files, counts="")

    def advance(self, path: str, summary: IngestSummary) -> None:
        if self._task is not None:
            counts = f"{summary.stored:,} stored, {summary.set_aside.total():,} set aside"
            self._bar.update(self._task, advance=1, description=_folder(path), counts=counts)


def _folder(path: str, width: int = 28) -> str:
    folder = path.rpartition("/")[0].rpartition("/")[2] or "reading"
    return folder if len(folder) <= width else folder[: width - 1] + "…"


@app.command("ingest", rich_help_panel=READING)
def ingest_command(paths: PathsArgument, db: DbOption = DEFAULT_DB, as_json: JsonOption = False) -> None:
    """Read letters into the archive, which is made where there is none.

    Running it again reads only what is new. A file that cannot be read is set aside with its reason and the
    others go on; the exit status is then 3.

    [dim]$[/] imr-archive ingest letters/ more-letters.zip
    [dim]$[/] imr-archive ingest letters/ --db imr-2016.db --json
    """
    inputs = find_inputs(paths)
    with open_archive(db, write=True) as archive, _Bar() as bar:
        summary = archive.ingest(inputs=inputs, progress=bar)
        aside = archive.set_aside() if summary.set_aside else []
    if as_json:
        print_json(summary.to_dict())
    else:
        _print_summary(summary, db)
    for reason, count in summary.set_aside.most_common():
        examples = [one for one in aside if one.reason == reason][:3]
        message(f"set aside, {reason} ({count}): {reason_in_words(reason)}")
        for one in examples:
            message(f"  {one.path}")
    if summary.set_aside:
        raise typer.Exit(SET_ASIDE)


def _print_summary(summary: IngestSummary, db: Path) -> None:
    rows = [
        ("new cases", summary.stored),
        ("new versions of a case's letter", summary.new_versions),
        ("already known", summary.known),
        ("set aside", summary.set_aside.total()),
        *((f"ignored: {why}", count) for why, count in sorted(summary.ignored.items())),
        ("files found", summary.found),
    ]
    rate = summary.read / summary.seconds if summary.seconds else 0
    stdout.print(table(["files", ("", "right")], [row for row in rows if row[1] or row[0] == "new cases"]))
    stdout.print(
        f"{counted(summary.letters, 'letter')} with {counted(summary.items, 'disputed item')} added to {db} "
        f"in {summary.seconds:.1f} s ({rate:,.0f} files a second)"
    )


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
