"""Specialties and states: canonical names, misprints, lists and sentences."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from imr_archive.vocabulary import (
    Term,
    specialty,
    specialty_names,
    split_specialties,
    split_states,
    state,
    state_names,
)
from imr_archive.vocabulary.lexicon import normal_form
from imr_archive.vocabulary.loader import load_toml, vocabulary_version
from imr_archive.vocabulary.terms import SPECIALTY_LIKENESS, STATE_LIKENESS


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Physical Medicine & Rehabn", "Physical Medicine & Rehabilitation"),
        ("Physical Medicine and Rehabilitation", "Physical Medicine & Rehabilitation"),
        ("PM&R", "Physical Medicine & Rehabilitation"),
        ("Sports Medicinea", "Sports Medicine"),
        ("Chiropractor", "Chiropractic"),
        ("orthopaedic surgery", "Orthopedic Surgery"),
        ("Orthopedc Surgery", "Orthopedic Surgery"),
        ("Hospice and Palliative Medicine", "Hospice & Palliative Medicine"),
        ("Neurosurgery", "Neurological Surgery"),
        ("Family  Practice.", "Family Practice"),
        ("Psychologist", "Psychologist"),
        ("Psychology", "Psychology"),
        ("Radiology, Diagnostic", "Diagnostic Radiology"),
    ],
)
def test_a_specialty_gets_its_canonical_name(printed: str, name: str) -> None:
    assert specialty(printed) == Term(name, recognised=True)


@pytest.mark.parametrize("printed", ["Spinal Surgery", "Juggling", "Medicine", "", "Surg"])
def test_an_unknown_specialty_keeps_its_words(printed: str) -> None:
    assert specialty(printed) == Term(printed, recognised=False)


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("CA", "California"),
        ("Californa", "California"),
        ("D.C.", "District of Columbia"),
        ("District of Columbia", "District of Columbia"),
        ("Puerto Rico", "Puerto Rico"),
        ("Virgina", "Virginia"),
        ("West Virgina", "West Virginia"),
        ("N. Carolina", "North Carolina"),
        ("PENNSYLVANIA", "Pennsylvania"),
    ],
)
def test_a_state_gets_its_full_name(printed: str, name: str) -> None:
    assert state(printed) == Term(name, recognised=True)


@pytest.mark.parametrize("printed", ["Narnia", "XX", "Carolina", "Dakota"])
def test_an_unknown_state_keeps_its_words(printed: str) -> None:
    assert state(printed) == Term(printed, recognised=False)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Public Health & General Preventive Medicine, Family Practice",
            [("Public Health & General Preventive Medicine", True), ("Family Practice", True)],
        ),
        (
            "Physical Medicine and Rehabilitation and Pain Management",
            [("Physical Medicine & Rehabilitation", True), ("Pain Management", True)],
        ),
        ("Occupational Medicine and is licensed to practice in Ohio", [("Occupational Medicine", True)]),
        ("Anesthesiology/Pain Management", [("Anesthesiology", True), ("Pain Management", True)]),
        (
            "Physical Medicine & Rehabn, Sports Medicinea",
            [("Physical Medicine & Rehabilitation", True), ("Sports Medicine", True)],
        ),
        (
            "Board Certified in Orthopedic Surgery, has a subspecialty in Spinal Surgery",
            [("Orthopedic Surgery", True), ("Spinal Surgery", False)],
        ),
        ("Chiropractor, Licensed Acupuncturist", [("Chiropractic", True), ("Oriental Medicine", True)]),
        ("Internal Medicine, Internal Medicine", [("Internal Medicine", True)]),
        ("", []),
    ],
)
def test_specialties_of_a_list_or_sentence(text: str, names: list[tuple[str, bool]]) -> None:
    assert [(found.term.name, found.term.recognised) for found in split_specialties(text)] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("California, New York and Texas", ["California", "New York", "Texas"]),
        ("California,South Carolina", ["California", "South Carolina"]),
        ("CA, TX, NY", ["California", "Texas", "New York"]),
        ("licensed to practice in West Virginia and Washington", ["West Virginia", "Washington"]),
        ("LICENSED TO PRACTICE IN OREGON", ["Oregon"]),
        ("Maryland, and Washington D.C.", ["Maryland", "District of Columbia"]),
        ("Texas,Ohio,Californa", ["Texas", "Ohio", "California"]),
    ],
)
def test_states_of_a_list_or_sentence(text: str, names: list[str]) -> None:
    assert [found.term.name for found in split_states(text)] == names


def test_a_located_term_is_the_words_that_it_was_read_from() -> None:
    text = "Family Practice and Physical Medicine & Rehabn"
    assert [text[found.start : found.end] for found in split_specialties(text)] == [
        "Family Practice",
        "Physical Medicine & Rehabn",
    ]


@pytest.mark.parametrize(
    ("file", "names"), [("specialties.toml", specialty_names()), ("states.toml", state_names())]
)
def test_names_are_sorted_and_no_form_stands_for_two_of_them(file: str, names: tuple[str, ...]) -> None:
    assert list(names) == sorted(names)
    listed = load_toml(file, dict[str, list[str]])
    owner: dict[str, str] = {}
    for name, forms in listed.items():
        for form in (name, *forms):
            assert owner.setdefault(normal_form(form), name) == name


def test_no_two_specialties_and_no_two_states_are_as_alike_as_a_misprint() -> None:
    for names, likeness in ((specialty_names(), SPECIALTY_LIKENESS), (state_names(), STATE_LIKENESS)):
        forms = [normal_form(name) for name in names]
        alike = [pair for pair in itertools.combinations(forms, 2) if fuzz.ratio(*pair) >= likeness]
        # Two states lie near each other, but each is nearest to itself and is looked up exactly first.
        assert set(alike) <= {("north carolina", "south carolina"), ("north dakota", "south dakota")} | {
            ("virginia", "west virginia"),
            ("arkansas", "kansas"),
        }


@given(st.text(max_size=200))
def test_any_text_splits_without_error_into_places_within_it(text: str) -> None:
    for found in (*split_specialties(text), *split_states(text)):
        assert 0 <= found.start <= found.end <= len(text)


def test_the_vocabulary_has_a_version() -> None:
    assert len(vocabulary_version()) == 12
    assert int(vocabulary_version(), 16) >= 0
