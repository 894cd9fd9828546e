"""Commands for questions that are asked again and again: save, saved and new."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from imr_archive.api import Archive, open_archive
from imr_archive.archive.connection import open_for_reading, open_for_writing
from imr_archive.cli.answers import print_reading
from imr_archive.cli.app import ASKING, DEFAULT_DB, DbOption, app
from imr_archive.cli.ingesting import WaitOption
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
from imr_archive.cli.records import outcome_text
from imr_archive.cli.rows import HIT_COLUMNS, TERMINAL_MARKS, marked
from imr_archive.errors import ArchiveReadOnlyError, ImrArchiveError, UsageError
from imr_archive.query import MARKS
from imr_archive.query.saved import NewDecision, News, names

NOTHING_NEW = 1
"""Exit status where nothing came in, as grep has it for no match: `new && mail ...` does what it says."""

NEWS_COLUMNS = ("question", "news", *HIT_COLUMNS)


def complete_saved(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The saved questions that begin so, each with its words; none where the archive cannot be read."""
    try:
        with open_for_reading(Path(ctx.params.get("db") or DEFAULT_DB)) as database:
            kept = names(database)
    except ImrArchiveError:
        return []
    return [(name, query) for name, query in kept.items() if name.startswith(incomplete)]


@app.command("save", rich_help_panel=ASKING)
def save_command(
    name: Annotated[
        str, typer.Argument(metavar="NAME", show_default=False, help="The name to ask it by later.")
    ],
    phrase: Annotated[
        list[str],
        typer.Argument(metavar="PHRASE", show_default=False, help="A question, as for `imr-archive query`."),
    ],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of a question of that name.")
    ] = False,
    wait: WaitOption = 5.0,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """Keep a question in the archive, to be told what comes in for it from now on.

    What matches now counts as seen; `imr-archive new NAME` then shows what letters that are read in later
    decide.

    [dim]$[/] imr-archive save norco "norco overturned"
    [dim]$[/] imr-archive save massage "massage overturned state:Texas"
    """
    question = " ".join(phrase).strip()
    if not question:
        raise UsageError("the question is empty: say what to look for, as for `imr-archive query`")
    with Archive(open_for_writing(db, wait=wait)) as archive:
        kept = archive.save(name, question, replace=replace)
    if as_json:
        print_json(kept.to_dict())
        return
    print_reading(kept.reading)
    message(
        f"saved as {name}: {counted(kept.total, 'decision')} now; "
        f"`imr-archive new {shlex.quote(name)}` shows what comes in from now on"
    )


@app.command("saved", rich_help_panel=ASKING)
def saved_command(
    remove: Annotated[
        str | None,
        typer.Option(
            "--remove",
            metavar="NAME",
            show_default=False,
            autocompletion=complete_saved,
            help="Forget this question.",
        ),
    ] = None,
    rename: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--rename", metavar="NAME NEW", show_default=False, help="Give this question another name."
        ),
    ] = None,
    wait: WaitOption = 5.0,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
) -> None:
    """List the questions that are kept, with the number of decisions that came in since each was last asked.

    [dim]$[/] imr-archive saved
    [dim]$[/] imr-archive saved --rename norco opioids
    [dim]$[/] imr-archive saved --remove opioids
    """
    if remove is not None and rename is not None:
        raise typer.BadParameter("--remove and --rename cannot be used together; choose one.")
    if remove is None and rename is None:
        _list_saved(db, as_json=as_json)
        return
    with Archive(open_for_writing(db, wait=wait)) as archive:
        if rename is not None:
            archive.rename_saved(*rename)
            message(f"{rename[0]} is now {rename[1]}")
        elif remove is not None:
            archive.remove_saved(remove)
            message(f"{remove} is removed")


def _list_saved(db: Path, *, as_json: bool) -> None:
    with open_archive(db) as archive:
        kept = archive.saved()
    if as_json:
        print_json([one.to_dict() for one in kept])
        return
    if not kept:
        message(f"no question is saved in {db}: save one with `imr-archive save NAME PHRASE`")
        return
    rows = [
        (
            one.question.name,
            one.question.query,
            f"{one.question.saved_at:%Y-%m-%d}",
            f"{one.question.asked_at:%Y-%m-%d %H:%M}" if one.question.asked_at else None,
            one.total,
            one.new,
        )
        for one in kept
    ]
    stdout.print(
        table(
            ["Name", "Question", "Saved", "Last asked (UTC)", ("Decisions", "right"), ("New", "right")], rows
        )
    )


