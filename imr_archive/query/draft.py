"""A plan in the making: the tokens still to be read, and what has been understood so far."""

from __future__ import annotations

from typing import Literal

from imr_archive.errors import UsageError
from imr_archive.query.applied import Applied, read_filter
from imr_archive.query.language import Language, Outcome
from imr_archive.query.plan import Group, Plan
from imr_archive.query.scan import Kind, Token
from imr_archive.query.terms import Term
from imr_archive.query.thesaurus import Thesaurus

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
        self.groups: list[list[Term]] = [[]]
        self.filters: list[Applied] = []
        self.outcomes: dict[Outcome, None] = {}
        self.dimensions: dict[str, None] = {}
        self.rates = False
        self.output: Literal["csv", "json"] | None = None
        self.negate_next = False
        self.ignored: list[str] = []
        self.notes: dict[str, None] = {}

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
        if term is None or term in self.groups[-1]:
            return
        if sum(map(len, self.groups)) >= MOST_TERMS:
            self.notes[f"only the first {MOST_TERMS} words are looked for"] = None
            return
        self.groups[-1].append(term)

    def add_filter(self, name: str, raw: str | list[str], typed: str, *, negated: bool = False) -> None:
        """Add a filter; a value that it cannot take is left out with a note, as typed text never raises."""
        try:
            applied = read_filter(name, raw, negated=negated)
        except UsageError as error:
            self.notes[f"left out {typed}: {error}"] = None
            return
        if applied not in self.filters:
            self.filters.append(applied)

    def add_range(self, name: str, low: int | None, high: int | None) -> None:
        """Add a filter on a range of numbers; one that runs backwards is turned round."""
        if low is not None and high is not None and low > high:
            low, high = high, low
        applied = Applied(name, low=low, high=high)
        if applied not in self.filters:
            self.filters.append(applied)

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
        groups: list[Group] = [tuple(group) for group in self.groups if group]
        both = len(self.outcomes) > 1
        return Plan(
            query=query,
            groups=tuple(dict.fromkeys(groups)),
            filters=tuple(self.filters),
            outcome=None if both or not self.outcomes else next(iter(self.outcomes)),
            both_outcomes=both,
            dimensions=tuple(self.dimensions),
            rates=self.rates or both,
            output=self.output,
            ignored=tuple(self.ignored),
            notes=tuple(self.notes),
        )
