"""Best first: the score is FTS5's own, and the order is the same however the work is bounded."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from imr_archive.archive.fulltext import TOKENIZER, ensure_full_text
from imr_archive.archive.models import Base, Case, DisputedItem
from imr_archive.query.item_ids import tier_ids
from imr_archive.query.language.reading import read
from imr_archive.query.language.terms import phrase_term, term_of
from imr_archive.query.language.thesaurus import Meaning, Thesaurus
from imr_archive.query.plan import Plan
from imr_archive.query.ranking import best_first as ranking
from imr_archive.query.ranking.best_first import best_first, page_of_hits
from imr_archive.query.ranking.index import FullTextIndex
from imr_archive.query.ranking.words import Pattern, tokens

WORDS = ("massage", "massages", "knee", "weaning", "weaned", "denied", "relief", "pain", "painful", "café")
HEADINGS = ("massage for the knee", "knee brace", "massage", "weaning program")
NO_MEANINGS = Thesaurus()


def made(items: list[tuple[str, str, str | None]]) -> Iterator[Connection]:
    """An archive of cases with one item each: heading, rationale, date of decision."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        ensure_full_text(connection)
    with Session(engine) as session:
        for number, (heading, rationale, decided) in enumerate(items, start=1):
            case = Case(
                known_by=f"text{number}",
                outcome="upheld",
                decision_date=datetime.date.fromisoformat(decided) if decided else None,
            )
            case.items = [
                DisputedItem(position=1, description=heading, outcome="upheld", rationale=rationale)
            ]
            session.add(case)
        session.commit()
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def assorted() -> list[tuple[str, str, str | None]]:
    """Ninety items in whose texts the words are common and rare, of different lengths and dates."""
    return [
        (
            HEADINGS[number % 4],
            " ".join(WORDS[(number * step) % 10] for step in range(1, 2 + number % 13)),
            f"20{13 + number % 9}-0{1 + number % 7}-11" if number % 11 else None,
        )
        for number in range(90)
    ]


@pytest.fixture(scope="module")
def many() -> Iterator[Connection]:
    yield from made(assorted())


def plan_of(query: str) -> Plan:
    return read(query, NO_MEANINGS).as_hits()


def ordered(connection: Connection, query: str) -> list[int]:
    plan = plan_of(query)
    return list(best_first(connection, plan, tier_ids(connection, plan), FullTextIndex(connection)))


def scores_of_fts5(connection: Connection, expression: str) -> dict[int, float]:
    sql = (
        "SELECT rowid, -bm25(disputed_items_fts, 20.0, 1.0) AS score FROM disputed_items_fts"
        " WHERE disputed_items_fts MATCH :expression"
    )
    return {row.rowid: row.score for row in connection.execute(text(sql), {"expression": expression})}


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        ("weaning", '"weaning"'),
        ("massage knee relief", '"massage" OR "knee" OR "relief"'),
        ("wean* café", '"wean"* OR "café"'),
        ('"weaned denied" knee', '"weaned denied" OR "knee"'),
    ],
)
def test_the_score_is_the_one_of_fts5(many: Connection, query: str, expression: str) -> None:
    wanted = scores_of_fts5(many, expression)
    scored = ranking.Ranking(many, plan_of(query), FullTextIndex(many))
    words = ranking.lengths(many, wanted)
    assert scored._scores(wanted, words) == pytest.approx(wanted, abs=1e-9)


def test_better_scores_come_first_and_newer_decisions_among_equals() -> None:
    items: list[tuple[str, str, str | None]] = [
        ("knee brace", "relief relief of pain", "2014-05-01"),
        ("knee brace", "relief for some of the time", "2015-05-01"),
        ("relief pillow", "nothing else", "2013-05-01"),
        ("knee brace", "relief for some of the time", "2016-05-01"),
        ("back brace", "nothing", "2017-05-01"),
        *[("gym", "nothing of the kind", "2018-05-01")] * 5,
    ]
    for connection in made(items):
        assert ordered(connection, "relief") == [3, 1, 4, 2]


