"""What utilization review did, and how often it is read right."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from annotations import HALVES, Tally, UrActionRow, annotated, records
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.parsing.ur_action import _verbs, read_ur_action, review_words

MODIFIED = (
    "Aquatic therapy 12 visits was the original request. Aquatic therapy 4 visits was authorized by the "
    "Claims Administrator. What remains eligible, aquatic therapy 8 visits, is"
)
LEFT = "A hoist was asked for. The Claims Administrator authorized a hoist for 2 months, leaving the rest"


@pytest.mark.parametrize(
    ("description", "authorized", "quantity", "unit"),
    [
        (MODIFIED, "Aquatic therapy 4 visits", 4.0, "visits"),
        (LEFT, "hoist for 2 months", 2.0, "months"),
        (
            "Zolpidem #30 was the original request. Zolpidem #15 was authorized by the Claims Administrator.",
            "Zolpidem #15",
            15.0,
            "units",
        ),
        (
            "A scan was the original request. A visit was authorized by the Claims Administrator.",
            "A visit",
            None,
            None,
        ),
    ],
)
def test_the_words_of_the_form_tell_a_modification(
    description: str, authorized: str, quantity: float | None, unit: str | None
):
    action = read_ur_action(description, None, "Everything was denied by utilization review.")
    assert action is not None
    assert (action.action, action.authorized, action.quantity, action.unit, action.certain) == (
        "modified", authorized, quantity, unit, True,
    )  # fmt: skip
    assert description[action.start : action.end] == authorized


@pytest.mark.parametrize(
    ("description", "summary", "expected"),
    [
        (
            "MRI of the left knee",
            "On 3-4-2016 utilization review non-certified the request for MRI of the left knee.",
            ("denied", True),
        ),
        ("Walker", "The claims administrator failed to approve a walker.", ("denied", True)),
        ("Walker", "The request was modified by UR to #2. She denied chest pain.", ("modified", True)),
        (
            "Naproxen 500mg",
            "UR denied the scan request. The request for naproxen was modified.",
            ("modified", True),
        ),
        (
            "MRI of the knee",
            "UR non-certified the request for MRI of the neck. The request for a cane was approved.",
            ("denied", False),
        ),
        ("Cane", "The worker denied numbness. He asked for a cane.", None),
        ("Cane", "The request for a cane was certified by utilization review.", None),
        ("Cane", "", None),
    ],
)
def test_the_summary_tells_what_became_of_the_item(
    description: str, summary: str, expected: tuple[str, bool] | None
):
    action = read_ur_action(description, None, summary)
    assert (None if action is None else (action.action, action.certain)) == expected


def test_a_summary_tells_to_how_much_a_request_was_modified():
    summary = "On 1-2-2016 utilization review modified the request for aquatic therapy, allowing 6 visits."
    action = read_ur_action("Aquatic therapy, 12 visits", None, summary)
    assert action is not None
    assert (action.action, action.quantity, action.unit) == ("modified", 6.0, "visits")


def test_a_summary_may_tell_what_was_certified_before_the_verb():
    summary = "UR modified the request for massage: four massage visits were Certified."
    action = read_ur_action("Massage", None, summary)
    assert action is not None
    assert (action.authorized, action.quantity, action.unit) == ("four massage visits", 4.0, "visits")


@pytest.mark.parametrize(
    ("summary", "clause"),
    [
        ("UR denied the massage and requested a note.", "UR denied the massage and requested"),
        ("The band requested a cane; UR denied the massage.", "UR denied the massage."),
        ("By UR a cane was approved, and denied was the massage.", "and denied was the massage."),
        ("Then UR told of approval of a cane and denial of the massage.", "denial of the massage."),
    ],
)
def test_each_clause_of_a_sentence_tells_of_its_own_request(summary: str, clause: str):
    action = read_ur_action("Massage", None, summary)
    assert action is not None
    assert (action.action, summary[action.start : action.end]) == ("denied", clause)


@given(st.text(), st.text(), st.text())
def test_no_text_makes_it_raise(description: str, rationale: str, summary: str):
    action = read_ur_action(description, rationale, f"UR denied {summary}")
    assert action is None or action.action in {"denied", "modified"}


@pytest.mark.parametrize(
    "piece",
    ["denied ", "UR denied. ", "request modified to ", "was authorized by the claims administrator ", "a"],
)
def test_a_long_text_takes_no_long_time(piece: str):
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    read_ur_action(text, text, text)
    assert time.process_time() - started < 2


@given(
    st.lists(
        st.sampled_from([*review_words().hints, "den", "z", "riz", "dental", "size", "certi", " ", "d", "au"])
    ).map("".join)
)
def test_every_verb_of_decision_is_found_wherever_it_stands(text: str):
    hints = review_words().hints
    assert sorted(_verbs(text)) == [at for at in range(len(text)) if text.startswith(hints, at)]


@pytest.mark.letters
@pytest.mark.parametrize("half", HALVES)
def test_actions_on_the_real_letters_are_right(real_letters: Path, half: str):
    right = given_ = wanted = certain = certain_right = amounts = 0
    for row in annotated("ur_actions", UrActionRow, half):
        record = records(real_letters)[row.letter]
        item = record.items[row.item - 1]
        action = read_ur_action(item.description, item.rationale, record.summary)
        wanted += row.action is not None
        if action is None:
            continue
        given_ += 1
        right += action.action == row.action
        certain += action.certain
        certain_right += action.certain and action.action == row.action
        if row.action == action.action == "modified":
            amounts += 1
            assert (action.quantity, action.unit) == (row.quantity, row.unit), row
    assert amounts
    assert Tally(right, given_, wanted).precision >= 0.9
    assert Tally(right, given_, wanted).recall >= 0.9
    assert certain_right / certain >= 0.95
