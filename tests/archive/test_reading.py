"""What a reader asks of an archive."""

from __future__ import annotations

import datetime

import msgspec
import pytest

from imr_archive.archive.finding import spellings
from imr_archive.archive.reading import (
    CitationView,
    SetAside,
    StoredCounts,
    find_case,
    read_letter,
    read_text,
    set_aside_files,
    stored_counts,
)
from imr_archive.errors import UnknownNameError

TEXT = """Case Number: CM16-0000001

HOW THE IMR FINAL DETERMINATION WAS MADE

IMR ISSUES, DECISIONS AND RATIONALES

Seat cushion: Overturned
Decision rationale: The chair is hard.
"""


@pytest.fixture
def filled(store, archive, cushion, file_of):
    later = msgspec.structs.replace(
        cushion, source="later.pdf", items=cushion.items[::-1], decision_date=datetime.date(2017, 2, 1)
    )
    store.add(
        [
            file_of(cushion, text=TEXT),
            file_of(later, path="/letters/later.pdf"),
            file_of(msgspec.structs.replace(cushion, case_number=None, source="no-header.txt", items=())),
            file_of(
                msgspec.structs.replace(cushion, case_number="IMR 13-000004", source="early.txt", items=())
            ),
            file_of(path="/letters/torn.pdf", reason="damaged_pdf", message="cut short"),
            file_of(path="/letters/locked.pdf", reason="encrypted", message="a password is needed"),
        ]
    )
    return archive


@pytest.mark.parametrize(
    "name",
    [
        "CM16-0000001",
        " cm16-0000001 ",
        "16-0000001",
        "160000001",
        "CM16 0000001",
        "CM160000001",
        "later.pdf",
        "later",
        "cushion.txt",
    ],
)
def test_a_case_is_found_by_any_spelling_of_its_number_and_by_its_files(filled, name):
    assert find_case(filled, name).case_number == "CM16-0000001"


def test_a_case_without_a_number_is_found_by_its_file(filled):
    assert find_case(filled, "no-header").source == "no-header.txt"


def test_an_early_number_is_found_with_and_without_its_letters(filled):
    assert find_case(filled, "IMR 13-000004").case_number == "IMR 13-000004"
    assert find_case(filled, "13-000004").case_number == "IMR 13-000004"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("CM16-0000011", "no case 'CM16-0000011' in this archive: did you mean CM16-0000001?"),
        ("no-heade.txt", "no case 'no-heade.txt' in this archive: did you mean no-header.txt?"),
        ("", "no case '' in this archive"),
        ("%", "no case '%' in this archive"),
        ("something else entirely", "no case 'something else entirely' in this archive"),
    ],
)
def test_a_case_that_is_not_there_is_said_with_its_nearest_names(filled, name, message):
    with pytest.raises(UnknownNameError) as failure:
        find_case(filled, name)
    assert str(failure.value) == message


def test_the_spellings_of_a_number():
    assert spellings("cm16-0230548") == ["CM16-0230548", "IMR 16-0230548", "16-0230548"]
    assert spellings("16000123") == ["16000123", "CM16-000123", "IMR 16-000123", "16-000123"]
    assert spellings("massage") == ["MASSAGE"]


def test_a_case_is_shown_whole(filled, cushion):
    case = find_case(filled, "CM16-0000001")

    assert (case.source, case.decision_date, case.outcome) == (
        "later.pdf",
        datetime.date(2017, 2, 1),
        "partially_overturned",
    )
    assert case.specialties == ["Pain Management", "Anesthesiology"]
    assert case.licensure_states == ["Texas", "California"]
    assert [(item.position, item.description, item.service) for item in case.items] == [
        (1, "Seat cushion", None),
        (2, "Massage therapy 6 visits", "massage therapy"),
    ]
    assert case.items[1].citations[0] == CitationView(
        cited_by="claims_administrator",
        guideline="MTUS Chronic Pain Medical Treatment 2009",
        source="MTUS",
        title="Chronic Pain Medical Treatment",
        year=2009,
        sections=["Massage therapy", "Dough"],
        pages=["60", "98-99"],
        raw="Chronic Pain 2009, Sections: Massage therapy, Dough. Pages 60, 98-99",
    )
    assert [(version.version, version.is_current, version.source) for version in case.versions] == [
        (1, False, "cushion.txt"),
        (2, True, "later.pdf"),
    ]
    assert [(problem.code, problem.field) for problem in case.problems] == [("unknown_section", "items[0]")]
    assert case.to_dict()["decision_date"] == "2017-02-01"


def test_an_older_version_is_read_again_from_its_text(filled):
    record = read_letter(filled, "CM16-0000001", 1)

    assert (record.source, record.case_number) == ("cushion.txt", "CM16-0000001")
    assert [(item.description, item.outcome) for item in record.items] == [("Seat cushion", "overturned")]
    assert read_text(filled, "CM16-0000001", 1) == TEXT
    assert read_letter(filled, "CM16-0000001").source == "later.pdf"


def test_a_version_that_is_not_there_is_refused(filled):
    with pytest.raises(UnknownNameError, match="CM16-0000001 has no version 3: it has 2"):
        read_letter(filled, "CM16-0000001", 3)


def test_what_an_archive_holds_is_counted(filled, archive):
    assert stored_counts(filled) == StoredCounts(
        cases=3,
        letters=4,
        disputed_items=2,
        upheld=1,
        overturned=1,
        reviewers=1,
        specialties=2,
        service_types=1,
        guidelines=2,
        guideline_citations=3,
        set_aside=2,
        first_decision=datetime.date(2016, 12, 5),
        last_decision=datetime.date(2017, 2, 1),
    )


def test_an_empty_archive_counts_nothing(archive):
    counts = stored_counts(archive)
    assert (counts.cases, counts.disputed_items, counts.first_decision) == (0, 0, None)


def test_files_set_aside_are_listed_by_path_and_by_reason(filled):
    first = datetime.datetime.fromisoformat("2026-01-01")
    locked = SetAside(
        path="/letters/locked.pdf",
        reason="encrypted",
        message="a password is needed",
        first_seen=first,
        last_tried=first,
    )
    assert [file.path for file in set_aside_files(filled)] == ["/letters/locked.pdf", "/letters/torn.pdf"]
    assert set_aside_files(filled, "encrypted") == [locked]
