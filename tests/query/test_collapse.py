"""Decisions with nearly the same rationale: listed as one, counted as many."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from imr_archive.query import ask, rates, search, search_letters
from imr_archive.query.results import Hits

# Items are numbered from 1 in the order of the letters: both massages and the MRI, then both drugs for pain.
CLUSTERS = {1: (1, 3, 5), 2: (2, 6)}


@pytest.fixture
def alike(archive: Connection) -> Iterator[Connection]:
    """The fictional archive with clusters."""
    for leader, items in CLUSTERS.items():
        for item in items:
            archive.execute(
                text("UPDATE disputed_items SET rationale_cluster = :leader WHERE id = :item"),
                {"leader": leader, "item": item},
            )
    yield archive
    archive.rollback()


def _listed(hits: Hits) -> list[tuple[str | None, int, int]]:
    return [(row.case_number, row.position, row.alike) for row in hits.rows]


def test_the_newest_of_each_cluster_stands_for_it_with_the_number_of_the_others(alike: Connection) -> None:
    hits = search(alike)
    assert _listed(hits) == [
        ("CM18-0000005", 1, 0),
        ("CM18-0000005", 2, 0),
        ("CM17-0000003", 1, 2),
        ("CM17-0000003", 2, 1),
        ("CM16-0000002", 2, 0),
        (None, 1, 0),
    ]
    assert (hits.total, hits.groups) == (9, 6)
    assert sum(1 + row.alike for row in hits.rows) == hits.total
    assert hits.extras() == {"groups": 6}
    oldest = search(alike, sort="oldest")
    assert _listed(oldest)[:2] == [("CM16-0000001", 1, 2), ("CM16-0000001", 2, 1)]


def test_the_best_of_each_cluster_stands_for_it(alike: Connection) -> None:
    assert _listed(search(alike, "back")) == [("CM16-0000001", 1, 0), ("CM16-0000001", 2, 0)]
    assert _listed(search(alike, "lumbar")) == [("CM16-0000002", 1, 1), ("CM16-0000001", 2, 0)]
    assert _listed(search(alike, "massage")) == [("CM17-0000003", 1, 2), ("CM16-0000002", 2, 0)]


def test_only_decisions_that_match_are_counted_as_alike(alike: Connection) -> None:
    hits = search(alike, "massage", filters={"sex": "female"})
    assert _listed(hits) == [("CM17-0000003", 1, 1)]
    assert (hits.total, hits.groups) == (2, 1)


def test_each_decision_is_listed_when_asked_for(alike: Connection) -> None:
    hits = search(alike, collapse=False)
    assert (len(hits.rows), hits.total, hits.groups) == (9, 9, 9)
    assert {row.alike for row in hits.rows} == {0}
    assert len(ask(alike, "", collapse=False).to_dicts()) == 9
    assert len(ask(alike, "").to_dicts()) == 6


@pytest.mark.parametrize("sort", ["best", "newest", "oldest"])
def test_pages_of_clusters_are_stable_and_whole(alike: Connection, sort: str) -> None:
    for words in ("", "cane OR pain"):
        whole = search(alike, words, sort=sort)  # type: ignore[arg-type]
        pages = [search(alike, words, sort=sort, limit=2, offset=at) for at in range(0, 8, 2)]  # type: ignore[arg-type]
        assert [row for page in pages for row in page.rows] == list(whole.rows)
        assert {(page.total, page.groups) for page in pages} == {(whole.total, whole.groups)}


def test_the_statement_of_a_page_of_clusters_gives_its_rows(alike: Connection) -> None:
    hits = search(alike, "cane OR pain", limit=3, offset=1)
    rows = alike.execute(text(hits.sql), hits.statement.parameters).mappings().all()
    assert [dict(row) for row in rows] == [
        {name: value for name, value in row.items() if not name.startswith("snippet")}
        for row in hits.to_dicts()
    ]


def test_letters_and_rates_count_each_decision(alike: Connection) -> None:
    letters = search_letters(alike)
    assert (letters.total, letters.items) == (5, 9)
    assert rates(alike).overall.items == 9
