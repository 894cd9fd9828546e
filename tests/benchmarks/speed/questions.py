"""The fixed list of questions, each with what the language makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec

from imr_archive.query.language.reading import read
from imr_archive.query.plan import Plan

LIST = Path(__file__).with_name("questions.toml")


class Set(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Questions that are in the list for one reason."""

    set: str
    words: tuple[str, ...]


class List(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The data file."""

    questions: tuple[Set, ...]


class Question(NamedTuple):
    """One question as typed, the set that it is of, and its plan."""

    words: str
    set: str
    plan: Plan

    @property
    def kind(self) -> str:
        """Whether it asks for `hits` or for `rates`."""
        return "rates" if self.plan.rates else "hits"


def questions() -> list[Question]:
    """All questions, in the order of the file."""
    listed = msgspec.toml.decode(LIST.read_bytes(), type=List)
    return [Question(words, one.set, read(words)) for one in listed.questions for words in one.words]
