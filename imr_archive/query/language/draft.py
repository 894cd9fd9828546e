"""A plan in the making: the tokens still to be read, and what has been understood so far."""

from __future__ import annotations

from typing import Literal

import msgspec

from imr_archive.errors import UsageError
from imr_archive.query.filters.applied import Applied, read_filter
from imr_archive.query.language.arms import MOST_ARMS, Half, arms
from imr_archive.query.language.scan import Kind, Token
from imr_archive.query.language.terms import Term
from imr_archive.query.language.thesaurus import Thesaurus
from imr_archive.query.language.words import Language, Outcome
from imr_archive.query.plan import Plan

MOST_TERMS = 24
"""Words beyond these are left out: each is a search of its own, and nothing printed has them all."""

MOST_DIMENSIONS = 2


class Draft:
    """What the rules of `reading` read from and write to.

    `words` has the folded text of each token that is a plain word, and "" for the others, which therefore end
    every phrase that is looked up.
    """

    def __init__(self, tokens: tuple[Token, ...], language: Language, thesaurus: Thesaurus) -> None:
        self.tokens = tokens
        self.language = language
        self.thesaurus = thesaurus
        self.words = [
            token.folded if token.kind is Kind.WORD and not (token.negated or token.prefix) else ""
            for token in tokens
        ]
        self.halves = [Half()]
        self.tail: Half | None = None
        self.comparing: list[str] = []
        self.outcomes: dict[Outcome, None] = {}
        self.dimensions: dict[str, None] = {}
        self.rates = False
        self.why = False
        self.output: Literal["csv", "json"] | None = None
        self.negate_next = False
        self.ignored: list[str] = []
        self.notes: dict[str, None] = {}

    @property
    def half(self) -> Half:
        """What is being read: one side of a comparison, or what follows for all of them."""
        return self.halves[-1] if self.tail is None else self.tail

    @property
    def understood(self) -> bool:
        """Whether anything with a meaning has been read."""
        halves = any(self.halves) or bool(self.tail)
        return halves or bool(self.outcomes or self.rates or self.why or self.notes)

    def word(self, at: int) -> str:
        """The plain word at `at`, or "" where there is none."""
        return self.words[at] if 0 <= at < len(self.words) else ""

    def typed(self, at: int, count: int) -> str:
        """What was typed there."""
        return " ".join(token.text for token in self.tokens[at : at + count])

    def ignore(self, at: int, count: int) -> None:
        """Leave out some tokens, and say so."""
        self.ignored.append(self.typed(at, count))

    def add_term(self, term: Term | None) -> None:
        """Add one term to the alternative that is being read."""
        group = self.half.groups[-1]
        if term is None or term in group:
            return
        if sum(len(half.terms) for half in (*self.halves, self.tail) if half is not None) >= MOST_TERMS:
            self.notes[f"only the first {MOST_TERMS} words are looked for"] = None
            return
        group.append(term)

    def compare(self, typed: str) -> None:
        """What follows is compared with what stands before."""
        self.comparing.append(typed)
        if self.half:
            self.halves.append(Half())
        if len(self.halves) > MOST_ARMS:
            self.notes[f"only {MOST_ARMS} groups are compared at a time"] = None

    def add_for_all(self) -> bool:
        """What follows holds for all that is compared; False where nothing is."""
        if len(self.halves) == 1 or not self.half or self.tail is not None:
            return False
        self.tail = Half()
        return True

    def add_filter(self, name: str, raw: str | list[str], typed: str, *, negated: bool = False) -> None:
        """Add a filter; a value that it cannot take is left out with a note, as typed text never raises."""
        try:
            applied = read_filter(name, raw, negated=negated)
        except UsageError as error:
            self.notes[f"left out {typed}: {error}"] = None
            return
        if applied not in self.half.filters:
            self.half.filters.append(applied)

    def add_range(self, name: str, low: int | None, high: int | None) -> None:
        """Add a filter on a range of numbers; one that runs backwards is turned round."""
        if low is not None and high is not None and low > high:
            low, high = high, low
        applied = Applied(name, low=low, high=high)
        if applied not in self.half.filters:
            self.half.filters.append(applied)

    def add_dimension(self, name: str) -> None:
        """Group by a dimension; beyond two it is left out with a note."""
        self.rates = True
        if name not in self.dimensions and len(self.dimensions) == MOST_DIMENSIONS:
            self.notes[f"only {MOST_DIMENSIONS} groupings at a time: left out {name.replace('_', ' ')}"] = (
                None
            )
            return
        self.dimensions[name] = None

    def finished(self, query: str) -> Plan:
        """The plan."""
        halves = [half for half in self.halves[:MOST_ARMS] if half]
        compared, shared = arms(halves, self.tail) if len(halves) > 1 else ((), ())
        both = len(self.outcomes) > 1
        plan = Plan(
            query=query,
            outcome=None if both or not self.outcomes else next(iter(self.outcomes)),
            both_outcomes=both,
            dimensions=tuple(self.dimensions),
            rates=self.rates or both or bool(compared),
            why=self.why,
            output=self.output,
            ignored=tuple(self.ignored),
            notes=tuple(self.notes),
        )
        if compared:
            return msgspec.structs.replace(plan, arms=compared, filters=shared)
        whole = halves[0] if halves else Half()
        if self.tail is not None:
            whole.takes(self.tail.terms)
        filters = [one for half in (*halves, self.tail) if half is not None for one in half.filters]
        return msgspec.structs.replace(
            plan,
            groups=tuple(dict.fromkeys(tuple(group) for group in whole.groups if group)),
            filters=tuple(dict.fromkeys(filters)),
            ignored=plan.ignored if both else (*plan.ignored, *self.comparing),
        )
