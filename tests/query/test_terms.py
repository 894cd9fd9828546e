"""The spellings of a word, and the FTS5 expressions for them."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.query.language.terms import Term, all_of, any_of, in_heading, phrase_term, spellings, term_of


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Massage", ['"massage"']),
        ("H-wave", ['"h wave"', '"hwave"']),
        ("NSAID's", ['"nsaid"']),
        ("O'Neil", ['"o neil"', '"oneil"']),
        ("L4-L5", ['"l4 l5"', '"l4 5"']),
        ("C5/6", ['"c5 6"', '"c5 c6"']),
        ("10/325mg", ['"10 325mg"', '"10 325 mg"']),
        ("10/325 mg", ['"10 325 mg"', '"10 325mg"']),
        ("60", ['"60"', '"60mg"', '"60mcg"', '"60ml"', '"60gm"', '"60g"']),
        ("...", []),
    ],
)
def test_a_word_has_the_spellings_that_letters_print(typed: str, expected: list[str]) -> None:
    assert [phrase.fts for phrase in spellings(typed)] == expected


def test_a_prefix_leaves_the_end_open() -> None:
    term = term_of("acup", prefix=True)
    assert term is not None
    assert term.fts == '"acup"*'


def test_words_near_each_other_are_asked_for_as_such() -> None:
    term = phrase_term("opioid weaning", near=10)
    assert term is not None
    assert term.fts == 'NEAR("opioid" "weaning", 10)'
    assert term.english == '"opioid weaning" within 10 words'


def test_expressions_combine() -> None:
    one, other = term_of("H-wave"), term_of("TENS")
    assert one is not None
    assert other is not None
    assert in_heading(all_of([one, other])) == '{description} : (("h wave" OR "hwave") AND ("tens"))'
    assert any_of(["", all_of([other])]) == '(("tens"))'


def _terms(text: str) -> list[Term | None]:
    return [term_of(text), term_of(text, prefix=True), phrase_term(text), phrase_term(text, near=3)]


@given(st.text())
def test_fts5_accepts_the_expression_for_any_text(text: str) -> None:
    database = sqlite3.connect(":memory:")
    try:
        database.execute(
            "CREATE VIRTUAL TABLE item USING fts5(description, rationale, tokenize='porter unicode61')"
        )
        for term in _terms(text):
            if term is not None:
                expression = in_heading(all_of([term, term]))
                database.execute("SELECT rowid FROM item WHERE item MATCH ?", (expression,)).fetchall()
    finally:
        database.close()
