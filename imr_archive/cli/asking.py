"""Commands that ask the archive: search, query and stats."""

from __future__ import annotations

from typing import Annotated, Literal

import typer
from rich.padding import Padding
from rich.text import Text

from imr_archive.api import open_archive
from imr_archive.cli.app import ASKING, DEFAULT_DB, DbOption, app
from imr_archive.cli.filters import Given, complete_dimension, takes_filters
from imr_archive.cli.output import (
    CsvOption,
    Heading,
    JsonOption,
    Shape,
    counted,
    percent,
    print_csv,
    print_json,
    shape_of,
    stdout,
    table,
)
from imr_archive.cli.records import outcome_text, print_case
from imr_archive.query import MARKS, Hits, RateRow, Rates
from imr_archive.query.results import SMALL

# Private-use characters, which no letter prints: where marked words begin and end until they are coloured.
TERMINAL_MARKS = ("\ue000", "\ue001")
MARKED = "bold yellow"

HIT_COLUMNS = (
    "case_number",
    "source",
    "position",
    "description",
    "outcome",
    "category",
    "subcategory",
    "service",
    "decision_date",
    "specialties",
    "snippet",
)
NUMBERS = ("Items", "Upheld", "Overturned", "Uphold rate", "95% interval")
RATE_COLUMNS = ("items", "upheld", "overturned", "uphold_rate", "uphold_rate_low", "uphold_rate_high")

LimitOption = Annotated[
    int, typer.Option("--limit", "-n", min=1, max=1000, help="How many decisions to show.")
]
OffsetOption = Annotated[int, typer.Option("--offset", min=0, help="How many to skip: the next page.")]
SortOption = Annotated[
    Literal["best", "newest", "oldest"], typer.Option("--sort", help="Order of the decisions.")
]


@app.command("search", rich_help_panel=ASKING)
@takes_filters
def search_command(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORDS", show_default=False, help="Any text; none lists all decisions."),
    ] = None,
    *,
    filters: Given,
    limit: LimitOption = 20,
    offset: OffsetOption = 0,
    sort: SortOption = "best",
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
) -> None:
    """Find decisions by their words: in the item's heading, its rationale or the case summary.

    All words must match. The best come first, with the words marked.

    [dim]$[/] imr-archive search norco weaning --outcome overturned
    [dim]$[/] imr-archive search "functional improvement" --specialty "Pain Management" --year 2016..2018
    """
    shape = shape_of(as_json=as_json, as_csv=as_csv)
    marks = TERMINAL_MARKS if shape is Shape.TABLE else MARKS
    with open_archive(db) as archive:
        hits = archive.search(
            " ".join(words or ()), limit=limit, offset=offset, sort=sort, marks=marks, **filters
        )
    if shape is Shape.JSON:
        print_json(hits.to_dicts())
    elif shape is Shape.CSV:
        print_csv(hits.to_dicts(), HIT_COLUMNS)
    else:
        print_hits(hits, offset)


@app.command("query", rich_help_panel=ASKING)
@takes_filters
def query_command(
    phrase: Annotated[
        list[str], typer.Argument(metavar="PHRASE", show_default=False, help="A question in plain words.")
    ],
    *,
    filters: Given,
    limit: LimitOption = 20,
    offset: OffsetOption = 0,
    sort: SortOption = "best",
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
) -> None:
    """Ask in plain words; the answer is decisions, or rates where the words ask for rates.

    `by specialty`, `how often`, `rate` or both outcomes ask for rates; a case number alone opens that case.
    How the words were read is always shown.

    [dim]$[/] imr-archive query "massage upheld by specialty"
    [dim]$[/] imr-archive query "norco 10/325 overturned"
    [dim]$[/] imr-archive query "lumbar MRI overturned by year" --csv
    """
    asked = " ".join(phrase)
    with open_archive(db) as archive:
        shape = shape_of(as_json=as_json, as_csv=as_csv)
        marks = TERMINAL_MARKS if shape is Shape.TABLE else MARKS
        answer = archive.query(asked, limit=limit, offset=offset, sort=sort, marks=marks, **filters)
        if shape is Shape.TABLE and answer.plan.output:
            shape = Shape(answer.plan.output)
        if shape is Shape.TABLE and answer.plan.case_number and answer.total:
            print_case(archive.case(answer.plan.case_number))
            return
    if shape is Shape.JSON:
        print_json(answer.to_dict())
    elif isinstance(answer.result, Rates):
        print_rates(answer.result, shape)
    elif shape is Shape.CSV:
        print_csv(answer.result.to_dicts(), HIT_COLUMNS)
    else:
        print_hits(answer.result, offset)


