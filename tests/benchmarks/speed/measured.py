"""One archive measured: every question in every way that answers it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec
from sqlalchemy import Connection, text

from imr_archive.archive.connection import open_for_reading
from imr_archive.query.asking import ask
from imr_archive.query.dimensions import DIMENSIONS
from imr_archive.query.facets import FACETS
from imr_archive.query.rates import rates

from . import plain_fts
from .measuring import Clock, Ways, milliseconds, percentile
from .questions import Question, questions

OURS, WITH_FACETS = "ours", "ours with facets"
FTS5, FTS5_TYPED = "FTS5", "FTS5, words as typed"
TANTIVY, DUCKDB = "tantivy", "DuckDB"
BASELINES = ("FTS5", "tantivy", "DuckDB")
BY_EVERY = "by every dimension"

Timer = Callable[[Ways], dict[str, float]]


class Timed(msgspec.Struct, frozen=True):
    """One question with the milliseconds of each way to answer it."""

    words: str
    set: str
    kind: str
    found: int
    times: dict[str, float]


class Measured(msgspec.Struct, frozen=True):
    """An archive with all its timings."""

    archive: str
    letters: int
    items: int
    questions: list[Timed]

    def times(self, way: str, kind: str | None = None, *, also: str | None = None) -> list[float]:
        """The times of a way for the list's questions of a kind; of those alone that `also` answers too."""
        return [
            one.times[way]
            for one in self.questions
            if one.set != BY_EVERY
            and kind in {None, one.kind}
            and way in one.times
            and (also is None or also in one.times)
        ]

    def by_every_dimension(self, way: str) -> list[float]:
        """The times of a way for rates of everything by each dimension."""
        return [one.times[way] for one in self.questions if one.set == BY_EVERY and way in one.times]


def measure(
    path: Path, keep: Path, *, rounds: int, without: Collection[str] = (), clock: Clock = time.perf_counter
) -> Measured:
    """Asks the archive at `path` everything; tantivy's index of it is kept in the folder `keep`."""
    timer = partial(milliseconds, rounds=rounds, clock=clock)
    with opened(path) as connection:
        count = partial(_count, connection)
        timed = [*_listed(connection, path, keep, timer, without), *_everything(connection, timer, without)]
        return Measured(path.name, count("cases"), count("disputed_items"), timed)


@contextmanager
def opened(path: Path) -> Iterator[Connection]:
    """A connection that reads the archive."""
    with open_for_reading(path) as database, database.read() as connection:
        yield connection


def _count(connection: Connection, table: str) -> int:
    return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def _listed(
    connection: Connection, path: Path, keep: Path, timer: Timer, without: Collection[str]
) -> Iterator[Timed]:
    index = None
    if TANTIVY not in without:
        from .tantivy_index import opened as opened_index
        from .tantivy_index import prepared

        index = opened_index(connection, keep / f"{path.name}.tantivy")
    for question in questions():
        ways = _ours(connection, question)
        if question.kind == "hits":
            ways |= {} if FTS5 in without else _plain(connection, question)
            if index is not None and (looked_up := prepared(index, question.plan)):
                ways[TANTIVY] = looked_up
        found = ask(connection, question.words).total
        times = timer(ways)
        _tell(question.words, times)
        yield Timed(question.words, question.set, question.kind, found, times)


def _ours(connection: Connection, question: Question) -> dict[str, Callable[[], object]]:
    ways: dict[str, Callable[[], object]] = {OURS: partial(ask, connection, question.words)}
    if question.kind == "hits":
        ways[WITH_FACETS] = partial(ask, connection, question.words, facet=FACETS)
    return ways


def _plain(connection: Connection, question: Question) -> dict[str, Callable[[], object]]:
    asked = {
        FTS5: plain_fts.statement(question.plan, synonyms=True),
        FTS5_TYPED: plain_fts.statement(question.plan, synonyms=False),
    }
    return {name: partial(plain_fts.run, connection, one) for name, one in asked.items() if one}


def _everything(connection: Connection, timer: Timer, without: Collection[str]) -> Iterator[Timed]:
    """Rates of everything by each dimension that there is, and by some two."""
    tables = None
    if DUCKDB not in without:
        from .duckdb_rates import Tables

        tables = Tables(connection)
    pairs = [("year", "category"), ("specialty", "drug_class"), ("subcategory", "reason")]
    for names in [*((one.name,) for one in DIMENSIONS), *pairs]:
        ways: dict[str, Callable[[], object]] = {OURS: partial(rates, connection, names)}
        if tables is not None:
            ways[DUCKDB] = tables.prepared(names)
        times = timer(ways)
        words = f"by {' and '.join(names)}"
        _tell(words, times)
        yield Timed(words, BY_EVERY, "rates", rates(connection, names).total, times)


def _tell(words: str, times: dict[str, float]) -> None:
    if sys.stderr.isatty():
        shown = "  ".join(f"{name} {taken:,.1f}" for name, taken in times.items())
        print(f"{words[:60]:60}  {shown}", file=sys.stderr)


def p50(times: list[float]) -> float:
    """The median of times, as one of them."""
    return percentile(times, 0.50)


def p95(times: list[float]) -> float:
    """What 95 of 100 times are within."""
    return percentile(times, 0.95)
