"""Cleaning keeps every character's place; joining makes one line of a passage."""

from __future__ import annotations

import pytest
from fictional_letters import LetterFacts, Shape, letter_d
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.parsing.clean import Joiner, LetterText, clean, lowered


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("one\r\ntwo\rthree", "one \ntwo\nthree"),
        ("one\ftwo\x0bthree\u2028four", "one\ntwo\nthree\nfour"),
        ("one\xa0two\tthree\u2009four\ufefffive", "one two three four five"),
        ("**Kite: Upheld**", "  Kite: Upheld  "),
        ("### CASE\nx", "    CASE\nx"),
        ("plums\n   ## CASE\n    # x", "plums\n      CASE\n    # x"),
        ("#60 kites", "#60 kites"),
        ("<b>Kite</b> <br/>x", "   Kite          x"),
        ("pain <level 5> and <5", "pain <level 5> and <5"),
        ("R&amp;D&nbsp;x", "R&    D      x"),
        ("&#x27;x&#160;y &AT&T; &plum;", "'     x      y &AT&T; &plum;"),
        ("|a|b|\n|c|d|", " a b \n c d "),
        (r"tab \#60", "tab  #60"),
    ],
)
def test_marks_of_markup_and_odd_blanks_become_plain_blanks(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(st.characters(exclude_categories=[]), max_size=400))
def test_cleaning_keeps_every_character_in_its_place(text: str) -> None:
    assert len(clean(text)) == len(text)
    assert len(lowered(clean(text))) == len(text)


FORM_FOOT = "Final Letter of Determination Form Effective 5.16.13 Page 2 of 7"


@pytest.mark.parametrize(
    "furniture",
    [
        "Page 3 of 5",
        "page 12",
        "- Page 2 -",
        FORM_FOOT,
        "IMR Case Number: CM16-0900001 Page 2 of 3",
        "PAGE 2 OF 4",
        FORM_FOOT.upper(),
        f"IMR  {FORM_FOOT}",
        "MAXIMUS Federal Services, Inc. - IMR-15-0900001 | page 2",
    ],
)
def test_lines_of_page_furniture_are_blanked_out(furniture: str) -> None:
    text = f"plums were\n{furniture}\npicked"
    assert clean(text) == f"plums were\n{' ' * len(furniture)}\npicked"


@pytest.mark.parametrize(
    "line", ["as page 3 of 5 of the chart says", "Page(s): 60", "see Page 3 of 5 for plums"]
)
def test_page_numbers_in_prose_stay(line: str) -> None:
    assert clean(f"a\n{line}\nb") == f"a\n{line}\nb"


@pytest.mark.parametrize("foot", [FORM_FOOT, f"IMR {FORM_FOOT}", FORM_FOOT.partition(" Page")[0]])
def test_a_form_foot_glued_into_a_sentence_is_blanked_out(foot: str) -> None:
    text = f"plums were {foot} picked"
    assert LetterText(text).joined(0, len(text)) == "plums were picked"


def test_a_word_glued_to_a_form_foot_stays() -> None:
    assert clean(f"the skimr{FORM_FOOT}").rstrip() == "the skimr"


def test_a_case_number_alone_on_later_pages_is_furniture() -> None:
    text = "Case Number: CM16-0900001\nplums\nCM16-0900001\nCase Number: CM16-0900001\nin CM16-0900001 plums"
    assert clean(text).split("\n") == [
        "Case Number: CM16-0900001",
        "plums",
        " " * 12,
        " " * 25,
        "in CM16-0900001 plums",
    ]


@pytest.mark.parametrize("foot", ["Plum County file {}", "Plum County tablets #{} – page 1{}", "{}"])
def test_a_line_at_the_foot_of_every_page_is_furniture(foot: str) -> None:
    pages = [
        f"{word} is ripe\nand sweet {word}\n{foot.format(number, 9 * number)}\n"
        for number, word in zip((9, 10, 11), "abc", strict=True)
    ]
    assert clean("\f".join(pages)).split() == [
        *("a", "is", "ripe", "and", "sweet", "a"),
        *("b", "is", "ripe", "and", "sweet", "b"),
        *("c", "is", "ripe", "and", "sweet", "c"),
    ]


def test_a_second_case_number_of_too_many_figures_stays() -> None:
    assert clean("CM14-0900001\nplums\nCM14-090000123\npears").split() == [
        *("CM14-0900001", "plums", "CM14-090000123", "pears"),
    ]


