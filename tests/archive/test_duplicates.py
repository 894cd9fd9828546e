"""What becomes of a letter that the archive has in another form: each case has its stated outcome.

The outcomes are those that docs/operations.md lists.
"""

from __future__ import annotations

import datetime
import sqlite3
from pathlib import Path

import msgspec
import pytest

from imr_archive.archive.checking import check_archive
from imr_archive.archive.ingest import IngestOptions, ingest
from imr_archive.archive.reparse import reparse
from imr_archive.archive.reused_numbers import CASE_NUMBER_REUSED
from letter_forms.files import one_file
from letter_forms.letter import Item, Letter

BREAD = Letter(
    file="bread.txt",
    layout="D",
    case="CM16-0000001",
    injury=datetime.date(2014, 3, 4),
    assigned=datetime.date(2016, 11, 2),
    decided=datetime.date(2016, 12, 5),
    age=44,
    sex="female",
    specialties=["Pain Management"],
    states=["California"],
    summary="A 44 year old female baker hurt her back on 3/4/2014 when she lifted flour in the cellar.",
    items=[
        Item(
            heading="Massage therapy 6 visits",
            outcome="upheld",
            service=("Rehabilitation", "Other Therapies"),
            rationale="Kneading was tried for many weeks and the notes tell of no change that lasted a day.",
        )
    ],
)

GLASS = msgspec.structs.replace(
    BREAD,
    file="glass.txt",
    injury=datetime.date(2010, 9, 9),
    assigned=datetime.date(2016, 8, 8),
    decided=datetime.date(2016, 9, 1),
    age=61,
    sex="male",
    summary="A 61 year old male glazier cut his hand on 9/9/2010 as he carried a pane through the yard.",
    items=[
        Item(
            heading="Wrist brace",
            outcome="overturned",
            service=("DME", "Other DME"),
            rationale="With stitches that young, a stiff support keeps the joint still until they close.",
        )
    ],
)


def letter(base: Letter = BREAD, **changes: object) -> Letter:
    return msgspec.structs.replace(base, **changes)


@pytest.fixture
def take_in(archive, tmp_path):
    """A function that reads one more letter into the archive; gives what became of its file."""
    folder = tmp_path / "in"
    folder.mkdir()

    def take(one: Letter, name: str | None = None) -> str:
        path = Path(folder / (name or one.file))
        path.write_bytes(one_file([one]))
        summary = ingest([path], archive, options=IngestOptions(workers=0))
        told = {"stored": summary.stored, "new_version": summary.new_versions, "known": summary.known}
        return " ".join(became for became, number in told.items() if number)

    return take


def problems(rows) -> list[tuple[object, ...]]:
    return rows(
        "SELECT source, code, field FROM letter_problems JOIN letters ON letters.id = letter_id "
        f"WHERE code = '{CASE_NUMBER_REUSED}'"
    )


def test_the_same_bytes_under_another_name_are_known(take_in, rows):
    assert take_in(BREAD) == "stored"
    assert take_in(BREAD, "copy.txt") == "known"

    assert rows("SELECT count(*) FROM letters") == [(1,)]
    assert rows("SELECT state FROM source_files ORDER BY id") == [("stored",), ("known",)]


@pytest.mark.parametrize("suffix", ["pdf", "md", "html", "docx"])
def test_the_same_letter_in_another_container_is_one_case_with_equal_facts(take_in, rows, suffix):
    """Known where its text is the same to the letter, else another version that says the same."""
    facts = "SELECT case_number, patient_age, decision_date, description, outcome, rationale FROM decisions"
    take_in(BREAD)
    before = rows(facts)

    became = take_in(letter(file=f"bread.{suffix}"))

    assert became in {"known", "new_version"}
    assert rows(facts) == before
    assert problems(rows) == []


