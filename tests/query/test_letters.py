"""Hits by letter."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from imr_archive.query import LetterHits, ask, search, search_letters
from imr_archive.query.language.thesaurus import Thesaurus


def _places(found: LetterHits) -> list[tuple[str | None, list[int]]]:
    return [(letter.case_number, [item.position for item in letter.items]) for letter in found.rows]


def test_the_items_of_a_letter_stand_together(archive: Connection, thesaurus: Thesaurus) -> None:
    found = search_letters(archive, "massage", thesaurus=thesaurus)
    assert _places(found) == [("CM17-0000003", [1]), ("CM16-0000001", [1]), ("CM16-0000002", [1, 2])]
    assert (found.total, found.items) == (3, 4)


def test_a_letter_as_json_has_what_its_items_share_once(archive: Connection) -> None:
    (row,) = search_letters(archive, "measurable").to_dicts()
    assert row == {
        "case_number": "CM16-0000001",
        "source": "letter1.txt",
        "decision_date": "2016-05-10",
        "specialties": "Pain Management; Anesthesiology",
        "items": [
            {
                "position": 1,
                "description": "Massage therapy, 6 visits, low back",
                "outcome": "overturned",
                "category": "Rehabilitation",
                "subcategory": "Other Therapies",
                "service": "massage therapy",
                "snippet": "Hands-on care brought «measurable» gains at work.",
                "snippet_from": "rationale",
            }
        ],
    }


@pytest.mark.parametrize("sort", ["best", "newest", "oldest"])
def test_pages_of_letters_are_stable_and_whole(archive: Connection, sort: str) -> None:
    whole = _places(search_letters(archive, "cane OR pain", sort=sort))  # type: ignore[arg-type]
    pages = [search_letters(archive, "cane OR pain", sort=sort, limit=1, offset=at) for at in range(4)]  # type: ignore[arg-type]
    assert [place for page in pages for place in _places(page)] == whole
    assert {(page.total, page.items) for page in pages} == {(3, 6)}
    hits = search(archive, "cane OR pain", sort=sort)  # type: ignore[arg-type]
    assert list(dict.fromkeys(row.case_number for row in hits.rows)) == [number for number, _ in whole]


def test_a_letter_without_a_number_is_one_too(archive: Connection) -> None:
    assert _places(search_letters(archive, "frame")) == [(None, [1])]
    assert search_letters(archive, "zebra").rows == ()


def test_a_phrase_may_be_answered_by_letter(archive: Connection) -> None:
    answer = ask(archive, "cane", letters=True, facet=["outcome"])
    assert (answer.kind, answer.total) == ("letters", 2)
    assert answer.to_dict()["items"] == 4
    assert answer.to_dict()["facets"] == {
        "outcome": [{"value": "upheld", "items": 3}, {"value": "overturned", "items": 1}]
    }