@app.command("stats", rich_help_panel=ASKING)
@takes_filters
def stats_command(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WORDS]", show_default=False, help="Count only items with these words."),
    ] = None,
    *,
    filters: Given,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="DIMENSION",
            autocompletion=complete_dimension,
            help="Group by this, once or twice: specialty, service, category, guideline, year, state ...",
        ),
    ] = None,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
) -> None:
    """Uphold rates by one dimension or two, with counts and Wilson 95% intervals.

    [dim]$[/] imr-archive stats --by category
    [dim]$[/] imr-archive stats --by drug-class --by year --category Pharmaceuticals --csv
    [dim]$[/] imr-archive stats massage --by specialty
    """
    shape = shape_of(as_json=as_json, as_csv=as_csv)
    asked = " ".join(words or ())
    with open_archive(db) as archive:
        result = archive.rates(by or (), words=asked, **filters)
    if shape is Shape.JSON:
        answer = {"query": asked, "reading": result.reading, "rows": result.to_dicts(), "total": result.total}
        print_json(answer)
    else:
        print_rates(result, shape)


def print_hits(hits: Hits, offset: int) -> None:
    """Decisions as blocks of three lines: case and outcome, heading, and the words in their sentence."""
    stdout.print(Text.assemble(("reading: ", "dim"), hits.reading))
    for number, hit in enumerate(hits.rows, offset + 1):
        stdout.print()
        name = hit.case_number or hit.source or "no case number"
        about = " · ".join(part for part in (hit.service, hit.decision_date) if part)
        stdout.print(
            Text.assemble(f"{number:>3}  ", outcome_text(hit.outcome), "  ", (name, "bold"), "  ", about)
        )
        stdout.print(Padding(Text(hit.description), (0, 0, 0, 5)))
        if hit.snippet and hit.snippet_from != "heading":
            stdout.print(Padding(marked(hit.snippet), (0, 0, 0, 5)))
        if hit.specialties:
            stdout.print(Padding(Text(hit.specialties, style="dim"), (0, 0, 0, 5)))
    stdout.print()
    last = offset + len(hits.rows)
    if not hits.rows:
        stdout.print("no decision matches" if not hits.total else f"no more: {hits.total:,} decisions match")
    else:
        more = f"; the next page: --offset {last}" if last < hits.total else ""
        stdout.print(f"{offset + 1:,} to {last:,} of {counted(hits.total, 'decision')}{more}")


def marked(snippet: str) -> Text:
    """A snippet with the words between the marks coloured."""
    begin, end = TERMINAL_MARKS
    shown = Text()
    for part in snippet.split(begin):
        word, closed, rest = part.partition(end)
        shown.append(word, style=MARKED if closed else None)
        shown.append(rest)
    return shown


def print_rates(result: Rates, shape: Shape) -> None:
    """Rates as a table with a total, or as CSV."""
    if shape is Shape.CSV:
        print_csv(result.to_dicts(), (*result.dimensions, *RATE_COLUMNS, "small"))
        return
    stdout.print(Text.assemble(("reading: ", "dim"), result.reading))
    if not result.total:
        stdout.print("no disputed item matches")
        return
    columns: list[Heading] = [*result.labels, *((name, "right") for name in NUMBERS)]
    rows = [[*result.named(row), *_numbers(row)] for row in result.rows]
    shown = table(columns, rows)
    if result.dimensions:
        shown.add_section()
        blanks = [""] * (len(result.dimensions) - 1)
        shown.add_row("all, each counted once", *blanks, *map(str, _numbers(result.overall)), style="bold")
    stdout.print(shown)
    if any(row.small for row in result.rows):
        stdout.print(f"* fewer than {SMALL} items: read the interval, not the rate", style="dim")


def _numbers(row: RateRow) -> list[object]:
    low, high = row.interval or (None, None)
    small = "*" if row.small else ""
    return [
        f"{row.items:,}{small}",
        row.upheld,
        row.overturned,
        percent(row.uphold_rate),
        "–" if low is None or high is None else f"{low:.0%} – {high:.0%}",
    ]
