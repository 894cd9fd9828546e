"""Text → tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.query.language.scan import Kind, Token, pieces, scan


def test_each_shape_is_told_apart() -> None:
    text = (
        '-Norco "functional improvement" "opioid weaning"~10 acup* specialty:"Pain Management",Neurology'
        " 2016..2018 65.. ..30 >24 <=6 7.5 mg cm160213037 OR AND NOT (TENS)"
    )
    assert scan(text) == (
        Token(Kind.WORD, "Norco", negated=True),
        Token(Kind.PHRASE, "functional improvement"),
        Token(Kind.PHRASE, "opioid weaning", near=10),
        Token(Kind.WORD, "acup", prefix=True),
        Token(
            Kind.FIELD,
            'specialty:"Pain Management",Neurology',
            name="specialty",
            values=("Pain Management", "Neurology"),
        ),
        Token(Kind.RANGE, "2016..2018", low=2016, high=2018),
        Token(Kind.RANGE, "65..", low=65),
        Token(Kind.RANGE, "..30", high=30),
        Token(Kind.COMPARISON, ">24", low=25),
        Token(Kind.COMPARISON, "<=6", high=6),
        Token(Kind.WORD, "7.5 mg"),
        Token(Kind.CASE, "cm160213037"),
        Token(Kind.OR, "OR"),
        Token(Kind.AND, "AND"),
        Token(Kind.NOT, "NOT"),
        Token(Kind.WORD, "TENS"),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("park.", ["park"]),
        ("C5-6", ["C5-6"]),
        ("60%", ["60"]),
        ("10/325mg", ["10/325mg"]),
        ("NSAID’s", ["NSAID's"]),
        ("TENS/H-wave", ["TENS/H-wave"]),
        ("x -", ["x"]),
        ("No. 3", ["No", "3"]),
        ("O'Neil", ["O'Neil"]),
        ("*", []),
        ("NEAR(", ["NEAR"]),
        ("", []),
        ("- -- ::", []),
        ("#60", ["60"]),
    ],
)
def test_punctuation_around_a_word_is_left_out_and_inside_it_is_kept(text: str, words: list[str]) -> None:
    assert [token.text for token in scan(text)] == words


def test_an_unclosed_quote_is_a_phrase_to_the_end() -> None:
    assert scan('massage "home exercise') == (
        Token(Kind.WORD, "massage"),
        Token(Kind.PHRASE, "home exercise"),
    )


@pytest.mark.parametrize("number", ["CM16-0213037", "(CM16-0213037)", "IMR 13-000004", "imr 13-000004."])
def test_case_numbers_are_found_in_punctuation(number: str) -> None:
    (token,) = scan(number)
    assert (token.kind, token.text) == (Kind.CASE, number.strip("()."))


def test_lower_case_operators_are_words() -> None:
    assert [token.kind for token in scan("gym or pool and not sauna")] == [Kind.WORD] * 6


@given(st.text())
def test_any_text_gives_tokens_that_hold_a_letter_or_a_digit(text: str) -> None:
    for token in scan(text):
        assert pieces(token.text) or token.kind in {Kind.OR, Kind.AND}


def test_a_long_text_is_scanned_in_linear_time() -> None:
    for text in (
        '"' * 200_000,
        "a:" * 100_000,
        "-" * 200_000,
        "1" * 200_000,
        "a/b-" * 50_000,
        "CM16-" * 40_000,
    ):
        scan(text)
