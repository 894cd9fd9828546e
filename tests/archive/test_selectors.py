"""Short names for sets of letters."""

from __future__ import annotations

import msgspec
import pytest

from imr_archive.archive.selectors import (
    ALL,
    SELECTORS,
    SelectedLetter,
    case_selector,
    read_selector,
    select_letters,
)
from imr_archive.archive.store import sqlite_cursor
from imr_archive.errors import UnknownNameError


@pytest.fixture
def filled(store, archive, cushion, file_of):
    first = msgspec.structs.replace(cushion, source="first.txt", problems=())
    bare = msgspec.structs.replace(
        cushion, case_number=None, source="bare.txt", decision_date=None, items=cushion.items[1:]
    )
    store.add([file_of(first), file_of(cushion), file_of(bare)])
    store.add([file_of(path="/letters/torn.pdf", reason="damaged_pdf", message="cut short")])
    return archive


def opened(database, text):
    return [msgspec.structs.astuple(row) for row in select_letters(database, read_selector(text)).rows]


def test_each_kind_of_selector_opens_its_letters(filled):
    number = "CM16-0000001"
    assert opened(filled, "all") == [
        (number, "first.txt", 1, None, None),
        (number, "cushion.txt", 2, None, None),
        (None, "bare.txt", 1, None, None),
    ]
    assert opened(filled, "lack:decision_date") == [(None, "bare.txt", 1, None, None)]
    assert opened(filled, "have:decision_date") == [(number, "cushion.txt", 2, None, None)]
    assert opened(filled, "lack:items.service") == [
        (number, "cushion.txt", 2, 2, "Seat cushion"),
        (None, "bare.txt", 1, 1, "Seat cushion"),
    ]
    assert opened(filled, "unrecognised:items.citations.sections=Dough") == [
        (number, "cushion.txt", 2, 1, "Dough")
    ]
    assert opened(filled, "problem:unknown_section") == [
        (number, "cushion.txt", 2, None, "the section Dough is not known"),
        (None, "bare.txt", 1, None, "the section Dough is not known"),
    ]
    assert opened(filled, "problems:0") == [(number, "first.txt", 1, None, None)]
    assert opened(filled, "with-problems") == opened(filled, "problem:unknown_section")
    assert opened(filled, "set-aside:damaged_pdf") == [(None, "/letters/torn.pdf", None, None, "cut short")]
    assert [row[1:] for row in opened(filled, "outdated")] == [
        ("first.txt", 1, None, "test"),
        ("cushion.txt", 2, None, "test"),
        ("bare.txt", 1, None, "test"),
    ]


def test_a_limit_cuts_the_rows_and_not_the_total(filled):
    selected = select_letters(filled, ALL, 1)

    assert (selected.letters, selected.total) == ("all", 3)
    assert selected.rows == [SelectedLetter("CM16-0000001", "first.txt", 1, None, None)]


def test_the_letters_of_one_case_are_found_as_a_case_is(filled):
    selector = case_selector(filled, "16-0000001")
    assert selector.text == "case:1"
    assert [row.source for row in select_letters(filled, selector).rows] == ["first.txt", "cushion.txt"]
    with pytest.raises(UnknownNameError, match="no case 'CM16-0000009'"):
        case_selector(filled, "CM16-0000009")


def test_cases_come_once_each_and_from_behind_a_mark(filled):
    with filled.read() as connection:
        cursor = sqlite_cursor(connection)
        assert ALL.case_ids(cursor) == [1, 2]
        assert ALL.case_ids(cursor, after=1) == [2]
        assert read_selector("lack:items.service").case_ids(cursor) == [1, 2]
        with pytest.raises(UnknownNameError, match="the archive has no text: ingest them again"):
            read_selector("set-aside:damaged_pdf").case_ids(cursor)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no letters are called '': choose from all, layout:LAYOUT"),
        ("problm:x", "no letters are called 'problm:x'"),
        ("problem", "'problem' should be problem:CODE"),
        ("problem:", "'problem:' should be problem:CODE"),
        ("all:x", "'all:x' should be all"),
        ("lack:decided", "no field 'decided': the fields are case_number, date_assigned"),
        ("unrecognised:summary", "summary has no vocabulary: those that have one are reviewer.specialties"),
        ("problems:many", "no number of problems 'many'"),
    ],
)
def test_what_is_no_selector_is_answered_with_what_there_is(text, says):
    with pytest.raises(UnknownNameError) as refusal:
        read_selector(text)
    assert str(refusal.value).startswith(says)
    assert "\n" not in str(refusal.value)


def test_a_value_with_quotes_colons_and_signs_is_a_value(filled):
    assert opened(filled, "unrecognised:items.service=a'b:c=d%") == []
    assert opened(filled, "layout:'; DROP TABLE letters") == []


def test_every_selector_says_what_it_is():
    assert all(kind.help and kind.word == word for word, kind in SELECTORS.items())
