"""Commands that care for the archive: audit and upgrade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
import typer

from imr_archive.api import upgrade_archive
from imr_archive.archive.audit import AuditOverview, Counted, audit_overview
from imr_archive.archive.connection import open_for_reading
from imr_archive.archive.prepared import reason_in_words
from imr_archive.archive.selectors import SELECTORS, Selected, read_selector, select_letters
from imr_archive.cli.app import CARE, DEFAULT_DB, DbOption, app
from imr_archive.cli.explaining import NARROW, ROOMY, WIDEST, folded_path
from imr_archive.cli.output import (
    CsvOption,
    Heading,
    JsonOption,
    Shape,
    counted,
    message,
    percent,
    print_csv,
    print_json,
    shape_of,
    stdout,
    table,
)
from imr_archive.errors import UsageError

NOT_SOUND = 1
"""Exit status of an audit that found the database damaged."""

LETTER_COLUMNS = ("case_number", "source", "version", "position", "detail")


def _typed(word: str) -> str:
    """A selector as it is typed: with what stands behind its colon."""
    of = SELECTORS[word].of
    return f"{word}:{of}" if of else word


LettersOption = Annotated[
    str | None,
    typer.Option(
        "--letters",
        metavar="SELECTOR",
        show_default=False,
        help="List the letters behind a row of the audit: " + ", ".join(map(_typed, SELECTORS)) + ".",
    ),
]


@app.command("audit", rich_help_panel=CARE)
def audit_command(
    letters: LettersOption = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=0, metavar="N", help="How many letters to list; 0 lists all.")
    ] = 100,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
) -> None:
    """Say what was not parsed, by field; what was set aside and why; and whether the archive is sound.

    Each row has a selector that opens it: with --letters it lists the letters that were counted there.
    The exit status is 1 where the database is damaged.

    [dim]$[/] imr-archive audit
    [dim]$[/] imr-archive audit --letters problem:no_case_number
    [dim]$[/] imr-archive audit --letters lack:decision_date --csv --limit 0
    """
    shape = shape_of(as_json=as_json, as_csv=as_csv)
    if letters is None and shape is Shape.CSV:
        raise UsageError("--csv lists letters: say which with --letters, or take --json")
    chosen = None if letters is None else read_selector(letters)
    with open_for_reading(db) as database:
        if chosen is not None:
            _print_letters(select_letters(database, chosen, limit or None), shape)
            return
        overview = audit_overview(database)
    if shape is Shape.JSON:
        print_json(overview.to_dict())
    else:
        _print_audit(overview)
    if overview.integrity:
        raise typer.Exit(NOT_SOUND)


def _print_letters(selected: Selected, shape: Shape) -> None:
    """The letters behind a row."""
    if shape is Shape.JSON:
        print_json(selected.to_dict())
    elif shape is Shape.CSV:
        print_csv([msgspec.structs.asdict(row) for row in selected.rows], LETTER_COLUMNS)
    else:
        headings: list[Heading] = ["Case", "Source", ("Version", "right"), ("Item", "right"), "Detail"]
        stdout.print(table(headings, [msgspec.structs.astuple(row) for row in selected.rows]))
    if not selected.total:
        message(f"no letter is counted as {selected.letters}")
    elif len(selected.rows) < selected.total:
        message(f"{len(selected.rows):,} of {selected.total:,}: --limit 0 lists all")


def _print_audit(overview: AuditOverview) -> None:
    _print_counted("Layout", "Letters", overview.layouts)
    _print_fields(overview)
    if overview.unrecognised:
        rows = [(one.field, one.value, one.count) for one in overview.unrecognised]
        stdout.print(table(["Field", "Value that the vocabulary does not know", ("Times", "right")], rows))
    _print_counted("Problem", "Letters", overview.problems)
    _print_counted("Contradicts itself", "Letters", overview.contradictions)
    _print_counted("Problems in a letter", "Letters", overview.problem_counts)
    _print_counted("Parser and vocabulary", "Letters", overview.parsers)
    recognised = overview.text_recognition
    if recognised.letters:
        stdout.print(
            f"{counted(recognised.letters, 'letter')} from scanned pages; confidence of text recognition: "
            f"{recognised.mean_confidence:.0f} on average, {recognised.lowest_confidence:.0f} at the lowest "
            f"({recognised.opens})"
        )
    set_aside = [(row.name, reason_in_words(row.name), row.count, row.opens) for row in overview.set_aside]
    if set_aside:
        stdout.print(table(["Set aside", "Because", ("Files", "right"), "--letters"], set_aside))
    _print_integrity(overview)


def _print_counted(name: str, number: str, rows: Sequence[Counted]) -> None:
    if rows:
        cells = [(row.name, row.count, row.opens) for row in rows]
        stdout.print(table([name, (number, "right"), "--letters"], cells))


def _print_fields(overview: AuditOverview) -> None:
    numbers = ("Have", "Lack", "Share", "Not in vocabulary", "Contradict")
    widest = WIDEST if stdout.width >= ROOMY else NARROW
    headings: list[Heading] = ["Field", "of", *((number, "right") for number in numbers)]
    rows = [
        (
            folded_path(one.field, widest),
            one.of,
            one.have,
            one.lack,
            percent(one.have / (one.have + one.lack)),
            one.unrecognised,
            one.contradict,
        )
        for one in overview.fields
        if one.have + one.lack
    ]
    made = table(headings, rows)
    made.columns[0].no_wrap = True
    stdout.print(made)
    if rows:
        message("--letters have:FIELD, lack:FIELD, unrecognised:FIELD or contradict:FIELD opens a number")


def _print_integrity(overview: AuditOverview) -> None:
    for line in overview.integrity:
        message(f"damaged: {line}")
    if overview.full_text_unchecked:
        message(f"the search index was not compared with its tables: {overview.full_text_unchecked}")
    if not overview.integrity:
        message("the archive is sound" + (" as far as was looked" if overview.full_text_unchecked else ""))


@app.command("upgrade", rich_help_panel=CARE)
def upgrade_command(
    db: DbOption = DEFAULT_DB,
    backup: Annotated[bool, typer.Option(help="Keep a copy of the archive as it was.")] = True,
) -> None:
    """Bring an archive that an older version made up to date; a failure leaves it as it was.

    [dim]$[/] imr-archive upgrade --db imr.db
    """
    result = upgrade_archive(db, backup=backup)
    if result.before == result.after:
        message(f"{db} is up to date (schema {result.after})")
        return
    kept = f"; the archive as it was: {result.backup}" if result.backup else ""
    message(f"{db}: schema {result.before} is now {result.after}{kept}")
    message("what older versions did not read from the letters comes with `imr-archive reparse`")
