"""Age and sex, as the clinical case summary states them of the patient."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fictional_letters import LetterFacts, letter_d

from imr_archive.parsing import parse_letter


def patient(summary: str) -> tuple[int | None, str | None]:
    record = parse_letter(letter_d(replace(LetterFacts(), summary=summary)))
    return record.patient_age, record.patient_sex


@pytest.mark.parametrize(
    ("summary", "age", "sex"),
    [
        ("The patient is a 48 year old male with plums.", 48, "male"),
        ("A(n) 57-year-old woman fell.", 57, "female"),
        ("This is a now 32-year-old, right hand dominant, female teacher.", 32, "female"),
        ("The 35 year old male injured worker fell.", 35, "male"),
        ("The worker, a 61 y/o gentleman, fell.", 61, "male"),
        ("Patient: 44 yo F with plums.", 44, "female"),
        ("This 50-year old lady fell.", 50, "female"),
        ("The applicant is a forty-two year old man.", 42, "male"),
        ("The patient is 39 years of age. He fell.", 39, "male"),
        ("The injured worker, aged 29, fell on her knee.", 29, "female"),
        ("Age: 33. The patient is a female.", 33, "female"),
        ("Case of a female, aged 34, with plums.", 34, "female"),
        ("The patient, a woman 46 years of age, filed a claim for plums.", 46, "female"),
        ("A 51-year-old car washer fell. His knee swelled.", 51, "male"),
    ],
)
def test_what_is_stated(summary: str, age: int, sex: str) -> None:
    assert patient(summary) == (age, sex)


@pytest.mark.parametrize(
    ("summary", "age", "sex"),
    [
        ("The patient fell off a ladder.", None, None),
        ("The patient's 12 year old daughter found plums.", None, None),
        ("The worker has a 20 year old injury.", None, None),
        ("The worker drove a 12 year old car.", None, None),
        ("The worker has a 20 year old right knee injury.", None, None),
        ("Dr. Plum wrote that he saw the kite. The patient fell.", None, None),
        ("The worker is treated for male erectile disorder.", None, None),
        ("The patient told his/her doctor that he/she fell.", None, None),
        ("The worker said he fell. Later the worker wrote that she fell.", None, None),
        ("The patient has pain for 5 years.", None, None),
        ("The patient was seen by a physician, and her wife waited.", None, None),
    ],
)
def test_what_is_not_said_of_the_patient(summary: str, age: None, sex: None) -> None:
    assert patient(summary) == (age, sex)


@pytest.mark.parametrize(
    ("summary", "sex"),
    [
        ("The applicant bought plums of his own accord.", "male"),
        ("The worker fell. She was picking plums. Her knee swelled.", "female"),
        ("The patient wrote to the doctor. The patient said that she fell.", "female"),
        ("The doctor praised his/her plums. The worker said that he fell.", "male"),
    ],
)
def test_an_unambiguous_pronoun(summary: str, sex: str) -> None:
    assert patient(summary) == (None, sex)


def test_the_first_age_counts() -> None:
    assert patient("A 58 year old male fell. In 2014 a 56-year-old male had come.") == (58, "male")


def test_only_the_summary_is_read() -> None:
    facts = replace(LetterFacts(), summary="The worker fell.")
    text = letter_d(facts).replace("A reviewer was chosen", "A 40 year old man was chosen")
    record = parse_letter(text.replace("Nothing on file", "The 30 year old woman fell. Nothing on file"))
    assert (record.patient_age, record.patient_sex) == (None, None)


@pytest.mark.parametrize(
    ("summary", "age", "sex"),
    [
        ("Ms. [redacted], 38, strained her back.", 38, "female"),
        ("Mr. Plum, 45, injured a knee.", 45, "male"),
        ("Mr. Plum (45) fell.", 45, "male"),
        ("Ms. , 38, fell.", 38, "female"),
        ("Miss O'Plum-Kite, 29, fell.", 29, "female"),
        ("The injured worker, forty-one, fell.", 41, None),
        ("The patient [name], 33, fell.", 33, None),
    ],
)
def test_an_age_right_after_the_patient(summary: str, age: int, sex: str | None) -> None:
    assert patient(summary) == (age, sex)


@pytest.mark.parametrize(
    "summary",
    [
        "Mrs. Plum, 12, 2014.",
        "The wife, Mrs. Plum, 45, drives.",
        "Mr. Plum took tablets, 20, a day.",
        "Dr. Plum, 45, wrote.",
        "The worker, 7, fell.",
        "The worker took MS Contin, 30, twice a day.",
    ],
)
def test_a_number_beside_a_name_that_is_no_age(summary: str) -> None:
    assert patient(summary)[0] is None


@pytest.mark.parametrize(
    ("summary", "sex"),
    [
        ("The worker takes MS Contin.", None),
        ("An MR arthrogram was asked for.", None),
        ("MS. PLUM FELL.", "female"),
        ("Mr Plum fell.", "male"),
    ],
)
def test_a_title_in_capitals_needs_its_full_stop(summary: str, sex: str | None) -> None:
    assert patient(summary) == (None, sex)
