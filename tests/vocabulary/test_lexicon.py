"""Terms in running text: whole words, of overlapping terms the longest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from imr_archive.vocabulary.lexicon import Lexicon, normal_form, word_spans

LEXICON = Lexicon(
    [("physical therapy", "pt"), ("therapy", "any"), ("x-ray", "xr"), ("A & B", "ab"), ("5%", "five")]
)


def found(text: str) -> list[str]:
    return [hit.value for hit in LEXICON.find(normal_form(text))]


def test_the_longest_of_overlapping_terms_is_found() -> None:
    assert found("Physical-Therapy, then therapy") == ["pt", "any"]


def test_only_whole_words_are_found() -> None:
    assert found("physiotherapy and hydrotherapy") == []


def test_punctuation_case_and_the_word_and_do_not_count() -> None:
    assert found("X RAY; a and b; 5 %") == ["xr", "ab", "five"]


def test_neighbours_share_the_blank_between_them() -> None:
    assert found("therapy therapy therapy") == ["any", "any", "any"]


SHORT_TERMS = ["a", "b", "a b", "b c", "a b c", "c a b c", "b b"]
SHORT_LEXICON = Lexicon([(term, term) for term in SHORT_TERMS])


@given(st.lists(st.sampled_from("abcd"), max_size=14))
def test_terms_are_taken_longest_first_and_given_in_printed_order(words: list[str]) -> None:
    places = [
        (-term.count(" "), first, term)
        for term in SHORT_TERMS
        for first in range(len(words))
        if words[first : first + len(term.split())] == term.split()
    ]
    expected: dict[int, tuple[int, int, str]] = {}
    covered: set[int] = set()
    for _, first, term in sorted(places):
        own = range(first, first + len(term.split()))
        if covered.isdisjoint(own):
            covered.update(own)
            expected[first] = (first, own.stop, term)
    hits = SHORT_LEXICON.find(" ".join(words))
    assert [(hit.first, hit.after, hit.value) for hit in hits] == [expected[at] for at in sorted(expected)]


def test_an_empty_lexicon_finds_nothing() -> None:
    assert Lexicon([]).find("anything") == []


@given(st.text(max_size=300))
def test_normal_form_and_spans_speak_of_the_same_words(text: str) -> None:
    words = normal_form(text).split()
    spans = word_spans(text)
    assert len(words) == len(spans)
    for word, (start, end) in zip(words, spans, strict=True):
        assert text[start:end].lower().replace("&", "and") == word
