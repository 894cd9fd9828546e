"""The best few words of a text, marked: what a snippet shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.query.language.terms import Term, phrase_term, term_of
from imr_archive.query.ranking.words import Pattern, tokens
from imr_archive.query.windows import standing, terms_together, window


def patterns(*terms: Term | None) -> list[Pattern]:
    return [Pattern(term) for term in terms if term is not None]


def shown(text: str, *terms: Term | None, most: int = 6) -> str:
    found = standing(tokens(text), patterns(*terms))
    return window(text, found, most, ("<", ">"))


def test_a_short_text_is_shown_whole() -> None:
    assert shown("Massages helped: the knee.", term_of("massage")) == "<Massages> helped: the knee."


def test_a_long_text_is_cut_around_the_words() -> None:
    text = "one two three four five six massage seven eight nine ten eleven twelve"
    assert shown(text, term_of("massage")) == "…five six <massage> seven eight nine…"


def test_the_window_has_most_different_words() -> None:
    text = "massage massage massage one two three four five six seven eight massage of the knee was asked for"
    assert shown(text, term_of("massage"), term_of("knee")) == "…eight <massage> of the <knee> was…"


def test_a_window_begins_with_a_sentence_where_that_shows_as_much() -> None:
    text = "Nothing came of it for weeks. Then massage eased the knee and the worker went home again."
    assert shown(text, term_of("massage")) == "…Then <massage> eased the knee and…"


def test_the_end_of_a_text_has_no_mark_of_more() -> None:
    text = "one two three four five six seven eight massage!"
    assert shown(text, term_of("massage")) == "…four five six seven eight <massage>!"


def test_words_of_a_phrase_are_marked_together_and_alone_they_are_not() -> None:
    text = "Relief of pain is not pain relief."
    assert shown(text, phrase_term("pain relief"), most=9) == "Relief of pain is not <pain relief>."


def test_words_near_each_other_are_marked_one_by_one() -> None:
    text = "relief of all pain"
    assert shown(text, phrase_term("pain relief", near=4)) == "<relief> of all <pain>"


def test_phrases_that_overlap_are_marked_as_one() -> None:
    text = "chronic pain relief program"
    wanted = phrase_term("chronic pain"), phrase_term("pain relief")
    assert shown(text, *wanted) == "<chronic pain relief> program"


def test_typographic_quotes_and_accents_stay_where_they_are() -> None:
    text = "The “naïve” worker’s knee—both knees—ached."
    assert shown(text, term_of("knee"), term_of("naive"), most=20) == (
        "The “<naïve>” worker’s <knee>—both <knees>—ached."
    )


@pytest.mark.parametrize(("most", "terms"), [(1, 1), (2, 1), (3, 2), (5, 2), (6, 3), (9, 3)])
def test_terms_together_are_the_different_ones_within_so_many_words(most: int, terms: int) -> None:
    text = "massage one two knee one two massage one relief"
    wanted = patterns(term_of("massage"), term_of("knee"), term_of("relief"))
    assert terms_together(standing(tokens(text), wanted), most) == terms


def test_a_text_without_the_words_has_none_together() -> None:
    assert terms_together(standing(tokens("nothing"), patterns(term_of("knee"))), 9) == 0


@given(st.text("massage knee.:é’\u0301\n-–", max_size=200), st.integers(1, 12))
def test_a_window_is_a_piece_of_the_text_with_marks(text: str, most: int) -> None:
    found = standing(tokens(text), patterns(term_of("massage"), term_of("knee")))
    marked = window(text, found, most, ("<", ">"))
    plain = marked.replace("<", "").replace(">", "").removeprefix("…").removesuffix("…")
    assert plain in text
    assert marked.count("<") == marked.count(">")
