"""Commands that keep an archive well: check, backup and optimize."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.status import Status

from imr_archive.archive.backup import BackupSummary, back_up
from imr_archive.archive.checking import KEPT_SETS, SEARCH_INDEX, CheckedPart, CheckReport, check_archive
from imr_archive.archive.connection import open_for_reading, open_for_writing
from imr_archive.archive.optimize import OptimizeSummary, optimize
from imr_archive.cli.app import CARE, DEFAULT_DB, DbOption, app
from imr_archive.cli.care import NOT_SOUND
from imr_archive.cli.ingesting import WaitOption
from imr_archive.cli.output import JsonOption, counted, message, print_json, stderr, stdout, table
from imr_archive.cli.stopping import stoppable
from imr_archive.query.kept.columns import COLUMNS
from imr_archive.query.kept.definitions import DEFINITIONS


@app.command("check", rich_help_panel=CARE)
def check_command(
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out what reads every page and every text.")
    ] = False,
    wait: WaitOption = 5.0,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Test whether the archive is sound; the exit status is 1 where it is not.

    It looks at the database file, the references between tables, the counts that must agree, every letter's
    text, the search index word by word, and a part of what is made from it. Letters may be read in meanwhile;
    only the search index waits for a moment without a writer.

    [dim]$[/] imr-archive check
    [dim]$[/] imr-archive check --quick --json
    """
    with open_for_reading(db) as database, _spinning("checking") as spinner:
        report = check_archive(
            database,
            columns=COLUMNS,
            quick=quick,
            wait=wait,
            progress=lambda name: spinner.update(f"checking: {name}"),
        )
    if as_json:
        print_json(report.to_dict())
    else:
        _print_check(report)
    if not report.sound:
        raise typer.Exit(NOT_SOUND)


def _print_check(report: CheckReport) -> None:
    rows = [(test.name, test.about, test.looked_at, _verdict(test)) for test in report.tests]
    stdout.print(table(["Test", "Of", ("Looked at", "right"), "Result"], rows))
    for test in report.tests:
        for finding in test.findings:
            message(f"{test.name}: {finding}")
        if test.wrong > len(test.findings):
            message(f"{test.name}: and {test.wrong - len(test.findings):,} more")
        if test.untested:
            message(f"{test.name} was not tested: {test.untested}")
    if report.sound:
        message("the archive is sound" + (", as far as it was tested" if _gaps(report) else ""))
    else:
        message(f"{report.path} is not sound: {_remedy(report)}")


def _remedy(report: CheckReport) -> str:
    if {part.name for part in report.tests if part.wrong} <= {KEPT_SETS, SEARCH_INDEX}:
        return "build its search index anew with `imr-archive optimize --reindex`"
    return "restore it from a backup"


def _verdict(test: CheckedPart) -> str:
    if test.untested:
        return "not tested"
    return f"{test.wrong:,} wrong" if test.wrong else "sound"


def _gaps(report: CheckReport) -> bool:
    return any(test.untested for test in report.tests)


@app.command("backup", rich_help_panel=CARE)
def backup_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False, help="Where the copy goes.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Copy the archive, test the copy, and only then give it its name.

    Letters may be read in and searched meanwhile; the copy holds what was there when it began. To restore it,
    copy it back.

    [dim]$[/] imr-archive backup /backups/imr-monday.db
    [dim]$[/] imr-archive backup /backups/latest.db --force --json
    """
    with _bar() as bar:
        task = bar.add_task("copying", total=None)

        def show(done: int, total: int) -> None:
            step = "copying" if done < total else "checking the copy"
            bar.update(task, description=step, completed=done, total=total)

        summary = back_up(db, file, force=force, progress=show)
    if as_json:
        print_json(summary.to_dict())
    else:
        _print_backup(summary)


def _print_backup(summary: BackupSummary) -> None:
    message(
        f"{summary.archive} is copied to {summary.backup}: {counted(summary.letters, 'letter')}, "
        f"{megabytes(summary.bytes)}, tested and sound ({summary.seconds:.1f} s)"
    )


@app.command("optimize", rich_help_panel=CARE)
def optimize_command(
    vacuum: Annotated[
        bool,
        typer.Option("--vacuum", help="Write the file anew, without gaps; needs twice its size on the disk."),
    ] = False,
    recluster: Annotated[
        bool, typer.Option("--recluster", help="Compare all rationales anew, not the new ones alone.")
    ] = False,
    reindex: Annotated[
        bool,
        typer.Option(
            "--reindex",
            help="Build the search index anew, and what is made of it, where a check found it to differ.",
        ),
    ] = False,
    wait: WaitOption = 0.0,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Put the archive in order after many letters were read in: it searches faster then.

    Finds rationales that are nearly the same (decisions.rationale_cluster), makes the columns and sets of
    words by which large archives are searched and counted, merges the parts of the search index and takes
    statistics for the query planner. Others may search meanwhile. Ctrl-C stops it between two
    steps; nothing is lost.

    [dim]$[/] imr-archive optimize
    [dim]$[/] imr-archive optimize --vacuum
    """
    with open_for_writing(db) as database, stoppable() as stop, _bar() as bar:
        tasks = {}

        def show(step: str, done: int, total: int | None) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step)
            bar.update(tasks[step], completed=done, total=total)

        summary = optimize(
            database,
            sets=DEFINITIONS,
            vacuum=vacuum,
            recluster=recluster,
            reindex=reindex,
            wait=wait,
            progress=show,
            stop=stop,
        )
    if as_json:
        print_json(summary)
    else:
        _print_optimize(summary)
    if summary.stopped:
        message("stopped: what was done is kept; run the same command again to go on")
        raise typer.Exit(stop.exit_status)


def _print_optimize(summary: OptimizeSummary) -> None:
    found = summary.rationales
    rows = [
        ("size", megabytes(summary.size_before), megabytes(summary.size_after)),
        ("of it free", megabytes(summary.free_before), megabytes(summary.free_after)),
    ]
    stdout.print(table([summary.archive, ("Before", "right"), ("After", "right")], rows))
    message(
        f"{counted(found.compared, 'rationale')} compared; {counted(found.clustered, 'decision')} are in "
        f"{counted(found.clusters, 'cluster')} of nearly the same rationale ({summary.seconds:.1f} s)"
    )


def megabytes(size: int) -> str:
    """A size in bytes as a person reads it."""
    return f"{size / 1e6:,.1f} MB"


@contextmanager
def _spinning(text: str) -> Iterator[Status]:
    """A word on what is going on, where somebody watches."""
    with stderr.status(text) as status:
        yield status


@contextmanager
def _bar() -> Iterator[Bar]:
    """Bars for the steps of a command; none where standard error is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bar(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as bar:
        yield bar
