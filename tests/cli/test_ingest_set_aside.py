"""`imr-archive set-aside`: what was not stored, and trying it again."""

from __future__ import annotations

import csv
import io

import pytest

LETTER = (
    "Case Number: CM16-0000001\nDecision Date: 12/05/2016\n\nIMR ISSUES, DECISIONS AND RATIONALES\n\n"
    "Seat cushion: Upheld\nDecision rationale: A chair was not described.\n"
)


@pytest.fixture
def folder(run, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a letter.txt").write_text(LETTER)
    (folder / "empty.txt").touch()
    (folder / "recipe.txt").write_text("Flour, water, salt and patience.")
    (folder / "torn.pdf").write_bytes(b"%PDF-1.4 nothing more")
    assert run("ingest", "in").status == 3
    return folder


def test_every_file_that_was_not_stored_is_listed_with_its_reason(run, folder):
    rows = run("set-aside", "--json").json

    assert [(row["path"], row["reason"]) for row in rows] == [
        (str(folder / "empty.txt"), "empty"),
        (str(folder / "recipe.txt"), "not_a_letter"),
        (str(folder / "torn.pdf"), "damaged_pdf"),
    ]
    assert list(rows[0]) == ["path", "reason", "message", "first_seen", "last_tried"]
    assert rows[0]["message"] == "the file is empty (zero bytes, or a zip without members)"
    assert rows[0]["first_seen"] == rows[0]["last_tried"]
    assert rows[0]["first_seen"].endswith("Z")


def test_as_csv_and_as_a_table_and_of_one_reason(run, folder):
    listed = run("set-aside", "--reason", "damaged_pdf", "--csv").out
    rows = list(csv.DictReader(io.StringIO(listed)))
    assert [(row["path"], row["reason"]) for row in rows] == [(str(folder / "torn.pdf"), "damaged_pdf")]

    ran = run("set-aside")
    assert all(reason in ran.out for reason in ("damaged_pdf", "empty", "not_a_letter"))
    assert ran.err == "3 files set aside\n"


def test_retry_tries_them_again_and_only_them(run, folder):
    (folder / "recipe.txt").write_text(LETTER.replace("0000001", "0000002"))
    (folder / "new.txt").write_text(LETTER.replace("0000001", "0000003"))
    (folder / "torn.pdf").unlink()

    ran = run("set-aside", "--retry", "--json")

    summary = ran.json
    del summary["seconds"]
    assert ran.status == 3
    assert summary == {
        "found": 3,
        "stored": 1,
        "new_versions": 0,
        "known": 0,
        "set_aside": {"empty": 1, "missing": 1},
        "ignored": {},
        "letters": 1,
        "items": 1,
    }
    assert [row["reason"] for row in run("set-aside", "--json").json] == ["empty", "missing"]


def test_retry_of_one_reason_leaves_the_others(run, folder):
    before = {row["path"]: row for row in run("set-aside", "--json").json}

    assert run("set-aside", "--retry", "--reason", "empty", "--json").json["set_aside"] == {"empty": 1}

    after = {row["path"]: row for row in run("set-aside", "--json").json}
    changed = [path for path in before if before[path] != after[path]]
    assert changed == [str(folder / "empty.txt")]
    assert after[changed[0]]["first_seen"] == before[changed[0]]["first_seen"]


def test_where_nothing_is_set_aside_it_says_so(run, folder):
    for name in ("empty.txt", "recipe.txt", "torn.pdf"):
        (folder / name).write_text(LETTER)
    assert run("set-aside", "--retry").status == 0

    assert run("set-aside").err == "nothing is set aside\n"
    assert run("set-aside", "--json").json == []
    assert run("set-aside", "--retry").err == "nothing to try again\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--reason", "bad_luck"], "no reason is called bad_luck"),
        (["--json", "--csv"], "cannot be used together"),
        (["--retry", "--csv"], "choose --json or the table"),
    ],
)
def test_what_cannot_be_done_is_bad_usage(run, folder, arguments, said):
    ran = run("set-aside", *arguments)
    assert ran.status == 2
    assert said in " ".join(ran.err.replace("│", " ").split())


def test_an_archive_that_is_none_is_not_made(run, tmp_path):
    assert run("set-aside", "--retry").status == 2
    assert list(tmp_path.iterdir()) == []


def test_the_table_has_headings_and_says_whose_hours_it_gives(run, folder):
    heading = run("set-aside").out.splitlines()[1]
    assert [cell.strip() for cell in heading.strip("┃").split("┃")] == [
        "File", "Reason", "Message", "Last tried (UTC)",
    ]  # fmt: skip
