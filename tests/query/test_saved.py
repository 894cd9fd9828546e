"""What is new to a saved question: what was read in since, and never what was merely made anew."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from imr_archive import open_archive
from imr_archive.errors import ArchiveReadOnlyError

LETTER = """\
Case Number: {number}
Date Assigned: 10/12/2016 Date of Injury: 05/03/2016
Decision Date: {decided} UR Denial Date: 09/14/2016
Priority: Standard Application Received: 09/22/2016

HOW THE IMR FINAL DETERMINATION WAS MADE

State(s) of Licensure: Idaho

Certification(s)/Specialty: {specialty}

CLINICAL CASE SUMMARY

The injured worker is a 31 year old male who {summary}.

IMR ISSUES, DECISIONS AND RATIONALES

{service}, six visits: {outcome}

Claims Administrator guideline: Decision was based on the MTUS Low Back Complaints 2004
Guidelines, Section(s): Physical Methods.

MAXIMUS guideline: Decision was based on the MTUS Chronic Pain Medical Treatment 2016
Guidelines, Section(s): Massage therapy.

Decision rationale: {rationale}
"""
PLAIN = {
    "number": "CM16-0900001",
    "decided": "11/10/2016",
    "specialty": "Pain Management",
    "summary": "slipped on a wet deck",
    "service": "Massage therapy",
    "outcome": "Upheld",
    "rationale": "Nothing is left for the visits to achieve.",
}


@pytest.fixture
def archive(tmp_path):
    with open_archive(tmp_path / "imr.db", write=True) as opened:
        yield opened


@pytest.fixture
def read_in(archive, tmp_path):
    """A function that reads one letter into the archive, as `PLAIN` but for what it is told."""
    folders = iter(range(100))

    def add(**told: str) -> Path:
        path = tmp_path / f"letters{next(folders)}" / "letter.txt"
        path.parent.mkdir()
        path.write_text(LETTER.format(**{**PLAIN, **told}))
        archive.ingest(path)
        return path

    return add


def told(news) -> list[tuple[str | None, str, str]]:
    """Case number, outcome, and whether it is new, of all that came in."""
    return [(row.hit.case_number, row.hit.outcome, row.to_dict()["news"]) for one in news for row in one.rows]


def test_new_is_what_came_in_since_and_only_once(archive, read_in):
    read_in(number="CM16-0900001")
    archive.save("back", "massage")
    assert told(archive.new("back")) == []

    read_in(number="CM16-0900002")
    read_in(number="CM16-0900003", service="Acupuncture")

    assert told(archive.new("back")) == [("CM16-0900002", "upheld", "new")]
    assert told(archive.new("back")) == []


def test_new_is_by_when_a_letter_was_read_in_not_by_when_it_was_decided(archive, read_in):
    read_in(number="CM16-0900001")
    archive.save("back", "massage")
    read_in(number="CM13-0900002", decided="01/02/2014")
    assert told(archive.new("back")) == [("CM13-0900002", "upheld", "new")]


def test_looking_does_not_move_the_mark(archive, read_in):
    archive.save("back", "massage")
    read_in(number="CM16-0900001")

    for _ in range(2):
        assert told(archive.new("back", peek=True)) == [("CM16-0900001", "upheld", "new")]


def test_a_program_that_dies_before_it_has_seen_is_told_again(archive, read_in):
    archive.save("back", "massage")
    read_in(number="CM16-0900001")
    died_with = archive.new(peek=True)
    read_in(number="CM16-0900002")

    assert told(archive.new(peek=True)) == [
        ("CM16-0900001", "upheld", "new"),
        ("CM16-0900002", "upheld", "new"),
    ]

    archive.mark_seen(died_with)
    assert told(archive.new()) == [("CM16-0900002", "upheld", "new")]


def test_reading_again_and_putting_in_order_make_nothing_new(archive, read_in):
    read_in(number="CM16-0900001")
    read_in(number="CM16-0900002")
    archive.save("back", "massage")
    plain = sqlite3.connect(archive.path)
    with plain:
        plain.execute("UPDATE disputed_items SET outcome = 'overturned', body_part = 'nose'")
    plain.close()

    assert archive.reparse().changed_cases == 2, "the rows were made anew"
    archive.optimize(vacuum=True)

    assert told(archive.new("back")) == []


def test_what_was_read_already_is_not_new_under_another_name(archive, read_in):
    first = read_in(number="CM16-0900001")
    archive.save("back", "massage")
    again = first.with_name("again.txt")
    again.write_text(first.read_text())
    archive.ingest(first, again)
    assert archive.counts().letters == 1
    assert told(archive.new("back")) == []


def test_a_corrected_letter_is_shown_alone_and_as_changed(archive, read_in):
    read_in(number="CM16-0900001")
    read_in(number="CM16-0900002")
    archive.save("back", "massage")

    read_in(number="CM16-0900002", outcome="Overturned", rationale="The aim of the visits is stated.")

    assert told(archive.new("back")) == [("CM16-0900002", "overturned", "changed")]
    assert told(archive.new("back")) == []


def test_a_letter_and_its_correction_that_both_came_in_since_are_new(archive, read_in):
    archive.save("back", "massage")
    read_in(number="CM16-0900001")
    read_in(number="CM16-0900001", outcome="Overturned", rationale="The aim of the visits is stated.")
    assert told(archive.new("back")) == [("CM16-0900001", "overturned", "new")]


def test_an_older_letter_that_came_late_changes_nothing(archive, read_in):
    read_in(number="CM16-0900001")
    archive.save("back", "massage")
    read_in(number="CM16-0900001", decided="10/30/2016", rationale="Written before the other.")
    assert archive.counts().letters == 2
    assert told(archive.new("back")) == []


def test_a_saved_case_number_tells_of_its_corrections(archive, read_in):
    read_in(number="CM16-0900001")
    archive.save("mine", "CM16-0900001")
    read_in(number="CM16-0900001", rationale="Set anew.")
    assert told(archive.new("mine")) == [("CM16-0900001", "upheld", "changed")]


def test_a_question_of_rates_tells_of_decisions_and_says_that_they_are_not_grouped(archive, read_in):
    kept = archive.save("rates", "massage upheld by specialty")
    archive.save("list", "massage upheld")
    read_in(number="CM16-0900001", outcome="Overturned")
    read_in(number="CM16-0900002", service="Acupuncture", summary="had massage before")
    read_in(number="CM16-0900003")

    rates, listed = archive.new("rates"), archive.new("list")

    assert told(rates) == told(listed)
    assert rates[0].reading == kept.reading
    assert rates[0].reading.endswith("outcome upheld · ignored: by specialty")
    assert told(listed) == [("CM16-0900002", "upheld", "new"), ("CM16-0900003", "upheld", "new")]


def test_all_questions_are_asked_by_name_and_each_has_its_own_mark(archive, read_in):
    archive.save("b", "massage")
    read_in(number="CM16-0900001")
    archive.save("a", "massage")
    assert [(one.question.name, one.total) for one in archive.new()] == [("a", 0), ("b", 1)]
    read_in(number="CM16-0900002")
    archive.new("a")
    assert [(one.question.name, one.total) for one in archive.new()] == [("a", 0), ("b", 1)]


def test_the_list_says_what_each_question_finds_and_how_much_of_it_is_new(archive, read_in):
    read_in(number="CM16-0900001")
    assert archive.save("back", "massage").total == 1
    read_in(number="CM16-0900002")

    (kept,) = archive.saved()

    assert (kept.question.name, kept.total, kept.new) == ("back", 2, 1)
    assert kept.reading.startswith("service massage therapy")


def test_more_than_a_page_comes_whole(archive, read_in, monkeypatch):
    monkeypatch.setattr("imr_archive.query.saved.MOST_ROWS", 2)
    archive.save("all", "")
    numbers = [f"CM16-090000{digit}" for digit in range(1, 6)]
    for number in numbers:
        read_in(number=number)
    assert [number for number, _, _ in told(archive.new("all"))] == numbers


def test_an_archive_opened_for_reading_can_only_be_peeked_at(archive, read_in):
    archive.save("back", "massage")
    read_in(number="CM16-0900001")
    with open_archive(archive.path) as reader:
        with pytest.raises(ArchiveReadOnlyError, match="ask with peek"):
            reader.new("back")
        assert told(reader.new("back", peek=True)) == [("CM16-0900001", "upheld", "new")]
        with pytest.raises(ArchiveReadOnlyError):
            reader.save("other", "massage")
