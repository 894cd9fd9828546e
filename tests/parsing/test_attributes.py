"""How much, how strong, how often, how long, and of what part: the whole of each row, nothing more."""

from __future__ import annotations

import re
import time
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.parsing.attribute_patterns import (
    COUNTED,
    COUNTED_WORDS,
    DOSE,
    DOSING,
    DOSING_WORDS,
    DURATION,
    FORM,
    FORM_WORDS,
    FREQUENCY,
    GRID,
    GRID_WORDS,
    LABEL_WORDS,
    LABELLED,
    PERIODS,
    REFILL_WORDS,
    REFILLS,
    THERAPY,
    THERAPY_STEMS,
    THERAPY_WORDS,
    TIME_WORDS,
    TIMES,
    TRAILING,
    VISITS,
    WEIGHT,
    WEIGHT_WORDS,
)
from imr_archive.parsing.attributes import find_attributes, read_attributes
from imr_archive.parsing.heading_parts import LEVEL, LEVEL_LETTERS, SIDE, SIDE_WORDS
from imr_archive.parsing.heading_text import HeadingText, holds_any
from imr_archive.parsing.numbers import NUMBER_WORDS, Figures, in_figures

ROWS = tomllib.loads(Path(__file__).with_name("attributes.toml").read_text(encoding="utf-8"))["rows"]


@pytest.mark.parametrize("row", ROWS, ids=[row["heading"][:60] for row in ROWS])
def test_a_heading_states_these_attributes_and_no_others(row: dict[str, Any]) -> None:
    expected = {name: value for name, value in row.items() if name != "heading"}
    assert {found.name: found.value for found in find_attributes(row["heading"])} == expected


@pytest.mark.parametrize("row", ROWS, ids=[row["heading"][:60] for row in ROWS])
def test_the_attributes_of_the_record_are_those_found(row: dict[str, Any]) -> None:
    stated = msgspec.structs.asdict(read_attributes(row["heading"]))
    expected = {name: row.get(name) for name in stated}
    assert stated == expected


def test_each_attribute_says_where_it_was_read() -> None:
    heading = "Eight visits was the original request. The remaining portion, three visits for the left hip is"
    assert [(found.name, heading[found.start : found.end]) for found in find_attributes(heading)] == [
        ("body_part", "hip"),
        ("laterality", "left"),
        ("quantity", "three visits"),
        ("quantity_unit", "three visits"),
    ]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Eight visits", "8     visits"),
        ("twenty-four sessions", "24          sessions"),
        ("Twice a Week for thirty days", "2     a week for 30     days"),
        ("someone often", "someone often"),
    ],
)
def test_number_words_become_figures_of_the_same_length(text: str, figures: str) -> None:
    assert in_figures(HeadingText(text)) == figures
    assert len(figures) == len(text)


@given(
    st.lists(
        st.sampled_from(
            ["one", "Twelve", "forty-two", "thrice", "someone", "weight", "eve", "x", "2", " ", "-"]
        ),
        max_size=12,
    ).map("".join)
)
def test_a_glance_for_number_words_misses_none(text: str) -> None:
    lower = text.lower()
    assert (in_figures(HeadingText(text)) != lower) == (NUMBER_WORDS.search(lower) is not None)


@pytest.mark.parametrize("pattern", [FREQUENCY, DURATION, GRID, COUNTED, WEIGHT, DOSE])
@given(
    text=st.lists(
        st.sampled_from(
            [
                *"0123456789",
                *" x#/-(),.%",
                "mg",
                " times a week",
                " weeks",
                " visits",
                " tablets",
                "6 to 12",
                "L4",
            ]
        ),
        max_size=20,
    ).map("".join)
)
def test_patterns_that_begin_with_a_number_are_found_where_numbers_begin(
    pattern: re.Pattern[str], text: str
) -> None:
    figures = Figures(HeadingText(text))
    everywhere = [match.span() for match in pattern.finditer(figures.text)]
    assert [match.span() for match in figures.matches(pattern)] == everywhere
    first = figures.search(pattern)
    assert (None if first is None else first.span()) == next(iter(everywhere), None)


