"""The audit of an archive."""

from __future__ import annotations

import sqlite3

import msgspec
import pytest

from imr_archive.archive.audit import Counted, Coverage, TextRecognition, Unrecognised, audit_overview
from imr_archive.archive.connection import open_for_reading, open_for_writing
from imr_archive.archive.selectors import read_selector, select_letters
from imr_archive.archive.store import Store
from imr_archive.parsing.record import Problem


@pytest.fixture
def filled(store, archive, cushion, file_of):
    """A letter as it should be, one that contradicts itself, one that says little, and a file set aside."""
    contradictory = msgspec.structs.replace(
        cushion,
        case_number="CM16-0000002",
        source="torn.pdf",
        problems=(
            Problem("decision_before_assignment", "the decision is dated before", "decision_date"),
            Problem("dates_disagree", "the header says another", "decision_date"),
            Problem("conflicting_outcomes", "two decisions", "items[1].outcome"),
        ),
    )
    bare = msgspec.structs.replace(
        cushion,
        case_number=None,
        source="bare.txt",
        layout="unknown",
        decision_date=None,
        diagnoses=(),
        items=cushion.items[1:],
        problems=(),
    )
    store.add(
        [
            file_of(cushion),
            file_of(contradictory, ocr_confidence=61.0),
            file_of(bare, ocr_confidence=80.0, parser_version="older"),
            file_of(path="/letters/torn.pdf", reason="damaged_pdf", message="cut short"),
        ]
    )
    return archive


def test_letters_are_counted_by_layout_problem_parser_and_number_of_problems(filled):
    overview = audit_overview(filled)

    assert overview.layouts == [Counted("D", 2, "layout:D"), Counted("unknown", 1, "layout:unknown")]
    assert overview.set_aside == [Counted("damaged_pdf", 1, "set-aside:damaged_pdf")]
    assert overview.problems == [
        Counted("conflicting_outcomes", 1, "problem:conflicting_outcomes"),
        Counted("dates_disagree", 1, "problem:dates_disagree"),
        Counted("decision_before_assignment", 1, "problem:decision_before_assignment"),
        Counted("unknown_section", 1, "problem:unknown_section"),
    ]
    assert [row.name for row in overview.contradictions] == [
        "conflicting_outcomes",
        "dates_disagree",
        "decision_before_assignment",
    ]
    assert overview.problem_counts == [
        Counted("0", 1, "problems:0"),
        Counted("1", 1, "problems:1"),
        Counted("3", 1, "problems:3"),
    ]
    assert overview.parsers == [Counted("test", 2, "parser:test"), Counted("older", 1, "parser:older")]
    assert overview.text_recognition == TextRecognition(2, 70.5, 61.0, "ocr")
    assert (overview.integrity, overview.full_text_unchecked) == ([], None)


def test_fields_are_counted_by_having_lacking_unknown_values_and_contradictions(filled):
    fields = {coverage.field: coverage for coverage in audit_overview(filled).fields}

    assert fields["case_number"] == Coverage("case_number", "cases", 2, 1)
    assert fields["decision_date"] == Coverage("decision_date", "cases", 2, 1, None, 1)
    assert fields["reviewer.specialties"] == Coverage("reviewer.specialties", "cases", 3, 0, 0)
    assert fields["diagnoses"] == Coverage("diagnoses", "cases", 2, 1, 2)
    assert fields["items"] == Coverage("items", "cases", 3, 0)
    assert fields["items.outcome"] == Coverage("items.outcome", "items", 5, 0, None, 1)
    assert fields["items.service"] == Coverage("items.service", "items", 2, 3, 3)
    assert fields["items.citations.reviewer"] == Coverage("items.citations.reviewer", "items", 2, 3)
    assert fields["items.citations.sections"] == Coverage("items.citations.sections", "items", 2, 3, 2)
    assert fields["items.laterality"] == Coverage("items.laterality", "items", 3, 2)
    assert fields["items.reason"] == Coverage("items.reason", "items", 2, 3)


def test_values_that_the_vocabulary_does_not_know_are_listed_the_commonest_first(filled):
    assert audit_overview(filled).unrecognised == [
        Unrecognised("diagnoses", "Dusty lungs", 2),
        Unrecognised("items.service", "Seat cushion", 3),
        Unrecognised("items.citations.sections", "Dough", 2),
    ]


