"""audit, reparse and upgrade, as a person and as a program see them."""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
from pathlib import Path

import pytest

from imr_archive import open_archive
from imr_archive.archive import migrate
from imr_archive.archive import reparse as reparse_module


@pytest.fixture
def archive(sample_archive: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sample_archive, tmp_path / "imr.db"))


@pytest.fixture
def change(archive):
    """A function that changes rows behind the archive's back."""

    def run_sql(*statements: str) -> None:
        with sqlite3.connect(archive) as plain:
            for statement in statements:
                plain.execute(statement)
        plain.close()

    return run_sql


class TestAudit:
    def test_the_tables_carry_selectors_and_messages_stand_apart(self, run, archive):
        ran = run("audit")
        assert ran.status == 0
        assert "layout:D" in ran.out
        assert "problems:0" in ran.out
        assert "items.citations.sections" in ran.out
        assert ran.err.endswith("the archive is sound\n")

    def test_every_selector_in_the_json_opens_what_it_counts(self, run, archive):
        overview = run("audit", "--json").json
        assert overview["full_text_checked"] is True
        tables = ("layouts", "problems", "contradictions", "problem_counts", "parsers", "set_aside")
        rows = [row for name in tables for row in overview[name]]
        assert rows
        for row in rows:
            opened = run("audit", "--letters", row["opens"], "--json", "--limit", 0).json
            assert opened["letters"] == row["opens"]
            assert opened["total"] == len(opened["rows"]) == row["count"]

    def test_letters_come_as_csv_with_their_values(self, run, archive):
        ran = run("audit", "--letters", "have:case_number", "--csv", "--limit", 0)
        rows = list(csv.DictReader(io.StringIO(ran.out)))
        assert list(rows[0]) == ["case_number", "source", "version", "position", "detail"]
        assert all(row["case_number"] for row in rows)
        assert ran.err == ""

    def test_a_limit_is_said(self, run, archive):
        ran = run("audit", "--letters", "all", "--limit", 2)
        assert ran.err.startswith("2 of ")
        assert ran.err.endswith("--limit 0 lists all\n")

    def test_an_unknown_selector_is_one_line_of_help(self, run, archive):
        ran = run("audit", "--letters", "problm:x")
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith(
            "imr-archive: no letters are called 'problm:x': choose from all, layout:LAYOUT"
        )
        assert ran.err.count("\n") == 1

    def test_csv_needs_letters(self, run, archive):
        ran = run("audit", "--csv")
        assert ran.status == 2
        assert "--letters" in ran.err

    def test_a_damaged_index_ends_with_status_1(self, run, archive, change):
        change("DROP TRIGGER cases_au", "UPDATE cases SET summary = 'Another story' WHERE id = 1")
        ran = run("audit")
        assert ran.status == 1
        assert "damaged: cases_fts: the search index differs from the rows of cases" in ran.err


class TestReparse:
    def test_nothing_to_change_is_said(self, run, archive):
        ran = run("reparse")
        assert ran.status == 0
        assert ran.out.endswith("0 cases changed\n")
        assert ran.err == ""

    def test_changes_are_told_field_by_field_with_examples(self, run, archive, change):
        change("UPDATE cases SET priority = NULL", "UPDATE cases SET patient_age = 7 WHERE patient_age > 60")
        dry = run("reparse", "--dry-run", "--json").json
        assert dry["dry_run"] is True
        assert dry["fields"]["priority"]["gained"] > 0
        assert dry["fields"]["patient_age"]["changed"] > 0

        ran = run("reparse")
        assert "priority" in ran.out
        assert "Before" in ran.out
        report = run("reparse", "--json").json
        assert report["fields"] == {}
        assert report["letters"] == dry["letters"]

    def test_one_case_alone(self, run, archive, change):
        change("UPDATE cases SET patient_age = 7")
        report = run("reparse", "--case", "CM16-0907266", "--json").json
        assert (report["letters"], report["cases"], report["changed_cases"]) == (1, 1, 1)

    def test_an_unknown_case_suggests_the_nearest(self, run, archive):
        ran = run("reparse", "--case", "CM16-0907267")
        assert ran.status == 2
        assert "did you mean CM16-0907266" in ran.err

    def test_only_outdated_letters(self, run, archive, change):
        assert run("reparse", "--outdated", "--json").json["letters"] == 0
        change("UPDATE letters SET parser_version = '0' WHERE id <= 3")
        report = run("reparse", "--outdated", "--json").json
        assert (report["letters"], report["read_before_by"]) == (3, {"0": 3})

    def test_letters_of_a_selector(self, run, archive):
        counted = {row["name"]: row["count"] for row in run("audit", "--json").json["layouts"]}
        report = run("reparse", "--letters", "layout:A", "--json").json
        assert report["letters"] == counted["A"]

    def test_choices_exclude_each_other(self, run, archive):
        ran = run("reparse", "--outdated", "--with-problems")
        assert ran.status == 2
        assert "exclude each other" in ran.err

    def test_a_case_that_cannot_be_read_again_is_named_and_the_status_is_3(self, run, archive, monkeypatch):
        real = reparse_module.parse_letters

        def parse(text, source=""):
            if "CM16-0907266" in text:
                raise ZeroDivisionError("a defect")
            return real(text, source)

        monkeypatch.setattr(reparse_module, "parse_letters", parse)
        ran = run("reparse")
        assert ran.status == 3
        assert "left as it was, parser_error: CM16-0907266: " in ran.err
        assert "ZeroDivisionError: a defect" in ran.err

    def test_where_there_is_no_archive_there_is_one_line(self, run, tmp_path):
        ran = run("reparse", "--db", tmp_path / "none.db")
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith("imr-archive: no archive at ")


class TestUpgrade:
    def test_an_older_archive_is_refused_until_it_is_upgraded(self, run, archive, tmp_path):
        old = tmp_path / "old.db"
        with migrate._transaction(old, 5.0, new=True) as connection:
            connection.exec_driver_sql(f"PRAGMA application_id = {migrate.APPLICATION_ID}")
            migrate.command.upgrade(migrate.alembic_config(connection), "0001")

        for command in (["audit"], ["reparse"], ["stats"]):
            ran = run(*command, "--db", old)
            assert ran.status == 2
            assert ran.err == (
                f"imr-archive: {old} was made by an older version: "
                f"bring it up to date with `imr-archive upgrade --db {old}`\n"
            )

        ran = run("upgrade", "--db", old)
        assert ran.status == 0
        assert f"{old}: schema 0001 is now " in ran.err
        assert "imr-archive reparse" in ran.err
        assert run("audit", "--db", old).status == 0


def test_the_library_does_what_the_commands_do(archive, change):
    first = "SELECT min(id) FROM cases WHERE priority IS NOT NULL"
    change(f"UPDATE cases SET priority = NULL WHERE id = ({first})")
    with open_archive(archive) as opened:
        assert opened.audit_letters("lack:priority", limit=1).rows[0].position is None
        assert opened.reparse("lack:priority", dry_run=True).fields["priority"].gained == 1
    with open_archive(archive, write=True) as opened:
        assert opened.reparse().changed_cases == 1
        assert opened.reparse().changed_cases == 0


def test_a_selector_of_no_letter_says_so(run, sample_archive):
    ran = run("audit", "--letters", "problem:no_such_problem", "--db", sample_archive)
    assert ran.status == 0
    assert ran.err == "no letter is counted as problem:no_such_problem\n"
