"""What the text of a decision must hold: terms, their spellings, and the FTS5 expression for them.

FTS5's query language never sees a character that a user typed as an operator: every phrase is quoted here and
made of letters and digits alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

import msgspec

from imr_archive.query.language.scan import pieces

MOST_WORDS_IN_A_PHRASE = 24
"""Longer phrases are cut: no two letters print longer runs of the same words but in their boilerplate."""

_UNITS = ("mg", "mcg", "ml", "gm", "g")
_GLUED = re.compile(r"^(\d+)(mg|mcg|ml|gm|g)$")
_LEVELS = re.compile(r"^([ctls])(\d{1,2})\s?[-/]\s?([ctls]?)(\d{1,2})$")
_POSSESSIVE = re.compile(r"^(\w+)'s$")


class Reach(Enum):
    """Where a term must occur."""

    HEADING = "the item's heading"
    ITEM = "the item's heading or rationale"
    ANYWHERE = "the item or the case summary"


class Part(Enum):
    """A part of a decision that a term can be tied to (`rationale:opioids`)."""

    ITEM = "description"
    RATIONALE = "rationale"
    SUMMARY = "summary"


class Phrase(msgspec.Struct, frozen=True):
    """Words that stand in a row, in lower case; `prefix` leaves the end of the last one open."""

    words: tuple[str, ...]
    prefix: bool = False

    @property
    def fts(self) -> str:
        """The phrase as FTS5 reads it."""
        return f'"{" ".join(self.words)}"' + ("*" if self.prefix else "")


class Term(msgspec.Struct, frozen=True):
    """One thing that the text must hold: any one of its phrases, or (see `services`) the service itself.

    `text` is what was typed. `services`, `subcategory` and `body_part` are the vocabulary's names of what it
    means, and `synonyms` counts the other words by which it finds the same. `near` is the most words between
    the words of a `"phrase"~10`. `part` ties the term to one part of the decision, `negated` excludes what
    holds it, and `heading` marks what a question of rates looks for in the item's heading.
    """

    text: str
    phrases: tuple[Phrase, ...]
    services: tuple[str, ...] = ()
    synonyms: int = 0
    quoted: bool = False
    negated: bool = False
    near: int | None = None
    part: Part | None = None
    subcategory: str = ""
    body_part: str = ""
    heading: bool = False

    @property
    def names_item(self) -> bool:
        """Whether the text means something that was asked for: a service or a kind of services."""
        return bool(self.services or self.subcategory)

    @property
    def fts(self) -> str:
        """An FTS5 expression that matches any of the phrases, in whatever column."""
        if self.near is not None:
            words = " ".join(f'"{word}"' for word in self.phrases[0].words)
            return f"NEAR({words}, {self.near})"
        return " OR ".join(phrase.fts for phrase in self.phrases)

    @property
    def english(self) -> str:
        """The term as a reading names it: what the vocabulary makes of the words, else the words."""
        known = [f"service {' or '.join(self.services)}"] if self.services else []
        known += [f"subcategory {self.subcategory}"] if self.subcategory else []
        known += [self.body_part] if self.body_part else []
        counted = f" ({self.synonyms} synonym{'s' if self.synonyms > 1 else ''})" if self.synonyms else ""
        within = f" within {self.near} words" if self.near is not None else ""
        return (", ".join(known) or f'"{self.text}"{"*" if self._is_prefix else ""}') + within + counted

    @property
    def _is_prefix(self) -> bool:
        return any(phrase.prefix for phrase in self.phrases)


def term_of(text: str, *, prefix: bool = False, negated: bool = False) -> Term | None:
    """A term for one word as typed, in all its spellings; None where it has no letter and no digit."""
    phrases = spellings(text, prefix=prefix)
    return Term(text=text, phrases=phrases, negated=negated) if phrases else None


def phrase_term(text: str, *, near: int | None = None, negated: bool = False) -> Term | None:
    """A term for a quoted phrase: these words, in this order (or, with `near`, that close together)."""
    words = pieces(text)[:MOST_WORDS_IN_A_PHRASE]
    if not words:
        return None
    apart = near if len(words) > 1 else None
    return Term(text=text, phrases=(Phrase(words),), quoted=True, near=apart, negated=negated)


def is_spinal_level(text: str) -> bool:
    """Whether `text` names two vertebrae, as in `L4-L5`, `L4/5` and `C5-6`."""
    return _LEVELS.match(text.casefold()) is not None


def spellings(text: str, *, prefix: bool = False) -> tuple[Phrase, ...]:
    """The ways in which letters print one word, as phrases, the one typed first.

    `10/325mg` is also printed `10/325 mg`, `H-wave` also `H wave` and `Hwave`, `L4-L5` also `L4-5`, `60` in a
    heading also `60mg`; `NSAID's` means `NSAIDs`. Singular and plural are the stemmer's business.
    """
    folded = text.casefold()
    possessive = _POSSESSIVE.match(folded)
    words = pieces(possessive[1] if possessive else folded)[:MOST_WORDS_IN_A_PHRASE]
    if not words:
        return ()
    variants = [words]
    if level := _LEVELS.match(folded):
        first, upper, second, lower = level.groups()
        variants += [(first + upper, (second or first) + lower), (first + upper, lower)]
    else:
        variants += _with_units(words)
        if any(mark in folded for mark in "-'") and len(words) <= 3 and not possessive:
            variants.append(("".join(words),))
    unique = dict.fromkeys(variants)
    return tuple(Phrase(words, prefix=prefix) for words in unique)


def _with_units(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The same words with the unit of the last number glued to it, parted from it, or added to it."""
    *before, last = words
    if glued := _GLUED.match(last):
        return [(*before, glued[1], glued[2])]
    if last in _UNITS and before and before[-1].isdigit():
        return [(*before[:-1], before[-1] + last)]
    if last.isdigit():
        return [(*before, last + unit) for unit in _UNITS]
    return []


def all_of(terms: Iterable[Term]) -> str:
    """An FTS5 expression that matches where every one of `terms` does; empty for no terms."""
    return " AND ".join(f"({term.fts})" for term in terms)


def any_of(expressions: Iterable[str]) -> str:
    """An FTS5 expression that matches where any of `expressions` does; empty ones are left out."""
    return " OR ".join(f"({expression})" for expression in expressions if expression)


def in_heading(expression: str) -> str:
    """The FTS5 expression `expression`, looked for in item headings alone."""
    return f"{{description}} : ({expression})"
