"""What a check of an archive tests, and what it finds in one that was damaged."""

from __future__ import annotations

import sqlite3

import msgspec
import pytest

from imr_archive.archive.checking import MOST_FINDINGS, check_archive
from imr_archive.archive.connection import open_for_reading, open_for_writing
from imr_archive.archive.store import Store
from imr_archive.errors import ArchiveError

NAMES = ["file", "references", "cases", "items", "files", "clusters", "texts", "search index"]


@pytest.fixture
def filled(archive_file, cushion, file_of):
    """An archive of two letters of one case and one of another, with a file set aside."""
    later = msgspec.structs.replace(cushion, patient_age=45, source="later.txt")
    other = msgspec.structs.replace(cushion, case_number="CM16-0000002", source="other.txt")
    torn = file_of(path="/letters/torn.pdf", reason="damaged_pdf", message="cut short")
    with open_for_writing(archive_file) as database:
        Store(database).add([file_of(cushion), file_of(later), file_of(other), torn])
    return archive_file


@pytest.fixture
def damage(filled):
    """A function that changes the archive behind its back."""

    def change(*statements: str) -> None:
        plain = sqlite3.connect(filled, isolation_level=None)
        plain.execute("PRAGMA foreign_keys = OFF")
        plain.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            plain.execute(statement)
        plain.close()

    return change


def checked(path, **options):
    with open_for_reading(path) as database:
        return check_archive(database, wait=0.05, **options)


def wrong(report) -> dict[str, list[str]]:
    return {test.name: test.findings for test in report.tests if test.wrong}


def test_a_sound_archive_passes_every_test(filled):
    told: list[str] = []

    report = checked(filled, progress=told.append)

    assert report.sound
    assert told == [test.name for test in report.tests] == NAMES
    assert {test.name: test.looked_at for test in report.tests if test.name != "file"} == {
        "references": None,
        "cases": 2,
        "items": 4,
        "files": 4,
        "clusters": 0,
        "texts": 3,
        "search index": None,
    }
    assert [test.untested for test in report.tests] == [None] * len(NAMES)


def test_a_quick_check_leaves_the_texts_out(filled):
    assert [test.name for test in checked(filled, quick=True).tests] == [
        name for name in NAMES if name != "texts"
    ]


@pytest.mark.parametrize(
    ("statement", "name", "finding"),
    [
        (
            "DELETE FROM reviewers",
            "references",
            "cases: row 1 refers to a row of reviewers that is not there",
        ),
        (
            "UPDATE letters SET is_current = 0 WHERE case_id = 2",
            "cases",
            "case CM16-0000002: 1 letters, 0 current, last version 1",
        ),
        (
            "DELETE FROM letters WHERE version = 1 AND case_id = 1",
            "cases",
            "case CM16-0000001: 1 letters, 1 current, last version 2",
        ),
        (
            "DELETE FROM disputed_items WHERE id = 3",
            "items",
            "case CM16-0000002: 1 decisions, the last one is number 2",
        ),
        (
            "DELETE FROM letters WHERE source = 'other.txt'",
            "files",
            "/letters/other.txt: stored, but no letter has its bytes",
        ),
        (
            "DELETE FROM source_files WHERE path = '/letters/other.txt'",
            "files",
            "other.txt: no file is known at /letters/other.txt",
        ),
        (
            "UPDATE disputed_items SET rationale_cluster = 77 WHERE id = 1",
            "clusters",
            "cluster 77: not in it is the decision of that number",
        ),
        (
            "UPDATE letters SET text_sha256 = 'other' WHERE id = 3",
            "texts",
            "other.txt: the text is not the one that was read",
        ),
        (
            "UPDATE letters SET packed_text = x'ffff' WHERE id = 3",
            "texts",
            "other.txt: not the text of a letter: Error -3 while decompressing data: incorrect header check",
        ),
        (
            "INSERT INTO disputed_items_fts (disputed_items_fts) VALUES ('delete-all')",
            "search index",
            "disputed_items_fts: the search index differs from the rows of disputed_items",
        ),
    ],
)
def test_damage_is_found_and_named(filled, damage, statement, name, finding):
    damage(statement)

    report = checked(filled)

    assert not report.sound
    assert finding in wrong(report)[name]
    assert report.to_dict()["sound"] is False


def test_pages_that_were_overwritten_are_found(filled):
    size = filled.stat().st_size
    with filled.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xff" * (size // 4))

    with pytest.raises(ArchiveError, match="is damaged"):
        checked(filled)


def test_of_many_findings_the_first_are_told_and_all_counted(filled, damage):
    damage(
        "INSERT INTO source_files (path, size, modified_ns, sha256, state, first_seen, last_tried) "
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 50) "
        "SELECT '/lost/' || i, 1, 1, 'none' || i, 'stored', '', '' FROM n"
    )

    (files,) = [test for test in checked(filled).tests if test.name == "files"]

    assert files.wrong == 50
    assert len(files.findings) == MOST_FINDINGS


def test_beside_a_writer_all_but_the_search_index_is_tested(filled):
    writer = sqlite3.connect(filled, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        report = checked(filled)
    finally:
        writer.execute("ROLLBACK")
        writer.close()

    assert report.sound
    assert {test.name: test.untested for test in report.tests if test.untested} == {
        "search index": "another process is writing to the archive: check again when it is done"
    }
