"""How good a ranking is: nDCG@10 by what the letters' generator knows, which no ranking sees.

What is relevant is decided by the service that an item was made of, not by words: a decision on an MRI whose
rationale speaks of acupuncture is no answer to "acupuncture", though it prints the word. Grades fall with
what the items have in common, the same for every ranking (see `relevance.toml`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from letters import generate
from sqlalchemy import Connection, text

LIST = Path(__file__).with_name("relevance.toml")
DEPTH = 10

_GAINS = (0.0, 1.0, 3.0, 7.0)
"""2^grade - 1, as is usual."""


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question, and what the items that answer it were made of."""

    words: str
    service: str
    body_part: str | None = None
    laterality: str | None = None
    dose: str | None = None
    quantity: float | None = None
    reason: str | None = None

    @property
    def facts(self) -> dict[str, object]:
        """What an item needs beside the service for the highest grade."""
        named = ("body_part", "laterality", "dose", "quantity", "reason")
        return {name: getattr(self, name) for name in named if getattr(self, name) is not None}

    def grades(self, truth: Mapping[int, Mapping[str, Any]]) -> dict[int, int]:
        """How well each item of the truth answers the question, from 1 to 3; the others not at all."""
        kin = {item["subcategory"] for item in truth.values() if item["service"] == self.service}
        return {
            number: self._grade(item)
            for number, item in truth.items()
            if item["service"] == self.service or item["subcategory"] in kin
        }

    def _grade(self, item: Mapping[str, Any]) -> int:
        if item["service"] != self.service:
            return 1
        return 3 if all(item[name] == value for name, value in self.facts.items()) else 2


class List(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The data file."""

    questions: tuple[Wanted, ...]


def wanted() -> tuple[Wanted, ...]:
    """All questions, in the order of the file."""
    return msgspec.toml.decode(LIST.read_bytes(), type=List).questions


def truths(connection: Connection, seed: int) -> dict[int, dict[str, Any]]:
    """What each item of a generated archive was made of, by its id.

    Raises LookupError where most letters of the archive are not of that seed.
    """
    letters = connection.execute(text("SELECT count(*) FROM letters")).scalar_one()
    made = {}
    for index in range(letters):
        letter = generate(seed, index)
        for item in letter.truth["items"]:
            made[letter.source, _key(item["description"])] = item
    rows = connection.execute(
        text(
            "SELECT i.id, l.source, i.description FROM disputed_items AS i"
            " JOIN letters AS l ON l.case_id = i.case_id AND l.is_current"
        )
    )
    keys = {row.id: (row.source, _key(row.description)) for row in rows}
    found = {item: made[key] for item, key in keys.items() if key in made}
    if len(found) < 0.9 * len(made):
        raise LookupError(f"the archive was not made with seed {seed}: try --seed")
    return found


def ndcg(ranked: Sequence[int], grades: Mapping[int, int]) -> float:
    """The gain of the first ten, each worth less than the one before it, over the best there could be."""
    best = sorted(grades.values(), reverse=True)[:DEPTH]
    ideal = _discounted(best)
    return _discounted([grades.get(item, 0) for item in ranked[:DEPTH]]) / ideal if ideal else math.nan


def _discounted(grades: Iterable[int]) -> float:
    return sum(_GAINS[grade] / math.log2(place + 1) for place, grade in enumerate(grades, start=1))


def _key(description: str) -> str:
    return re.sub(r"\W+", " ", description).casefold().strip()
