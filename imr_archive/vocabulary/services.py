"""The catalogue of services: category, subcategory, service, and the words that name each.

Built once, on first use, from `data/services`; what a heading names is found by `service_lexicon`, and the
words that settle between two readings of a term by `qualifier_lexicon`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from imr_archive.vocabulary.lexicon import Lexicon, normal_form
from imr_archive.vocabulary.loader import load_folder, load_toml
from imr_archive.vocabulary.schema import (
    BodyPart,
    BodyParts,
    Compounds,
    Group,
    Role,
    Service,
    ServiceFile,
    Variant,
)

TOPICAL_ANALGESICS = ("Pharmaceuticals", "Topical Analgesics")
COMPOUNDED_TOPICAL = "compounded topical"


class Entry(NamedTuple):
    """One service of the catalogue with its place in the classification and the ways of naming it."""

    category: str
    subcategory: str
    name: str
    patterns: tuple[str, ...]
    role: Role = "specific"
    compound_head: bool = False
    refined_by: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    drug: bool = False

    def is_of(self, kind: str) -> bool:
        """Whether this service belongs to a category, or to a "category/subcategory"."""
        return kind in {self.category, f"{self.category}/{self.subcategory}"}


@cache
def catalogue() -> Mapping[str, Entry]:
    """Every service by its name."""
    entries: dict[str, Entry] = {}
    for file in load_folder("services", ServiceFile):
        for group in file.groups:
            for entry in _entries(file.category, group):
                entries[entry.name] = entry
    for ingredient in load_toml("compounds.toml", Compounds).prescription:
        name = topical_name(ingredient)
        if name not in entries:
            entries[name] = Entry(*TOPICAL_ANALGESICS, name, (name, f"topical {ingredient}"), drug=True)
    return MappingProxyType(entries)


def topical_name(ingredient: str) -> str:
    """The service that a cream, gel or patch of one drug is."""
    return f"{ingredient} topical"


@cache
def service_lexicon() -> Lexicon[Entry]:
    """Finds the services named in a text."""
    return Lexicon(
        ((form, entry) for entry in catalogue().values() for form in _forms(entry)), in_normal_form=True
    )


@cache
def body_parts() -> tuple[BodyPart, ...]:
    """The parts of the body, sorted by name."""
    return load_toml("body_parts.toml", BodyParts).parts


@cache
def body_part_lexicon() -> Lexicon[BodyPart]:
    """Finds the parts of the body named in a text."""
    return Lexicon((term, part) for part in body_parts() for term in part.terms)


@cache
def qualifier_lexicon() -> Lexicon[str]:
    """Finds the words of `qualifiers.toml`; the value is the qualifiers' names, parted by "|"."""
    names_of: dict[str, list[str]] = {}
    for name, terms in load_toml("qualifiers.toml", dict[str, tuple[str, ...]]).items():
        for term in terms:
            names_of.setdefault(normal_form(term), []).append(name)
    return Lexicon((term, "|".join(names)) for term, names in names_of.items())


@cache
def ingredient_lexicon() -> Lexicon[tuple[str, bool]]:
    """Finds what compounded creams are made of: the ingredient, and whether it needs a prescription."""
    compounds = load_toml("compounds.toml", Compounds)
    return Lexicon(
        [(name, (name, True)) for name in compounds.prescription]
        + [(name, (name, False)) for name in compounds.over_the_counter]
    )


@cache
def ingredient_words() -> frozenset[str]:
    """Every word of the names that `ingredient_lexicon` finds."""
    compounds = load_toml("compounds.toml", Compounds)
    names = [*compounds.prescription, *compounds.over_the_counter]
    return frozenset(word for name in names for word in normal_form(name).split())


@cache
def vocabulary_words() -> frozenset[str]:
    """Every single word that stands in a term of the catalogue, for the correction of misprints."""
    return frozenset(
        word for entry in catalogue().values() for form in _forms(entry) for word in form.split()
    )


def _entries(category: str, group: Group) -> Iterator[Entry]:
    for name, others in group.drugs.items():
        yield Entry(category, group.subcategory, name, (normal_form(name), *_terms(others)), drug=True)
    for service in group.services:
        own = (normal_form(service.name),) if _names_itself(service) else ()
        yield Entry(
            category,
            group.subcategory,
            service.name,
            own + _terms(service.patterns),
            service.role,
            service.compound_head,
            service.refined_by,
            service.variants,
        )


def _forms(entry: Entry) -> Iterator[str]:
    """The terms of a service; in the plural too, unless it is a drug."""
    yield from entry.patterns
    if not entry.drug:
        for term in entry.patterns:
            several = plural(term)
            if several is not None:
                yield several


def _terms(listed: str) -> tuple[str, ...]:
    return tuple(listed.replace("\n", " ").split(", ")) if listed else ()


def _names_itself(service: Service) -> bool:
    """A name such as "brace, unspecified" is ours; headings do not use it."""
    return "," not in service.name and " or " not in service.name


def plural(term: str) -> str | None:
    """The plural of a term's last word; None where it has none of its own."""
    if term[-3:].isalpha() and len(term) >= 3 and term[-1] != "s":
        if term[-1] == "y" and term[-2] not in "aeiou":
            return f"{term[:-1]}ies"
        return f"{term}es" if term.endswith(("ch", "sh", "x")) else f"{term}s"
    return f"{term}es" if term.endswith("ss") else None
