"""Did you mean: what is suggested where nothing matches."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from imr_archive.query import ask, rates, search
from imr_archive.query.index_terms import index_terms, printed_form, stem
from imr_archive.query.language.thesaurus import Thesaurus
from imr_archive.query.results import Hits


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("masage", "massage"),
        ("gabapentn burning", "gabapentin burning"),
        ("neuropatic", "neuropathic"),
        ("masage upheld cain", "massage upheld cane"),
        ("service:massaje", 'service:"massage therapy"'),
        ('category:"Diagnostic Test" mri', 'category:"Diagnostic Testing" mri'),
        ("rationale:mesurable", "rationale:measurable"),
    ],
)
def test_the_query_is_suggested_with_what_is_likely_meant(
    archive: Connection, thesaurus: Thesaurus, typed: str, meant: str
) -> None:
    result = ask(archive, typed, thesaurus=thesaurus).result
    assert isinstance(result, Hits)
    assert result.total == 0
    assert result.suggestions[0] == meant
    assert result.extras() == {"groups": 0, "did_you_mean": list(result.suggestions)}
    assert all(ask(archive, query, thesaurus=thesaurus).total for query in result.suggestions)


def test_rates_suggest_too(archive: Connection, thesaurus: Thesaurus) -> None:
    assert rates(archive, ["year"], words="gabapentn", thesaurus=thesaurus).suggestions == ("gabapentin",)


def test_nothing_is_suggested_that_finds_nothing_either(archive: Connection, thesaurus: Thesaurus) -> None:
    assert search(archive, "zebra", thesaurus=thesaurus).suggestions == ()
    assert search(archive, "masage", filters={"sex": "male", "year": 2018}).suggestions == ()


def test_where_no_word_is_misspelled_fewer_words_are_suggested(
    archive: Connection, thesaurus: Thesaurus
) -> None:
    hits = search(archive, "massage cane fingers", thesaurus=thesaurus)
    assert hits.suggestions == ("massage cane", "massage")
    hits = search(archive, "gabapentin cane fingers count", thesaurus=thesaurus)
    assert hits.suggestions == ("gabapentin",)


def test_nothing_is_suggested_where_something_matches(archive: Connection) -> None:
    assert search(archive, "cane").suggestions == ()


def test_the_words_of_the_index_are_stems_and_have_a_printed_form(archive: Connection) -> None:
    assert index_terms(archive, "meas") == ["measur"]
    assert printed_form(archive, "measur") == "measurable"
    assert printed_form(archive, "zebra") == "zebra"
    assert index_terms(archive, "") == []
    assert [stem(word) for word in ("measurable", "measures", "needles", "")] == [
        "measur",
        "measur",
        "needl",
        "",
    ]


def test_a_connection_for_reading_stays_one(archive: Connection) -> None:
    archive.exec_driver_sql("PRAGMA query_only=ON")
    try:
        assert search(archive, "masage").suggestions
        assert archive.exec_driver_sql("PRAGMA query_only").scalar_one() == 1
    finally:
        archive.exec_driver_sql("PRAGMA query_only=OFF")


def test_where_no_such_request_has_the_outcome_both_outcomes_are_suggested(archive: Connection) -> None:
    assert search(archive, "the MRI medically necessary").suggestions == ("MRI",)


def test_what_is_left_of_a_query_without_its_words_is_no_suggestion(archive: Connection) -> None:
    assert search(archive, '"zebra').suggestions == ()
