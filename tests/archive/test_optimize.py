"""Putting an archive in order keeps every row and makes it smaller or faster, never less."""

from __future__ import annotations

import msgspec
import pytest

from imr_archive.archive import optimize as optimize_module
from imr_archive.archive.checking import check_archive
from imr_archive.archive.connection import open_for_writing
from imr_archive.archive.optimize import optimize
from imr_archive.archive.store import Store
from imr_archive.archive.writer_lock import hold_archive
from imr_archive.errors import ArchiveError, ArchiveLockedError


@pytest.fixture
def filled(archive, cushion, file_of):
    """An archive whose search index has many parts and whose file has gaps."""
    store = Store(archive)
    for number in range(1, 61):
        record = msgspec.structs.replace(
            cushion, case_number=f"CM16-{number:07}", summary=f"Baker {number} kneads. " * 50
        )
        store.add([file_of(record)])
    with archive.write() as connection:
        connection.exec_driver_sql("CREATE TABLE ballast AS SELECT zeroblob(400000) AS gap")
    with archive.write() as connection:
        connection.exec_driver_sql("DROP TABLE ballast")
    return archive


def facts(rows):
    tables = ("letters", "cases", "guideline_citations", "citation_sections", "source_files")
    return {table: rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}


def segments(rows) -> int:
    return rows("SELECT count(DISTINCT segid) FROM cases_fts_idx")[0][0]


def test_the_search_index_is_merged_and_rationales_are_compared(filled, rows):
    before, parts = facts(rows), segments(rows)
    told: list[str] = []

    summary = optimize(filled, progress=lambda step, done, total: told.append(step))

    assert parts > 1
    assert segments(rows) == 1
    assert facts(rows) == before
    assert (summary.rationales.compared, summary.rationales.clusters) == (60, 1)
    assert rows("SELECT count(*) FROM disputed_items WHERE rationale_cluster = 1") == [(60,)]
    assert rows("SELECT count(*) > 0 FROM sqlite_stat1") == [(1,)]
    assert list(dict.fromkeys(told)) == [
        "comparing rationales",
        "merging the search index",
        "taking statistics",
    ]
    assert (summary.vacuumed, summary.stopped) == (False, False)
    assert check_archive(filled).sound


def test_a_vacuum_gives_the_gaps_back(filled, rows):
    before = facts(rows)

    summary = optimize(filled, vacuum=True)

    assert summary.vacuumed
    assert summary.free_before > 400_000
    assert summary.free_after == 0
    assert summary.size_after < summary.size_before - 300_000
    assert summary.size_after == filled.path.stat().st_size
    assert facts(rows) == before
    assert check_archive(filled).sound


def test_a_second_time_finds_nothing_to_do(filled, dump):
    optimize(filled)
    before = dump(filled.path)

    assert optimize(filled).rationales.compared == 0
    assert dump(filled.path) == before


def test_others_read_on_meanwhile(filled):
    with open_for_writing(filled.path) as other, other.read() as reader:
        count = reader.exec_driver_sql("SELECT count(*) FROM disputed_items").scalar_one()
        optimize(filled)
        found = reader.exec_driver_sql(
            "SELECT count(*) FROM disputed_items_fts WHERE disputed_items_fts MATCH 'kneading'"
        ).scalar_one()

    assert (count, found) == (120, 60)


def test_it_stops_between_two_steps_when_asked(filled, rows):
    steps: list[str] = []

    summary = optimize(
        filled,
        vacuum=True,
        progress=lambda step, done, total: steps.append(step),
        stop=lambda: "merging the search index" in steps,
    )

    assert summary.stopped
    assert not summary.vacuumed
    assert "taking statistics" not in steps
    assert check_archive(filled).sound


def test_while_letters_are_read_in_it_says_who_is_writing(filled):
    with hold_archive(filled.path), pytest.raises(ArchiveLockedError, match="is being written to by process"):
        optimize(filled)


def test_without_room_for_a_vacuum_nothing_is_begun(filled, rows, monkeypatch):
    small = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr(optimize_module.shutil, "disk_usage", lambda _: small)

    with pytest.raises(ArchiveError, match=r"no room to write .* anew: [0-9]+ MB are needed, 1 MB are free"):
        optimize(filled, vacuum=True)

    assert rows("SELECT count(rationale_cluster) FROM disputed_items") == [(0,)]


def test_a_search_index_that_differs_from_its_rows_is_built_anew(filled):
    with filled.write() as connection:
        connection.exec_driver_sql("INSERT INTO cases_fts (cases_fts) VALUES ('delete-all')")
    assert not check_archive(filled).sound

    optimize(filled, reindex=True)

    assert check_archive(filled).sound
