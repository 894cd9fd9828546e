"""The audit of an archive."""

from __future__ import annotations

import sqlite3

import msgspec
import pytest

from imr_archive.archive.audit import Coverage, Unrecognised, audit_overview
from imr_archive.archive.connection import open_for_reading
from imr_archive.archive.store import Store


@pytest.fixture
def filled(store, archive, cushion, file_of):
    bare = msgspec.structs.replace(
        cushion,
        case_number=None,
        source="bare.txt",
        layout="unknown",
        decision_date=None,
        items=cushion.items[1:],
        problems=(),
    )
    store.add(
        [
            file_of(cushion),
            file_of(bare),
            file_of(path="/letters/torn.pdf", reason="damaged_pdf", message="cut short"),
        ]
    )
    return archive


def test_what_was_not_read_is_counted(filled):
    overview = audit_overview(filled)

    assert overview.layouts == {"D": 1, "unknown": 1}
    assert overview.set_aside == {"damaged_pdf": 1}
    assert overview.problems == {"unknown_section": 1}
    assert overview.integrity == []
    assert overview.full_text_checked
    fields = {coverage.field: coverage for coverage in overview.fields}
    assert fields["case_number"] == Coverage("case_number", "cases", 1, 1)
    assert fields["decision_date"] == Coverage("decision_date", "cases", 1, 1)
    assert fields["reviewer.specialties"] == Coverage("reviewer.specialties", "cases", 2, 0)
    assert fields["items"] == Coverage("items", "cases", 2, 0)
    assert fields["items.service"] == Coverage("items.service", "items", 1, 2)
    assert fields["items.citations.reviewer"] == Coverage("items.citations.reviewer", "items", 1, 2)
    assert fields["items.laterality"] == Coverage("items.laterality", "items", 2, 1)


def test_values_that_the_vocabulary_does_not_know_are_listed_the_commonest_first(filled):
    assert audit_overview(filled).unrecognised == [
        Unrecognised("items.service", "Seat cushion", 2),
        Unrecognised("items.citations.sections", "Dough", 1),
    ]


def test_the_overview_of_an_archive_opened_for_reading_leaves_the_index_unchecked(filled):
    with open_for_reading(filled.path) as database:
        overview = audit_overview(database)
    assert not overview.full_text_checked
    assert overview.layouts == {"D": 1, "unknown": 1}


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
    assert (overview.layouts, overview.unrecognised, overview.integrity) == ({}, [], [])
    assert {coverage.have + coverage.lack for coverage in overview.fields} == {0}


def test_the_overview_is_plain_json(filled, cushion, file_of):
    Store(filled).add([file_of(cushion)])
    assert msgspec.json.decode(msgspec.json.encode(audit_overview(filled).to_dict()))["layouts"] == {
        "D": 1,
        "unknown": 1,
    }