NOTHING: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("pattern", "words", "parts"),
    [
        (FREQUENCY, NOTHING, PERIODS),
        (DOSING, DOSING_WORDS, ()),
        (DURATION, TIME_WORDS, ()),
        (GRID, GRID_WORDS, ()),
        (THERAPY, THERAPY_WORDS, THERAPY_STEMS),
        (REFILLS, REFILL_WORDS, ()),
        (LABELLED, LABEL_WORDS, ("#",)),
        (COUNTED, COUNTED_WORDS, ()),
        (TRAILING, NOTHING, VISITS),
        (TIMES, frozenset(["x"]), ("×",)),
        (WEIGHT, WEIGHT_WORDS, ()),
        (FORM, FORM_WORDS, ()),
        (SIDE, SIDE_WORDS, ("b/l",)),
    ],
    ids=lambda value: value.pattern[:20] if isinstance(value, re.Pattern) else "",
)
@given(
    text=st.lists(
        st.sampled_from(
            [
                *(
                    "0",
                    "2",
                    "6",
                    "12",
                    "½",
                    "²",
                    "é",
                    "–",
                    "×",
                    "_",
                    "-",
                    "/",
                    ".",
                    ",",
                    "#",
                    "(",
                    ")",
                    "(s)",
                ),
                *(
                    " ",
                    "  ",
                    " a ",
                    " per ",
                    "/",
                    "x",
                    " x ",
                    "times",
                    "q",
                    "b.i.d",
                    "qid",
                    "every ",
                    "at night",
                ),
                *(
                    "day",
                    "wk",
                    "months",
                    "daily",
                    "hours",
                    "session",
                    "visits",
                    "treatments",
                    "s",
                    "tabs",
                    "pill",
                ),
                *(
                    "patches",
                    "boxes",
                    "units",
                    "packs",
                    "gm",
                    "oz",
                    "ml",
                    "refills",
                    "qty",
                    "disp",
                    "quantity:",
                ),
                *("physiotherapy", "chiropractic", "rehab", "pt", "follow-up", "followups", "work hardening"),
                *("left", "both", "bil", "rt", "b/l", "bilaterally"),
            ]
        ),
        max_size=8,
    ).map("".join)
)
def test_a_pattern_matches_no_heading_without_its_words(
    pattern: re.Pattern[str], words: frozenset[str], parts: tuple[str, ...], text: str
) -> None:
    heading = HeadingText(text)
    if pattern.search(heading.lower):
        assert words.intersection(heading.words) or holds_any(heading.lower, parts)


@pytest.mark.parametrize("letter", ["C", "t", "L", "s", "\u017f"])
def test_a_level_of_the_spine_begins_with_one_of_its_letters(letter: str) -> None:
    assert LEVEL.search(f"at {letter}4")
    assert letter in LEVEL_LETTERS


@given(st.text(max_size=60) | st.text(alphabet="aZ_ -9é½ſİ²", max_size=60))
def test_the_words_of_a_heading_are_its_runs_of_letters(text: str) -> None:
    heading = HeadingText(text)
    assert len(heading.lower) == len(text)
    assert heading.words == re.findall(r"[^\W\d_]+", heading.lower)


@pytest.mark.parametrize(
    "heading", ["sixes of \u017fix visits", "left and b\u0131lateral knee", "f\u0131ve of five visits"]
)
def test_letters_that_only_resemble_those_of_a_known_word_do_no_harm(heading: str) -> None:
    find_attributes(heading)


@given(st.text(max_size=400))
def test_any_text_is_read_without_error_and_found_within_it(text: str) -> None:
    for found in find_attributes(text):
        assert 0 <= found.start <= found.end <= len(text)
    read_attributes(text)


@given(st.text(alphabet="0123456789 x#/-(),.%aehkmtw", max_size=200))
def test_any_row_of_figures_is_read_without_error(text: str) -> None:
    read_attributes(text)


@pytest.mark.parametrize(
    "unit", ["2x", "1 ", "L4-", "(1", "mg ", "one ", "%", "#", "9", " ", "2 times a week "]
)
def test_a_megabyte_of_repetition_takes_no_time(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    started = time.process_time()
    read_attributes(text)
    assert time.process_time() - started < 0.5
