"""The command that watches folders and reads what arrives in them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from imr_archive.archive.arrivals import SETTLE
from imr_archive.archive.ingest import Progress
from imr_archive.archive.watch import SWEEP, WatchEvent, WatchOptions, watch_folders
from imr_archive.cli.app import DEFAULT_DB, READING, DbOption, app
from imr_archive.cli.ingesting import (
    ProgressOption,
    ProgressStyle,
    QuietOption,
    TimeoutOption,
    WorkersOption,
    ingest_options,
)
from imr_archive.cli.output import JsonOption, counted, message, print_json
from imr_archive.cli.progress import Watcher, watching
from imr_archive.cli.stopping import stoppable
from imr_archive.query.kept.definitions import keep_ready
from imr_archive.sources import DEFAULT_LIMITS

_MOST_SECONDS = 7 * 24 * 3600.0


@app.command("watch", rich_help_panel=READING)
def watch_command(
    folders: Annotated[
        list[Path],
        typer.Argument(metavar="FOLDER...", show_default=False, help="Folders; one may come later."),
    ],
    settle: Annotated[
        float,
        typer.Option(
            "--settle",
            min=0.1,
            max=_MOST_SECONDS,
            metavar="SECONDS",
            help="How long a file must stand still to count as written whole.",
        ),
    ] = SETTLE,
    sweep: Annotated[
        float,
        typer.Option(
            "--sweep",
            min=1,
            max=_MOST_SECONDS,
            metavar="SECONDS",
            help="After how long the folders are gone through again for what nobody told of.",
        ),
    ] = SWEEP,
    poll: Annotated[
        bool, typer.Option("--poll", help="Look at all files time and again, as network drives need.")
    ] = False,
    workers: WorkersOption = None,
    timeout: TimeoutOption = DEFAULT_LIMITS.seconds,
    progress: ProgressOption = ProgressStyle.BAR,
    quiet: QuietOption = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Read what is in folders, then what arrives in them, until Ctrl-C or SIGTERM ends it.

    A file is read once it has been written whole. Started again, it first reads what came meanwhile. When
    it is ended, what was read is stored, the exit status is 0, and --json prints the sum.

    [dim]$[/] imr-archive watch incoming/
    [dim]$[/] imr-archive watch /mnt/letters --poll --progress json
    """
    reading = ingest_options(workers, timeout, 0.0)
    options = WatchOptions(settle=settle, sweep=sweep, poll=poll, ingest=reading, keep=keep_ready)
    for_program = progress is ProgressStyle.JSON
    with stoppable() as stop, watching(quiet=quiet, as_json=for_program) as watcher:
        speaker = _Events(watcher) if for_program else _Words(watcher, quiet=quiet)
        total = watch_folders(db, folders, speaker, options=options, stop=stop)
    if as_json:
        print_json(total.to_dict())


class _Events:
    """Writes events as JSON, one a line."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress = progress

    def tell(self, event: WatchEvent) -> None:
        """Write an event."""
        sys.stderr.write(msgspec.json.encode(event.to_dict()).decode() + "\n")
        sys.stderr.flush()


class _Words:
    """Says events in words, a line each."""

    def __init__(self, progress: Watcher | None, *, quiet: bool) -> None:
        self.progress: Progress | None = progress
        self._quiet = quiet

    def tell(self, event: WatchEvent) -> None:
        """Say an event."""
        if self._quiet:
            return
        for line in _lines(event):
            message(line)


def _lines(event: WatchEvent) -> list[str]:
    if event.event == "watching":
        watched = [f"watching {folder}" for folder in event.folders]
        return watched + [f"{folder} is not there yet; it is watched once it is" for folder in event.absent]
    if event.event == "waiting":
        return [f"waiting: {event.message}"]
    summary = event.summary or {}
    if event.event == "stopped":
        return [f"stopped; in all: {in_words(summary)}"]
    return [in_words(summary)] if summary.get("found") else []


def in_words(summary: dict[str, object]) -> str:
    """Such as `4 files: 2 stored, 1 known, 1 set aside (needs_ocr)`."""
    told = msgspec.convert(summary, _Told)
    aside = sum(told.set_aside.values())
    parts = (
        (told.stored, "stored"),
        (told.new_versions, "new versions"),
        (told.known, "known"),
        (aside, f"set aside ({', '.join(told.set_aside)})"),
    )
    shown = ", ".join(f"{number:,} {what}" for number, what in parts if number)
    return f"{counted(told.found, 'file')}{': ' if shown else ''}{shown}"


class _Told(msgspec.Struct):
    """What is said of a summary."""

    found: int
    stored: int
    new_versions: int
    known: int
    set_aside: dict[str, int]
