"""What the vocabulary's data files may hold."""

from __future__ import annotations

from typing import Literal

import msgspec

Role = Literal["specific", "general", "attendant", "frame"]
Region = Literal["spine", "joint", "limb", "head", "trunk", "whole"]
DecidedOutcome = Literal["upheld", "overturned"]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all records of the data files: an unknown key is an error, not ignored."""


class Variant(Strict, frozen=True):
    """Another service that a word means where a qualifier stands near it.

    near: names of qualifiers (qualifiers.toml), of body parts or their regions ("spine region"), or of a
    category or "category/subcategory" of which another service is named in the heading.
    becomes: the name of the service then meant.
    """

    near: tuple[str, ...]
    becomes: str


class Service(Strict, frozen=True):
    """One service: its stable name and the words that name it in headings.

    patterns: parted by commas, in lower case without punctuation, sorted; the name itself and plurals of the
    last word go without saying. (One string, since it is read several times faster than a list of them.)
    role: a `specific` word decides; a `general` one ("injection", "labs", "evaluation") gives way to a
    service of the kinds in `refined_by` in the same heading; an `attendant` ("fluoroscopic guidance") decides
    only where nothing but frames is named, a `frame` ("associated surgical service") only where nothing is.
    compound_head: the word takes another service as its modifier and then decides itself ("TENS electrodes").
    refined_by: categories, or "category/subcategory", by default none.
    examples, counterexamples: headings that must, and must not, read as this service.
    """

    name: str
    patterns: str = ""
    role: Role = "specific"
    compound_head: bool = False
    refined_by: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()


class Group(Strict, frozen=True):
    """The services of one subcategory.

    drugs: generic name and, parted by commas, the other names of each drug, for the subcategories that are
    classes of drugs;
    examples, counterexamples: headings by the name of the drug that they must, and must not, read as.
    """

    subcategory: str
    services: tuple[Service, ...] = ()
    drugs: dict[str, str] = {}
    examples: dict[str, tuple[str, ...]] = {}
    counterexamples: dict[str, tuple[str, ...]] = {}


class ServiceFile(Strict, frozen=True):
    """One file of `data/services`."""

    category: str
    groups: tuple[Group, ...]


class BodyPart(Strict, frozen=True):
    """A part of the body, the region that it belongs to, and the words that name it."""

    name: str
    region: Region
    terms: tuple[str, ...]


class BodyParts(Strict, frozen=True):
    """The file `body_parts.toml`."""

    parts: tuple[BodyPart, ...]


class Compounds(Strict, frozen=True):
    """The file `compounds.toml`: what a compounded cream is made of."""

    prescription: tuple[str, ...]
    over_the_counter: tuple[str, ...]


class MtusGuideline(Strict, frozen=True):
    """One title of the MTUS; see the head of the data file."""

    title: str
    years: tuple[int, ...]
    aliases: tuple[str, ...] = ()
    acoem_chapter: int | None = None
    needs_year: bool = False
    sections: tuple[str, ...] = ()


class OdgChapter(Strict, frozen=True):
    """One chapter of the ODG; see the head of the data file."""

    chapter: str
    aliases: tuple[str, ...] = ()
    body_parts: tuple[str, ...] = ()
    needs_boundary: bool = False


class SourceNames(Strict, frozen=True):
    """How letters name the MTUS, the ODG, ACOEM, and everything else."""

    mtus: tuple[str, ...]
    odg: tuple[str, ...]
    acoem: tuple[str, ...]
    other: tuple[str, ...]


class EditionWords(Strict, frozen=True):
    """Words that tell an edition or what a chapter covers."""

    phrases: tuple[str, ...]
    coverage: tuple[str, ...]


class Names(Strict, frozen=True):
    """A plain list of names."""

    names: tuple[str, ...]


class GuidelineData(Strict, frozen=True):
    """The data file as a whole."""

    mtus: tuple[MtusGuideline, ...]
    acoem_chapters: dict[str, str]
    sections: dict[str, tuple[str, ...]]
    odg: tuple[OdgChapter, ...]
    odg_topics: Names
    names: SourceNames
    edition_words: EditionWords
    other_documents: Names
    form_words: Names


class ReasonPattern(Strict, frozen=True):
    """One way to say a reason; see the head of the data file."""

    when: str
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]
    not_within: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    gap: int = 5
    weight: float = 1.0


class ReasonEntry(Strict, frozen=True):
    """One reason of the published list."""

    code: str
    sentence: str
    outcome: DecidedOutcome
    reliable: bool
    patterns: tuple[ReasonPattern, ...]
    guideline_decides: bool = False


class ReasonFile(Strict, frozen=True):
    """The data file as a whole; concepts by name, each with its wordings."""

    stance: dict[Literal["guideline", "contrast", "turn", "case"], tuple[str, ...]]
    shared: dict[str, tuple[str, ...]]
    upheld: dict[str, tuple[str, ...]]
    overturned: dict[str, tuple[str, ...]]
    reasons: tuple[ReasonEntry, ...]


class Lists(Strict, frozen=True):
    """How lists of diagnoses open, what puts a diagnosis in doubt, and how names of diseases end."""

    openings: tuple[str, ...]
    doubtful: tuple[str, ...]
    endings: tuple[str, ...]


class Condition(Strict, frozen=True):
    """What can befall a part of the body; see the head of the data file."""

    name: str
    terms: tuple[str, ...]
    alone: bool = False
    generic: bool = False
    named: dict[str, str] = msgspec.field(default_factory=dict)


class KnownDiagnosis(Strict, frozen=True):
    """A diagnosis with a name of its own; see the head of the data file."""

    name: str
    terms: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


class DiagnosisFile(Strict, frozen=True):
    """The data file as a whole."""

    lists: Lists
    conditions: tuple[Condition, ...]
    diagnoses: tuple[KnownDiagnosis, ...]


class ReviewWords(Strict, frozen=True):
    """The words of `utilization_review.toml`; its head says what they mean."""

    hints: tuple[str, ...]
    denied: tuple[str, ...]
    modified: tuple[str, ...]
    approved: tuple[str, ...]
    everything: tuple[str, ...]
    speaks_of_review: tuple[str, ...]
    common: tuple[str, ...]
    same: dict[str, tuple[str, ...]]
