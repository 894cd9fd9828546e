"""Which service a heading asks for.

A heading is read as English is: the first service named decides ("MRI of the knee prior to surgery"), unless
it only modifies a noun that follows it ("TENS unit electrodes"). A general word gives way to a service that
says more of the same kind ("Labs: CBC"), an attendant to whatever it attends ("fluoroscopically guided
epidural"), and a qualifier settles what a word with two readings means ("ultrasound, 6 sessions"). What the
vocabulary does not know is None, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from imr_archive.parsing.heading_parts import LEVEL
from imr_archive.parsing.heading_text import HeadingText
from imr_archive.vocabulary.lexicon import Hit
from imr_archive.vocabulary.services import (
    COMPOUNDED_TOPICAL,
    TOPICAL_ANALGESICS,
    Entry,
    body_part_lexicon,
    catalogue,
    ingredient_lexicon,
    ingredient_words,
    qualifier_lexicon,
    service_lexicon,
    topical_name,
)
from imr_archive.vocabulary.spelling import corrected

# Between a modifier and the noun that it modifies stands nothing of these.
PHRASE_BREAK = re.compile(
    r"[,;:./+&#\d]|\b(?:of|for|to|with|without|w|under|via|using|by|in|at|on|from|per|prior|before|after|"
    r"following|including|plus|and|or|vs|versus|x|was|is)\b",
    re.IGNORECASE,
)
# What stands beyond one of these is another request, or only the occasion of this one.
REQUEST_BREAK = re.compile(
    r"[,;.+&]|\b(?:and|plus|after|following|prior|before|due|regarding|status)\b", re.IGNORECASE
)
BRACKETED = re.compile(r"\([^()]*\)")
WHOLE_BODY_DOSE = re.compile(
    r"\d\s*(?:mg|mcg|mgs)\b|\b(?:tablets?|tabs?|capsules?|caps?|pills?|oral(?:ly)?)\b", re.IGNORECASE
)
REFINEMENTS = 3
NAMING = frozenset(["specific", "general"])
"""The roles of services that decide wherever they are named."""


class ServiceMatch(NamedTuple):
    """The service of a heading.

    rule: how it was found, and the term that decided; description[start:end] are the deciding words.
    """

    category: str
    subcategory: str
    service: str
    rule: str
    start: int
    end: int


class Reading:
    """One heading, its words and the services that they name.

    normal: its words in normal form, which may be put right where they are misprinted.
    """

    __slots__ = ("_bracketed", "heading", "hits", "normal", "text")

    def __init__(self, heading: HeadingText, normal: str) -> None:
        self.heading = heading
        self.text = heading.text
        self.normal = normal
        self.hits = service_lexicon().find(normal)
        self._bracketed = (
            [match.span() for match in BRACKETED.finditer(self.text)] if "(" in self.text else []
        )

    def span(self, hit: Hit[Any]) -> tuple[int, int]:
        """Where a hit's words stand in the text."""
        spans = self.heading.spans
        return spans[hit.first][0], spans[hit.after - 1][1]

    def between(self, one: Hit[Any], other: Hit[Any]) -> str:
        """The text between two hits, without what stands in brackets there."""
        first, second = (one, other) if one.first <= other.first else (other, one)
        return BRACKETED.sub(" ", self.text[self.span(first)[1] : self.span(second)[0]])

    def outside_brackets(self) -> list[Hit[Entry]]:
        """The hits that do not stand in brackets."""
        if not self._bracketed:
            return self.hits
        return [
            hit
            for hit in self.hits
            if not any(start <= self.span(hit)[0] < end for start, end in self._bracketed)
        ]


def classify(description: str) -> ServiceMatch | None:
    """The service that a heading asks for; None where the vocabulary does not know it.

    A heading that repeats its request ("X was the original request. ...") names the same service each time:
    the first naming decides.
    """
    return service_of(HeadingText(description))


def service_of(heading: HeadingText) -> ServiceMatch | None:
    """The same for a heading already taken apart."""
    match = _decide(Reading(heading, heading.normal))
    if match is None or catalogue()[match.service].role != "specific":
        respelled = corrected(heading.normal)
        if respelled != heading.normal:
            better = _decide(Reading(heading, respelled))
            if better is not None:
                return better._replace(rule=f"misprint, {better.rule}")
    return match


def _decide(reading: Reading) -> ServiceMatch | None:
    found = _head(reading)
    if found is None:
        return None
    rule, head = found
    if head.value.role == "general":
        rule, head = _refined(reading, rule, head)
    # Nothing is mixed into a cream or patch whose words name no ingredient.
    if not ingredient_words().isdisjoint(head.term.split()):
        topical = _topical(reading, head)
        if topical is not None:
            return topical
    entry = head.value
    if entry.variants:
        meant = _variant(reading, head)
        if meant is not entry:
            rule, entry = "qualified", meant
    start, end = reading.span(head)
    return ServiceMatch(entry.category, entry.subcategory, entry.name, f"{rule}: {head.term}", start, end)


def _head(reading: Reading) -> tuple[str, Hit[Entry]] | None:
    """The word that decides: the first service named, or the noun that it modifies."""
    outside = reading.outside_brackets()
    for hits in (outside, reading.hits):
        for place, hit in enumerate(hits):
            if hit.value.role in NAMING:
                return _compound(reading, hit, hits[place + 1 :])
    for role in ("attendant", "frame"):
        for hit in reading.hits:
            if hit.value.role == role:
                return "only named", hit
    return None


