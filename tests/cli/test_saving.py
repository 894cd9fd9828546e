"""The commands save, saved and new: what they print, where it goes, and how they end."""

from __future__ import annotations

import datetime
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from imr_archive import open_archive
from imr_archive.cli import app
from imr_archive.cli.saving import NEWS_COLUMNS


@pytest.fixture
def archive(tmp_path: Path, run, sample_letters: Path) -> Path:
    """An archive with one letter, and a question about massage saved in it."""
    path = tmp_path / "imr.db"
    with open_archive(path, write=True) as opened:
        opened.ingest(sample_letters / "2016" / "CM16-0900731.txt")
    assert run("save", "back", "massage", "upheld").status == 0
    return path


@pytest.fixture
def later(archive, sample_letters):
    """Another letter with a massage that was upheld, read in after the question was saved."""
    with open_archive(archive, write=True) as opened:
        opened.ingest(sample_letters / "2014" / "CM14-0900518.txt")


def test_save_says_how_the_question_was_read_and_what_it_finds(run, archive):
    ran = run("save", "norco", "norco overturned")
    assert ran.status == 0
    assert ran.out.startswith("reading: service hydrocodone/acetaminophen")
    assert ran.err == (
        "saved as norco: 0 decisions now; `imr-archive new norco` shows what comes in from now on\n"
    )


def test_save_as_json(run, archive):
    told = run("save", "norco", "norco overturned", "--json").json
    assert datetime.datetime.fromisoformat(told.pop("saved_at"))
    assert told.pop("reading").endswith("outcome overturned")
    assert told == {"name": "norco", "query": "norco overturned", "asked_at": None, "total": 0, "new": 0}


def test_a_taken_name_is_refused_unless_replaced(run, archive):
    refused = run("save", "back", "mri")
    assert (refused.status, refused.out) == (2, "")
    assert refused.err == (
        "imr-archive: back is saved already, as 'massage upheld': take another name, or --replace it\n"
    )
    assert run("save", "back", "mri", "--replace").status == 0
    assert [one["query"] for one in run("saved", "--json").json] == ["mri"]


def test_saving_makes_no_archive(run, tmp_path):
    ran = run("save", "back", "massage", "--db", "none.db")
    assert (ran.status, ran.out) == (2, "")
    assert not (tmp_path / "none.db").exists()


def test_saved_lists_questions_with_what_is_new(run, archive, later):
    ran = run("saved")
    assert ran.status == 0
    row = next(line for line in ran.out.splitlines() if "massage upheld" in line)
    assert [cell.strip() for cell in row.strip("│").split("│")][:2] == ["back", "massage upheld"]
    (told,) = run("saved", "--json").json
    assert (told["name"], told["asked_at"], told["new"]) == ("back", None, 2)
    assert told["total"] > told["new"]


def test_saved_without_questions_says_how_to_save_one(run, archive):
    run("saved", "--remove", "back")
    ran = run("saved")
    assert (ran.status, ran.out) == (0, "")
    assert ran.err == "no question is saved in imr.db: save one with `imr-archive save NAME PHRASE`\n"
    assert run("saved", "--json").json == []


def test_saved_renames_and_removes(run, archive):
    assert run("saved", "--rename", "back", "spine").err == "back is now spine\n"
    assert [one["name"] for one in run("saved", "--json").json] == ["spine"]
    assert {one["saved_at"][-1] for one in run("saved", "--json").json} == {"Z"}
    assert run("saved", "--remove", "spine").err == "spine is removed\n"
    for arguments in (("--remove", "spine"), ("--rename", "a", "b"), ("--rename", "a", "b", "--remove", "a")):
        assert run("saved", *arguments).status == 2, arguments


def test_a_question_is_not_renamed_to_a_name_that_is_taken(run, archive):
    run("save", "spine", "lumbar")
    ran = run("saved", "--rename", "back", "spine")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == (
        "imr-archive: spine is saved already, as 'lumbar': take another name, or --remove that one first\n"
    )


def test_new_shows_what_came_in_once_and_ends_as_grep_does(run, archive, later):
    first = run("new", "back")
    assert first.status == 0
    assert "new      UPHELD  CM14-0900518  massage therapy · 2014-04-17" in first.out
    assert "CM16-0900731" not in first.out
    assert "2 decisions since" in first.out

    second = run("new", "back")
    assert (second.status, second.out) == (1, "")
    assert second.err.startswith("back: nothing new since 20")


def test_new_as_json_has_an_envelope(run, archive, later):
    told = run("new", "--json").json
    assert list(told) == ["questions", "total"]
    (question,) = told["questions"]
    assert list(question) == ["name", "query", "reading", "since", "rows", "total"]
    assert (question["name"], question["total"], told["total"]) == ("back", 2, 2)
    assert [(row["news"], row["case_number"], row["outcome"]) for row in question["rows"]] == [
        ("new", "CM14-0900518", "upheld")
    ] * 2

    again = run("new", "--json")
    assert again.status == 1
    assert (again.json["questions"][0]["rows"], again.json["total"]) == ([], 0)


