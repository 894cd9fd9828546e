"""The commands check, backup and optimize, as a shell runs them."""

from __future__ import annotations

import shutil
import sqlite3

import pytest


@pytest.fixture
def db(sample_archive, tmp_path):
    return shutil.copy(sample_archive, tmp_path / "imr.db")


@pytest.fixture
def damaged(db):
    plain = sqlite3.connect(db, isolation_level=None)
    plain.execute("UPDATE letters SET text_sha256 = 'other' WHERE id = 1")
    plain.close()
    return db


def test_a_sound_archive_is_said_to_be_and_the_status_is_0(run, db):
    ran = run("check")

    assert ran.status == 0
    assert "search index" in ran.out
    assert ran.err == "the archive is sound\n"


def test_a_check_as_json_has_every_test(run, db):
    ran = run("check", "--json", "--quick")

    assert ran.status == 0
    assert ran.json["sound"] is True
    assert [test["name"] for test in ran.json["tests"]] == [
        "file",
        "references",
        "cases",
        "items",
        "files",
        "clusters",
        "search index",
    ]
    assert set(ran.json["tests"][0]) == {"name", "about", "looked_at", "wrong", "findings", "untested"}


def test_a_damaged_archive_is_named_and_the_status_is_1(run, damaged):
    ran = run("check")
    as_json = run("check", "--json")

    assert (ran.status, as_json.status) == (1, 1)
    assert "1 wrong" in ran.out
    assert "the text is not the one that was read" in ran.err
    assert ran.err.endswith("imr.db is not sound: restore it from a backup\n")
    assert as_json.json["sound"] is False


def test_a_backup_is_told_in_one_line(run, db):
    ran = run("backup", "copy.db")

    assert (ran.status, ran.out) == (0, "")
    assert ran.err.startswith("imr.db is copied to copy.db: ")
    assert "tested and sound" in ran.err
    assert run("check", "--db", "copy.db").status == 0


def test_a_backup_as_json(run, db, tmp_path):
    ran = run("backup", "copy.db", "--json")

    told = ran.json
    assert told.pop("seconds") >= 0
    assert told.pop("check")["sound"] is True
    assert told.pop("letters") > 0
    assert told == {
        "archive": "imr.db",
        "backup": "copy.db",
        "bytes": (tmp_path / "copy.db").stat().st_size,
        "replaced": False,
    }


def test_a_backup_does_not_overwrite_unless_told_to(run, db, tmp_path):
    (tmp_path / "copy.db").write_text("precious")

    ran = run("backup", "copy.db")

    assert ran.status == 2
    assert ran.err == (
        "imr-archive: copy.db is there already: name another file, or replace it with --force\n"
    )
    assert (tmp_path / "copy.db").read_text() == "precious"
    assert run("backup", "copy.db", "--force").status == 0


def test_a_damaged_archive_is_not_backed_up_as_if_it_were_sound(run, damaged, tmp_path):
    ran = run("backup", "copy.db")

    assert ran.status == 2
    assert ran.err.count("\n") == 1
    assert "the copy is not sound and was not kept" in ran.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["imr.db"]


def test_optimize_says_sizes_and_clusters(run, db):
    ran = run("optimize", "--vacuum")

    assert ran.status == 0
    assert "size" in ran.out
    assert "compared" in ran.err
    assert "of nearly the same rationale" in ran.err


def test_optimize_as_json(run, db):
    told = run("optimize", "--json").json

    assert told["rationales"]["compared"] > 0
    assert told["size_before"] > 0
    assert set(told) == {
        "archive",
        "rationales",
        "kept",
        "size_before",
        "size_after",
        "free_before",
        "free_after",
        "vacuumed",
        "seconds",
        "stopped",
    }


@pytest.mark.parametrize("arguments", [("check",), ("backup", "copy.db"), ("optimize",)])
def test_without_an_archive_one_line_says_so(run, arguments):
    ran = run(*arguments)

    assert ran.status == 2
    assert ran.err == (
        "imr-archive: no archive at imr.db: make one with `imr-archive ingest PATH... --db imr.db`\n"
    )


def test_a_search_index_that_differs_is_named_with_its_remedy_which_mends_it(run, db):
    plain = sqlite3.connect(db, isolation_level=None)
    plain.execute("INSERT INTO cases_fts (cases_fts) VALUES ('delete-all')")
    plain.close()

    ran = run("check")

    assert ran.status == 1
    assert ran.err.splitlines()[-1] == (
        "imr.db is not sound: build its search index anew with `imr-archive optimize --reindex`"
    )
    assert run("optimize", "--reindex").status == 0
    assert run("check").status == 0


def test_the_tests_of_a_check_stand_under_headings(run, db):
    heading = run("check", "--quick", "--db", db).out.splitlines()[1]
    assert [cell.strip() for cell in heading.strip("┃").split("┃")] == ["Test", "Of", "Looked at", "Result"]
