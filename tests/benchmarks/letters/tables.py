"""The data files of the generator, read once: requests, body, people, reviewers, decisions, sentences."""

from __future__ import annotations

import itertools
from bisect import bisect
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Generic, Literal, TypeVar

import msgspec

from .grammar import Draw, Phrases, phrases

DATA = Path(__file__).parent / "data"
Outcome = Literal["upheld", "overturned"]
Form = Literal[
    "drug", "topical", "compound", "visits", "study", "test", "injection", "device", "surgery", "attendant",
    "consultation", "program", "home", "plain",
]  # fmt: skip
Kind = TypeVar("Kind")


class Weighted(Generic[Kind]):
    """Things of which some are drawn more often than others."""

    def __init__(self, pairs: Iterable[tuple[Kind, float]]) -> None:
        kinds, weights = zip(*pairs, strict=True)
        self.kinds: tuple[Kind, ...] = kinds
        self._sums = list(itertools.accumulate(weights))

    def drawn(self, draw: Draw) -> Kind:
        """One of them."""
        return self.kinds[bisect(self._sums, draw() * self._sums[-1], 0, len(self.kinds) - 1)]


class Service(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One service that is asked for; see the head of requests.toml. What it lacks, its group says."""

    name: str
    weight: float
    upheld: float
    category: str = ""
    subcategory: str = ""
    form: Form = "plain"
    headings: tuple[str, ...] = ()
    called: str = ""
    regions: tuple[str, ...] = ()
    allowed: int = 6
    chronic: str = ""
    pages: str = ""
    title: str = ""
    complaint: str = ""
    disorder: str = ""
    topic: str = ""
    chapter: str = ""
    condition: str = ""
    first: str = ""
    names: tuple[str, ...] = ()
    doses: tuple[str, ...] = ()
    quantities: tuple[int, ...] = ()


class Region(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A part of the body; see the head of body.toml."""

    name: str
    group: str
    weight: float
    parts: dict[str, str]
    extremities: str
    complaints: str
    number: int
    pages: tuple[str, ...]
    disorders: str
    editions: tuple[int, ...]
    chapter: str
    diagnosis: tuple[str, ...]
    complaint: tuple[str, ...]
    finding: tuple[str, ...]
    image: tuple[str, ...]
    levels: tuple[str, ...] = ()
    complaints_year: int = 2004

    @property
    def spoken(self) -> dict[str, Phrases]:
        """What letters say of it, by the names that sentences use."""
        return {
            "diagnosis": phrases(self.diagnosis),
            "complaint": phrases(self.complaint),
            "finding": phrases(self.finding),
            "image": phrases(self.image),
        }


class Credentials(msgspec.Struct, forbid_unknown_fields=True):
    """The specialties of some reviewers and how many have them."""

    specialties: tuple[str, ...]
    weight: float


class Reviewers(msgspec.Struct, forbid_unknown_fields=True):
    """The file reviewers.toml."""

    general: tuple[Credentials, ...]
    surgery: tuple[Credentials, ...]
    psych: tuple[Credentials, ...]
    chiropractic: tuple[Credentials, ...]
    acupuncture: tuple[Credentials, ...]
    states: dict[str, float]
    leniency: dict[str, float]


class Year(msgspec.Struct, forbid_unknown_fields=True):
    """A year's share of the letters, and what it adds to the log-odds of overturning."""

    letters: float
    overturning: float


class Decisions(msgspec.Struct, forbid_unknown_fields=True):
    """The file decisions.toml."""

    items: tuple[int, ...]
    years: dict[int, Year]
    upheld: dict[Form, dict[str, float]]
    overturned: dict[Form, dict[str, float]]


class Rationales(msgspec.Struct, forbid_unknown_fields=True):
    """The file rationale.toml."""

    shared: dict[str, tuple[str, ...]]
    guideline: dict[str, tuple[str, ...]]
    reasons: dict[str, tuple[str, ...]]
    comments: dict[str, tuple[str, ...]]


class HeadingWords(msgspec.Struct):
    """What words in headings say: how many of what, and of which part of the body."""

    counts: dict[str, tuple[int, str]]
    parts: dict[str, str]


@cache
def heading_words() -> HeadingWords:
    """The words of requests.toml that fixed headings are read by."""
    return msgspec.toml.decode((DATA / "requests.toml").read_bytes(), type=HeadingWords)


@cache
def services() -> tuple[Service, ...]:
    """Every service, its weight its share among all requests."""
    found: list[Service] = []
    for group in msgspec.toml.decode((DATA / "requests.toml").read_bytes())["groups"]:
        own = group.pop("services")
        share = group.pop("weight") / sum(service["weight"] for service in own)
        for service in own:
            merged = {**group, **service, "weight": share * service["weight"]}
            found.append(msgspec.convert(merged, Service))
    return tuple(found)


@cache
def regions() -> dict[str, Region]:
    """Every part of the body by its name."""
    listed = msgspec.toml.decode((DATA / "body.toml").read_bytes(), type=dict[str, list[Region]])["regions"]
    return {region.name: region for region in listed}


@cache
def reviewers() -> Reviewers:
    """Who decides."""
    return msgspec.toml.decode((DATA / "reviewers.toml").read_bytes(), type=Reviewers)


@cache
def decisions() -> Decisions:
    """How often what is decided."""
    return msgspec.toml.decode((DATA / "decisions.toml").read_bytes(), type=Decisions, strict=False)


@cache
def rationales() -> Rationales:
    """The sentences of rationales."""
    return msgspec.toml.decode((DATA / "rationale.toml").read_bytes(), type=Rationales)


@cache
def lists(file: str) -> dict[str, Sequence[str]]:
    """A file of plain lists: people.toml or summary.toml."""
    return msgspec.toml.decode((DATA / f"{file}.toml").read_bytes(), type=dict[str, tuple[str, ...]])
