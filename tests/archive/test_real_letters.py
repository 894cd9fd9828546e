"""The real letters in an archive."""

from __future__ import annotations

import msgspec
import pytest

from imr_archive.archive.audit import audit_overview
from imr_archive.archive.connection import open_for_writing
from imr_archive.archive.ingest import ingest
from imr_archive.archive.reading import find_case, stored_counts
from imr_archive.archive.reparse import reparse

pytestmark = pytest.mark.letters


@pytest.fixture(scope="module")
def gold(real_letters):
    lines = (real_letters / "gold.jsonl").read_bytes().splitlines()
    return {letter["source"]: letter for letter in map(msgspec.json.decode, lines)}


@pytest.fixture(scope="module")
def filled(real_letters, tmp_path_factory):
    path = tmp_path_factory.mktemp("real") / "imr.db"
    with open_for_writing(path, create=True) as database:
        summary = ingest([real_letters / "pdf", real_letters / "text"], database)
        assert (summary.stored, summary.letters, summary.found) == (69, 69, 69)
        yield database


def test_every_letter_is_a_case_and_the_archive_is_sound(filled, gold):
    counts = stored_counts(filled)
    assert (counts.cases, counts.letters, counts.set_aside) == (len(gold), len(gold), 0)
    overview = audit_overview(filled)
    assert (overview.integrity, overview.full_text_checked) == ([], True)


def test_a_second_run_changes_nothing(filled, real_letters, dump):
    before = dump(filled.path)

    summary = ingest([real_letters / "pdf", real_letters / "text"], filled)

    assert (summary.known, summary.letters) == (69, 0)
    assert dump(filled.path) == before


def test_the_rows_say_what_the_letters_say(filled, gold):
    """Accuracy is measured elsewhere: here what was parsed must have come into the right rows."""
    for source, letter in gold.items():
        case = find_case(filled, source)
        assert case.case_number == letter["case_number"]
        assert case.specialties == letter["reviewer"]["specialties"]
        assert [item.outcome for item in case.items] == [item["outcome"] for item in letter["items"]]
        assert case.outcome == letter["outcome"]


def test_reading_them_again_changes_nothing(filled, dump):
    before = dump(filled.path)

    report = reparse(filled)

    assert (report.letters, report.cases, report.changed_cases, report.failures) == (69, 69, 0, 0)
    assert (report.fields, report.several) == ({}, 0)
    assert dump(filled.path) == before


def test_a_difference_planted_in_their_rows_is_told_and_put_right(filled):
    with filled.write() as connection:
        connection.exec_driver_sql("UPDATE cases SET patient_sex = NULL")
        connection.exec_driver_sql("UPDATE disputed_items SET outcome = 'upheld'")
        overturned = "SELECT count(*) FROM disputed_items WHERE outcome = 'overturned'"
        assert connection.exec_driver_sql(overturned).scalar_one() == 0

    report = reparse(filled)

    told = {field: (one.gained, one.lost, one.changed) for field, one in report.fields.items()}
    counts = stored_counts(filled)
    assert told["items.outcome"] == (0, 0, counts.overturned)
    assert set(told) == {"patient_sex", "items.outcome"}
    assert counts.overturned > 0
    assert reparse(filled).changed_cases == 0
