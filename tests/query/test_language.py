"""The words of the language, as data."""

from __future__ import annotations

from importlib.resources import files

import msgspec
import pytest

from imr_archive.query.dimensions import find_dimension
from imr_archive.query.filters.registry import find_filter
from imr_archive.query.language.words import LanguageFile, Phrases, language

DATA = msgspec.toml.decode(
    files("imr_archive.query.language").joinpath("words.toml").read_bytes(), type=LanguageFile
)


def test_the_longest_phrase_at_a_place_counts() -> None:
    phrases = Phrases({"yes": ["not denied"], "no": ["denied", "not"]})
    assert phrases.at(["not", "denied"], 0) == ("yes", 2)
    assert phrases.at(["not", "denied"], 1) == ("no", 1)
    assert phrases.at(["not"], 0) == ("no", 1)
    assert phrases.at([], 0) is None


def test_phrases_name_dimensions_and_filters_that_exist() -> None:
    assert all(find_dimension(name) for name in DATA.grouping.phrases)
    assert all(find_filter(name) for name in DATA.numbers.units)


@pytest.mark.parametrize(
    "lists",
    [list(DATA.outcomes.values()), list(DATA.rates.values()), list(DATA.output.values())],
    ids=["outcomes", "rates", "output"],
)
def test_no_phrase_has_two_meanings(lists: list[list[str]]) -> None:
    phrases = [phrase for each in lists for phrase in each]
    assert len(phrases) == len(set(phrases))


def test_phrases_are_in_the_form_in_which_they_are_looked_up() -> None:
    for phrase in (*DATA.ignored.words, *(one for each in DATA.outcomes.values() for one in each)):
        assert phrase == " ".join(phrase.casefold().split())


def test_words_that_are_ignored_are_single_and_sorted() -> None:
    assert DATA.ignored.words == sorted(DATA.ignored.words)
    assert not any(" " in word for word in DATA.ignored.words)


def test_the_language_is_loaded_once() -> None:
    assert language() is language()
