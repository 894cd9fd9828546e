"""Whole letters: assembly, several in one file, and the real ones."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from fictional_letters import ItemFacts, LetterFacts, Shape, letter_a, letter_c, letter_d, with_items

from imr_archive.parsing import PARSER_VERSION, parse_letter, parse_letters, parser_version
from imr_archive.parsing.problems import SENTENCES
from imr_archive.vocabulary import vocabulary_version


def test_the_keys_of_the_published_record() -> None:
    record = parse_letter(letter_d(LetterFacts()), "CM16-0900001.pdf").to_dict()
    published = {
        "source",
        "case_number",
        "date_assigned",
        "date_of_injury",
        "decision_date",
        "ur_denial_date",
        "application_received",
        "priority",
        "outcome",
        "reviewer",
        "patient_age",
        "patient_sex",
        "items",
    }
    assert published <= record.keys()
    assert record["source"] == "CM16-0900001.pdf"
    assert record["decision_date"] == "2017-01-04"
    assert record["summary"] == LetterFacts().summary
    assert json.loads(json.dumps(record))["items"][0]["description"] == "Six visits of water aerobics"


@pytest.mark.parametrize(
    ("outcomes", "whole"),
    [
        (("Upheld",), "upheld"),
        (("Overturned", "Overturned"), "overturned"),
        (("Upheld", "Overturned"), "partially_overturned"),
    ],
)
def test_the_letters_outcome_follows_from_its_items(outcomes: tuple[str, ...], whole: str) -> None:
    items = [ItemFacts(f"Kite {number}", outcome) for number, outcome in enumerate(outcomes)]
    assert parse_letter(letter_d(with_items(*items))).outcome == whole


@pytest.mark.parametrize("table", ["row by row", "values, then labels", "one cell a line", "no header"])
@pytest.mark.parametrize("between", ["\n", "\n\f", "\n\n\n"])
def test_several_letters_in_one_file_are_told_apart(table: str, between: str) -> None:
    numbers = ["CM16-0900001", "CM17-0900002", "CM18-0900003"]
    facts = [replace(LetterFacts(), case=number, summary=f"Case {number} fell.") for number in numbers]
    records = parse_letters(between.join(letter_d(one, Shape(table)) for one in facts), "three.txt")
    assert [record.part for record in records] == [1, 2, 3]
    assert [record.summary for record in records] == [one.summary for one in facts]
    assert [record.case_number for record in records] == (numbers if table != "no header" else [None] * 3)
    assert [len(record.items) for record in records] == [1, 1, 1]
    assert all((record.items[0].rationale or "").endswith("The request fails.") for record in records)


def test_letters_of_different_layouts_in_one_file() -> None:
    text = "\n".join([letter_d(LetterFacts()), letter_a(LetterFacts()), letter_c(LetterFacts())])
    assert [record.layout for record in parse_letters(text)] == ["D", "A", "C"]


def test_parse_letter_gives_the_first() -> None:
    text = letter_d(LetterFacts()) + "\n" + letter_d(replace(LetterFacts(), case="CM17-0900002"))
    assert parse_letter(text).case_number == "CM16-0900001"


@pytest.mark.parametrize("text", ["", " ", "plums", "Upheld", "\x00", "a: b: c:"])
def test_nonsense_is_one_record_of_an_unknown_layout(text: str) -> None:
    (record,) = parse_letters(text, "x.txt")
    assert record.layout == "unknown"
    assert (record.items, record.case_number, record.outcome, record.summary) == ((), None, None, None)
    assert {problem.code for problem in record.problems} == {"unknown_layout", "no_case_number", "no_items"}


def test_the_version_is_of_rules_and_vocabulary() -> None:
    assert parser_version() == f"{PARSER_VERSION}.{vocabulary_version()}"


def test_every_problem_has_a_sentence() -> None:
    assert all(code == code.lower() and sentence.endswith(".") for code, sentence in SENTENCES.items())


def extracted(path: Path) -> str:
    """The text of every page as PDFium gives it."""
    with pypdfium2.PdfDocument(path) as document:
        return "\f".join(page.get_textpage().get_text_range() for page in document)


@pytest.fixture(scope="module")
def scores(real_letters: Path) -> dict[str, float]:
    """F1 of every field over the real letters, by the published scorer."""
    spec = importlib.util.spec_from_file_location("score", real_letters.parent / "score.py")
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    texts = {path.stem: extracted(path) for path in sorted((real_letters / "pdf").glob("*.pdf"))}
    for path in sorted((real_letters / "text").iterdir()):
        texts[path.stem] = path.read_bytes().decode()
    hits: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for stem, truth in scorer.load(real_letters / "gold.jsonl").items():
        guess = parse_letter(texts[stem], stem).to_dict()
        scorer.accept_alternatives(truth, guess)
        want, got = scorer.facts_by_field(truth), scorer.facts_by_field(guess)
        for field in want.keys() | got.keys():
            both = (want[field] & got[field]).total()
            hits[field] += both
            wrong[field] += want[field].total() + got[field].total() - 2 * both
    return {
        field: 2 * hits[field] / ((2 * hits[field] + wrong[field]) or 1)
        for field in hits.keys() | wrong.keys()
    }


FIELDS = (
    "case_number",
    "date_assigned",
    "date_of_injury",
    "decision_date",
    "ur_denial_date",
    "application_received",
    "priority",
    "outcome",
    "patient_age",
    "patient_sex",
    "reviewer.specialties",
    "reviewer.licensure_states",
    "item.description",
    "item.outcome",
)


@pytest.mark.letters
@pytest.mark.parametrize("field", FIELDS)
def test_the_real_letters_are_read_right(scores: dict[str, float], field: str) -> None:
    assert scores[field] >= 0.995
