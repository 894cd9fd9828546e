"""Questions that compare: what belongs to which side, and what holds for all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.query.language.reading import read
from imr_archive.query.language.thesaurus import Thesaurus

PLAIN = Thesaurus()


def _arms(text: str, thesaurus: Thesaurus) -> list[tuple[str, str]]:
    """Each group's name, and its terms and filters."""
    plan = read(text, thesaurus)
    return [
        (
            arm.label,
            " | ".join(
                [" ".join(term.text for term in group) for group in arm.groups]
                + [one.english for one in arm.filters]
            ),
        )
        for arm in plan.arms
    ]


@pytest.mark.parametrize(
    ("typed", "arms"),
    [
        ("norco vs gabapentin", [("norco", "norco"), ("gabapentin", "gabapentin")]),
        ("norco versus gabapentin v MRI", [("norco", "norco"), ("gabapentin", "gabapentin"), ("MRI", "MRI")]),
        ("H-wave purchase vs 30 day trial",
         [("purchase", "H-wave purchase"), ("30 day trial", "H-wave 30 day trial")]),
        ("lumbar MRI vs massage", [("MRI", "lumbar MRI"), ("massage", "lumbar massage")]),
        ("massage 2016 vs 2018",
         [("decided in 2016", "massage | decided in 2016"),
          ("decided in 2018", "massage | decided in 2018")]),
        ("norco vs gabapentin for burning pain",
         [("norco", "norco burning pain"), ("gabapentin", "gabapentin burning pain")]),
        ("norco OR gabapentin vs MRI", [("norco gabapentin", "norco | gabapentin"), ("MRI", "MRI")]),
        ("male vs female patients", [("male patient", "male patient"), ("female patient", "female patient")]),
    ],
)  # fmt: skip
def test_the_sides_of_a_comparison(thesaurus: Thesaurus, typed: str, arms: list[tuple[str, str]]) -> None:
    assert _arms(typed, thesaurus) == arms


def test_a_filter_of_one_side_alone_holds_for_all(thesaurus: Thesaurus) -> None:
    plan = read("norco vs gabapentin in 2016 upheld by sex", thesaurus)
    assert [one.english for one in plan.filters] == ["decided in 2016"]
    assert plan.reading == (
        "service hydrocodone/acetaminophen (2 synonyms) in the item"
        " compared with service gabapentin (1 synonym) in the item"
        " · decided in 2016 · outcome upheld, its rate over all outcomes · grouped by patient's sex"
    )


@pytest.mark.parametrize(
    "typed", ["norco vs", "vs norco", "norco vs norco", "norco vs vs", "norco vs upheld"]
)
def test_where_nothing_differs_nothing_is_compared(thesaurus: Thesaurus, typed: str) -> None:
    plan = read(typed, thesaurus)
    assert plan.arms == ()
    assert [term.text for group in plan.groups for term in group] == ["norco"]
    assert "ignored: vs" in plan.reading


def test_no_more_than_six_groups() -> None:
    plan = read(" vs ".join(f"drug{number}" for number in range(9)), PLAIN)
    assert len(plan.arms) == 6
    assert plan.notes == ("only 6 groups are compared at a time",)


WORDS = "norco vs MRI OR NOT -pain for 2016 male lumbar upheld by year ("


@given(st.lists(st.sampled_from(WORDS.split())))
def test_any_comparison_has_a_reading(words: list[str]) -> None:
    plan = read(" ".join(words))
    assert plan.reading
    assert len(plan.arms) != 1
    assert all(arm.label for arm in plan.arms)
