"""Timings as tables in Markdown, each with its bar."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from .measured import (
    DUCKDB,
    FTS5,
    FTS5_TYPED,
    OURS,
    TANTIVY,
    WITH_FACETS,
    Measured,
    p50,
    p95,
)

Row = Sequence[str]

MOST_MILLISECONDS = 150.0
"""What 95 of 100 questions may take at a million letters."""

MOST_FOR_RATES = 100.0


def summary(one: Measured) -> str:
    """What was measured against what, with ratios and whether the bar is held."""
    rows = [*_against_fts5(one), *_against_others(one), *_by_ourselves(one)]
    head = ("what", "ours, ms", "against", "theirs, ms", "ratio", "bar", "held")
    title = f"\n## {one.archive}: {one.letters:,} letters, {one.items:,} items\n"
    return f"{title}\n{table(head, rows, right=(1, 3, 4))}\n"


def _against_fts5(one: Measured) -> list[Row]:
    rows = []
    for way, said in ((FTS5, "FTS5 by rank, same words"), (FTS5_TYPED, "FTS5 by rank, as typed")):
        theirs = one.times(way, "hits")
        ours = one.times(OURS, "hits", also=way)
        if theirs:
            rows.append(_compared("hits, p50", p50(ours), said, p50(theirs), 1.0, "never slower"))
            rows.append(_compared("hits, p95", p95(ours), said, p95(theirs), 5.0, "5 times faster"))
    return rows


def _against_others(one: Measured) -> list[Row]:
    rows = []
    if theirs := one.times(TANTIVY, "hits"):
        ours = p95(one.times(OURS, "hits", also=TANTIVY))
        rows.append(_compared("hits, p95", ours, TANTIVY, p95(theirs), 1 / 10, "within 10 times"))
    if theirs := one.by_every_dimension(DUCKDB):
        ours = p95(one.by_every_dimension(OURS))
        rows.append(_compared("rates of all, p95", ours, DUCKDB, p95(theirs), 1 / 3, "within 3 times"))
    return rows


def _by_ourselves(one: Measured) -> list[Row]:
    return [
        _alone("hits, p50", p50(one.times(OURS, "hits"))),
        _alone("hits, p95", p95(one.times(OURS, "hits"))),
        _alone("hits with 7 facets, p95", p95(one.times(WITH_FACETS, "hits"))),
        _alone("rates, p95", p95(one.times(OURS, "rates"))),
        _alone("rates of all by every dimension, p95", p95(one.by_every_dimension(OURS)), MOST_FOR_RATES),
        _alone("all 60 questions, p50", p50(one.times(OURS))),
        _alone("all 60 questions, p95", p95(one.times(OURS)), MOST_MILLISECONDS),
        _alone("all 60 questions, slowest", max(one.times(OURS))),
    ]


def _compared(what: str, ours: float, name: str, theirs: float, least: float, bar: str) -> Row:
    """A row with theirs over ours, which has to be `least`."""
    ratio = theirs / ours
    return what, f"{ours:,.1f}", name, f"{theirs:,.1f}", f"{ratio:,.2f}", bar, _held(ratio >= least)


def _alone(what: str, ours: float, most: float | None = None) -> Row:
    bar = f"{most:,.0f} ms" if most is not None else ""
    return what, f"{ours:,.1f}", "", "", "", bar, _held(ours <= most) if most is not None else ""


def _held(held: bool) -> str:
    return "yes" if held else "NO"


def each_question(one: Measured) -> str:
    """A row for each question, with all its timings."""
    ways = [OURS, WITH_FACETS, FTS5, FTS5_TYPED, TANTIVY, DUCKDB]
    rows = [
        (
            question.words.replace("|", "\\|"), question.set, f"{question.found:,}",
            *(f"{question.times[way]:,.1f}" if way in question.times else "" for way in ways),
        )
        for question in one.questions
    ]  # fmt: skip
    head = ("question", "set", "found", *(f"{way}, ms" for way in ways))
    return table(head, rows, right=range(2, len(head))) + "\n"


def growth(found: Iterable[Measured]) -> str:
    """How the times grow with the archive."""
    rows = [
        (
            f"{one.letters:,}", f"{one.items:,}",
            *(
                "" if math.isnan(taken) else f"{taken:,.1f}"
                for taken in (
                    p50(one.times(OURS, "hits")), p95(one.times(OURS, "hits")),
                    p95(one.times(OURS, "rates")), p50(one.times(OURS)), p95(one.times(OURS)),
                    p50(one.times(FTS5, "hits")), p95(one.times(FTS5, "hits")),
                    p95(one.times(TANTIVY, "hits")), p95(one.by_every_dimension(DUCKDB)),
                )
            ),
        )
        for one in sorted(found, key=lambda one: one.letters)
    ]  # fmt: skip
    head = (
        "letters", "items", "hits p50", "hits p95", "rates p95", "all p50", "all p95",
        "FTS5 p50", "FTS5 p95", "tantivy p95", "DuckDB p95",
    )  # fmt: skip
    return f"\n## How it grows (ms)\n\n{table(head, rows, right=range(len(head)))}\n"


def table(head: Row, rows: Iterable[Row], right: Iterable[int] = ()) -> str:
    """A table in Markdown; the columns `right` are flush right."""
    marks = ["---:" if place in set(right) else "---" for place in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, marks, *rows))
