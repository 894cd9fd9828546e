"""The layout of a letter and its sections."""

from __future__ import annotations

import pytest
from fictional_letters import LetterFacts, Shape, letter_a, letter_b, letter_c, letter_d

from imr_archive.parsing.clean import LetterText
from imr_archive.parsing.layouts import HEADINGS, outline

LETTERS = {
    "A": letter_a(LetterFacts()),
    "B": letter_b(LetterFacts()),
    "C": letter_c(LetterFacts()),
    "D": letter_d(LetterFacts()),
    "unknown": "A shopping list: plums, pears.\nAnd a kite.",
}


@pytest.mark.parametrize("layout", LETTERS)
def test_each_layout_is_told_by_its_headings(layout: str) -> None:
    assert outline(LetterText(LETTERS[layout])).layout == layout


@pytest.mark.parametrize("layout", ["A", "B", "C", "D"])
@pytest.mark.parametrize("damage", [str.upper, str.lower])
def test_letter_case_does_not_matter(layout: str, damage: object) -> None:
    assert outline(LetterText(damage(LETTERS[layout]))).layout == layout


def test_sections_of_layout_d() -> None:
    letter = LetterText(LETTERS["D"])
    sections = outline(letter).sections
    assert [section.kind for section in sections] == ["method", "summary", "decisions"]
    summary, decisions = sections[1:]
    assert letter.joined(summary.body, summary.end) == LetterFacts().summary
    assert letter.text[decisions.body :].lstrip().startswith("Six visits")
    assert decisions.end == len(letter.text)


def test_headings_wrapped_over_lines_are_found() -> None:
    text = LETTERS["D"].replace("DECISIONS AND", "DECISIONS\n   AND").replace("CASE SUMMARY", "CASE\nSUMMARY")
    assert [section.kind for section in outline(LetterText(text)).sections] == [
        "method",
        "summary",
        "decisions",
    ]


def test_a_lost_heading_is_made_up_for_by_the_forms_sentence() -> None:
    text = (
        LETTERS["D"]
        .replace("CLINICAL CASE SUMMARY\n", "")
        .replace("IMR ISSUES, DECISIONS AND RATIONALES\n", "")
    )
    letter = LetterText(text)
    form = outline(letter)
    summary = form.section("summary")
    assert summary is not None
    assert letter.joined(summary.body, summary.end) == LetterFacts().summary
    assert form.section("decisions") is not None


def test_words_of_a_heading_in_prose_are_none() -> None:
    text = LETTERS["D"].replace("picking plums.", "picking plums. Documents reviewed by her were wet.")
    assert outline(LetterText(text)).layout == "D"
    assert outline(LetterText("We reviewed the case summary of plums.")).sections == ()


@pytest.mark.parametrize("heading", HEADINGS, ids=lambda heading: heading.printed)
def test_each_heading_matches_its_own_pattern(heading) -> None:
    assert heading.pattern.search(f"x\n  {heading.printed.lower()}\ny")


def test_double_spaced_text_has_the_same_sections() -> None:
    letter = LetterText(letter_d(LetterFacts(), Shape(spacing=2)))
    summary = outline(letter).section("summary")
    assert summary is not None
    assert letter.joined(summary.body, summary.end) == LetterFacts().summary


@pytest.mark.parametrize("specks", ["_[|", "_", "  | ", "~'"])
def test_specks_before_a_heading_do_not_hide_it(specks: str) -> None:
    text = "".join(f"{specks}{line}\n" for line in letter_d(LetterFacts()).splitlines())
    found = outline(LetterText(text))
    assert found.layout == "D"
    assert [section.kind for section in found.sections] == ["method", "summary", "decisions"]
