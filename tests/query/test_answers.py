"""The questions of the field, asked of the fictional letters: a golden text of answers, looked at by eye.

A missing golden file is written and the test fails, until somebody has read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from imr_archive.api import Archive, open_archive
from imr_archive.query import Answer

GOLDEN = Path(__file__).parents[1] / "golden" / "answers.txt"
SHOWN = 2

QUESTIONS = (
    "norco 10/325 overturned",
    "lumbar epidural steroid injection medically necessary",
    "physical therapy more than 24 visits approved",
    "MRI lumbar spine repeat overturned",
    "functional restoration program overturned",
    "gabapentin neuropathic pain approved vs denied",
    "acupuncture functional improvement overturned 2016..2018",
    "cyclobenzaprine long term use upheld how often",
    "EMG/NCV bilateral upper extremities overturned why",
    "TENS unit purchase vs 30 day trial",
    "urine drug screen frequency low risk",
    "lumbar fusion L5-S1 spinal instability criteria",
    "lidoderm patch postherpetic neuralgia exception",
    "overturn rate for psychotherapy sessions",
    "CM16-0907266",
    "omeprazole with NSAID GI risk over 65",
    "home health care assistance hours per week overturned",
    "orthopedic reviewer knee arthroscopy meniscus overturned",
    "UR denied ODG, IMR used MTUS and overturned",
    "what section of MTUS is cited to approve H-wave",
    'lack of documentation upheld "functional improvement" opioid weaning',
    "overturned decisions like this one",
    "compound cream ketamine gabapentin topical ever approved",
    "gym membership OR weight loss program overturned",
    "uphold rate by drug class per year as csv",
    "massage upheld by specialty",
    "norco vs gabapentin",
    "why massage overturned",
    "acupunture masage",
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sample_letters: Path) -> Iterator[Archive]:
    path = tmp_path_factory.mktemp("answers") / "sample.db"
    with open_archive(path, write=True) as archive:
        archive.ingest(sample_letters)
        yield archive


def _lines(answer: Answer) -> Iterator[str]:
    yield f"? {answer.query}"
    yield f"  {answer.kind}: {re.sub(r'[0-9]+ synonyms?', 'synonyms', answer.reading)}"
    rows = answer.to_dicts()
    yield f"  {answer.total} in all"
    for row in rows[:SHOWN]:
        if answer.kind == "hits":
            place = f"{row['case_number'] or row['source']} {row['position']}"
            yield f"  - {place}: {row['outcome']}, {row['service']}"
        else:
            names = ("group", *answer.plan.dimensions)
            said = " ".join(str(row[name]) for name in names if name in row) or "all"
            yield f"  - {said}: {row['upheld']} of {row['items']} upheld"
    for query in answer.to_dict().get("did_you_mean", ()):  # type: ignore[attr-defined]
        yield f"  did you mean: {query}"


def test_the_questions_of_the_field_are_answered_as_looked_at(sample: Archive) -> None:
    answers = "\n".join(line for question in QUESTIONS for line in _lines(sample.query(question))) + "\n"
    if not GOLDEN.exists():
        GOLDEN.write_text(answers, encoding="utf-8")
        raise AssertionError(f"{GOLDEN} was missing and has been written: read it, then keep it")
    assert answers == GOLDEN.read_text(encoding="utf-8")
