"""How the questions that users type are read: a golden text to be looked at by eye.

A missing golden file is written and the test fails, until somebody has read it.
"""

from __future__ import annotations

import re
from pathlib import Path

from imr_archive.query import read

GOLDEN = Path(__file__).parents[1] / "golden" / "readings.txt"

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
    "CM16-0230548",
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
    "park.",
    "C5-6",
    "L4-L5",
    "60%",
    "10/325mg",
    "NSAID's",
    "(CM16-0213037)",
    "TENS/H-wave",
    "grammar::x",
    '"unclosed',
    "AND",
    "",
    "massage -",
    "No. 3",
    "O'Neil",
    "*",
    "NEAR(",
)


def _readings() -> str:
    """Each question, what it asks for and how it is read; the vocabulary may add synonyms at any time."""
    lines = []
    for question in QUESTIONS:
        plan = read(question)
        kind = "case" if plan.case_number else "rates" if plan.rates else "hits"
        reading = re.sub(r"\d+ synonyms?", "synonyms", plan.reading)
        lines += [f"? {question}".rstrip(), f"  {kind}: {reading}"]
    return "\n".join(lines) + "\n"


def test_the_questions_that_users_type_are_read_as_looked_at() -> None:
    readings = _readings()
    if not GOLDEN.exists():
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(readings, encoding="utf-8")
        raise AssertionError(f"{GOLDEN} was missing and has been written: read it, then keep it")
    assert readings == GOLDEN.read_text(encoding="utf-8")