@pytest.mark.parametrize("query", ["massage", "knee relief", "pain*", "massage OR brace", "massage -denied"])
def test_every_match_comes_once_and_tiers_in_their_order(
    many: Connection, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setattr(ranking, "CANDIDATES", 7)
    monkeypatch.setattr(ranking, "READ", 3)
    plan = plan_of(query)
    tiers = tier_ids(many, plan)
    found = ordered(many, query)
    assert len(found) == len(set(found)) == sum(map(len, tiers)) > 7
    place = {item: at for at, tier in enumerate(tiers) for item in tier}
    assert all(place[one] <= place[other] for one, other in pairwise(found))


def test_pages_continue_one_another(many: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "CANDIDATES", 10)
    monkeypatch.setattr(ranking, "READ", 4)
    plan = plan_of("massage")
    tiers, index = tier_ids(many, plan), FullTextIndex(many)
    pages = [page_of_hits(many, plan, tiers, index, limit=6, offset=offset) for offset in range(0, 96, 6)]
    assert [item for page in pages for item in page] == ordered(many, "massage")


def test_beyond_the_candidates_the_newest_come_first(
    many: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "CANDIDATES", 5)
    heading = tier_ids(many, plan_of("massage"))[0]
    dates = dict(many.execute(text("SELECT id, coalesce(decision_date, '') FROM cases")).all())
    rest = [dates[item] for item in ordered(many, "massage")[5 : len(heading)]]
    assert rest == sorted(rest, reverse=True)


def test_candidates_are_those_whose_heading_has_the_rarest_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "CANDIDATES", 2)
    common: list[tuple[str, str, str | None]] = [("knee brace", "gauze for a while", "2020-01-01")] * 30
    rare: list[tuple[str, str, str | None]] = [("gauze pads", "for the knee", "2013-01-01")] * 2
    others: list[tuple[str, str, str | None]] = [("knee sleeve", "nothing", "2021-01-01")] * 9
    for connection in made([*common, *rare, *others, *[("gym", "nothing", "2021-01-01")] * 60]):
        assert ordered(connection, "knee gauze")[:3] == [31, 32, 1]


def test_only_the_first_of_each_group_is_listed(many: Connection) -> None:
    plan = plan_of("massage")
    tiers, index = tier_ids(many, plan), FullTextIndex(many)
    every = ordered(many, "massage")
    firsts = [item for at, item in enumerate(every) if item % 5 not in {one % 5 for one in every[:at]}]
    page = page_of_hits(
        many, plan, tiers, index, limit=20, groups_of=lambda ids: {item: item % 5 for item in ids}
    )
    assert page == firsts
    assert len(page) == 5


def test_a_tier_that_no_page_reaches_is_not_looked_at(many: Connection) -> None:
    def tiers() -> Iterator[BitMap]:
        yield BitMap([4, 8])
        raise AssertionError("the second tier was looked at")

    plan = plan_of("massage")
    assert set(page_of_hits(many, plan, tiers(), FullTextIndex(many), limit=2)) == {4, 8}


@given(st.text(max_size=80) | st.text("aeé’'\u00ad\u0301½ß_-–tTsSingI İ\n", max_size=80))
def test_tokens_are_those_of_fts5(passage: str) -> None:
    memory = sqlite3.connect(":memory:")
    memory.execute(f"CREATE VIRTUAL TABLE passage USING fts5(text, tokenize='{TOKENIZER}')")
    memory.execute("CREATE VIRTUAL TABLE token USING fts5vocab('passage', 'instance')")
    memory.execute("INSERT INTO passage VALUES (?)", (passage,))
    wanted = [term for (term,) in memory.execute('SELECT term FROM token ORDER BY "offset"')]
    memory.close()
    assert tokens(passage) == wanted


@pytest.mark.parametrize(
    ("term", "passage", "count"),
    [
        (term_of("massage"), "Massages, then a massage; messages do not count", 2),
        (term_of("10/325mg"), "10/325mg and 10/325 mg of it, 325 mg of another", 2),
        (term_of("acup", prefix=True), "acupuncture, acupressure, cup", 2),
        (phrase_term("pain relief"), "pain relief; relief of pain; pains: relief", 2),
        (phrase_term("pain relief", near=3), "relief of all pain. Then a long while without any relief.", 1),
    ],
)
def test_a_pattern_counts_where_a_term_stands(term, passage: str, count: int) -> None:
    assert Pattern(term).count(tokens(passage)) == count


def test_the_spelling_typed_comes_before_other_names_of_the_same() -> None:
    names = Thesaurus([(name, Meaning(phrases=("norco", "vicodin"))) for name in ("norco", "vicodin")])
    items: list[tuple[str, str, str | None]] = [("norco tablets", "taken daily", None)] * 2
    items += [("vicodin tablets", "taken daily", None)] * 2 + [("gym", "nothing", None)] * 9
    for connection in made(items):
        for typed, first in (("norco", [1, 2, 3, 4]), ("vicodin", [3, 4, 1, 2])):
            plan = read(typed, names).as_hits()
            tiers, index = tier_ids(connection, plan), FullTextIndex(connection)
            assert page_of_hits(connection, plan, tiers, index, limit=9) == first
