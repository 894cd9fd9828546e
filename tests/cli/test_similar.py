"""similar, as a person and as a program sees it."""

from __future__ import annotations

import csv
import io
import re
import sys
from pathlib import Path

import pytest

from imr_archive.cli.likenesses import NOTHING_ASKED, SIMILAR_COLUMNS

MASSAGE = "CM16-0907266"
DENIAL = (
    "Determination of utilization review\n\n"
    "1. Massage therapy 2x6, cervical spine - non-certified\n"
    "2. Norco 10/325mg #60 - modified to #30\n"
    "3. MRI of the lumbar spine: denied\n"
)


class _Stdin(io.TextIOWrapper):
    """Standard input that holds these bytes."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))


@pytest.fixture
def paste(monkeypatch: pytest.MonkeyPatch):
    def put(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", _Stdin(data))

    return put


def test_a_case_is_answered_with_its_nearest_and_both_outcomes(run, sample_archive):
    ran = run("similar", MASSAGE, "1", "--limit", "3", "--pairs", "1", "--db", sample_archive)
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "Myofascial release 3 times a week for 4 weeks, cervical spine"
    assert lines[1].startswith("reading: Rehabilitation / Other Therapies / massage therapy · 12 visits")
    assert "decided: UPHELD" in lines
    assert len(re.findall(r"^ {2}\d {2}(?:UPHELD|OVERTURNED) {2}CM", ran.out, re.MULTILINE)) == 3
    assert "Opposite outcomes on the same service, massage therapy" in lines
    assert re.search(r"#1 .*UPHELD.*OVERTURNED", ran.out)
    assert re.search(r"[≠=] Reviewer's guideline", ran.out)
    assert MASSAGE not in ran.out


def test_json_has_a_group_for_each_request_of_a_pasted_denial(run, sample_archive, paste):
    paste(DENIAL.encode())
    answer = run("similar", "-", "--limit", "2", "--json", "--db", sample_archive).json
    assert set(answer) == {"groups", "notes"}
    assert [(group["request"]["heading"], group["request"]["service"]) for group in answer["groups"]] == [
        ("Massage therapy 2x6, cervical spine", "massage therapy"),
        ("Norco 10/325mg #60", "hydrocodone/acetaminophen"),
        ("MRI of the lumbar spine", "MRI"),
    ]
    first = answer["groups"][0]
    assert set(first) == {"request", "rows", "opposites", "compared"}
    assert {row["service"] for row in first["rows"]} == {"massage therapy"}
    pair = first["opposites"]["pairs"][0]
    assert (pair["upheld"]["outcome"], pair["overturned"]["outcome"]) == ("upheld", "overturned")
    assert set(pair) == {"upheld", "overturned", "differs", "same"}
    assert first["opposites"]["contrasts"]


def test_a_letter_s_file_is_not_its_own_neighbour(run, sample_archive, sample_letters: Path):
    letter = next(path for path in sorted(sample_letters.rglob("*")) if MASSAGE in path.name)
    answer = run("similar", letter, "--json", "--db", sample_archive).json
    assert answer["groups"][0]["request"]["case_number"] == MASSAGE
    assert all(row["case_number"] != MASSAGE for group in answer["groups"] for row in group["rows"])


def test_csv_has_a_row_for_each_decision(run, sample_archive):
    ran = run("similar", MASSAGE, "--limit", "2", "--csv", "--db", sample_archive)
    header, *rows = csv.reader(io.StringIO(ran.out))
    assert tuple(header) == SIMILAR_COLUMNS
    assert [row[0] for row in rows[:2]] == ["1", "1"]
    assert all(len(row) == len(SIMILAR_COLUMNS) for row in rows)


def test_control_characters_of_a_paste_do_not_reach_the_terminal(run, sample_archive, paste):
    paste(b"1. Massage \x1b[31mtherapy\x07 x6 - denied\n")
    ran = run("similar", "-", "--db", sample_archive)
    assert "\x1b" not in ran.out + ran.err
    assert "\x07" not in ran.out + ran.err


def test_a_text_that_asks_for_nothing_says_what_to_give(run, sample_archive, paste):
    paste(b"?!\nx")
    found_by_words = run("similar", "-", "--db", sample_archive)
    assert found_by_words.status == 0
    assert "no decision is like this one" in found_by_words.out
    assert "imr-archive search" in NOTHING_ASKED + found_by_words.out


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (b"", "nothing stands on standard input"),
        (b" \n", "nothing stands on standard input"),
        (bytes(range(256)) * 8, "what stands on standard input cannot be read"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_exit_status_2(run, sample_archive, paste, given, message):
    paste(given)
    ran = run("similar", "-", "--db", sample_archive)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert message in ran.err


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("CM16-9999999", "no case 'CM16-9999999' in this archive"),
        ("please find norco " * 40, "for a text say `-` and give it on standard input"),
        (".", "name one letter or text"),
    ],
)
def test_what_is_no_case_and_no_file_says_what_to_do(run, sample_archive, asked, message):
    ran = run("similar", asked, "--db", sample_archive)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_an_item_that_the_case_has_not_is_named(run, sample_archive):
    ran = run("similar", MASSAGE, "9", "--db", sample_archive)
    assert ran.status == 2
    assert f"{MASSAGE} has no item 9" in ran.err


def test_a_file_that_is_not_there_is_not_taken_for_a_case_alone(run, sample_archive):
    ran = run("similar", "denail.pdf", "--db", sample_archive)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("imr-archive: there is no file denail.pdf, and no case 'denail.pdf'")


def test_a_number_beside_a_decision_says_what_it_is(run, sample_archive):
    out = run("similar", MASSAGE, "1", "--limit", "1", "--pairs", "1", "--db", sample_archive).out
    assert re.search(r"^  1  [A-Z]+  \S+ item \d+  likeness \d\.\d\d", out, re.MULTILINE)
    assert out.count("· likeness") == 2
    assert "side by side, the likeness leaves out the reason that decided" in out


def test_decisions_on_other_services_are_not_given_for_likes_without_a_word(run, sample_archive, paste):
    paste(b"Sildenafil 50mg #10 for the low back is denied")
    said = "none of these is on sildenafil: they are alike in other things"
    assert said in run("similar", "-", "--db", sample_archive).out
    assert "none of these is on" not in run("similar", MASSAGE, "1", "--db", sample_archive).out
