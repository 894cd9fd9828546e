"""The plain words of a query, from `words.toml`, ready to be looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Generic, Literal, TypeVar

import msgspec

Outcome = Literal["upheld", "overturned"]
Meaning = TypeVar("Meaning")


class Grouping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words before a dimension's name, between two of them, and phrases that stand for one."""

    before: list[str]
    joined: list[str]
    question: list[str]
    phrases: dict[str, list[str]]


class Sides(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How utilization review and the reviewer are named."""

    claims_administrator: list[str]
    reviewer: list[str]
    between: list[str]


class Numbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words beside a number that make it a year, an age or a quantity, or an end of a range."""

    above: list[str]
    below: list[str]
    at_least: list[str]
    at_most: list[str]
    between: list[str]
    to: list[str]
    or_more: list[str]
    or_less: list[str]
    years_of_age: list[str]
    age: list[str]
    in_year: list[str]
    guideline_words: list[str]
    not_age: list[str]
    units: dict[str, list[str]]


class People(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that say who decided or who was treated."""

    reviewer: list[str]
    female: list[str]
    male: list[str]
    expedited: list[str]


class Comparing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words between what is compared, and before what holds for all of it."""

    words: list[str]
    common: list[str]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plain list of words."""

    words: list[str]


class LanguageFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The data file as it stands."""

    outcomes: dict[Outcome, list[str]]
    rates: dict[Literal["", "upheld", "overturned"], list[str]]
    grouping: Grouping
    sides: Sides
    numbers: Numbers
    people: People
    output: dict[Literal["csv", "json"], list[str]]
    comparing: Comparing
    why: Words
    like: Words
    ignored: Words


class Phrases(Generic[Meaning]):
    """A closed list of phrases, each with its meaning, found at a place in a row of words."""

    def __init__(self, meanings: Mapping[Meaning, Iterable[str]]) -> None:
        self._meanings = {
            tuple(phrase.split()): meaning for meaning, phrases in meanings.items() for phrase in phrases
        }
        self._longest = max(map(len, self._meanings), default=0)

    def at(self, words: Sequence[str], start: int) -> tuple[Meaning, int] | None:
        """The meaning of the longest phrase that begins at `words[start]`, and how many words it has."""
        for length in range(min(self._longest, len(words) - start), 0, -1):
            meaning = self._meanings.get(tuple(words[start : start + length]))
            if meaning is not None:
                return meaning, length
        return None


class Language:
    """All phrases by what they are looked up for."""

    def __init__(self, data: LanguageFile) -> None:
        numbers, people = data.numbers, data.people
        self.outcomes = Phrases(data.outcomes)
        self.rates = Phrases(data.rates)
        self.before_dimension = Phrases({"by": data.grouping.before})
        self.between_dimensions = Phrases({"and": data.grouping.joined})
        self.question = Phrases({"what": data.grouping.question})
        self.grouping = Phrases(data.grouping.phrases)
        self.sides = Phrases({"ur_source": data.sides.claims_administrator, "source": data.sides.reviewer})
        self.between_side_and_source = Phrases({"cites": data.sides.between})
        self.before_number = Phrases({
            "above": numbers.above,
            "below": numbers.below,
            "at_least": numbers.at_least,
            "at_most": numbers.at_most,
        })  # fmt: skip
        self.between_numbers = Phrases({"to": numbers.to})
        self.range = Phrases({"between": numbers.between})
        self.after_number = Phrases({"at_least": numbers.or_more, "at_most": numbers.or_less})
        self.units = Phrases({**numbers.units, "age": numbers.years_of_age})
        self.age = Phrases({"age": numbers.age})
        self.in_year = Phrases({"year": numbers.in_year})
        self.guideline_words = frozenset(numbers.guideline_words)
        self.not_age = frozenset(numbers.not_age)
        self.reviewer = Phrases({"reviewer": people.reviewer})
        self.patients = Phrases(
            {"sex:female": people.female, "sex:male": people.male, "priority:expedited": people.expedited}
        )
        self.output = Phrases(data.output)
        self.comparing = Phrases({"versus": data.comparing.words})
        self.for_all = Phrases({"for all": data.comparing.common})
        self.why = Phrases({"why": data.why.words})
        self.like = Phrases({"like": data.like.words})
        self.ignored = frozenset(data.ignored.words)


@cache
def language() -> Language:
    """The language, loaded once.

    A data file that does not fit its schema raises msgspec.ValidationError: it ships with the package, so
    that would be a defect of the package, which a test excludes.
    """
    content = files("imr_archive.query.language").joinpath("words.toml").read_bytes()
    return Language(msgspec.toml.decode(content, type=LanguageFile))
