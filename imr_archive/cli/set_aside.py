"""The command that lists what was set aside, and tries it again."""

from __future__ import annotations

import datetime
from typing import Annotated

import msgspec
import typer

from imr_archive.api import open_archive
from imr_archive.archive.prepared import all_reasons, reason_in_words
from imr_archive.archive.reading import SetAside
from imr_archive.archive.retry import set_aside_inputs
from imr_archive.cli.app import CARE, DEFAULT_DB, DbOption, app
from imr_archive.cli.ingesting import (
    ProgressOption,
    ProgressStyle,
    QuietOption,
    TimeoutOption,
    WaitOption,
    WorkersOption,
    ingest_options,
    run_ingest,
)
from imr_archive.cli.output import (
    CsvOption,
    JsonOption,
    Shape,
    counted,
    message,
    print_csv,
    print_json,
    shape_of,
    stdout,
    table,
)
from imr_archive.sources import DEFAULT_LIMITS

_COLUMNS = ("path", "reason", "message", "first_seen", "last_tried")


def _complete_reason(incomplete: str) -> list[tuple[str, str]]:
    return [(reason, reason_in_words(reason)) for reason in all_reasons() if reason.startswith(incomplete)]


@app.command("set-aside", rich_help_panel=CARE)
def set_aside_command(
    reason: Annotated[
        str | None,
        typer.Option(
            "--reason",
            metavar="CODE",
            autocompletion=_complete_reason,
            show_default=False,
            help="Only the files of this reason, such as needs_ocr.",
        ),
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Read these files again.")] = False,
    workers: WorkersOption = None,
    timeout: TimeoutOption = DEFAULT_LIMITS.seconds,
    wait: WaitOption = 0.0,
    progress: ProgressOption = ProgressStyle.BAR,
    quiet: QuietOption = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
) -> None:
    """List the files that were found and not stored, each with the reason; or read them again.

    A file is set aside so that it is not lost: nothing of it is in the archive. --retry tries again, after
    the files or the program were mended, and says what became of them as ingest does.

    [dim]$[/] imr-archive set-aside
    [dim]$[/] imr-archive set-aside --reason damaged_pdf --csv > damaged.csv
    [dim]$[/] imr-archive set-aside --retry --reason timeout --timeout 600
    """
    shape = shape_of(as_json=as_json, as_csv=as_csv)
    if reason is not None and reason not in all_reasons():
        raise typer.BadParameter(
            f"no reason is called {reason}; they are: {', '.join(sorted(all_reasons()))}"
        )
    with open_archive(db) as archive:
        files = archive.set_aside(reason)
    if retry:
        if as_csv:
            raise typer.BadParameter("--csv lists files; with --retry choose --json or the table.")
        if not files:
            message("nothing to try again")
            return
        options = ingest_options(workers, timeout, wait, retry=frozenset(all_reasons()))
        inputs = set_aside_inputs([one.path for one in files])
        run_ingest(db, inputs, options, style=progress, quiet=quiet, as_json=as_json)
        return
    rows = [msgspec.to_builtins(_in_utc(one)) for one in files]
    if shape is Shape.JSON:
        print_json(rows)
    elif shape is Shape.CSV:
        print_csv(rows, _COLUMNS)
    elif rows:
        stdout.print(table(["File", "Reason", "Message", "Last tried (UTC)"], [_shown(one) for one in rows]))
        message(f"{counted(len(rows), 'file')} set aside")
    else:
        message("nothing is set aside")


def _in_utc(one: SetAside) -> SetAside:
    """The file with its times named as what they are, so that they end in Z."""
    times = {"first_seen": one.first_seen, "last_tried": one.last_tried}
    return msgspec.structs.replace(
        one, **{name: time.replace(tzinfo=datetime.UTC) for name, time in times.items()}
    )


def _shown(row: dict[str, str]) -> tuple[str, str, str, str]:
    return row["path"], row["reason"], row["message"], row["last_tried"][:16].replace("T", " ")
