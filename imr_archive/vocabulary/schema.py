"""What the vocabulary's data files may hold."""

from __future__ import annotations

from typing import Literal

import msgspec

Role = Literal["specific", "general", "attendant", "frame"]
Region = Literal["spine", "joint", "limb", "head", "trunk", "whole"]


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