def test_a_pdf_and_the_text_that_was_drawn_from_it_are_one_letter(take_in, archive, rows, tmp_path):
    take_in(letter(file="bread.pdf"))
    (text,) = rows("SELECT letter_text(packed_text) FROM letters")[0]
    (tmp_path / "in" / "bread.txt").write_text(str(text))

    summary = ingest([tmp_path / "in" / "bread.txt"], archive, options=IngestOptions(workers=0))

    assert (summary.known, summary.letters) == (1, 0)
    assert rows("SELECT source FROM letters") == [("bread.pdf",)]


def test_a_corrected_letter_is_the_current_version_and_the_first_is_kept(take_in, rows):
    take_in(BREAD)

    assert take_in(letter(file="corrected.txt", age=45, injury=datetime.date(2014, 4, 3))) == "new_version"

    assert rows("SELECT version, is_current, source FROM letters ORDER BY version") == [
        (1, 0, "bread.txt"),
        (2, 1, "corrected.txt"),
    ]
    assert rows("SELECT date_of_injury FROM cases") == [("2014-04-03",)]
    assert problems(rows) == []


def test_a_re_review_is_a_new_version_and_the_later_decision_is_current(take_in, rows):
    again = letter(
        file="again.txt",
        assigned=datetime.date(2017, 5, 5),
        decided=datetime.date(2017, 6, 6),
        summary="The file was looked at once more. New notes of a hearing and of two tests were added to it.",
        items=[
            Item(
                heading="Massage therapy 6 visits",
                outcome="overturned",
                service=("Rehabilitation", "Other Therapies"),
                rationale="Records that were missing at first show gains which stayed afterwards.",
            )
        ],
    )
    assert take_in(again) == "stored"

    assert take_in(BREAD) == "new_version"

    assert rows("SELECT version, is_current, source FROM letters ORDER BY version") == [
        (1, 1, "again.txt"),
        (2, 0, "bread.txt"),
    ]
    assert rows("SELECT outcome FROM disputed_items") == [("overturned",)]
    assert problems(rows) == []


def test_another_cases_letter_under_the_same_number_is_kept_and_noted(take_in, archive, rows):
    take_in(BREAD)

    assert take_in(GLASS) == "new_version"

    assert problems(rows) == [("glass.txt", "case_number_reused", "case_number")]
    ((message,),) = rows("SELECT message FROM letter_problems WHERE code = 'case_number_reused'")
    assert message == (
        "another letter of this number tells of another case (2014-03-04, here 2010-09-09, and other words)"
    )
    assert rows("SELECT version, is_current, source FROM letters ORDER BY version") == [
        (1, 1, "bread.txt"),
        (2, 0, "glass.txt"),
    ]
    assert check_archive(archive).sound


def test_a_reparse_keeps_the_note_of_a_reused_number(take_in, archive, rows):
    take_in(BREAD)
    take_in(GLASS)

    report = reparse(archive)

    assert report.changed_cases == 0
    assert problems(rows) == [("glass.txt", "case_number_reused", "case_number")]


@pytest.mark.parametrize(
    "changes",
    [
        {"injury": datetime.date(2014, 3, 4)},
        {"injury": None, "assigned": datetime.date(2016, 11, 2)},
        {"injury": None, "assigned": None},
    ],
    ids=["the same injury", "no injury, assigned on one day", "no dates"],
)
def test_other_words_alone_are_no_sign_of_a_reused_number(take_in, rows, changes):
    take_in(BREAD)

    assert take_in(letter(GLASS, **changes)) == "new_version"

    assert problems(rows) == []


def test_without_a_date_of_injury_the_day_of_assignment_tells_cases_apart(take_in, rows):
    take_in(letter(injury=None))

    take_in(GLASS)

    assert problems(rows) == [("glass.txt", "case_number_reused", "case_number")]


def test_the_archive_of_all_of_these_is_sound(take_in, archive, archive_file):
    for one in (BREAD, letter(file="bread.pdf"), letter(file="c.txt", age=45), GLASS):
        take_in(one)

    assert check_archive(archive).sound
    plain = sqlite3.connect(archive_file)
    assert plain.execute("SELECT count(*) FROM cases").fetchall() == [(1,)]
    plain.close()
