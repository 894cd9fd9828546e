"""Every value says where in the text it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from fictional_letters import (
    HEADERS,
    ItemFacts,
    LetterFacts,
    Shape,
    letter_a,
    letter_b,
    letter_c,
    letter_d,
    with_items,
)

from imr_archive.parsing import Finding, LetterRecord, parse_letters
from imr_archive.parsing.clean import LetterText

FACTS = with_items(
    ItemFacts("Physical therapy 2 times a week for 6 weeks, left knee"),
    ItemFacts("Plumocet 10/325mg #60", "Overturned", reviewer="Decision based on MTUS Knee Complaints 2004."),
)
TEXTS = {
    **{f"D, {table}": letter_d(FACTS, Shape(table, newline="\r\n", page=30)) for table in HEADERS},
    "D, narrow": letter_d(FACTS, Shape(width=40)),
    "A": letter_a(FACTS),
    "B": letter_b(FACTS),
    "C": letter_c(FACTS),
    "several": letter_d(FACTS) + "\n" + letter_a(FACTS) + "\n" + letter_d(FACTS, Shape("markdown")),
}


def value_at(record: LetterRecord, path: str) -> object:
    """The value that a finding's field names: `items[2].citations[0]` and the like."""
    value: object = record
    for step in path.split("."):
        name, _, index = step.partition("[")
        value = getattr(value, name)
        if index:
            value = value[int(index.rstrip("]"))]  # type: ignore[index]
    return value


def words(text: str) -> str:
    """Words alone: what line breaks, hyphens and markup do not change."""
    return "".join(char for char in text.lower() if char.isalnum())


def check(text: str, record: LetterRecord, finding: Finding) -> None:
    value = value_at(record, finding.field)
    start, end = finding.span.start, finding.span.end
    assert 0 <= start < end <= len(text), finding
    letter = LetterText(text)
    stated = finding.raw if finding.raw is not None else value
    assert words(letter.joined(start, end)) == words(str(stated)), finding
    assert value is not None


@pytest.mark.parametrize("name", TEXTS)
def test_the_text_of_a_span_is_the_value_or_its_raw_words(name: str) -> None:
    for record in parse_letters(TEXTS[name]):
        assert record.findings
        for finding in record.findings:
            check(TEXTS[name], record, finding)


@pytest.mark.parametrize("name", TEXTS)
def test_every_value_has_its_finding(name: str) -> None:
    for record in parse_letters(TEXTS[name]):
        fields = [finding.field for finding in record.findings]
        assert len(fields) == len(set(fields))
        simple = (
            "case_number",
            "date_assigned",
            "decision_date",
            "priority",
            "patient_age",
            "patient_sex",
            "summary",
        )
        expected = {field for field in simple if getattr(record, field) is not None}
        expected |= {f"reviewer.specialties[{n}]" for n in range(len(record.reviewer.specialties))}
        expected |= {f"reviewer.licensure_states[{n}]" for n in range(len(record.reviewer.licensure_states))}
        for number, item in enumerate(record.items):
            path = f"items[{number}]"
            values = [
                field
                for field in item.__struct_fields__
                if field != "citations" and getattr(item, field) is not None
            ]
            expected |= {f"{path}.{field}" for field in values}
            expected |= {f"{path}.citations[{n}]" for n in range(len(item.citations))}
        assert expected <= set(fields)


def test_spans_of_a_second_letter_count_from_the_beginning_of_the_file() -> None:
    first = letter_d(LetterFacts())
    text = first + "\n" + letter_d(FACTS)
    second = parse_letters(text)[1]
    assert all(finding.span.start > len(first) for finding in second.findings)
    assert all(citation.span.start > len(first) for item in second.items for citation in item.citations)


@pytest.mark.letters
def test_spans_of_the_real_letters(real_letters: Path) -> None:
    for path in sorted((real_letters / "text").iterdir()):
        text = path.read_bytes().decode()
        for record in parse_letters(text):
            for finding in record.findings:
                check(text, record, finding)