def test_a_label_at_the_top_of_every_page_stays() -> None:
    page = "Claims Administrator guideline: none\nplums {}\npears\napples\nfigs\nkiwis\nlimes\n"
    assert clean("\f".join(page.format(n) for n in "abc")).count("Claims Administrator") == 3


def test_a_sentence_repeated_inside_pages_stays() -> None:
    page = "{0}1\nPlums are round.\n{0}2\n{0}3\n{0}4\nPlums are round.\n"
    assert clean("\f".join(page.format(n) for n in "abc")).count("Plums are round.") == 6


@pytest.mark.parametrize(
    ("passage", "line"),
    [
        ("  one\n two \n\n three ", "one two three"),
        ("a well-\nestablished plum", "a well-established plum"),
        ("x-\nray", "x-ray"),
        ("a non\ufffecertified plum", "a non-certified plum"),
        ("a documen\ufffetation", "a documentation"),
        ("a documen-\ntation", "a documentation"),
        ("a documen\x02\n tation", "a documentation"),
        ("plum\xad\ntree", "plumtree"),
        ("electro-\ndiagnostic", "electrodiagnostic"),
        ("soft-\nfruit", "soft-fruit"),
        ("o\ufb03ce \ufb02oor", "office floor"),
        ("zero\u200bwidth", "zerowidth"),
        ("“curly” – dash", "“curly” – dash"),
        ("plums -\n pears", "plums - pears"),
        ("12-\n15 plums", "12-15 plums"),
        ("a documen-   \n  tation", "a documentation"),
        ("“two  blanks”\n   and  more", "“two blanks” and more"),
        ("two  blanks \n\n and   more", "two blanks and more"),
    ],
)
def test_joining(passage: str, line: str) -> None:
    letter = "a letter on soft fruit; electrodiagnostic plums, a hard-won documentation, " + passage
    assert Joiner(letter.lower())(passage) == line


def test_a_hyphen_that_the_letter_prints_elsewhere_stays() -> None:
    text = "pre-picked plums, plum-tree\nplum\ufffetree"
    assert LetterText(text).joined(28, len(text)) == "plum-tree"


@given(st.sampled_from(["\n", "\r\n", "\r"]), st.integers(40, 120))
def test_a_summary_is_the_same_however_it_is_wrapped(newline: str, width: int) -> None:
    facts = LetterFacts()
    letter = LetterText(letter_d(facts, Shape(width=width, newline=newline)))
    start = letter.text.index("The worker, a")
    end = letter.text.index("IMR ISSUES")
    assert letter.joined(start, end) == facts.summary


@given(st.text("ab -\n\ufb01\x02\ufffe", max_size=60))
def test_places_lie_inside_the_passage_and_never_go_back(text: str) -> None:
    letter = LetterText(text)
    line = letter.joined(0, len(text))
    places = letter.places(0, len(text), line)
    assert len(places) == len(line)
    assert places == sorted(places)
    assert all(0 <= place < len(text) for place in places)


@pytest.mark.parametrize(
    ("text", "line", "places"),
    [
        ("anti\ufffe\ninflam", "anti-inflam", [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]),
        ("a \ufb01n b", "a fin b", [0, 1, 2, 2, 3, 4, 5]),
        ("plum \ufb02at \ufb03", "plum flat ffi", [0, 1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 9, 9]),
    ],
)
def test_each_character_of_a_line_has_its_place(text: str, line: str, places: list[int]) -> None:
    letter = LetterText(text)
    assert letter.joined(0, len(text)) == line
    assert letter.places(0, len(text), line) == places


def test_a_hyphen_stays_where_the_letter_prints_the_word_in_both_ways() -> None:
    letter = LetterText("a post-plum kite, no postplum kite, a post-\nplum kite")
    assert letter.joined(36, len(letter.text)) == "a post-plum kite"


def test_the_foot_of_a_page_is_blanked_out_within_a_citation() -> None:
    cleaned = clean("MTUS Knee Complaints (2004),\nCM14-0900001 Page 1 of 2\n\npage 398.")
    assert cleaned.split() == ["MTUS", "Knee", "Complaints", "(2004),", "page", "398."]


def test_the_running_line_of_a_number_of_eight_figures_is_blanked_out() -> None:
    assert clean("She fell\nCM14-09000012 Page 1 of 2\nhard.").split() == ["She", "fell", "hard."]
