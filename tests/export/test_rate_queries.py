"""Rates that SQL computes are those that the query language gives."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from imr_archive import open_archive
from imr_archive.archive.connection import open_for_reading
from imr_archive.errors import UnknownNameError
from imr_archive.export.rate_queries import _with_values, gives_rates, statement
from imr_archive.export.site import CannedQuery, canned_queries
from imr_archive.query.asking import ask
from imr_archive.query.dimensions import dimension
from imr_archive.query.intervals import wilson
from imr_archive.query.rates import rates
from imr_archive.query.sql import Statement

QUERIES = {query.name: query for query in canned_queries()}


def run(archive: Path, query: CannedQuery, **parameters: str) -> list[dict[str, object]]:
    connection = sqlite3.connect(archive)
    connection.row_factory = sqlite3.Row
    connection.create_function("escape_fts", 1, lambda words: f'"{words}"')
    asked = dict.fromkeys(query.params, "") | parameters
    rows = [dict(row) for row in connection.execute(statement(query), asked)]
    connection.close()
    return rows


def with_flags(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{**row, "small": bool(row["small"])} for row in rows]


def test_massage_upheld_by_specialty_is_what_the_phrase_is_answered_with(archive: Path) -> None:
    rows = with_flags(run(archive, QUERIES["massage_upheld_by_specialty"]))
    with open_for_reading(archive) as database, database.read() as connection:
        answered = ask(connection, "massage upheld by specialty").to_dicts()
    assert rows == [{name: row[name] for name in row if name != "share"} for row in answered]
    assert rows == [
        {
            "specialty": "Pain Management", "items": 2, "upheld": 2, "overturned": 0,
            "uphold_rate": 1.0, "uphold_rate_low": 0.3424, "uphold_rate_high": 1.0, "small": True,
        },
        {
            "specialty": "Chiropractic", "items": 2, "upheld": 1, "overturned": 1,
            "uphold_rate": 0.5, "uphold_rate_low": 0.0945, "uphold_rate_high": 0.9055, "small": True,
        },
        {
            "specialty": "Physical Medicine & Rehabilitation", "items": 2, "upheld": 1, "overturned": 1,
            "uphold_rate": 0.5, "uphold_rate_low": 0.0945, "uphold_rate_high": 0.9055, "small": True,
        },
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("words_upheld_by_specialty", ["specialty"]),
        ("uphold_rates_by_service", ["category", "service"]),
        ("uphold_rates_by_specialty", ["specialty"]),
        ("uphold_rates_by_guideline", ["guideline"]),
        ("decisions_by_year", ["year"]),
    ],
)
def test_rates_are_those_of_the_query_language(name: str, by: list[str], archive: Path) -> None:
    rows = with_flags(run(archive, QUERIES[name]))
    with open_for_reading(archive) as database, database.read() as connection:
        answer = rates(connection, by)
        expected = [dict(row.to_dict(answer.dimensions)) for row in answer.rows]
    for row in expected:
        row.update({name: dimension(name).missing for name in by if row[name] is None})
    key = repr
    assert sorted(rows, key=key) == sorted(expected, key=key)
    assert len(rows) > 2


def test_every_interval_is_that_of_wilson(archive: Path) -> None:
    counted = [row for query in QUERIES.values() if gives_rates(query) for row in run(archive, query)]
    for row in counted:
        low, high = wilson(int(str(row["upheld"])), int(str(row["items"]))) or (None, None)
        assert (row["uphold_rate_low"], row["uphold_rate_high"]) == (
            round(low or 0.0, 4),
            round(high or 0.0, 4),
        )
    assert len(counted) > 20


def test_a_form_narrows_the_rates(archive: Path) -> None:
    drugs = run(archive, QUERIES["uphold_rates_by_service"], category="pharma")
    assert [(row["service"], row["items"]) for row in drugs] == [("hydrocodone/acetaminophen", 1)]
    opioids = run(archive, QUERIES["uphold_rates_by_specialty"], service="opioid")
    assert [(row["specialty"], row["overturned"]) for row in opioids] == [
        ("Pain Management", 1),
        ("Physical Medicine & Rehabilitation", 1),
    ]
    knees = run(archive, QUERIES["words_upheld_by_specialty"], words="knee")
    assert [(row["specialty"], row["items"]) for row in knees] == [("Orthopedic Surgery", 1)]


def test_overturned_decisions_of_a_service(archive: Path) -> None:
    rows = run(archive, QUERIES["overturned_decisions_of_a_service"], service="massage")
    assert [(row["case_number"], row["decision_date"]) for row in rows] == [
        (None, "2018-08-08"),
        ("CM16-0900002", "2016-05-09"),
    ]


def test_the_two_sides_are_compared(archive: Path) -> None:
    rows = run(archive, QUERIES["guidelines_of_both_sides"], outcome="overturned")
    assert [(row["item_id"], row["the_two_sides"]) for row in rows] == [
        (9, "cite different ones"),
        (7, "one side cites none"),
        (5, "share a guideline"),
        (2, "cite different ones"),
    ]
    assert run(archive, QUERIES["agreement_on_guidelines"]) == [
        {"who_cites": "both, a guideline in common", "items": 4, "overturned": 1, "overturn_rate": 0.25},
        {"who_cites": "both, none in common", "items": 2, "overturned": 2, "overturn_rate": 1.0},
        {"who_cites": "the reviewer alone", "items": 2, "overturned": 0, "overturn_rate": 0.0},
        {"who_cites": "neither", "items": 1, "overturned": 1, "overturn_rate": 1.0},
    ]


def test_most_cited_sections_tell_the_sides_apart(archive: Path) -> None:
    rows = run(archive, QUERIES["most_cited_sections"])
    assert rows == [
        {
            "source": "MTUS", "guideline": "Chronic Pain Medical Treatment", "section": "Massage",
            "citations": 9, "by_utilization_review": 3, "by_reviewer": 6,
        },
        {
            "source": "MTUS", "guideline": "Low Back Complaints", "section": "Massage",
            "citations": 3, "by_utilization_review": 2, "by_reviewer": 1,
        },
        {
            "source": "ODG", "guideline": "Pain", "section": "Massage",
            "citations": 3, "by_utilization_review": 1, "by_reviewer": 2,
        },
    ]  # fmt: skip
    reviewers = run(archive, QUERIES["most_cited_sections"], cited_by="reviewer")
    assert [(row["guideline"], row["citations"]) for row in reviewers] == [
        ("Chronic Pain Medical Treatment", 6),
        ("Pain", 2),
        ("Low Back Complaints", 1),
    ]


def test_what_was_not_settled_ends_with_the_letters_that_have_no_problem(archive: Path) -> None:
    assert [tuple(row.values()) for row in run(archive, QUERIES["what_was_not_settled"])] == [
        ("missing_case_number", "case_number", 1, 1, "none is printed"),
        ("none", None, 0, 7, None),
    ]


def test_values_that_are_written_into_a_statement_are_quoted() -> None:
    parametrised = Statement(
        sql="SELECT :p1, :p10, :p2, ':p'", parameters={"p1": "O'Neil :p2", "p2": 3, "p10": 0.5}
    )
    assert _with_values(parametrised) == "SELECT 'O''Neil :p2', 0.5, 3, ':p'"


def test_every_query_has_an_answer_in_the_letters_of_the_demo(sample_letters: Path, tmp_path: Path) -> None:
    database = tmp_path / "imr.db"
    with open_archive(database, write=True) as opened:
        opened.ingest(sample_letters)
    answers = {name: run(database, query) for name, query in QUERIES.items()}
    assert [name for name, rows in answers.items() if not rows] == []
    massage = answers["massage_upheld_by_specialty"]
    assert len(massage) > 4
    assert {row["upheld"] == 0 for row in massage} == {True, False}


def test_an_unknown_dimension_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="no dimension 'colour'"):
        statement(CannedQuery(name="x", title="x", description="x", by=("colour",)))