def test_new_as_csv(run, archive, later):
    lines = run("new", "--csv").out.splitlines()
    assert lines[0] == ",".join(NEWS_COLUMNS)
    assert [line.split(",")[:3] for line in lines[1:]] == [["back", "new", "CM14-0900518"]] * 2


def test_a_corrected_letter_shows_as_changed(run, archive, tmp_path, sample_letters):
    text = (sample_letters / "2016" / "CM16-0900731.txt").read_text(encoding="utf-8")
    corrected = tmp_path / "corrected.txt"
    corrected.write_text(text.replace("six visits: Upheld", "six visits: Overturned", 1), encoding="utf-8")
    run("save", "case", "CM16-0900731")
    run("ingest", corrected, "--quiet")

    ran = run("new", "case")

    assert ran.status == 0
    assert "changed  OVERTURNED  CM16-0900731  massage therapy" in ran.out


def test_peeking_leaves_the_mark_and_needs_no_right_to_write(run, archive, later):
    for _ in range(2):
        assert run("new", "--peek").status == 0
    assert run("new").status == 0


def test_quiet_prints_nothing_at_all_where_nothing_is_new(run, archive, sample_letters):
    for shape in ((), ("--json",), ("--csv",)):
        ran = run("new", "--quiet", *shape)
        assert (ran.status, ran.out, ran.err) == (1, "", "")
    run("ingest", sample_letters / "2014" / "CM14-0900518.txt", "--quiet")
    assert "CM14-0900518" in run("new", "--quiet").out


def test_who_is_stopped_while_it_prints_is_told_again(run, archive, later, monkeypatch):
    def stopped(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("imr_archive.cli.saving._print_decision", stopped)
        assert run("new").status == 130
    assert run("new").status == 0


def test_a_pipe_whose_reader_has_gone_leaves_the_mark(run, archive, later):
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-c", "from imr_archive.cli import main; main()", "new", "--db", str(archive)]
    with os.fdopen(writer, "wb") as pipe:
        ran = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, check=False)
    assert b"Traceback" not in ran.stderr
    assert run("new").status == 0


def test_errors_are_never_taken_for_nothing_new(run, archive):
    unknown = run("new", "bakc")
    assert (unknown.status, unknown.out) == (2, "")
    assert unknown.err == "imr-archive: no question 'bakc' is saved: did you mean back?\n"
    run("saved", "--remove", "back")
    none = run("new")
    assert (none.status, none.out) == (2, "")
    assert "no question is saved in imr.db" in none.err
    assert run("new", "--db", "none.db").status == 2
    assert run("new", "--json", "--csv").status == 2


def test_an_archive_that_is_in_use_is_said_before_anything_is_shown(run, archive, later):
    other = sqlite3.connect(archive, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        ran = run("new", "--wait", "0")
        assert (ran.status, ran.out) == (2, "")
        assert "another process is writing to it" in ran.err
        assert run("new", "--peek", "--wait", "0").status == 0
    finally:
        other.close()
    assert run("new").status == 0


def test_names_are_completed(archive, tmp_path):
    from imr_archive.cli.saving import complete_saved

    context = typer.Context(typer.main.get_command(app))
    context.params = {"db": archive}
    assert complete_saved(context, "ba") == [("back", "massage upheld")]
    assert complete_saved(context, "x") == []
    context.params = {"db": tmp_path / "none.db"}
    assert complete_saved(context, "") == []


def test_the_shell_completes_names(archive, monkeypatch):
    line = f"imr-archive new --db {archive} "
    environment = {
        "_IMR_ARCHIVE_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": "4",
    }  # fmt: skip
    ran = CliRunner().invoke(app, [], env=environment, prog_name="imr-archive")
    assert ran.output.split() == ["back"]


def test_a_shared_folder_for_datasette_has_no_questions(run, archive, tmp_path):
    run("save", "confidential-strategy", "norco overturned")
    assert run("export", tmp_path / "site", "--format", "datasette").status == 0
    copy = tmp_path / "site" / "imr.db"
    plain = sqlite3.connect(copy)
    assert plain.execute("SELECT count(*) FROM saved_questions").fetchone() == (0,)
    plain.close()
    assert b"confidential-strategy" not in copy.read_bytes()


def test_a_name_of_two_words_is_quoted_where_it_is_to_be_typed(run, archive):
    assert "`imr-archive new 'low back'` shows" in run("save", "low back", "lumbar MRI").err


def test_an_empty_question_is_not_kept(run, archive):
    ran = run("save", "all", " ")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("imr-archive: the question is empty")
    assert [one["name"] for one in run("saved", "--json").json] == ["back"]
