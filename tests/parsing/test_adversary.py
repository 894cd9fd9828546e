"""Fictional letters written to mislead the parser: each must be read wholly as its truth says.

They were written from the description of the layouts, without knowledge of the parser's rules: verdicts glued
and wrapped, tables of every shape, misread letters, relatives' ages, citations in odd shapes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from imr_archive.parsing import parse_letter, parse_letters

FINDS = Path(__file__).parent / "finds"
ADVERSARY = Path(__file__).resolve().parents[1] / "golden" / "adversary"
TRUTH = [json.loads(line) for line in (ADVERSARY / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
ITEM = ("description", "outcome", "category", "subcategory")
CITATION = ("cited_by", "source", "guideline", "year", "sections", "pages")


def stated(record: dict[str, Any], fields: list[str]) -> dict[str, Any]:
    """Those fields of a parsed record that the truth gives."""
    whole = json.loads(json.dumps(record))
    items = [
        {name: item[name] for name in ITEM}
        | {"citations": [{name: cited[name] for name in CITATION} for cited in item["citations"]]}
        for item in whole["items"]
    ]
    return {name: whole[name] for name in fields} | {"items": items}


@pytest.mark.parametrize("truth", TRUTH, ids=lambda truth: f"{truth['source']}-{truth['part']}")
def test_a_letter_written_to_mislead_is_read_as_its_truth_says(truth: dict[str, Any]):
    text = (ADVERSARY / truth["source"]).read_bytes().decode()
    records = parse_letters(text, truth["source"])
    assert len(records) == sum(other["source"] == truth["source"] for other in TRUTH)
    assert stated(records[truth["part"] - 1].to_dict(), list(truth)) == truth


def test_every_layout_has_letters_written_to_mislead():
    assert {truth["layout"] for truth in TRUTH} == {"A", "B", "C", "D"}


def summary_of(sentence: str) -> tuple[int | None, str | None]:
    """Age and sex that the parser draws from a case summary of that sentence."""
    record = parse_letter(
        f"HOW THE IMR FINAL DETERMINATION WAS MADE\nBy review.\nCLINICAL CASE SUMMARY\n{sentence}\n"
        "IMR ISSUES, DECISIONS AND RATIONALES\nKnee brace: Upheld\n"
    )
    return record.patient_age, record.patient_sex


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "He is a baker. Her husband, a 50 year old man, had a stroke. She is a 44 y.o. woman.",
            (44, "female"),
        ),
        ("A man, age 52, hurt his knee.", (52, "male")),
        ("A welder whose daughter (age 30) interprets.", (None, None)),
        ("A lady of 71 years slipped.", (71, "female")),
        ("A 46-year\x02\nold female cook.", (46, "female")),
        ("A 55 year old rnale driver.", (55, "male")),
        ("The dentist stated he would fit a guard.", (None, None)),
        ("She was struck; her husband noted he is worried.", (None, "female")),
        ("Mr. [redacted] fell.", (None, "male")),
    ],
)
def test_age_and_sex_are_the_patients_and_nobody_elses(sentence, expected):
    assert summary_of(sentence) == expected


def test_a_notice_that_decides_one_request_twice_and_otherwise_says_so():
    sentence = (
        "1) MAXIMUS Federal Services, Inc. has determined the request for a cane is {}medically necessary.\n"
    )
    record = parse_letter(
        "Notice of Independent Medical Review Determination\n"
        + sentence.format("")
        + "INDEPENDENT MEDICAL REVIEW DECISION AND RATIONALE\n"
        + sentence.format("not ")
    )
    assert [(item.description, item.outcome) for item in record.items] == [("a cane", "overturned")]
    assert [problem.code for problem in record.problems if problem.field == "items[0].outcome"] == [
        "conflicting_outcomes"
    ]


def test_more_decisions_than_any_letter_has_are_cut_and_named():
    record = parse_letter(
        "IMR ISSUES, DECISIONS AND RATIONALES\n" + "".join(f"Cane {n}: Upheld\n" for n in range(300))
    )
    assert len(record.items) == 200
    assert "too_many_items" in {problem.code for problem in record.problems}


def test_numbers_that_count_headings_are_no_part_of_them():
    record = parse_letter(
        "IMR ISSUES, DECISIONS AND RATIONALES\n"
        "1) Urine test: Upheld\nDecision rationale: No.\n2) Cane: Upheld\n"
    )
    assert [item.description for item in record.items] == ["Urine test", "Cane"]


@pytest.mark.parametrize("find", sorted(FINDS.iterdir()), ids=lambda find: find.name)
def test_what_the_fuzzer_found_gives_records(find: Path):
    text = find.read_bytes().decode("utf-8", errors="replace")
    records = parse_letters(text, find.name)
    assert [record.source for record in records] == [find.name] * len(records)
    assert records
