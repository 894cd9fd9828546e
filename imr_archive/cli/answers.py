"""How answers are printed: decisions, letters, facets, rates, comparisons and lifts."""

from __future__ import annotations

from collections.abc import Sequence

from rich.padding import Padding
from rich.text import Text

from imr_archive.cli.output import Heading, Shape, counted, percent, print_csv, print_json, stdout, table
from imr_archive.cli.records import outcome_text
from imr_archive.cli.rows import DIFFERENCE_COLUMNS, HIT_COLUMNS, LIFT_COLUMNS, RATE_COLUMNS, marked
from imr_archive.export.memo.record import LONGEST_ECHO
from imr_archive.export.plain_text import shortened
from imr_archive.query import (
    Answer,
    Comparison,
    Difference,
    Facet,
    Hit,
    Hits,
    LetterHits,
    Lift,
    RateRow,
    Rates,
)
from imr_archive.query.dimensions import dimension
from imr_archive.query.results import SMALL

NUMBERS = ("Items", "Share", "Upheld", "Overturned", "Uphold rate", "95% interval")
DIFFERENCES = ("Difference", "95% interval", "p", "p (Holm)")
MOST_LIFTS = 12
LONGEST_SUGGESTION = 200


def print_answer(answer: Answer, shape: Shape, offset: int) -> None:
    """An answer in the form that was asked for."""
    result = answer.result
    if shape is Shape.JSON:
        print_json(answer.to_dict())
    elif isinstance(result, Rates):
        print_rates(result, shape)
    elif isinstance(result, Comparison):
        print_comparison(result, shape)
    elif shape is Shape.CSV:
        print_csv(result.flat() if isinstance(result, LetterHits) else result.to_dicts(), HIT_COLUMNS)
    elif isinstance(result, LetterHits):
        print_letters(result, offset)
    else:
        print_hits(result, offset)


def print_reading(reading: str) -> None:
    """How the query was read; the first thing that every answer says."""
    stdout.print(Text.assemble(("reading: ", "dim"), shortened(reading, LONGEST_ECHO)))


def print_hits(hits: Hits, offset: int) -> None:
    """Decisions as blocks of three lines: case and outcome, heading, and the words in their sentence."""
    print_reading(hits.reading)
    for one in hits.lifts:
        _print_lift(one)
    _print_facets(hits.facets)
    for number, hit in enumerate(hits.rows, offset + 1):
        stdout.print()
        name = hit.case_number or hit.source or "no case number"
        about = " · ".join(part for part in (hit.service, hit.decision_date) if part)
        alike = f"  + {hit.alike:,} alike" if hit.alike else ""
        outcome = outcome_text(hit.outcome)
        stdout.print(
            Text.assemble(f"{number:>3}  ", outcome, "  ", (name, "bold"), "  ", about, (alike, "dim"))
        )
        _print_item(hit)
        if hit.specialties:
            stdout.print(Padding(Text(hit.specialties, style="dim"), (0, 0, 0, 5)))
    stdout.print()
    _print_place(offset, len(hits.rows), hits.groups, "decision", hits.total)
    _print_suggestions(hits.suggestions)


def print_letters(found: LetterHits, offset: int) -> None:
    """Letters, each with the items of it that match."""
    print_reading(found.reading)
    _print_facets(found.facets)
    for number, letter in enumerate(found.rows, offset + 1):
        stdout.print()
        name = letter.case_number or letter.source or "no case number"
        first = letter.items[0]
        about = " · ".join(part for part in (first.decision_date, first.specialties) if part)
        stdout.print(Text.assemble(f"{number:>3}  ", (name, "bold"), "  ", (about, "dim")))
        for hit in letter.items:
            stdout.print(
                Padding(Text.assemble(outcome_text(hit.outcome), "  ", hit.service or ""), (0, 0, 0, 5))
            )
            _print_item(hit)
    stdout.print()
    _print_place(offset, len(found.rows), found.total, "letter")


def _print_item(hit: Hit) -> None:
    stdout.print(Padding(Text(hit.description), (0, 0, 0, 5)))
    if hit.snippet and hit.snippet_from != "heading":
        stdout.print(Padding(marked(hit.snippet), (0, 0, 0, 5)))


def _print_place(offset: int, shown: int, listed: int, noun: str, total: int | None = None) -> None:
    """Which of those listed are on this page, and how many decisions they stand for, alike ones together."""
    last = offset + shown
    counts = counted(listed, noun)
    if total is not None and listed < total:
        counts = f"{counted(listed, 'group')} of alike {noun}s ({counted(total, noun)})"
    if not shown:
        stdout.print(f"no {noun} matches" if not listed else f"no more: {counts} in all")
        return
    more = f"; the next page: --offset {last}" if last < listed else ""
    stdout.print(f"{offset + 1:,} to {last:,} of {counts}{more}")
    if total is not None and listed < total:
        stdout.print("alike: nearly the same rationale; --all lists each", style="dim")


def _print_suggestions(suggestions: Sequence[str]) -> None:
    for query in suggestions:
        stdout.print(Text.assemble(("did you mean: ", "dim"), shortened(query, LONGEST_SUGGESTION)))


def _print_facets(facets: Sequence[Facet]) -> None:
    """A line for each facet: its values with their numbers."""
    for facet in facets:
        values = ", ".join(f"{facet.named(one)} ({one.items:,})" for one in facet.values)
        others = f", {counted(facet.others, 'other')}" if facet.others else ""
        stdout.print(Text.assemble((f"{facet.label}: ", "bold"), values or "none", (others, "dim")))


