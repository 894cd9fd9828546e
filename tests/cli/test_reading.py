"""ingest and parse: what is stored, what is set aside, and what a bad path or archive is told."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path

import pytest

from imr_archive.archive.kept.runs import KeepSummary
from imr_archive.cli.explaining import folded_path


def test_ingest_says_what_became_of_every_file(run, tmp_path, sample_letters):
    (tmp_path / "in").mkdir()
    source = next(sample_letters.rglob("CM16-0900731.txt"))
    (tmp_path / "in" / source.name).write_bytes(source.read_bytes())
    (tmp_path / "in" / "broken.pdf").write_bytes(b"%PDF-1.4 nothing more")
    (tmp_path / "in" / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    ran = run("ingest", "in", "--json")
    assert ran.status == 3
    summary = ran.json
    assert summary.pop("seconds") >= 0
    assert summary == {
        "found": 3,
        "stored": 1,
        "new_versions": 0,
        "known": 0,
        "set_aside": {"damaged_pdf": 1},
        "ignored": {"type .jpg is not read": 1},
        "letters": 1,
        "items": summary["items"],
    }
    assert "broken.pdf" in ran.err


def test_what_making_questions_quick_took_is_told_beside_the_reading(run, sample_letters, monkeypatch):
    made = KeepSummary(chunks=1)
    monkeypatch.setattr("imr_archive.api.keep_ready", lambda *_, **__: time.sleep(0.06) or made)
    summary = run("ingest", sample_letters / "2016", "--db", "one.db", "--json").json
    told = run("ingest", sample_letters / "2016", "--db", "other.db").out
    assert summary["seconds_making_ready"] >= 0.06
    assert "made ready for quick questions in 0.1 s more" in told


def test_a_small_archive_needs_no_making_ready(run, sample_letters):
    assert "seconds_making_ready" not in run("ingest", sample_letters / "2016", "--json").json


def test_ingesting_twice_changes_nothing(run, tmp_path, sample_letters):
    assert run("ingest", sample_letters / "2016").status == 0
    before = dump(tmp_path / "imr.db")
    again = run("ingest", sample_letters / "2016", "--json").json
    assert again["letters"] == 0
    assert again["known"] == again["found"]
    assert [line for line in dump(tmp_path / "imr.db") if "source_files" not in line] == [
        line for line in before if "source_files" not in line
    ]


def dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def test_parse_prints_one_record_a_line_with_the_published_keys(run, sample_letters):
    ran = run("parse", sample_letters / "2016", "--json")
    assert ran.status == 0
    records = [json.loads(line) for line in ran.out.splitlines()]
    assert {
        "source", "case_number", "date_assigned", "date_of_injury", "decision_date", "ur_denial_date",
        "application_received", "priority", "outcome", "reviewer", "patient_age", "patient_sex", "items",
    } <= set(records[0])  # fmt: skip
    assert "CM16-0900731.txt" in {record["source"] for record in records}


def test_parse_for_a_reader_shows_items_and_both_sides_citations(run, sample_letters):
    ran = run("parse", next(sample_letters.rglob("CM16-0900731.txt")))
    assert "CM16-0900731" in ran.out
    assert "Utilization review" in ran.out
    assert "IMR reviewer" in ran.out


def test_parse_names_what_it_set_aside_and_goes_on(run, tmp_path, sample_letters):
    (tmp_path / "empty.txt").write_bytes(b"")
    ran = run("parse", tmp_path / "empty.txt", next(sample_letters.rglob("CM16-0900731.txt")), "--json")
    assert ran.status == 3
    assert len(ran.out.splitlines()) == 1
    assert "empty.txt" in ran.err


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def not_ours(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (id INTEGER PRIMARY KEY)")
    connection.close()


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (lambda path: None, "no archive at"),
        (lambda path: path.write_text("letters, letters"), "is not a SQLite database"),
        (not_ours, "not one that imr-archive made"),
        (lambda path: path.mkdir(), "directory"),
    ],
    ids=["missing", "no database", "another's database", "folder"],
)
@pytest.mark.parametrize("command", ["search", "query", "stats", "show", "audit", "upgrade", "export"])
def test_an_archive_that_is_none_is_named_in_one_line(run, tmp_path, command, prepare, said):
    prepare(tmp_path / "other.db")
    before = names(tmp_path)
    argument = {"query": ["x"], "show": ["x"], "export": ["out"]}.get(command, [])
    ran = run(command, *argument, "--db", "other.db")
    assert ran.status == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert names(tmp_path) == before


@pytest.mark.parametrize("command", ["ingest", "parse"])
def test_a_path_that_does_not_exist_leaves_nothing_behind(run, tmp_path, command):
    ran = run(command, "nowhere")
    assert ran.status == 2
    assert "nowhere" in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert names(tmp_path) == []


def test_an_empty_folder_is_said_and_leaves_nothing_behind(run, tmp_path):
    (tmp_path / "empty").mkdir()
    ran = run("ingest", "empty")
    assert ran.status == 2
    assert "no letters in" in ran.err
    assert names(tmp_path) == ["empty"]


def test_a_text_that_is_no_letter_is_set_aside(run, tmp_path):
    (tmp_path / "shopping.txt").write_text("Bread, milk and a newspaper.\n")
    ran = run("ingest", "shopping.txt")
    assert ran.status == 3
    assert "not_a_letter" in ran.err
    assert run("search", "bread", "--json").json == []


def test_help_names_every_command(run):
    ran = run("--help")
    for command in (
        "ingest", "parse", "search", "query", "stats", "show", "export", "serve", "audit", "upgrade",
    ):  # fmt: skip
        assert command in ran.out


@pytest.mark.parametrize(
    "command", ["ingest", "search", "query", "stats", "show", "export", "serve", "audit"]
)
def test_every_command_has_examples_in_its_help(run, command):
    assert f"$ imr-archive {command}" in run(command, "--help").out


def test_an_unknown_option_is_bad_usage(run):
    ran = run("search", "--colour", "red")
    assert ran.status == 2
    assert "Traceback" not in ran.err


def test_parsing_an_empty_folder_is_said(run, tmp_path):
    (tmp_path / "empty").mkdir()
    ran = run("parse", "empty")
    assert (ran.status, ran.out, ran.err) == (2, "", "imr-archive: no letters in empty\n")


def test_the_text_of_a_case_as_json(run, sample_archive):
    plain = run("show", "CM16-0907266", "--text", "--db", sample_archive).out
    told = run("show", "CM16-0907266", "--text", "--json", "--db", sample_archive).json
    assert list(told) == ["text"]
    assert told["text"].split() == plain.split()
    assert run("show", "CM16-0907266", "--text", "--source", "--db", sample_archive).status == 2


def test_explaining_takes_no_reason_for_a_word_out_of_the_vocabulary(run, tmp_path, sample_letters):
    ran = run("parse", sample_letters, "--explain", "--json")
    doubted = [
        value["value"]
        for line in ran.out.splitlines()
        for value in json.loads(line)["values"]
        if value["field"].endswith(".reason") and value["recognised"] and not value["certain"]
    ]
    assert doubted
    shown = run("parse", sample_letters, "--explain").out
    assert not any(f"{code} (not in" in " ".join(shown.split()) for code in doubted)


@pytest.mark.parametrize(
    ("field", "widest", "shown"),
    [
        ("items.citations.claims_administrator", 40, "items.citations.claims_administrator"),
        ("items.citations.claims_administrator", 16, "items.citations.\nclaims_\nadministrator"),
        ("items[0].citations[1].source", 16, "items[0].\ncitations[1].\nsource"),
        ("application_received", 16, "application_\nreceived"),
        ("summary", 3, "summary"),
        ("a__b", 2, "a_\n_b"),
    ],
)
def test_a_field_is_folded_between_its_words(field, widest, shown):
    assert folded_path(field, widest) == shown
    assert folded_path(field, widest).replace("\n", "") == field
