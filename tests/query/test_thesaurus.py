"""Which words mean a service as a whole, by the project's vocabulary."""

from __future__ import annotations

import pytest

from imr_archive.query.language.reading import read
from imr_archive.query.language.terms import Term
from imr_archive.query.language.thesaurus import Meaning, Thesaurus, load_synonyms, vocabulary_thesaurus
from imr_archive.vocabulary.services import body_parts, catalogue


def _term(text: str) -> Term:
    (group,) = read(text).groups
    (term,) = group
    return term


@pytest.mark.parametrize(
    ("typed", "service"),
    [
        ("Norco", "hydrocodone/acetaminophen"),
        ("hydrocodone/APAP", "hydrocodone/acetaminophen"),
        ("massage", "massage therapy"),
        ("Massages", "massage therapy"),
        ("PT", "physical therapy"),
        ("physiotherapy", "physical therapy"),
        ("ESI", "epidural steroid injection"),
        ("epidural steroid injections", "epidural steroid injection"),
        ("RFA", "radiofrequency ablation"),
        ("FRP", "functional restoration program"),
        ("NCS", "NCS"),
        ("EMG/NCV", "EMG/NCS"),
        ("TENS unit", "TENS unit"),
        ("H-wave", "H-wave device"),
        ("X-rays", "X-ray"),
        ("UDS", "urine drug screen"),
    ],
)
def test_slang_brands_and_abbreviations_mean_the_service(typed: str, service: str) -> None:
    assert _term(typed).services == (service,)


@pytest.mark.parametrize(
    ("typed", "subcategory"),
    [("opioids", "Opioids"), ("NSAID", "NSAID"), ("PPI", "Proton Pump Inhibitors"), ("DME", "DME")],
)
def test_words_for_a_kind_of_services_mean_its_subcategory(typed: str, subcategory: str) -> None:
    assert _term(typed).subcategory == subcategory


@pytest.mark.parametrize("typed", ["lumbar", "low back", "lower back", "lumbar spine", "L-spine"])
def test_a_part_of_the_body_has_one_name(typed: str) -> None:
    assert _term(typed).body_part == "lumbar spine"


@pytest.mark.parametrize("typed", ["pilates", "yoga", "counseling", "consultation", "injection", "rotator"])
def test_narrower_and_wider_words_do_not_stand_for_a_service(typed: str) -> None:
    term = _term(typed)
    assert (term.services, term.subcategory, term.body_part) == ((), "", "")


def test_an_abbreviation_with_another_meaning_is_not_looked_for_in_text() -> None:
    phrases = [phrase.fts for phrase in _term("PT").phrases]
    assert '"pt"' not in phrases
    assert '"physical therapy"' in phrases


def test_a_phrase_that_holds_another_is_left_out_as_it_finds_nothing_more() -> None:
    phrases = [phrase.fts for phrase in _term("massage").phrases]
    assert phrases == ['"massage"', '"myofascial release"', '"myofascial therapy"']


def test_the_data_file_names_what_the_vocabulary_has() -> None:
    synonyms = load_synonyms()
    subcategories = {entry.subcategory for entry in catalogue().values()}
    assert set(synonyms.services) <= set(catalogue())
    assert set(synonyms.subcategories) <= subcategories
    assert set(synonyms.body_parts) <= {part.name for part in body_parts()}


def test_no_listed_word_has_two_meanings() -> None:
    synonyms = load_synonyms()
    listed = [
        word
        for table in (synonyms.services, synonyms.subcategories, synonyms.body_parts)
        for words in table.values()
        for word in words
    ]
    assert sorted(listed) == sorted(set(listed))


def test_the_first_meaning_of_a_phrase_counts_and_the_longest_phrase() -> None:
    one, other = Meaning(phrases=("x",), services=("x",)), Meaning(phrases=("y",), services=("y",))
    thesaurus = Thesaurus([("a b", one), ("A-B", other), ("a", other), ("...", other)])
    assert len(thesaurus) == 2
    assert thesaurus.at(["a", "b", "c"], 0, [1, 2, 3]) == (one, 2)
    assert thesaurus.at(["a", "b", "c"], 0, [1]) == (other, 1)
    assert thesaurus.at(["b"], 0, [1]) is None


def test_the_vocabulary_s_thesaurus_is_made_once() -> None:
    assert vocabulary_thesaurus() is vocabulary_thesaurus()
