"""Commands that ask the archive: search, query and stats."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from imr_archive.api import open_archive
from imr_archive.cli.answers import print_answer, print_hits, print_letters, print_lifts, print_rates
from imr_archive.cli.app import ASKING, DEFAULT_DB, DbOption, app
from imr_archive.cli.charts import ChartingCommand, ChartOption, show_chart
from imr_archive.cli.filters import Given, complete_dimension, takes_filters, warn_of_unknown_values
from imr_archive.cli.output import CsvOption, JsonOption, Shape, print_csv, print_json, shape_of
from imr_archive.cli.records import print_case
from imr_archive.cli.rows import HIT_COLUMNS, TERMINAL_MARKS
from imr_archive.query import FACETS, MARKS, Comparison, Hits, LetterHits, Rates
from imr_archive.query.comparison import against_others

LimitOption = Annotated[
    int, typer.Option("--limit", "-n", min=1, max=1000, metavar="N", help="How many decisions to show.")
]
OffsetOption = Annotated[
    int, typer.Option("--offset", min=0, metavar="N", help="How many to skip: the next page.")
]
SortOption = Annotated[
    Literal["best", "newest", "oldest"],
    typer.Option("--sort", metavar="best|newest|oldest", help="Order of the decisions."),
]
FacetsOption = Annotated[
    bool, typer.Option("--facets", help="Count the decisions by outcome, service, specialty and so on, too.")
]
LettersOption = Annotated[bool, typer.Option("--letters", help="Group the decisions by letter.")]
AllOption = Annotated[
    bool, typer.Option("--all", help="List each decision, also those with nearly the same rationale.")
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
    facets: FacetsOption = False,
    letters: LettersOption = False,
    every: AllOption = False,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
) -> None:
    """Find decisions by their words: in the item's heading, its rationale or the case summary.

    All words must match. The best come first, with the words marked. Of decisions with nearly the same
    rationale the first stands for all, with their number; --all lists each.

    [dim]$[/] imr-archive search norco weaning --outcome overturned
    [dim]$[/] imr-archive search "functional improvement" --specialty "Pain Management" --year 2016..2018
    """
    shape = shape_of(as_json=as_json, as_csv=as_csv)
    marks = TERMINAL_MARKS if shape is Shape.TABLE else MARKS
    asked = " ".join(words or ())
    found: Hits | LetterHits
    with open_archive(db) as archive:
        warn_of_unknown_values(archive, filters)
        if letters:
            found = archive.search_letters(
                asked, limit=limit, offset=offset, sort=sort, marks=marks, **filters
            )
        else:
            wanted = FACETS if facets else ()
            found = archive.search(
                asked,
                limit=limit,
                offset=offset,
                sort=sort,
                marks=marks,
                facets=wanted,
                collapse=not every,
                **filters,
            )
    if shape is Shape.JSON:
        rows = found.to_dicts()
        print_json({"rows": rows, "total": found.total, **found.extras()} if facets else rows)
    elif shape is Shape.CSV:
        print_csv(found.flat() if isinstance(found, LetterHits) else found.to_dicts(), HIT_COLUMNS)
    elif isinstance(found, LetterHits):
        print_letters(found, offset)
    else:
        print_hits(found, offset)


@app.command("query", rich_help_panel=ASKING, cls=ChartingCommand)
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
    facets: FacetsOption = False,
    letters: LettersOption = False,
    every: AllOption = False,
    chart: ChartOption = None,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
) -> None:
    """Ask in plain words; the answer is decisions, or rates where the words ask for rates.

    `by specialty`, `how often`, `rate` or both outcomes ask for rates, `vs` compares, `why` adds which
    sections and reasons go with the outcome; a case number alone opens that case. How the words were read is
    always shown.

    [dim]$[/] imr-archive query "massage upheld by specialty"
    [dim]$[/] imr-archive query "norco 10/325 overturned"
    [dim]$[/] imr-archive query "norco vs gabapentin by year" --chart trend.png
    [dim]$[/] imr-archive query "why lumbar MRI overturned"
    [dim]$[/] imr-archive query "lumbar MRI overturned by year" --csv
    """
    asked = " ".join(phrase)
    with open_archive(db) as archive:
        warn_of_unknown_values(archive, filters)
        shape = shape_of(as_json=as_json, as_csv=as_csv)
        marks = TERMINAL_MARKS if shape is Shape.TABLE else MARKS
        answer = archive.query(
            asked,
            limit=limit,
            offset=offset,
            sort=sort,
            marks=marks,
            facets=FACETS if facets else (),
            letters=letters,
            collapse=not every,
            **filters,
        )
        if shape is Shape.TABLE and answer.plan.output:
            shape = Shape(answer.plan.output)
        if shape is Shape.TABLE and answer.plan.case_number and answer.total:
            print_case(archive.case(answer.plan.case_number))
            return
    if chart is not None and not isinstance(answer.result, Rates | Comparison):
        raise typer.BadParameter("a list of decisions has no chart; ask for rates, as in `by year`.")
    print_answer(answer, shape, offset)
    if chart is not None and isinstance(answer.result, Rates | Comparison):
        show_chart(answer.result, chart)


@app.command("stats", rich_help_panel=ASKING, cls=ChartingCommand)
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
    compare: Annotated[
        bool,
        typer.Option("--compare", help="Test each group against all others (corrected for their number)."),
    ] = False,
    lift: Annotated[
        list[str] | None,
        typer.Option(
            "--lift",
            metavar="DIMENSION",
            autocompletion=complete_dimension,
            help="Show what goes with being overturned: section, reason, guideline, specialty ...",
        ),
    ] = None,
    chart: ChartOption = None,
    db: DbOption = DEFAULT_DB,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
) -> None:
    """Uphold rates by one dimension or two, with counts and Wilson 95% intervals.

    [dim]$[/] imr-archive stats --by category
    [dim]$[/] imr-archive stats --by drug-class --by year --category Pharmaceuticals --csv
    [dim]$[/] imr-archive stats massage --by specialty --compare
    [dim]$[/] imr-archive stats --lift section --service MRI --chart lift.png
    """
    shape = shape_of(as_json=as_json, as_csv=as_csv)
    asked = " ".join(words or ())
    if lift and (by or compare):
        raise typer.BadParameter("--lift stands alone: leave out --by and --compare.")
    with open_archive(db) as archive:
        warn_of_unknown_values(archive, filters)
        if lift:
            lifts = archive.lifts(lift, words=asked, **filters)
            print_lifts(lifts, shape)
            for one in lifts if chart is not None else ():
                show_chart(one, chart or "")
            return
        result = archive.rates(by or (), words=asked, **filters)
    print_rates(result, shape, asked, against_others(result) if compare else ())
    if chart is not None:
        show_chart(result, chart)
