"""What the prose says reaches the record, with its place in the printed letter."""

from __future__ import annotations

import pytest
from fictional_letters import ItemFacts, LetterFacts, Shape, letter_d

from imr_archive.parsing import parse_letter
from imr_archive.parsing.clean import LetterText
from imr_archive.parsing.narrative import Passage


@pytest.mark.parametrize(
    "printed",
    [
        "one two three-four five",
        "one two\r\nthree-four\r\n  five",
        "one two three\ufffe\r\nfour five",
        "one\n\n\ntwo three\x02\nfour  five",
        "one ﬁve two three-four five",
    ],
)
@pytest.mark.parametrize("words", ["two three-four", "three-four five", "one"])
def test_words_of_the_line_are_found_where_they_are_printed(printed: str, words: str):
    letter = LetterText(printed)
    line = letter.joined(0, len(printed)).replace("threefour", "three-four")
    at = line.index(words)
    start, end = Passage(0, len(printed), line).place(letter, at, at + len(words))
    bare = "".join(character for character in printed[start:end] if character.isalpha())
    assert bare == words.replace(" ", "").replace("-", "")


FACTS = LetterFacts(
    summary="She was diagnosed with lumbago and brontosis. Utilization review denied the hippotherapy.",
    items=(
        ItemFacts(
            "Hippotherapy, 9 visits", rationale="Riding helps some. In this case there are no red flags."
        ),
    ),
)


def test_the_record_holds_diagnoses_reason_and_action_each_with_its_finding():
    text = letter_d(FACTS, Shape(width=40, newline="\r\n"))
    record = parse_letter(text)
    item = record.items[0]
    assert record.diagnoses == ("low back pain", "brontosis")
    assert (item.reason, item.reason_certain, item.ur_action) == ("no_findings", True, "denied")
    assert item.reason_sentence == "In this case there are no red flags."
    found = {finding.field: finding for finding in record.findings}
    assert found["diagnoses[0]"].raw == "lumbago"
    assert found["diagnoses[0]"].recognised
    assert not found["diagnoses[1]"].recognised
    span = found["items[0].reason"].span
    assert " ".join(text[span.start : span.end].split()) == item.reason_sentence
    assert found["items[0].ur_action"].rule == "words of the summary"
