"""The guidelines' data file and the ways into it."""

from __future__ import annotations

import itertools

import pytest
from rapidfuzz import fuzz

from imr_archive.vocabulary.guidelines import CHAPTER_LIKENESS, TITLE_LIKENESS, guideline_vocabulary
from imr_archive.vocabulary.phrases import PhraseTable, name_key, word_keys

VOCABULARY = guideline_vocabulary()
DATA = VOCABULARY.data


def test_every_title_and_alias_finds_its_guideline_in_every_edition() -> None:
    for entry in DATA.mtus:
        for name in (entry.title, *entry.aliases):
            for year in entry.years:
                assert VOCABULARY.title(name, year) == entry, (name, year)


def test_titles_chapters_and_section_lists_are_each_listed_once() -> None:
    titles = [entry.title for entry in DATA.mtus]
    chapters = [entry.chapter for entry in DATA.odg]
    assert len(titles) == len(set(titles))
    assert len(chapters) == len(set(chapters))
    assert {name for entry in DATA.mtus for name in entry.sections} == set(DATA.sections)
    for names in (*DATA.sections.values(), DATA.odg_topics.names, DATA.other_documents.names):
        assert len(names) == len({name_key(name) for name in names})


@pytest.mark.parametrize(
    ("title", "years"),
    [
        ("Elbow Complaints", (2004, 2007)),
        ("Chronic Pain Medical Treatment", (2009, 2016)),
        ("Opioid Treatment", (2016,)),
        ("Low Back Disorders", (2016, 2019, 2020)),
        ("Traumatic Brain Injury", (2017, 2018)),
        ("Coronavirus (COVID-19)", (2021,)),
    ],
)
def test_a_title_knows_its_years(title: str, years: tuple[int, ...]) -> None:
    found = VOCABULARY.title(title)
    assert found is not None
    assert found.years == years


def test_the_chapters_of_the_acoem_guidelines_are_numbered_through() -> None:
    assert sorted(VOCABULARY.by_acoem_chapter) == list(range(1, 17))
    assert VOCABULARY.by_acoem_chapter[12] == "Low Back Complaints"


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        ("Forewarm, Wrist, and Hand Complaints", "Forearm, Wrist, and Hand Complaints"),
        ("Chronic Pain Medcial Treatment", "Chronic Pain Medical Treatment"),
        ("Low Bakc Complaints", "Low Back Complaints"),
        ("Knee Complaint", "Knee Complaints"),
    ],
)
def test_a_misprinted_title_is_known(printed: str, title: str) -> None:
    assert VOCABULARY.title(printed) is None
    near = VOCABULARY.near_title(printed)
    assert near is not None
    assert near.title == title


@pytest.mark.parametrize("printed", ["Wrist Complaints", "Tooth Disorders", "Back", "", "x" * 500])
def test_another_title_is_not_taken_for_a_misprint(printed: str) -> None:
    assert VOCABULARY.near_title(printed) is None


def test_no_two_names_of_different_guidelines_are_as_like_as_a_misprint() -> None:
    names = [(name_key(name), entry.title) for entry in DATA.mtus for name in (entry.title, *entry.aliases)]
    chapters = [
        (name_key(name), entry.chapter) for entry in DATA.odg for name in (entry.chapter, *entry.aliases)
    ]
    for listed, likeness in ((names, TITLE_LIKENESS), (chapters, CHAPTER_LIKENESS)):
        for (one, title), (other, another) in itertools.combinations(listed, 2):
            assert title == another or fuzz.ratio(one, other) < likeness, (one, other)


@pytest.mark.parametrize(
    ("word", "mended"),
    [
        ("mtu5", "mtus"),
        ("0dg", "odg"),
        ("sectlon", "section"),
        ("forewarm", "forearm"),
        ("accupuncture", "acupuncture"),
        ("knee", "knee"),
        ("ab", "ab"),
        ("zigzag", "zigzag"),
        ("l4", "l4"),
    ],
)
def test_only_a_damaged_word_of_the_form_or_of_a_title_is_mended(word: str, mended: str) -> None:
    assert VOCABULARY.mend_word(word) == mended


def test_a_section_is_known_within_its_own_guideline() -> None:
    assert VOCABULARY.knows_section(
        "NSAIDs, GI symptoms and cardiovascular risk", "Chronic Pain Medical Treatment"
    )
    assert VOCABULARY.knows_section("Epidural steroid injections", "Chronic Pain Medical Treatment")
    assert not VOCABULARY.knows_section("Epidural steroid injections", "Knee Complaints")
    assert VOCABULARY.knows_section("Epidural steroid injections", None)


def test_the_longest_name_is_found_whatever_joins_its_words() -> None:
    table = PhraseTable([("Knee", 1), ("Knee & Leg", 2), ("Forearm, Wrist, and Hand", 3)])
    assert table.matches(word_keys("Knee and Leg brace"), 0, 4) == [(1, 1), (3, 2)]
    assert table.matches(word_keys("forearm wrist/hand"), 0, 4) == [(4, 3)]
    assert table.matches(word_keys("forearm wrist"), 0, 2) == []
    assert table.matches([], 0, 0) == []