def test_every_number_opens_as_many_letters_items_or_values_as_it_counts(filled):
    overview = audit_overview(filled)
    counted = {
        row.opens: row.count
        for rows in (
            overview.layouts,
            overview.problems,
            overview.contradictions,
            overview.problem_counts,
            overview.parsers,
            overview.set_aside,
            overview.unrecognised,
        )
        for row in rows
    }
    for coverage in overview.fields:
        for name, selector in coverage.opens.items():
            counted[selector] = getattr(coverage, name)
    counted["ocr"] = overview.text_recognition.letters
    assert len(counted) > 100

    opened = {text: select_letters(filled, read_selector(text)) for text in counted}

    assert {text: selected.total for text, selected in opened.items()} == counted
    assert {text: len(selected.rows) for text, selected in opened.items()} == counted


def test_an_archive_opened_for_reading_has_its_index_compared_all_the_same(filled):
    with filled.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER cases_au")
        connection.exec_driver_sql("UPDATE cases SET summary = 'Another story'")

    with open_for_reading(filled.path) as database:
        overview = audit_overview(database)

    assert overview.integrity == ["cases_fts: the search index differs from the rows of cases"]
    assert overview.full_text_checked


def test_while_another_process_writes_the_index_goes_unchecked_and_that_is_said(filled, monkeypatch):
    monkeypatch.setattr("imr_archive.archive.audit._SHORT_WAIT", 0.05)
    other = sqlite3.connect(filled.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        overview = audit_overview(filled)
    finally:
        other.execute("ROLLBACK")
        other.close()

    assert overview.full_text_unchecked == "another process is writing to the archive"
    assert not overview.full_text_checked
    assert len(overview.layouts) == 2


def test_an_archive_that_cannot_be_written_to_is_audited_without_its_index(filled, ordinary_user):
    filled.close()
    filled.path.chmod(0o444)
    filled.path.parent.chmod(0o555)
    try:
        with ordinary_user(), open_for_reading(filled.path) as database:
            overview = audit_overview(database)
    finally:
        filled.path.parent.chmod(0o755)

    assert overview.full_text_unchecked in {
        "the archive lies where nothing can be written",
        "the archive cannot be written to",
    }
    assert overview.integrity == []


def test_broken_references_and_a_stale_index_are_said(filled):
    with sqlite3.connect(filled.path) as plain:
        plain.execute("DELETE FROM specialties WHERE name = 'Anesthesiology'")
        plain.execute("DROP TRIGGER cases_au")
        plain.execute("UPDATE cases SET summary = 'Another story'")
    plain.close()

    assert audit_overview(filled).integrity == [
        "reviewer_specialties: row None refers to a row of specialties that is not there",
        "cases_fts: the search index differs from the rows of cases",
    ]


def test_an_empty_archive_has_nothing_to_say(archive):
    overview = audit_overview(archive)
    assert (overview.layouts, overview.unrecognised, overview.integrity) == ([], [], [])
    assert {coverage.have + coverage.lack for coverage in overview.fields} == {0}
    assert overview.text_recognition == TextRecognition(0, None, None)


def test_the_overview_is_plain_json_whose_rows_carry_their_selectors(filled, cushion, file_of):
    Store(filled).add([file_of(cushion)])
    plain = msgspec.json.decode(msgspec.json.encode(audit_overview(filled).to_dict()))

    assert plain["layouts"][0] == {"name": "D", "count": 2, "opens": "layout:D"}
    assert plain["fields"][1] == {
        "field": "date_assigned",
        "of": "cases",
        "have": 3,
        "lack": 0,
        "unrecognised": None,
        "contradict": 0,
        "opens": {
            "have": "have:date_assigned",
            "lack": "lack:date_assigned",
            "contradict": "contradict:date_assigned",
        },
    }
    assert plain["unrecognised"][0]["opens"] == "unrecognised:diagnoses=Dusty lungs"
    assert plain["full_text_checked"] is True


def test_opening_an_archive_to_write_heals_its_index_so_the_audit_does_not(filled):
    """Why the audit compares on a connection of its own."""
    with filled.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER cases_au")
        connection.exec_driver_sql("UPDATE cases SET summary = 'Another story'")
    assert len(audit_overview(filled).integrity) == 1

    open_for_writing(filled.path).close()

    assert audit_overview(filled).integrity == []