@app.command("new", rich_help_panel=ASKING)
def new_command(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            show_default=False,
            autocompletion=complete_saved,
            help="A saved question; none asks all of them.",
        ),
    ] = None,
    *,
    peek: Annotated[
        bool, typer.Option("--peek", help="Leave the mark where it is: the same is new again next time.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print nothing at all where nothing is new, for cron.")
    ] = False,
    wait: WaitOption = 5.0,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
) -> None:
    """Show what came in for a saved question since it was last asked: decisions of letters read in since.

    New is what was read in since, whatever its date; a case whose letter was corrected or followed by a later
    one shows as changed. Letters that are only parsed again are not news. The mark moves when all is printed.
    Exit status: 0 where something is new, 1 where nothing is, 2 for an error.

    [dim]$[/] imr-archive new norco
    [dim]$[/] imr-archive new --peek --json
    [dim]$[/] imr-archive new --quiet >news.txt && mail -s "IMR decisions" team@example.org <news.txt
    """
    shape = shape_of(as_json=as_json, as_csv=as_csv)
    with _opened(db, peek=peek, wait=wait) as archive:
        marks = TERMINAL_MARKS if shape is Shape.TABLE else MARKS
        found = archive.new(name, peek=True, marks=marks)
        if not found:
            raise UsageError(f"no question is saved in {db}: save one with `imr-archive save NAME PHRASE`")
        total = sum(one.total for one in found)
        if total or not quiet:
            _print_news(found, shape, total)
        sys.stdout.flush()
        if not peek:
            archive.mark_seen(found)
    if not total:
        raise typer.Exit(NOTHING_NEW)


def _opened(db: Path, *, peek: bool, wait: float) -> Archive:
    """The archive as `new` needs it; where the mark could not move, that is said before anything is shown."""
    if peek:
        return Archive(open_for_reading(db, wait=wait))
    try:
        return Archive(open_for_writing(db, wait=wait))
    except ArchiveReadOnlyError as error:
        raise ArchiveReadOnlyError(f"{error}; --peek shows what is new without moving the mark") from error


def _print_news(found: Sequence[News], shape: Shape, total: int) -> None:
    if shape is Shape.JSON:
        print_json({"questions": [one.to_dict() for one in found], "total": total})
    elif shape is Shape.CSV:
        rows = [{"question": one.question.name, **row} for one in found for row in one.to_dicts()]
        print_csv(rows, NEWS_COLUMNS)
    else:
        for one in found:
            _print_question(one)


def _print_question(one: News) -> None:
    if not one.total:
        message(f"{one.question.name}: nothing new since {one.question.since:%Y-%m-%d %H:%M} UTC")
        return
    stdout.rule(
        Text.assemble((one.question.name, "bold"), f"  {one.question.query}  "), align="left", style="dim"
    )
    print_reading(one.reading)
    for row in one.rows:
        stdout.print()
        _print_decision(row)
    stdout.print()
    stdout.print(f"{counted(one.total, 'decision')} since {one.question.since:%Y-%m-%d %H:%M} UTC")


def _print_decision(row: NewDecision) -> None:
    hit = row.hit
    name = hit.case_number or hit.source or "no case number"
    about = " · ".join(part for part in (hit.service, hit.decision_date) if part)
    stdout.print(
        Text.assemble(
            ("changed  ", "yellow") if row.changed else ("new      ", "cyan"),
            outcome_text(hit.outcome), "  ", (name, "bold"), "  ", about,
        )
    )  # fmt: skip
    shown = [Text(hit.description)]
    if hit.snippet and hit.snippet_from != "heading":
        shown.append(marked(hit.snippet))
    if hit.specialties:
        shown.append(Text(hit.specialties, style="dim"))
    for line in shown:
        stdout.print(Padding(line, (0, 0, 0, 9)))
