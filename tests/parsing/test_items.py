"""Disputed items: headings with outcomes, outcome sentences, issues at dispute."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fictional_letters import ItemFacts, Shape, letter_a, letter_b, letter_c, letter_d, with_items
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.parsing import LetterRecord, parse_letter
from imr_archive.parsing.record import Item

REMAINDER = (
    "Banjo lessons 2x6 was the original request. Banjo lessons 2x4 was authorized by the Claims "
    "Administrator. The remaining IMR eligible portion of the original request, Banjo lessons 2x2 is"
)
LEAVING = (
    "Purchase of a kite was the original request. The Claims Administrator authorized a kite for 1 month, "
    "leaving all of the original request IMR eligible. The original request, one kite, is"
)
HEADINGS = (
    "Six visits of water aerobics",
    "Associated surgical service: Kite, seven day use",
    "Pre-op labs: PLUM",
    "Retrospective kite, purchase, left knee (DOS: 11/14/16)",
    "Plumocet 10/325mg #60 with 2 refills",
    "(1) kite, 3.5 inch",
    "one walking cane",
    REMAINDER,
    LEAVING,
)
RATIONALES = (
    "Nothing on file shows a gain. The request is not medically necessary.",
    "Plums were tried and they failed. As such, this kite is medically necessary and appropriate.",
    "The guideline wants pears first; the worker had 10 of 12. Medical necessity has not been established.",
    "The outcome of an older case was Upheld by another reviewer. It was upheld: rightly so.",
    "The worker was seen by Dr. Plum on 3/3/2016 for pain of 8/10, i.e. much. He should have fewer plums.",
)


def read(record: LetterRecord) -> list[tuple[str, str, str | None]]:
    return [(item.description, item.outcome, item.rationale) for item in record.items]


def said(*items: ItemFacts) -> list[tuple[str, str, str | None]]:
    return [(item.description, item.outcome.lower(), item.rationale) for item in items]


def problems(record: LetterRecord) -> set[str]:
    return {problem.code for problem in record.problems} - {"unknown_service"}


ITEMS = st.lists(
    st.builds(
        ItemFacts,
        description=st.sampled_from(HEADINGS),
        outcome=st.sampled_from(["Upheld", "Overturned"]),
        rationale=st.sampled_from(RATIONALES),
    ),
    min_size=1,
    max_size=5,
)


@given(
    items=ITEMS,
    width=st.sampled_from([0, 70, 84, 95, 110]),
    newline=st.sampled_from(["\n", "\r\n"]),
    page=st.sampled_from([0, 23, 40]),
    footer=st.sampled_from(["", "Page {page} of {pages}", "IMR Case Number {case}"]),
    reviewer=st.sampled_from(["MAXIMUS", "Maximus", "IMR"]),
)
def test_items_come_back_however_the_letter_is_printed(
    items: list[ItemFacts], width: int, newline: str, page: int, footer: str, reviewer: str
) -> None:
    shape = Shape("one cell a line", width, newline=newline, page=page, footer=footer, reviewer=reviewer)
    record = parse_letter(letter_d(with_items(*items), shape))
    assert read(record) == said(*items)
    assert problems(record) == set()


@given(items=ITEMS, width=st.sampled_from([70, 95]))
def test_items_of_double_spaced_text_come_back(items: list[ItemFacts], width: int) -> None:
    record = parse_letter(letter_d(with_items(*items), Shape(width=width, spacing=2)))
    assert read(record) == said(*items)


@given(items=ITEMS)
def test_items_of_a_text_without_line_breaks_come_back(items: list[ItemFacts]) -> None:
    one_line = " ".join(letter_d(with_items(*items)).split())
    verdicts = [replace(item, rationale=RATIONALES[0]) for item in items]
    assert read(parse_letter(" ".join(letter_d(with_items(*verdicts)).split()))) == said(*verdicts)
    assert [item.outcome for item in parse_letter(one_line).items] == [item.outcome.lower() for item in items]


@pytest.mark.parametrize(
    "outcome",
    [
        "Upheld",
        "Upheld.",
        "UPHELD",
        "upheld  ",
        "Upheld\f",
        "\nUpheld",
        "\n\nUpheld",
        "**Upheld**",
        " Upheld\n\f",
    ],
)
def test_outcomes_as_printed(outcome: str) -> None:
    text = letter_d(with_items(ItemFacts("A kite"), ItemFacts("A plum", "Overturned")))
    record = parse_letter(text.replace("A kite: Upheld", f"A kite: {outcome}"))
    assert [(item.description, item.outcome) for item in record.items] == [
        ("A kite", "upheld"),
        ("A plum", "overturned"),
    ]


@pytest.mark.parametrize(
    ("misread", "outcome"), [("Upheid", "upheld"), ("Uphe1d", "upheld"), ("Ovcrtumed", "overturned")]
)
def test_outcomes_that_ocr_misread(misread: str, outcome: str) -> None:
    record = parse_letter(
        letter_d(with_items(ItemFacts("A kite", misread), ItemFacts("A plum", "Overturned")))
    )
    assert [(item.description, item.outcome) for item in record.items] == [
        ("A kite", outcome),
        ("A plum", "overturned"),
    ]


@pytest.mark.parametrize("label", ["Clairns Adrninistrator guideline:", "Claims Administratorguideline;"])
def test_labels_that_ocr_misread(label: str) -> None:
    text = letter_d(with_items(ItemFacts("A kite"), ItemFacts("A plum")))
    record = parse_letter(text.replace("Claims Administrator guideline:", label))
    assert [item.description for item in record.items] == ["A kite", "A plum"]


def test_an_outcome_in_running_prose_is_no_heading() -> None:
    rationale = (
        "The denial was upheld. Utilization review said: upheld, and we agree that it is Upheld\nfor now."
    )
    record = parse_letter(letter_d(with_items(ItemFacts("A kite", rationale=rationale))))
    assert [item.description for item in record.items] == ["A kite"]


def test_each_side_cites_for_its_own_item() -> None:
    kite = ItemFacts("A kite", claims_administrator="Decision based on MTUS Acupuncture Treatment 2007.")
    plum = ItemFacts("A plum", reviewer="Decision based on MTUS Knee Complaints 2004.")
    record = parse_letter(letter_d(with_items(kite, plum)))
    assert [[(one.cited_by, one.guideline, one.year) for one in item.citations] for item in record.items] == [
        [
            ("claims_administrator", "Acupuncture Treatment", 2007),
            ("reviewer", "Acupuncture Treatment", 2007),
        ],
        [("reviewer", "Knee Complaints", 2004)],
    ]


def test_headings_and_labels_that_do_not_agree_are_noted() -> None:
    text = letter_d(with_items(ItemFacts("A kite"), ItemFacts("A plum")))
    record = parse_letter(text.replace("A plum: Upheld", "A plum is still in dispute"))
    assert [item.description for item in record.items] == ["A kite"]
    assert problems(record) == {"item_count_mismatch"}


SENTENCES = (
    ItemFacts("six visits of water aerobics", rationale="Pools are wet."),
    ItemFacts(
        "a kite, 2 spools, for the left yard",
        "Overturned",
        "The Claims Administrator based its decision on the Chronic Pain Medical Treatment Guidelines "
        "(2009), pg. 30-32, which is part of the MTUS. The provider did not dispute it.",
        "The Expert Reviewer found the guidelines used by the Claims Administrator relevant and appropriate.",
        "Kites fly.",
    ),
    ItemFacts(
        "tea for a year",
        claims_administrator="The Claims Administrator based its decision on the ODG, Knee Chapter.",
        reviewer="The Physician Reviewer based his/her decision on the MTUS Knee Complaints 2004.",
        rationale="Tea is hot.",
    ),
)


@pytest.mark.parametrize("glued", [False, True])
@pytest.mark.parametrize("footer", [False, True])
def test_a_notice_of_2013_gives_each_item_once(glued: bool, footer: bool) -> None:
    record = parse_letter(letter_a(with_items(*SENTENCES), glued=glued, footer=footer))
    assert read(record) == said(*SENTENCES)
    assert record.outcome == "partially_overturned"
    assert [
        [(c.cited_by, c.source, c.guideline, c.pages) for c in item.citations] for item in record.items[1:]
    ] == [
        [
            ("claims_administrator", "MTUS", "Chronic Pain Medical Treatment", ("30-32",)),
            ("reviewer", "MTUS", "Chronic Pain Medical Treatment", ("30-32",)),
        ],
        [("claims_administrator", "ODG", "Knee and Leg", ()), ("reviewer", "MTUS", "Knee Complaints", ())],
    ]


@pytest.mark.parametrize("numbered", [True, False])
def test_layout_b_with_sentences_or_headings(numbered: bool) -> None:
    record = parse_letter(letter_b(with_items(*SENTENCES), numbered=numbered))
    assert record.layout == "B"
    assert read(record) == said(*SENTENCES)


@pytest.mark.parametrize("outcome", ["Upheld", "Overturned"])
def test_layout_c_takes_the_outcome_from_its_heading(outcome: str) -> None:
    item = ItemFacts("six visits of hand therapy", outcome, rationale="The hand is well.")
    record = parse_letter(letter_c(with_items(item)))
    assert record.layout == "C"
    assert read(record) == said(item)


def test_layout_c_with_the_forms_unmade_choice_reads_the_rationale() -> None:
    item = ItemFacts("a kite", rationale="It is windy. The request for a kite is not medically necessary.")
    text = letter_c(with_items(item)).replace("SERVICE IS NOT MEDICALLY", "SERVICE IS/WAS (NOT) MEDICALLY")
    assert read(parse_letter(text)) == said(item)


def test_an_unknown_layout_still_gives_its_items() -> None:
    text = (
        "Some county's decision\n\nA kite for the yard: Overturned\n"
        "Claims Administrator guideline: none\nMAXIMUS guideline: none\nDecision rationale: It is windy.\n"
    )
    record = parse_letter(text)
    assert record.layout == "unknown"
    assert read(record) == [("A kite for the yard", "overturned", "It is windy.")]


@pytest.mark.parametrize(
    ("printed", "damaged"),
    [
        ("MAXIMUS guideline:", "MAXIMITUIS guideline:"),
        ("MAXIMUS guideline:", "_|MAXlMUS guidelme;"),
        ("MAXIMUS guideline:", "IMB guideline:"),
        ("Claims Administrator guideline:", "_[Clams Adminishator guidehne:"),
        ("Decision rationale:", "Dccison ratonale:"),
    ],
)
def test_a_damaged_label_is_known_by_its_place(printed: str, damaged: str) -> None:
    items = (
        ItemFacts("Kite", claims_administrator="Decision based on MTUS Knee Complaints 2004."),
        ItemFacts("Plum", rationale="The file is thin.\nMTUS guideline: it says nothing of plums."),
    )
    text = letter_d(with_items(*items))
    whole = parse_letter(text)
    assert [len(item.citations) for item in whole.items] == [2, 1]
    assert all(item.rationale for item in whole.items)
    read = parse_letter(text.replace(printed, damaged, 1))
    assert [parted(item) for item in read.items] == [parted(item) for item in whole.items]
    assert read.items[1].rationale == "The file is thin. MTUS guideline: it says nothing of plums."


def parted(item: Item) -> tuple[object, ...]:
    """What the labels part an item into, without places."""
    cited = [(citation.cited_by, citation.source, citation.guideline) for citation in item.citations]
    return item.description, item.outcome, cited, item.rationale


def test_an_item_whose_labels_are_all_damaged_is_read() -> None:
    text = letter_d(with_items(ItemFacts("Kite"), ItemFacts("Plum")))
    for label, damaged in (
        ("Claims Administrator guideline", "Claims Adminstratr guidline"),
        ("MAXIMUS guideline", "MAXIMITUIS guideline"),
        ("Decision rationale", "Decison rationaIe"),
    ):
        text = text.replace(label, damaged, 1)
    first, second = parse_letter(text).items
    assert parted(first)[1:] == parted(second)[1:]
    assert first.rationale is not None


def test_a_rationale_that_takes_up_the_request_starts_no_passage_of_its_own() -> None:
    rationale = "The plan is old.\nRegarding the request for plums, several points matter. It is late."
    facts = with_items(ItemFacts("Plums", rationale=rationale), ItemFacts("Kite"))
    first, second = parse_letter(letter_a(facts)).items
    assert first.rationale is not None
    assert first.rationale.endswith("several points matter. It is late.")
    assert second.rationale == ItemFacts("Kite").rationale
