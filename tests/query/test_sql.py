"""The SQL itself: values travel as parameters, and SQLite answers by its indexes."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from imr_archive.query.filters.applied import read_filter
from imr_archive.query.language.reading import read
from imr_archive.query.language.thesaurus import Thesaurus
from imr_archive.query.page_sql import page_sql, rows_sql
from imr_archive.query.sql import Parameters, Statement, count_sql, rates_sql, totals_sql

QUESTIONS = (
    "massage upheld by specialty",
    "norco 10/325 overturned",
    "lumbar -surgery OR gabapentin pain 2016..2018",
    "UR denied ODG, IMR used MTUS and overturned",
    "what section of MTUS is cited to approve H-wave",
    'specialty:Neurology guideline:"Low Back Complaints" rationale:weaning',
    "by guideline and section",
    "CM16-0000001",
    "",
)


def _statements(question: str, thesaurus: Thesaurus) -> list[Statement]:
    plan = read(question, thesaurus)
    hits = [count_sql(plan.as_hits()), page_sql(plan.as_hits(), limit=20), totals_sql(plan.as_rates())]
    return [*hits, rates_sql(plan)] if plan.dimensions else hits


def test_count_sql_is_written_out_whole(thesaurus: Thesaurus) -> None:
    statement = count_sql(read("norco taper upheld age:40..", thesaurus))
    fts = "SELECT rowid FROM disputed_items_fts WHERE disputed_items_fts MATCH"
    summary = "SELECT rowid FROM cases_fts WHERE cases_fts MATCH"
    assert statement == Statement(
        sql=(
            "SELECT count(*) AS items FROM disputed_items AS i JOIN cases AS c ON c.id = i.case_id WHERE "
            f"((i.id IN ({fts} :p1) OR i.case_id IN ({summary} :p1)"
            " OR i.service_type_id IN (SELECT id FROM service_types WHERE service IN (:p2)))"
            f" AND (i.id IN ({fts} :p3) OR i.case_id IN ({summary} :p3)))"
            " AND (c.patient_age >= :p4) AND (i.outcome = :p5)"
        ),
        parameters={
            "p1": '"norco" OR "hydrocodone apap" OR "hydrocodone acetaminophen"',
            "p2": "hydrocodone/acetaminophen",
            "p3": '"taper"',
            "p4": 40,
            "p5": "upheld",
        },
    )


def test_what_is_typed_never_becomes_sql(thesaurus: Thesaurus) -> None:
    typed = "x'); DROP TABLE cases; -- zebra"
    for statement in _statements(f'{typed} service:"{typed}" by year', thesaurus):
        assert "zebra" not in statement.sql.casefold()
        assert "drop" not in statement.sql.casefold()


def test_one_value_has_one_parameter() -> None:
    parameters = Parameters()
    assert [parameters.bind(value) for value in ("a", 1, "a", 1.0, "1")] == [
        ":p1",
        ":p2",
        ":p1",
        ":p3",
        ":p4",
    ]


def _scans_for_each_row(connection: Connection, statement: Statement) -> list[str]:
    """The steps of SQLite's plan that read a whole table anew for each row of what comes before them."""
    steps = connection.execute(text(f"EXPLAIN QUERY PLAN {statement.sql}"), statement.parameters).all()
    details = {step.id: step.detail for step in steps}
    found, looping = [], set()
    for step in steps:
        in_loop = step.parent in looping or "CORRELATED" in details.get(step.parent, "")
        if step.detail.startswith("SCAN") and in_loop and "CONSTANT ROW" not in step.detail:
            found.append(step.detail)
        if step.detail.startswith(("SCAN", "SEARCH", "MULTI-INDEX OR")):
            looping.add(step.parent)
    return found


def test_a_scan_for_each_row_is_noticed(archive: Connection) -> None:
    joined = Statement("SELECT 1 FROM cases, letters WHERE letters.path > cases.summary", {})
    nested = Statement(
        "SELECT (SELECT count(*) FROM letters WHERE path > summary) FROM cases ORDER BY id", {}
    )
    assert [len(_scans_for_each_row(archive, each)) for each in (joined, nested)] == [1, 1]


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_table_is_scanned_for_each_row(archive: Connection, thesaurus: Thesaurus, question: str) -> None:
    for statement in _statements(question, thesaurus):
        assert _scans_for_each_row(archive, statement) == [], statement.sql


def test_rows_are_asked_for_by_id(archive: Connection) -> None:
    statement = rows_sql([3, 1])
    found = archive.execute(text(statement.sql), statement.parameters)
    assert sorted((row.item_id, row.description) for row in found) == [
        (1, "Massage therapy, 6 visits, low back"),
        (3, "MRI of the lumbar spine"),
    ]
    steps = [
        row.detail
        for row in archive.execute(text(f"EXPLAIN QUERY PLAN {statement.sql}"), statement.parameters)
    ]
    assert not any(step.startswith("SCAN disputed_items") for step in steps), steps


def test_a_filter_given_by_option_narrows_the_same_plan(thesaurus: Thesaurus) -> None:
    plan = read("norco", thesaurus).narrowed((read_filter("year", "2016"),))
    assert plan.reading.endswith("anywhere in the decision · decided in 2016")
    assert "c.decision_date >= :p3 AND c.decision_date <= :p4" in count_sql(plan).sql
