"""The annotated sample: what a reader says of the real letters, by letter and item, without their text.

Half of the letters were annotated before any rule was written and served to write them ("development"), the
other half was annotated when the rules stood, and measured them ("held out"). Where a rationale gives two
reasons of equal weight, either is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from imr_archive import LetterRecord, read_letters
from imr_archive.parsing.record import Outcome

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
HALVES = ("development", "held out")
ROUNDS = ("first", "second", "third")
"""Fictional rationales; each round was written and annotated without a look at the patterns."""


class ReasonRow(msgspec.Struct, forbid_unknown_fields=True):
    """The codes that are right for one item."""

    letter: str
    item: int
    half: str
    reasons: tuple[str, ...]


class RationaleRow(msgspec.Struct, forbid_unknown_fields=True):
    """A fictional rationale with the codes that are right for it; none where it gives no reason."""

    round: str
    outcome: Outcome
    description: str
    rationale: str
    reasons: tuple[str, ...]


class DiagnosisRow(msgspec.Struct, forbid_unknown_fields=True):
    """The diagnoses of one letter; `also`: those that it mentions otherwise, which may be given or not."""

    letter: str
    half: str
    diagnoses: tuple[str, ...]
    also: tuple[str, ...]


class UrActionRow(msgspec.Struct, forbid_unknown_fields=True):
    """What utilization review did with one item; None where the letter does not say."""

    letter: str
    item: int
    half: str
    action: str | None
    quantity: float | None
    unit: str | None


Row = TypeVar("Row", ReasonRow, DiagnosisRow, UrActionRow)


class Tally(NamedTuple):
    """How many readings were given, how many of them were right, and how many there were to give."""

    right: int
    given: int
    wanted: int

    @property
    def precision(self) -> float:
        return self.right / self.given

    @property
    def recall(self) -> float:
        return self.right / self.wanted


def annotated(name: str, kind: type[Row], half: str) -> Iterator[Row]:
    """The annotations of one half, from `golden/<name>.jsonl`."""
    for line in (GOLDEN / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row = msgspec.json.decode(line, type=kind)
        if row.half == half:
            yield row


def rationales(round_: str) -> Iterator[RationaleRow]:
    """The fictional rationales of one round, from `golden/rationales.jsonl`."""
    for line in (GOLDEN / "rationales.jsonl").read_text(encoding="utf-8").splitlines():
        row = msgspec.json.decode(line, type=RationaleRow)
        if row.round == round_:
            yield row


@cache
def records(folder: Path) -> dict[str, LetterRecord]:
    """The records of the real letters by the names of their files."""
    return {Path(record.source).stem: record for record in read_letters([folder / "pdf", folder / "text"])}
