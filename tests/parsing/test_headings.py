"""What a heading says, as fields of an item, each noted with the words that say it."""

from __future__ import annotations

from imr_archive.parsing.clean import LetterText
from imr_archive.parsing.findings import Notes
from imr_archive.parsing.headings import describe_heading
from imr_archive.parsing.passages import Passage
from imr_archive.parsing.record import Finding, Span

HEADING = "Acupuncture 2 times a week for 3 weeks, left wrist"
STATED = {
    "category": "Rehabilitation",
    "subcategory": "Acupuncture",
    "service": "acupuncture",
    "body_part": "wrist",
    "laterality": "left",
    "duration_weeks": 3.0,
    "frequency": "2 times a week",
    "quantity": 6.0,
    "quantity_unit": "visits",
}


def described(heading: str) -> tuple[dict[str, object], Notes]:
    """The heading at the very beginning of a letter that begins 100 characters into its text."""
    notes = Notes(100)
    passage = Passage(0, len(heading), heading)
    return describe_heading(LetterText(heading), passage, "items[0]", notes), notes


def test_each_field_is_noted_with_the_words_that_state_it() -> None:
    values, notes = described(HEADING)
    assert values == STATED
    named = "first named: acupuncture"
    assert notes.findings == [
        Finding("items[0].category", Span(100, 111), named, "Acupuncture"),
        Finding("items[0].subcategory", Span(100, 111), named, "Acupuncture"),
        Finding("items[0].service", Span(100, 111), named, "Acupuncture"),
        Finding("items[0].body_part", Span(145, 150), "heading words", "wrist"),
        Finding("items[0].laterality", Span(140, 144), "heading words", "left"),
        Finding("items[0].duration_weeks", Span(131, 138), "heading words", "3 weeks"),
        Finding("items[0].frequency", Span(112, 126), "heading words", "2 times a week"),
        Finding("items[0].quantity", Span(112, 126), "heading words", "2 times a week"),
        Finding("items[0].quantity_unit", Span(112, 126), "heading words", "2 times a week"),
    ]
    assert notes.problems == []


def test_what_is_done_to_the_values_does_not_reach_the_next_letter() -> None:
    values, _ = described(HEADING)
    values["service"] = "something else"
    values["rationale"] = "None was given."
    assert described(HEADING)[0] == STATED


def test_a_heading_of_no_known_service_is_a_problem() -> None:
    values, notes = described("Zzyx of the knee")
    assert values == {"body_part": "knee"}
    assert [(one.code, one.field, one.span) for one in notes.problems] == [
        ("unknown_service", "items[0].service", Span(100, 116))
    ]