def print_rates(result: Rates, shape: Shape, asked: str = "", differences: Sequence[Difference] = ()) -> None:
    """Rates as a table with a total, as CSV or as JSON; with the difference of each group from all others."""
    measures = [one.measures() for one in differences] or [{}] * len(result.rows)
    rows = [{**row, **more} for row, more in zip(result.to_dicts(), measures, strict=True)]
    if shape is Shape.JSON:
        answer = {"query": asked, "reading": result.reading, "rows": rows, "total": result.total}
        print_json({**answer, **result.extras()})
        return
    if shape is Shape.CSV:
        extra = DIFFERENCE_COLUMNS if differences else ()
        print_csv(rows, (*result.dimensions, *RATE_COLUMNS, *extra))
        return
    print_reading(result.reading)
    if not result.total:
        stdout.print("no disputed item matches")
        _print_suggestions(result.suggestions)
        return
    _print_table(result, differences)


def _print_table(result: Rates, differences: Sequence[Difference]) -> None:
    numbers = NUMBERS if result.dimensions else (NUMBERS[0], *NUMBERS[2:])
    names = (*numbers, *(("Against the others", *DIFFERENCES[1:]) if differences else ()))
    columns: list[Heading] = [*result.labels, *((name, "right") for name in names)]
    measured = [_measures(one) for one in differences] or [[]] * len(result.rows)
    rows = [
        [*result.named(row), *_numbers(row, result.share(row) if result.dimensions else None), *more]
        for row, more in zip(result.rows, measured, strict=True)
    ]
    shown = table(columns, rows)
    if result.dimensions:
        shown.add_section()
        blanks = [""] * (len(result.dimensions) - 1)
        overall = map(str, _numbers(result.overall, 1.0))
        shown.add_row("all, each counted once", *blanks, *overall, style="bold")
    stdout.print(shown)
    _print_small([*result.rows])


def print_comparison(result: Comparison, shape: Shape) -> None:
    """Groups side by side, then the differences of every two of them."""
    if shape is Shape.CSV:
        print_csv(result.to_dicts(), ("group", *result.dimensions, *RATE_COLUMNS))
        return
    print_reading(result.reading)
    labels = result.groups[0].rates.labels
    numbers = NUMBERS if labels else (NUMBERS[0], *NUMBERS[2:])
    columns: list[Heading] = ["Group", *labels, *((name, "right") for name in numbers)]
    rows = [
        [group.label, *group.rates.named(row), *_numbers(row, group.rates.share(row) if labels else None)]
        for group in result.groups
        for row in group.rates.rows
    ]
    stdout.print(table(columns, rows))
    _print_small([row for group in result.groups for row in group.rates.rows])
    pairs = [[f"{one.first} against {one.second}", *_measures(one)] for one in result.differences]
    stdout.print(table(["Uphold rates", *((name, "right") for name in DIFFERENCES)], pairs))
    if result.shared:
        stdout.print(f"{counted(result.shared, 'item')} counted in more than one group", style="dim")


def _print_small(rows: Sequence[RateRow]) -> None:
    if any(row.small for row in rows):
        stdout.print(f"* fewer than {SMALL} items: read the interval, not the rate", style="dim")


def _numbers(row: RateRow, share: float | None) -> list[object]:
    """The cells of a row; its share of all items only where there is one."""
    low, high = row.interval or (None, None)
    small = "*" if row.small else ""
    return [
        f"{row.items:,}{small}",
        *([] if share is None else [percent(share)]),
        row.upheld,
        row.overturned,
        percent(row.uphold_rate),
        "–" if low is None or high is None else f"{low:.0%} – {high:.0%}",
    ]


def _measures(one: Difference) -> list[object]:
    low, high = one.interval or (None, None)
    return [
        "–" if one.difference is None else f"{one.difference * 100:+.1f} points",
        "–" if low is None or high is None else f"{low * 100:+.0f} – {high * 100:+.0f}",
        _probability(one.p_value),
        _probability(one.p_adjusted) + (" ✓" if one.significant else ""),
    ]


def _probability(value: float | None) -> str:
    if value is None:
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def print_lifts(lifts: Sequence[Lift], shape: Shape) -> None:
    """What goes with an outcome, a table for each dimension, or all of them as CSV or JSON."""
    rows = [{"dimension": one.dimension, **row} for one in lifts for row in one.to_dicts()]
    if shape is Shape.JSON:
        readings = {one.dimension: one.reading for one in lifts}
        print_json({"reading": readings, "rows": rows, "total": max((one.total for one in lifts), default=0)})
    elif shape is Shape.CSV:
        print_csv(rows, LIFT_COLUMNS)
    else:
        for one in lifts:
            print_reading(one.reading)
            _print_lift(one)


def _print_lift(one: Lift) -> None:
    if not one.rows:
        stdout.print(f"{one.label}: nothing stands out among {counted(one.total, 'disputed item')}")
        return
    counts = (
        ("Decisions", "With it", "Usual") if one.of_outcome else ("Items", one.outcome.capitalize(), "Usual")
    )
    names = (*counts, "Rate", "Usual rate", "Lift", "95% interval")
    rows = [
        [
            dimension(one.dimension).shown(row.value),
            row.items,
            row.observed,
            f"{row.expected:.1f}",
            percent(row.rate),
            percent(row.base_rate),
            "–" if row.lift is None else f"{row.lift:.2f}",
            "–" if row.interval is None else f"{row.interval[0]:.2f} – {row.interval[1]:.2f}",
        ]
        for row in one.rows[:MOST_LIFTS]
    ]
    stdout.print(table([one.label, *((name, "right") for name in names)], rows))
