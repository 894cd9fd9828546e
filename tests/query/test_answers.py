"""The questions of the field, asked of the fictional letters: a golden text of answers, looked at by eye.

A missing golden file is written and the test fails, until somebody has read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from field_questions import QUESTIONS_OF_THE_FIELD
from imr_archive.api import Archive, open_archive
from imr_archive.query import Answer

GOLDEN = Path(__file__).parents[1] / "golden" / "answers.txt"
SHOWN = 2

QUESTIONS = (
    *("CM16-0907266" if question.startswith("CM16-") else question for question in QUESTIONS_OF_THE_FIELD),
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
