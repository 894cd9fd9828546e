"""A case number that stands on the letter of another case: a slip of the pen, or of the file.

A corrected letter and a re-review tell of one worker: the date of injury stays, or the clinical text does.
A letter under a known number that tells of another injury in other words is another case's. It is kept as a
version like any other, for the number is all that says where it belongs, and carries the problem
`case_number_reused`, so that a reader and an audit find it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from imr_archive.archive.likeness import shingles
from imr_archive.archive.prepared import PreparedLetter
from imr_archive.parsing.record import LetterRecord, Problem

CASE_NUMBER_REUSED = "case_number_reused"

UNRELATED = 0.3
"""The share of the shorter text's shingles below which two letters tell of different things.

Letters of different cases share the field's standing phrases: a twentieth of their shingles, rarely a fifth.
A letter and its correction share nearly all.
"""


@dataclass(frozen=True)
class Content:
    """What tells one case's letter from another's: dates in ISO form, and the clinical text."""

    date_of_injury: str | None
    date_assigned: str | None
    text: str

    @classmethod
    def of_record(cls, record: LetterRecord) -> Content:
        """The content of a letter that was parsed."""
        items = [text for item in record.items for text in (item.description, item.rationale)]
        injury, assigned = record.date_of_injury, record.date_assigned
        return cls(
            injury.isoformat() if injury else None,
            assigned.isoformat() if assigned else None,
            _text([record.summary, *items]),
        )

    @classmethod
    def of_case(cls, cursor: sqlite3.Cursor, case_id: int) -> Content:
        """The content of the current letter of a case, as its rows tell it."""
        injury, assigned, summary = cursor.execute(
            "SELECT date_of_injury, date_assigned, summary FROM cases WHERE id = ?", (case_id,)
        ).fetchone()
        items = cursor.execute(
            "SELECT description, rationale FROM disputed_items WHERE case_id = ?", (case_id,)
        ).fetchall()
        return cls(injury, assigned, _text([summary, *(text for item in items for text in item)]))


def note_reuse(letter: PreparedLetter, current: Content) -> PreparedLetter:
    """The letter, with the problem where it cannot be of the case whose current letter has this content."""
    own = Content.of_record(letter.record)
    if not _tells_of_another_injury(own, current) or _common(own, current) >= UNRELATED:
        return letter
    said = own.date_of_injury or own.date_assigned
    before = current.date_of_injury or current.date_assigned
    problem = Problem(
        CASE_NUMBER_REUSED,
        f"another letter of this number tells of another case ({before}, here {said}, and other words)",
        "case_number",
    )
    problems = (*letter.record.problems, problem)
    return msgspec.structs.replace(letter, record=msgspec.structs.replace(letter.record, problems=problems))


def _text(parts: Iterable[str | None]) -> str:
    return " ".join(part for part in parts if part)


def _tells_of_another_injury(one: Content, other: Content) -> bool:
    """Whether the dates of injury differ; where a letter prints none, whether the dates of assignment do."""
    if one.date_of_injury and other.date_of_injury:
        return one.date_of_injury != other.date_of_injury
    return bool(one.date_assigned and other.date_assigned and one.date_assigned != other.date_assigned)


def _common(one: Content, other: Content) -> float:
    """The share of shingles that both have, of those of the shorter text; 1 where there is no text."""
    some, others = shingles(one.text), shingles(other.text)
    fewer = min(len(some), len(others))
    return len(some & others) / fewer if fewer else 1.0
