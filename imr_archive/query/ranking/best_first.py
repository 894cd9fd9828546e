"""Best first: the items that match a query in the order of a page of hits, at a bounded cost.

FTS5 ranks by scoring every match, and learns the rarity of a word by reading the list of all items that have
it: with a common word that is most of the archive. Here the sets of matches come first, and only some of each
tier are scored, in two steps:

1. Of more than `CANDIDATES` matches, those whose heading has the rarest words of the query, and of these the
   newest, are candidates. They are scored by what the sets tell: which words stand in the heading, which
   elsewhere, and how long the text is.
2. The texts of the best `READ` are read, and scored by BM25 as FTS5 computes it, the heading weighing more.

What is not a candidate follows, the newest first. Both bounds hold for any archive and any way by which the
matches were found, so that the order does not depend on it. docs/search.md says it for users.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec
from msgspec.structs import replace
from pyroaring import BitMap
from sqlalchemy import Connection

from imr_archive.query.language.scan import pieces
from imr_archive.query.language.terms import Part, Term
from imr_archive.query.plan import Plan
from imr_archive.query.ranking.index import RankingIndex, Texts, Totals, lengths, texts, totals
from imr_archive.query.ranking.words import Pattern, tokens
from imr_archive.query.sql import HEADING_WEIGHT

CANDIDATES = 1_000
"""Matches of one tier that are scored: fifty pages, which nobody turns."""

READ = 40
"""Candidates whose texts are read: two pages. Reading 100 costs three times as much and ranks no better."""

AS_TYPED = 0.5
"""What it weighs beside a term that it stands there in the spelling typed: whoever types a brand name mostly
means it. On generated letters it lifts nDCG@10 by 0.006; a full weight lifts it by less."""

SPLIT_BY = 6
"""Terms by which candidates are chosen, the rarest: they make at most 64 sets."""

_K1, _B = 1.2, 0.75
"""The constants of BM25 as FTS5 has them (https://www.sqlite.org/fts5.html#the_bm25_function)."""

_LEAST_IDF = 1e-6
"""The weight of a term that more than half of all items have, as in FTS5."""

GroupsOf = Callable[[Sequence[int]], Mapping[int, int]]
"""Which group each of these items belongs to."""


class Weighed(msgspec.Struct, frozen=True):
    """A term with what is known of it before any text is read."""

    term: Term
    idf: float
    heading: BitMap
    anywhere: BitMap


def page_of_hits(
    connection: Connection,
    plan: Plan,
    tiers: Iterable[BitMap],
    index: RankingIndex,
    *,
    limit: int,
    offset: int = 0,
    groups_of: GroupsOf | None = None,
) -> list[int]:
    """One page of the items in `tiers`, best first; with `groups_of`, only the first item of each group.

    tiers: disjoint sets of matches; every item of one stands before all of the next.
    """
    ordered = best_first(connection, plan, tiers, index)
    if groups_of is not None:
        ordered = first_of_each(ordered, groups_of)
    return list(islice(ordered, offset, offset + limit))


def best_first(
    connection: Connection, plan: Plan, tiers: Iterable[BitMap], index: RankingIndex
) -> Iterator[int]:
    """The items in `tiers`, best first. A tier is looked at only when those before it are used up."""
    ranking: Ranking | None = None
    for items in tiers:
        if len(items) == 1:
            yield from items
        elif items:
            ranking = ranking or Ranking(connection, plan, index)
            yield from ranking.ordered(items)


def first_of_each(ordered: Iterator[int], groups_of: GroupsOf) -> Iterator[int]:
    """Of items in order the first of each group."""
    seen: set[int] = set()
    while some := list(islice(ordered, READ)):
        groups = groups_of(some)
        for item in some:
            if groups[item] not in seen:
                seen.add(groups[item])
                yield item


class Ranking:
    """The scores of items for one query."""

    def __init__(self, connection: Connection, plan: Plan, index: RankingIndex) -> None:
        self._connection = connection
        self._index = index
        self._totals = totals(connection)
        self._average = self._totals.words / self._totals.items if self._totals.items else 1.0
        self._terms = sorted(self._weighed(plan), key=lambda one: -one.idf)
        self._patterns = [Pattern(one.term) for one in self._terms]

    def ordered(self, items: BitMap) -> Iterator[int]:
        """The items of one tier, best first."""
        chosen = self._candidates(items)
        newest = self._index.newest(chosen, len(chosen))
        words = lengths(self._connection, newest)
        expected = self._expected(chosen, words)
        likeliest = sorted(newest, key=lambda item: -expected[item])
        best = frozenset(likeliest[:READ])
        scores = self._scores(best, words)
        yield from sorted((item for item in newest if item in best), key=lambda item: -scores[item])
        yield from likeliest[READ:]
        yield from self._newest(items - chosen)

    def _weighed(self, plan: Plan) -> Iterator[Weighed]:
        wanted = (term for group in plan.alternatives for term in group if not term.negated)
        for term in dict.fromkeys(wanted):
            if term.part is Part.SUMMARY:
                continue
            anywhere = self._index.having(term, in_heading=False)
            weight = idf(self._totals, len(anywhere))
            yield Weighed(term, weight, self._index.having(term, in_heading=True), anywhere)
            if typed := _as_typed(term):
                # Where else it stands as typed is told by the texts that are read: one look-up is spared.
                heading = self._index.having(typed, in_heading=True)
                yield Weighed(typed, AS_TYPED * weight, heading, heading)

    def _candidates(self, items: BitMap) -> BitMap:
        """The items that are scored: all, or those whose heading has the rarest words, the newest of them."""
        if len(items) <= CANDIDATES:
            return items
        chosen = BitMap()
        for alike in self._split(items):
            room = CANDIDATES - len(chosen)
            chosen |= alike if len(alike) <= room else BitMap(self._index.newest(alike, room))
            if len(chosen) >= CANDIDATES:
                break
        return chosen

    def _split(self, items: BitMap) -> list[BitMap]:
        """The items parted by which terms their headings have, those first whose terms weigh most."""
        parted = [(0.0, items)]
        for one in self._terms[:SPLIT_BY]:
            halves = (
                half
                for weight, alike in parted
                for half in ((weight + one.idf, alike & one.heading), (weight, alike - one.heading))
            )
            parted = [(weight, alike) for weight, alike in halves if alike]
        return [alike for _, alike in sorted(parted, key=lambda one: -one[0])]

    def _expected(self, items: BitMap, words: Mapping[int, int]) -> dict[int, float]:
        """The score of each item if each term stands once where the sets have it."""
        norms = {item: self._norm(words.get(item, 0)) for item in items}
        expected = dict.fromkeys(items, 0.0)
        for one in self._terms:
            heading = items & one.heading
            for item in heading:
                expected[item] += one.idf * _saturated(HEADING_WEIGHT, norms[item])
            for item in (items & one.anywhere) - heading:
                expected[item] += one.idf * _saturated(1.0, norms[item])
        return expected

    def _scores(self, items: Iterable[int], words: Mapping[int, int]) -> dict[int, float]:
        """The BM25 score of each item, by its text."""
        read = texts(self._connection, items)
        return {item: self._score(passages, words.get(item, 0)) for item, passages in read.items()}

    def _score(self, passages: Texts, words: int) -> float:
        frequencies = self._frequencies(passages)
        norm = self._norm(words)
        return sum(
            one.idf * _saturated(frequency, norm)
            for one, frequency in zip(self._terms, frequencies, strict=True)
        )

    def _frequencies(self, passages: Texts) -> list[float]:
        """How often each term occurs, once in the heading counting for many elsewhere."""
        heading, rationale = tokens(passages.heading), tokens(passages.rationale)
        found = []
        for pattern, one in zip(self._patterns, self._terms, strict=True):
            in_heading = 0 if one.term.part is Part.RATIONALE else pattern.count(heading)
            in_rationale = 0 if one.term.part is Part.ITEM else pattern.count(rationale)
            found.append(HEADING_WEIGHT * in_heading + in_rationale)
        return found

    def _norm(self, words: int) -> float:
        """What a text of that length sets against the frequency of a term."""
        return _K1 * (1 - _B + _B * words / self._average)

    def _newest(self, items: BitMap) -> Iterator[int]:
        """All of these items, the newest first."""
        batch = CANDIDATES
        while items:
            some = self._index.newest(items, batch)
            yield from some
            items = items - BitMap(some)
            batch *= 4


def _as_typed(term: Term) -> Term | None:
    """The term without its other spellings; None where it has none, or is not looked for as typed."""
    typed = tuple(phrase for phrase in term.phrases if phrase.words == pieces(term.text))
    return replace(term, phrases=typed) if typed and len(term.phrases) > 1 else None


def idf(known: Totals, having: int) -> float:
    """How much a term weighs that so many items have (the inverse document frequency, as FTS5 has it)."""
    return max(math.log((known.items - having + 0.5) / (having + 0.5)), _LEAST_IDF)


def _saturated(frequency: float, norm: float) -> float:
    """What the frequency of a term comes to: ever less for each further occurrence."""
    return frequency * (_K1 + 1) / (frequency + norm) if frequency else 0.0
