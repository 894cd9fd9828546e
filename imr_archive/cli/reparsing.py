"""The command that reads stored letters again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from imr_archive.archive.connection import open_for_reading, open_for_writing
from imr_archive.archive.differences import FieldChanges
from imr_archive.archive.reparse import ReparseProgress, reparse
from imr_archive.archive.reparse_report import ReparseReport
from imr_archive.archive.selectors import ALL, Selector, case_selector, read_selector
from imr_archive.cli.app import CARE, DEFAULT_DB, DbOption, app
from imr_archive.cli.output import JsonOption, counted, message, print_json, stderr, stdout, table
from imr_archive.cli.stopping import Stop, stoppable
from imr_archive.errors import UsageError
from imr_archive.query.kept.definitions import keep_ready

FAILED = 3
"""Exit status where some cases could not be read again and all others were."""


@app.command("reparse", rich_help_panel=CARE)
def reparse_command(
    outdated: Annotated[
        bool, typer.Option("--outdated", help="Only letters that another parser or vocabulary read.")
    ] = False,
    with_problems: Annotated[
        bool, typer.Option("--with-problems", help="Only letters with something unsettled.")
    ] = False,
    letters: Annotated[
        str | None,
        typer.Option(
            "--letters",
            metavar="SELECTOR",
            show_default=False,
            help="Only these, by a selector of the audit, such as problem:no_case_number.",
        ),
    ] = None,
    case: Annotated[
        str | None, typer.Option("--case", metavar="CASE", show_default=False, help="Only this case.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing, only say what would change.")
    ] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin anew where an earlier run was interrupted.")
    ] = False,
    wait: Annotated[
        float,
        typer.Option(
            "--wait", min=0, metavar="SECONDS", help="Seconds to wait for another process that is writing."
        ),
    ] = 0.0,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Read stored letters again, without their files, and say field by field what changed.

    All letters, unless an option says which. An interrupted run goes on when it is started again. A case
    that cannot be read again stays as it was; the exit status is then 3.

    [dim]$[/] imr-archive reparse --dry-run
    [dim]$[/] imr-archive reparse --outdated
    [dim]$[/] imr-archive reparse --letters problem:unknown_service --json
    """
    if sum((outdated, with_problems, letters is not None, case is not None)) > 1:
        raise UsageError("--outdated, --with-problems, --letters and --case exclude each other: choose one")
    word = "outdated" if outdated else "with-problems" if with_problems else letters
    chosen = ALL if word is None else read_selector(word)
    with stoppable() as stop:
        report = _run(db, chosen, case, stop, dry_run=dry_run, restart=restart, wait=wait)
    if as_json:
        print_json(report.to_dict())
    else:
        print_report(report)
    _say_what_is_left(report)
    if report.stopped:
        raise typer.Exit(stop.exit_status)
    if report.failures:
        raise typer.Exit(FAILED)


def _run(
    db: Path, chosen: Selector, case: str | None, stop: Stop, *, dry_run: bool, restart: bool, wait: float
) -> ReparseReport:
    opened = open_for_reading(db) if dry_run else open_for_writing(db)
    with opened as database, _bar() as bar:
        if case is not None:
            chosen = case_selector(database, case)
        report = reparse(
            database, chosen, dry_run=dry_run, restart=restart, wait=wait, progress=bar, stop=stop
        )
        if not dry_run and not report.stopped:
            keep_ready(database, wait=wait, progress=bar.keep, stop=stop)
        return report


def print_report(report: ReparseReport) -> None:
    """The changes as a table, then examples of each."""
    if report.fields:
        rows = [
            (field, changes.gained, changes.lost, changes.changed)
            for field, changes in sorted(report.fields.items(), key=_in_order)
        ]
        numbers = ("Gained", "Lost", "Changed")
        stdout.print(table(["Field", *((number, "right") for number in numbers)], rows))
        examples = [
            (field, example.case, example.before, example.after)
            for field, changes in sorted(report.fields.items(), key=_in_order)
            for example in changes.examples
        ]
        stdout.print(table(["Field", "Case", "Before", "After"], examples, title="Examples"))
    would = "would change" if report.dry_run else "changed"
    stdout.print(
        f"{counted(report.letters, 'letter')} of {counted(report.cases, 'case')} read again in "
        f"{report.seconds:.1f} s; {counted(report.changed_cases, 'case')} {would}"
    )


def _in_order(row: tuple[str, FieldChanges]) -> tuple[int, str]:
    """Fields of the case, then of its items, then of the letter."""
    field = row[0]
    return ("items", "letter").index(field.split(".")[0]) + 1 if "." in field else 0, field


def _say_what_is_left(report: ReparseReport) -> None:
    if report.resumed:
        message("an earlier run was interrupted: this one went on behind it, and tells of both")
    if report.stopped:
        message("stopped; the same command goes on from here")
    if report.several:
        some = ", ".join(report.several_in)
        message(f"{counted(report.several, 'letter')} hold more letters: ingest their files again ({some})")
    for failure in report.failed:
        message(f"left as it was, {failure.reason}: {failure.case}: {failure.message}")
    if report.failures > len(report.failed):
        message(f"and {report.failures - len(report.failed):,} more")


class _Watcher:
    """Draws how a run goes."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task = bar.add_task("reading again", total=None, counts="")

    def keep(self, step: str, done: int, total: int | None) -> None:
        """Draw the line of the step after it."""
        self._bar.update(self._task, description=step, completed=done, total=total, counts="")

    def show(self, progress: ReparseProgress) -> None:
        """Draw the line anew."""
        counts = f"{progress.report.changed_cases:,} changed"
        self._bar.update(self._task, completed=progress.done, total=progress.total, counts=counts)


@contextmanager
def _bar() -> Iterator[_Watcher]:
    """A live line on standard error, where that is a terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[counts]}"),
    )
    with Bar(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as bar:
        yield _Watcher(bar)
