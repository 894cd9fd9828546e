"""Any text gives records, quickly; damage costs little."""

from __future__ import annotations

import random
import time
from dataclasses import replace

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
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_archive.parsing import LetterRecord, parse_letters

FACTS = with_items(ItemFacts("A kite", "Overturned"), ItemFacts("Plumocet 10/325mg #60"))
LETTERS = (
    *(letter_d(FACTS, Shape(table)) for table in HEADERS),
    letter_d(FACTS, Shape(page=20, footer="Page {page} of {pages}", newline="\r\n")),
    letter_a(FACTS),
    letter_b(FACTS),
    letter_c(FACTS),
)
FORM_WORDS = (
    "Upheld",
    ": Upheld\n",
    "Overturned",
    "Claims Administrator guideline:",
    "MAXIMUS guideline:",
    "Decision rationale:",
    "Case Number:",
    "CM16-0900001",
    "12/12/2016",
    "Date of Injury:",
    "Received:",
    "HOW THE IMR FINAL DETERMINATION",
    "CLINICAL CASE SUMMARY\n",
    "IMR ISSUES, DECISIONS AND RATIONALES\n",
    "State(s) of Licensure:",
    "45 year old",
    "he",
    "she",
    "has determined the request for",
    "is not medically necessary and appropriate",
    "1) Regarding the request for",
    "\f",
    "\r\n",
    "\n\n",
    " ",
    "-\n",
    "\ufffe",
    "was the original request.",
    "MTUS",
    "ODG",
    "Section(s):",
    "(",
    "]",
    "**",
    "<b>",
    "|",
    "ISSUE AT DISPUTE:\n",
    "RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE IS",
    "licensed to practice in",
    "Page 1 of 2\n",
)


def sound(text: str, records: list[LetterRecord]) -> bool:
    """Whether records keep what is always true of them."""
    return [record.part for record in records] == list(range(1, len(records) + 1)) and all(
        0 <= finding.span.start <= finding.span.end <= len(text)
        for record in records
        for finding in record.findings
    )


@given(st.text(st.characters(exclude_categories=[]), max_size=300))
def test_any_text_gives_records(text: str) -> None:
    assert sound(text, parse_letters(text))


@settings(max_examples=300)
@given(st.lists(st.sampled_from(FORM_WORDS) | st.text(max_size=8), max_size=60).map(" ".join))
def test_any_mixture_of_the_forms_words_gives_records(text: str) -> None:
    assert sound(text, parse_letters(text))


@given(st.sampled_from(LETTERS), st.randoms(use_true_random=False))
def test_shuffled_lines_give_records(letter: str, chance: random.Random) -> None:
    lines = letter.split("\n")
    chance.shuffle(lines)
    text = "\n".join(lines)
    assert sound(text, parse_letters(text))


@given(st.sampled_from(LETTERS), st.data())
def test_cut_letters_give_records(letter: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(letter)))
    text = letter[: data.draw(st.integers(0, len(letter)))] + letter[start:]
    assert sound(text, parse_letters(text))


MISREADINGS = {
    "l": "I",
    "I": "l",
    "0": "O",
    "1": "l",
    "5": "S",
    "e": "c",
    "m": "rn",
    ":": ";",
    ".": ",",
    " ": "",
}


def misread(text: str, share: float, chance: random.Random) -> str:
    """The text with that share of its characters misread as OCR does."""
    return "".join(MISREADINGS.get(char, char) if chance.random() < share else char for char in text)


def facts_of(record: LetterRecord) -> set[tuple[str, str]]:
    names = (
        "case_number",
        "date_assigned",
        "date_of_injury",
        "decision_date",
        "ur_denial_date",
        "application_received",
    )
    values = {
        (name, str(getattr(record, name)))
        for name in (*names, "priority", "patient_age", "patient_sex", "outcome")
    }
    values |= {("specialty", name) for name in record.reviewer.specialties}
    values |= {("state", name) for name in record.reviewer.licensure_states}
    return values | {(f"outcome {number}", item.outcome) for number, item in enumerate(record.items)}


@pytest.mark.parametrize(("share", "kept"), [(0.002, 0.98), (0.01, 0.95), (0.03, 0.8)])
def test_misread_characters_cost_little(share: float, kept: float) -> None:
    chance = random.Random(7)
    hits = total = 0
    for table in sorted(HEADERS.keys() - {"no header", "html marks", "markdown"}):
        whole = letter_d(FACTS, Shape(table))
        expected = facts_of(parse_letters(whole)[0])
        for _ in range(12):
            hits += len(expected & facts_of(parse_letters(misread(whole, share, chance))[0]))
            total += len(expected)
    assert hits / total >= kept


def test_doubled_lines_cost_little() -> None:
    chance = random.Random(7)
    expected = facts_of(parse_letters(LETTERS[0])[0])
    hits = 0
    for _ in range(40):
        lines = [line for line in LETTERS[0].split("\n") for _ in range(1 + (chance.random() < 0.05))]
        hits += len(expected & facts_of(parse_letters("\n".join(lines))[0]))
    assert hits / (40 * len(expected)) >= 0.97


WORST = (
    "Upheld ",
    "Upheld\n",
    ": Upheld\n",
    "x: Upheld\nClaims Administrator guideline: ",
    " ",
    "\n",
    "\r\n",
    "\f",
    "\t",
    "a: ",
    "Section(s): ",
    "(",
    "[(",
    "-\n",
    "a-\n",
    "\x02",
    "a\x02",
    "a\ufffe",
    "1 ",
    "1) ",
    "12/12/2012 ",
    "Date of Injury: ",
    "Case Number: CM16-1234567\n",
    "HOW THE IMR FINAL DETERMINATION WAS MADE\n",
    "CLINICAL CASE SUMMARY\n",
    "plain words ",
    "has determined the request for ",
    "1) has determined the request for x is not medically necessary. ",
    "page 1",
    "Regarding the request for x:\n",
    "is medically necessary ",
    "the claims administrator. ",
    "Decision rationale: ",
    "Claims Administrator guideline:\n",
    "MAXIMUS guideline: MTUS ",
    "old ",
    "45 year old ",
    "he she ",
    "he/she ",
    "State(s) of Licensure: ",
    "licensed to practice in ",
    "reviewer is ",
    "Page 1 of 2\n",
    "<b>",
    "<",
    "&amp;",
    "**",
    "|\n|",
    "was the original request. ",
    "necessary. ",
    "A. ",
    "\ufb01",
    "\u0130",
    "twenty ",
    "patient is a ",
    "medically  ",
    "Notice of Independent Medical Review Determination Dated: 1/1/2013\n",
    "the\n",
    "set forth ",
    "MEDICAL PROFESSIONAL REVIEW\n",
)
SIZE = 1_000_000


@pytest.mark.parametrize("unit", WORST)
@pytest.mark.parametrize("place", ["alone", "in a summary"])
def test_a_megabyte_of_the_worst_text_takes_no_two_seconds(unit: str, place: str) -> None:
    text = (unit * (SIZE // len(unit) + 1))[:SIZE]
    if place == "in a summary":
        text = letter_d(replace(LetterFacts(), summary="MARK")).replace("MARK", text)
    begin = time.process_time()
    assert sound(text, parse_letters(text))
    assert time.process_time() - begin < 2
