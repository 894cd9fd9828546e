"""The diagnoses that a summary names, and how often they are read right."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from annotations import HALVES, DiagnosisRow, Tally, annotated, records
from hypothesis import given
from hypothesis import strategies as st

from imr_archive.parsing.diagnoses import read_diagnoses
from imr_archive.vocabulary.diagnoses import diagnosis_data
from imr_archive.vocabulary.services import body_parts


def names(summary: str) -> list[str]:
    return [diagnosis.name for diagnosis in read_diagnoses(summary) if diagnosis.certain]


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        (
            "She was diagnosed with lumbar strain and carpal tunnel syndrome.",
            ["lumbar spine sprain/strain", "carpal tunnel syndrome"],
        ),
        (
            "Diagnoses include sprain of the knee, hip and ankle.",
            ["knee sprain/strain", "hip sprain/strain", "ankle sprain/strain"],
        ),
        ("He is being treated for neck and low back pain.", ["neck pain", "low back pain"]),
        (
            "He was diagnosed as having strain of muscle, fascia and tendon of lower back.",
            ["lumbar spine sprain/strain"],
        ),
        (
            "Current diagnoses (cervical radiculopathy, left hand contusion/laceration) are listed.",
            ["cervical radiculopathy", "hand contusion", "hand laceration"],
        ),
        (
            "The worker is undergoing treatment for torn rotator cuff; PTSD; sciatica.",
            ["rotator cuff tear", "post-traumatic stress disorder", "sciatica"],
        ),
        ("Impression: M54.5, and a sprain injury of the wrist.", ["low back pain", "wrist sprain/strain"]),
        ("The claimant filed a claim for wrist pain reportedly due to a fall on the knee.", ["wrist pain"]),
        ("Knee pain was reported. No imaging was done.", []),
        ("", []),
    ],
)
def test_lists_of_diagnoses_are_read(summary: str, expected: list[str]):
    assert names(summary) == expected


def test_a_diagnosis_that_is_only_considered_is_uncertain():
    found = read_diagnoses("She is being treated for foot pain, rule out complex regional pain syndrome.")
    assert [(one.name, one.certain) for one in found] == [
        ("foot pain", True),
        ("complex regional pain syndrome", False),
    ]


def test_a_disease_that_the_vocabulary_does_not_know_is_kept_as_printed():
    summary = "He was diagnosed with sarcoidosis, and knee pain."
    assert [(one.name, one.recognised, one.certain) for one in read_diagnoses(summary)] == [
        ("sarcoidosis", False, False),
        ("knee pain", True, True),
    ]


def test_each_is_given_once_with_its_place():
    summary = "Diagnoses are lumbago and knee contusion. He was diagnosed with low back pain."
    found = read_diagnoses(summary)
    assert [(one.name, summary[one.start : one.end]) for one in found] == [
        ("low back pain", "lumbago"),
        ("knee contusion", "knee contusion"),
    ]


def test_the_vocabulary_names_each_diagnosis_once():
    data = diagnosis_data()
    diagnoses = [entry.name for entry in data.diagnoses]
    assert len(diagnoses) == len(set(diagnoses))
    codes = [code for entry in data.diagnoses for code in entry.codes]
    assert len(codes) == len(set(codes))
    parts = {part.name for part in body_parts()}
    assert all(set(condition.named) <= parts for condition in data.conditions)


@pytest.mark.parametrize("entry", diagnosis_data().diagnoses, ids=lambda entry: entry.name)
def test_every_name_and_synonym_is_read_as_its_diagnosis(entry):
    for words in (entry.name, *entry.terms):
        assert names(f"He was diagnosed with {words}.") == [entry.name], words


@given(st.text())
def test_no_text_makes_it_raise(text: str):
    summary = f"Diagnosed with {text}"
    assert all(summary[one.start : one.end] == one.raw for one in read_diagnoses(summary))


@pytest.mark.parametrize(
    "piece", ["diagnosed with ", "diagnosis of knee pain, ", "treated for ", "knee pain and ", "a"]
)
def test_a_long_text_takes_no_long_time(piece: str):
    started = time.process_time()
    read_diagnoses(piece * (1_000_000 // len(piece)))
    assert time.process_time() - started < 2


@pytest.mark.letters
@pytest.mark.parametrize("half", HALVES)
def test_diagnoses_of_the_real_letters_are_right(real_letters: Path, half: str):
    right = given_ = wanted = 0
    for row in annotated("diagnoses", DiagnosisRow, half):
        found = set(names(records(real_letters)[row.letter].summary or ""))
        right += len(found & set(row.diagnoses))
        given_ += len(found - set(row.also))
        wanted += len(row.diagnoses)
    assert Tally(right, given_, wanted).precision >= 0.9
    assert Tally(right, given_, wanted).recall >= 0.9


@pytest.mark.parametrize("opening", diagnosis_data().lists.openings)
def test_every_opening_of_the_data_file_opens_a_list(opening: str):
    link = "es: " if opening == "diagnos" else " "
    assert names(f"He is a cook. Claim treat impress {opening}{link}carpal tunnel syndrome.") == [
        "carpal tunnel syndrome"
    ]
