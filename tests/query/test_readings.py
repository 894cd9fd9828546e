"""How the questions that users type are read: a golden text to be looked at by eye.

A missing golden file is written and the test fails, until somebody has read it.
"""

from __future__ import annotations

import re
from pathlib import Path

from field_questions import ODD_QUERIES, QUESTIONS_OF_THE_FIELD
from imr_archive.query import read

GOLDEN = Path(__file__).parents[1] / "golden" / "readings.txt"

QUESTIONS = (*QUESTIONS_OF_THE_FIELD, *ODD_QUERIES)


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
