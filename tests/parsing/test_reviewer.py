"""The reviewer's specialties and states, from the block and from the sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fictional_letters import LetterFacts, Shape, letter_d
from hypothesis import assume, given
from hypothesis import strategies as st

from imr_archive.parsing import Reviewer, parse_letter
from imr_archive.vocabulary import specialty_names, state_names

CERTIFIED = "Board Certified in Physical Medicine and\nRehabilitation, has a subspecialty in Surgery\nand"


def block(states: str, specialties: str) -> Reviewer:
    return parse_letter(
        "HOW THE IMR FINAL DETERMINATION WAS MADE\nA reviewer was found.\n"
        "The Expert Reviewer has the following credentials:\n"
        f"State(s) of Licensure: {states}\nCertification(s)/Specialty: {specialties}\n"
        "CLINICAL CASE SUMMARY\nShe fell.\nIMR ISSUES, DECISIONS AND RATIONALES\n"
    ).reviewer


def sentence(words: str) -> Reviewer:
    return parse_letter(
        f"HOW THE IMR FINAL DETERMINATION WAS MADE\nA file was sent. The expert reviewer is {words}\n"
        "CLINICAL CASE SUMMARY\nShe fell.\nIMR ISSUES, DECISIONS AND RATIONALES\n"
    ).reviewer


@pytest.mark.parametrize(
    ("states", "specialties", "expected_states", "expected_specialties"),
    [
        (
            "California,South Carolina",
            "Family Practice",
            ("California", "South Carolina"),
            ("Family Practice",),
        ),
        ("New\nYork, Texas", "Pain Management", ("New York", "Texas"), ("Pain Management",)),
        (
            "Ohio",
            "Public Health & General Preventive Medicine, Physical Medicine &\nRehabilitation, Surgery",
            ("Ohio",),
            (
                "Public Health & General Preventive Medicine",
                "Physical Medicine & Rehabilitation",
                "Surgery",
            ),
        ),
        ("Utah", "Sports Medicinea", ("Utah",), ("Sports Medicine",)),
        ("Utah", "Chiropractor", ("Utah",), ("Chiropractic",)),
    ],
)
def test_the_block(
    states: str, specialties: str, expected_states: tuple[str, ...], expected_specialties: tuple[str, ...]
) -> None:
    reviewer = block(states, specialties)
    assert reviewer == Reviewer(specialties=expected_specialties, licensure_states=expected_states)


@pytest.mark.parametrize(
    ("words", "states", "specialties"),
    [
        (
            "Board Certified in Internal Medicine and is licensed to practice in Texas. He/she rests.",
            ("Texas",),
            ("Internal Medicine",),
        ),
        (
            f"{CERTIFIED} is licensed to practice in New\nYork and California. He/she rests.",
            ("New York", "California"),
            ("Physical Medicine & Rehabilitation", "Surgery"),
        ),
        (
            "a licensed Chiropractor and is licensed to\npractice in Nevada. He/she rests.",
            ("Nevada",),
            ("Chiropractic",),
        ),
    ],
)
def test_the_sentence(words: str, states: tuple[str, ...], specialties: tuple[str, ...]) -> None:
    assert sentence(words) == Reviewer(specialties=specialties, licensure_states=states)


@pytest.mark.parametrize("listed", [1, 5, 9])
def test_a_sentence_begins_with_the_subject_next_to_the_licence(listed: int) -> None:
    names = [name for name in specialty_names() if "," not in name and " and " not in name][:listed]
    words = (
        f"the first physician is busy. The reviewer is Board Certified in {', '.join(names)} and is licensed"
    )
    assert sentence(f"kind; {words} to practice in Texas. He/she rests.") == Reviewer(
        specialties=tuple(names), licensure_states=("Texas",)
    )


def test_a_subject_far_from_the_licence_is_none() -> None:
    assert (
        sentence(f"kind{' and calm' * 80}, and is licensed to practice in Texas. He/she rests.") == Reviewer()
    )


def test_labels_in_the_other_order() -> None:
    text = letter_d(LetterFacts())
    states = f"State(s) of Licensure: {LetterFacts().states[0]}"
    specialty = f"Certification(s)/Specialty: {LetterFacts().specialties[0]}"
    swapped = text.replace(f"{states}\n{specialty}", f"{specialty}\n{states}")
    assert swapped != text
    assert parse_letter(swapped).reviewer == parse_letter(text).reviewer


def test_an_unknown_name_is_kept_as_printed_and_noted() -> None:
    record = parse_letter(letter_d(replace(LetterFacts(), specialties=("Kite Balneology",))))
    assert record.reviewer.specialties == ("Kite Balneology",)
    assert [problem.field for problem in record.problems if problem.code == "unknown_specialty"] == [
        "reviewer.specialties[0]"
    ]
    assert [one.recognised for one in record.findings if one.field == "reviewer.specialties[0]"] == [False]


@given(
    specialties=st.lists(st.sampled_from(specialty_names()), min_size=1, max_size=4, unique=True),
    states=st.lists(st.sampled_from(state_names()), min_size=1, max_size=6, unique=True),
    width=st.integers(50, 100),
)
def test_lists_of_known_names_come_back(specialties: list[str], states: list[str], width: int) -> None:
    # "Radiology, Diagnostic Radiology" may be read either way: "Radiology, Diagnostic" is a name too.
    assume(not {"Radiology", "Diagnostic Radiology"} <= set(specialties))
    facts = replace(LetterFacts(), specialties=tuple(specialties), states=tuple(states))
    reviewer = parse_letter(letter_d(facts, Shape(width=width))).reviewer
    assert reviewer == Reviewer(specialties=tuple(specialties), licensure_states=tuple(states))


def test_nothing_is_read_where_nothing_is_said() -> None:
    assert parse_letter("HOW THE IMR FINAL DETERMINATION WAS MADE\nBy lot.").reviewer == Reviewer()


FOOT = "\n\nFinal Letter of Determination Form Effective 5.16.13 Page 2 of 7\n\f\n\n"


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (f"California,{FOOT}Texas", ("California", "Texas")),
        (f"California{FOOT}Texas, Ohio", ("California", "Texas", "Ohio")),
        (f"California, New{FOOT}York", ("California", "New York")),
        (f"California and{FOOT}Ohio", ("California", "Ohio")),
        (f"California{FOOT}Plums are no state.", ("California",)),
    ],
)
def test_a_page_foot_within_the_list_of_states_does_not_end_it(
    states: str, expected: tuple[str, ...]
) -> None:
    assert block(states, "Surgery").licensure_states == expected
    named = sentence(f"Board Certified in Surgery and is licensed to practice in {states}.")
    assert named.licensure_states == expected
