"""The command that reads letters into an archive."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from imr_archive.api import Archive, open_archive
from imr_archive.archive.ingest import IngestOptions, IngestSummary, Inputs, find_inputs
from imr_archive.archive.prepare import PrepareOptions
from imr_archive.archive.prepared import reason_in_words
from imr_archive.archive.worker_server import load_ahead
from imr_archive.cli.app import DEFAULT_DB, READING, DbOption, app
from imr_archive.cli.output import JsonOption, counted, message, print_json, stdout, table
from imr_archive.cli.progress import watching
from imr_archive.cli.stopping import stoppable
from imr_archive.sources import DEFAULT_LIMITS, require_ocr

SET_ASIDE = 3
"""Exit status where some files were set aside and all others were read."""

OCR_REASONS = frozenset({"needs_ocr", "ocr_failed"})
"""Why a file was set aside that OCR may read."""

COMPARED_LATER = (
    "nearly the same rationales are known as such after `imr-archive optimize`, which takes its time"
)

_EXAMPLES = 3
_MOST_SECONDS = 7 * 24 * 3600.0


class ProgressStyle(enum.Enum):
    """How progress is shown where `--progress` asks for it."""

    BAR = "bar"
    JSON = "json"


PathsArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH...",
        show_default=False,
        help="Folders with all that is in them; .pdf .txt .md .html .docx files; .zip files of these.",
    ),
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        "-j",
        min=0,
        max=1024,
        metavar="N",
        show_default=False,
        help="Processes that read letters; all processors by default. 0 reads in this one, unguarded.",
    ),
]
TimeoutOption = Annotated[
    float,
    typer.Option(
        "--timeout",
        min=0.1,
        max=_MOST_SECONDS,
        metavar="SECONDS",
        help="Time for one file; one that takes longer is set aside.",
    ),
]
WaitOption = Annotated[
    float,
    typer.Option(
        "--wait",
        min=0,
        max=_MOST_SECONDS,
        metavar="SECONDS",
        help="How long to wait for another process that is writing to the archive.",
    ),
]
ProgressOption = Annotated[
    ProgressStyle,
    typer.Option("--progress", metavar="bar|json", help="On standard error: a live line, or JSON lines."),
]
OcrOption = Annotated[
    bool,
    typer.Option(
        "--ocr", help="Read pages that are pictures by OCR; needs tesseract and imr-archive\\[ocr]."
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]


def ingest_options(
    workers: int | None,
    timeout: float,
    wait: float,
    *,
    rehash: bool = False,
    retry: frozenset[str] = frozenset(),
    ocr: bool = False,
) -> IngestOptions:
    """The options of a run, from those of a command.

    With OCR, what was set aside for want of it is tried again. Raises UsageError where OCR is asked for and
    this machine has none.
    """
    if ocr:
        require_ocr()
    limits = msgspec.structs.replace(
        DEFAULT_LIMITS, seconds=timeout, ocr_seconds=max(timeout, DEFAULT_LIMITS.ocr_seconds)
    )
    return IngestOptions(
        workers=workers,
        reading=PrepareOptions(limits=limits, ocr=ocr),
        rehash=rehash,
        retry=retry | OCR_REASONS if ocr else retry,
        wait=wait,
    )


def run_ingest(
    db: Path, inputs: Inputs, options: IngestOptions, *, style: ProgressStyle, quiet: bool, as_json: bool
) -> None:
    """Read the inputs into the archive `db`, show how it goes and what became of them, and end the command.

    Raises typer.Exit: 0 where all is stored or known, 3 where files are set aside, 130 where Ctrl-C ended it.
    """
    for_program = style is ProgressStyle.JSON
    if options.workers != 0 and not db.exists():
        load_ahead()
    with open_archive(db, write=True) as archive:
        with stoppable() as stop, watching(quiet=quiet, as_json=for_program) as watcher:
            kept = watcher.keep if watcher else None
            summary = archive.ingest(inputs=inputs, options=options, progress=watcher, kept=kept, stop=stop)
        if watcher:
            watcher.end(summary)
        if as_json:
            print_json(summary.to_dict())
        elif not quiet:
            _print_summary(summary, db)
            if summary.letters and archive.awaits_optimize():
                stdout.print(COMPARED_LATER)
        if not quiet and not for_program:
            _name_set_aside(archive, summary)
    if summary.stopped:
        if not for_program:
            message("stopped: what was read so far is stored; run the same command again to go on")
        raise typer.Exit(stop.exit_status)
    if summary.set_aside:
        raise typer.Exit(SET_ASIDE)


@app.command("ingest", rich_help_panel=READING)
def ingest_command(
    paths: PathsArgument,
    workers: WorkersOption = None,
    timeout: TimeoutOption = DEFAULT_LIMITS.seconds,
    ocr: OcrOption = False,
    rehash: Annotated[
        bool, typer.Option("--rehash", help="Read known files again whose size and time are unchanged.")
    ] = False,
    wait: WaitOption = 0.0,
    progress: ProgressOption = ProgressStyle.BAR,
    quiet: QuietOption = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Read letters into the archive, which is made where there is none.

    Running it again reads only what is new or has changed, so after any interruption the same command goes
    on. A file that cannot be read is set aside with its reason and the others go on; the exit status is then
    3. Ctrl-C stores what was read and ends with 130.

    [dim]$[/] imr-archive ingest letters/ more-letters.zip
    [dim]$[/] imr-archive ingest letters/ --db imr-2016.db --json
    [dim]$[/] imr-archive ingest letters/ --workers 4 --progress json
    [dim]$[/] imr-archive ingest scans/ --ocr
    """
    options = ingest_options(workers, timeout, wait, rehash=rehash, ocr=ocr)
    run_ingest(db, find_inputs(paths), options, style=progress, quiet=quiet, as_json=as_json)


def _print_summary(summary: IngestSummary, db: Path) -> None:
    rows = [
        ("with new cases", summary.stored),
        ("with a new version of a case's letter", summary.new_versions),
        ("already known", summary.known),
        *((f"set aside: {reason}", count) for reason, count in sorted(summary.set_aside.items())),
        *((f"ignored: {why}", count) for why, count in sorted(summary.ignored.items())),
        ("files found", summary.found),
    ]
    kept = [row for row in rows if row[1] or row is rows[0]]
    stdout.print(table(["Files", ("", "right")], kept))
    if not summary.letters:
        stdout.print(f"nothing new for {db} ({summary.seconds:.1f} s)")
        return
    tried = summary.read - summary.passed_over
    rate = f" ({tried / summary.seconds:,.0f} files a second)" if summary.seconds else ""
    stdout.print(
        f"{counted(summary.letters, 'letter')} with {counted(summary.items, 'disputed item')} added to {db} "
        f"in {summary.seconds:.1f} s{rate}"
    )
    if summary.seconds_making_ready:
        stdout.print(f"made ready for quick questions in {summary.seconds_making_ready:.1f} s more")


def _name_set_aside(archive: Archive, summary: IngestSummary) -> None:
    for reason, count in summary.set_aside.most_common():
        message(f"set aside, {reason} ({count}): {reason_in_words(reason)}")
        for one in archive.set_aside(reason, limit=_EXAMPLES):
            message(f"  {one.path}")
    if summary.set_aside:
        message("all of them: imr-archive set-aside; to try again: imr-archive set-aside --retry")