def _compound(reading: Reading, head: Hit[Entry], following: Iterable[Hit[Entry]]) -> tuple[str, Hit[Entry]]:
    rule = "first named"
    for hit in following:
        if PHRASE_BREAK.search(reading.between(head, hit)):
            break
        if hit.value.compound_head or (head.value.role == "general" and hit.first == head.after):
            rule, head = "noun modified", hit
    if head.value.drug:
        rule, head = _named_in_brackets(reading, rule, head)
    return rule, head


def _named_in_brackets(reading: Reading, rule: str, head: Hit[Entry]) -> tuple[str, Hit[Entry]]:
    """Of "Hydrocodone (Norco)", Norco: a drug of the same class in brackets says it more exactly."""
    for hit in reading.hits:
        if hit.first == head.after and hit.value.drug and hit.value.subcategory == head.value.subcategory:
            between = reading.text[reading.span(head)[1] : reading.span(hit)[0]]
            return ("named in brackets", hit) if between.strip() == "(" else (rule, head)
    return rule, head


def _refined(reading: Reading, rule: str, head: Hit[Entry]) -> tuple[str, Hit[Entry]]:
    """A general word gives way to the nearest service that says more of what it says."""
    for _ in range(REFINEMENTS):
        if head.value.role != "general":
            break
        finer = [hit for hit in reading.hits if hit is not head and _refines(reading, head, hit)]
        if not finer:
            break
        rule, head = (
            "refined",
            min(finer, key=lambda hit: (hit.value.role != "specific", _distance(head, hit))),
        )
    return rule, head


def _refines(reading: Reading, head: Hit[Entry], hit: Hit[Entry]) -> bool:
    if hit.value.role in {"attendant", "frame"} or not any(
        hit.value.is_of(kind) for kind in head.value.refined_by
    ):
        return False
    if hit.value.role == "general" and hit.value.name == head.value.name:
        return False
    if hit.value.role == "general" and hit.first < head.first:
        return False
    return hit.value.category == head.value.category or not REQUEST_BREAK.search(reading.between(head, hit))


def _variant(reading: Reading, head: Hit[Entry]) -> Entry:
    """What a word means beside its nearest qualifier."""
    variants = head.value.variants
    nearest: dict[str, int] = {}
    for name, hit in _qualifiers(reading, head):
        distance = _distance(head, hit)
        nearest[name] = min(distance, nearest.get(name, distance))
    choices = [
        (min(nearest[name] for name in variant.near if name in nearest), place)
        for place, variant in enumerate(variants)
        if any(name in nearest for name in variant.near)
    ]
    return catalogue()[variants[min(choices)[1]].becomes] if choices else head.value


def _qualifiers(reading: Reading, head: Hit[Entry]) -> list[tuple[str, Hit[Any]]]:
    """Names of what qualifies the head, each with where it stands."""
    found: list[tuple[str, Hit[Any]]] = []
    others = [hit for hit in reading.hits if hit is not head]
    for hit in others:
        if not REQUEST_BREAK.search(reading.between(head, hit)):
            entry = hit.value
            found += [(entry.category, hit), (f"{entry.category}/{entry.subcategory}", hit)]
    for word in qualifier_lexicon().find(reading.normal):
        if not any(_stands_between(other, head, word) for other in others):
            found += [(name, word) for name in word.value.split("|")]
    parts = body_part_lexicon().find(reading.normal)
    if parts:
        part = min(parts, key=lambda hit: _distance(head, hit))
        found += [(part.value.name, part), (f"{part.value.region} region", part)]
    elif LEVEL.search(reading.text):
        found.append(("spine region", head))
    return found


def _topical(reading: Reading, head: Hit[Entry]) -> ServiceMatch | None:
    """A drug in a cream: a compound where several ingredients are named, else a topical analgesic."""
    hits = ingredient_lexicon().find(reading.normal)
    own = {hit.value for hit in hits if hit.first < head.after and head.first < hit.after}
    if not own:
        return None
    # A drug listed with its form ("clonidine patch") is what the list says.
    forms = [word for word in qualifier_lexicon().find(reading.normal) if "topical form" in word.value]
    if all(head.first <= form.first < head.after for form in forms):
        return None
    ends = [reading.span(hit)[0] for hit in hits[1:]] + [len(reading.text)]
    mixed = [
        hit.value
        for hit, end in zip(hits, ends, strict=True)
        if not WHOLE_BODY_DOSE.search(reading.text, reading.span(hit)[1], end)
    ]
    start, end = reading.span(head)
    names = dict(mixed)
    called_compound = any(hit.value.name == COMPOUNDED_TOPICAL for hit in reading.hits)
    if called_compound or (len(names) > 1 and any(names.values())):
        compound = catalogue()[COMPOUNDED_TOPICAL]
        return ServiceMatch(
            compound.category, compound.subcategory, compound.name, f"compound: {head.term}", start, end
        )
    if set(names.items()) == own and all(names.values()) and head.value.subcategory != TOPICAL_ANALGESICS[1]:
        single = topical_name(next(iter(names)))
        return ServiceMatch(*TOPICAL_ANALGESICS, single, f"topical: {head.term}", start, end)
    return None


def _distance(one: Hit[Any], other: Hit[Any]) -> int:
    """Words between two hits, 0 where they touch or overlap."""
    return max(one.first - other.after, other.first - one.after, 0)


def _stands_between(middle: Hit[Any], one: Hit[Any], other: Hit[Any]) -> bool:
    first, second = (one, other) if one.first <= other.first else (other, one)
    return first.after <= middle.first and middle.after <= second.first
