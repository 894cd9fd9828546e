"""The items that a plan finds, by the sets and columns that the archive keeps.

Each part of a plan (a term, a filter, an outcome) becomes a set of the items for which these are exact, and
the plan joins such sets as its SQL does. What no set is kept of, FTS5 or the filter's own SQL is asked for.
"""

from __future__ import annotations

import array
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap
from sqlalchemy import Connection

from imr_archive.archive.kept import item_sets
from imr_archive.archive.kept.item_sets import Codes, ItemSets
from imr_archive.archive.store import sqlite_cursor
from imr_archive.query.dimensions import dimension
from imr_archive.query.filters.applied import Applied, condition, limits, value_condition
from imr_archive.query.filters.registry import FILTERS
from imr_archive.query.kept.candidate_texts import CandidateTexts
from imr_archive.query.kept.names import CASE
from imr_archive.query.language.arms import Group
from imr_archive.query.language.terms import Part, Phrase, Reach, Term
from imr_archive.query.plan import Plan
from imr_archive.query.sql import Parameters
from imr_archive.query.tables import from_clause

_MOST_READ = 150
"""Items whose texts are read to see whether a term stands there; of more of them FTS5 is asked about all."""

_READ_AT_ONCE = 5_000
"""Items that FTS5 can search for a phrase of common words while one text is read."""

_HEADINGS_AT_ONCE = 10
"""Headings that are read while one rationale is."""

_RARER = 4
"""Times that FTS5 is quicker where a phrase has a word that is rare."""

_HEADING: item_sets.Part = "heading"
_RATIONALE: item_sets.Part = "rationale"
_SUMMARY: item_sets.Part = "summary"
_COLUMN_OF_PART: dict[item_sets.Part, str] = {"heading": "description", "rationale": "rationale"}

Chosen = NDArray[np.bool_]
"""For each code of a column whether it is meant."""


_STEPS = {
    Reach.HEADING: (Reach.HEADING,),
    Reach.ITEM: (Reach.ITEM,),
    Reach.ANYWHERE: (Reach.ITEM, Reach.ANYWHERE),
}
"""How far a term is looked for, step by step: case summaries come last, as they are mostly not needed."""


class _Limits(NamedTuple):
    """The items that have a term for sure, and those that may have it; None where any item may."""

    least: BitMap
    most: BitMap | None


class PlanSets:
    """What plans find among the covered items of one archive; terms and filters met before are remembered."""

    def __init__(self, connection: Connection, sets: ItemSets) -> None:
        self.connection = connection
        self._known: dict[object, BitMap] = {}
        self._limits: dict[object, _Limits] = {}
        self._texts = CandidateTexts(connection)
        self.sets = sets

    def matching(self, plan: Plan) -> BitMap:
        """The covered items that match."""
        steps: list[Callable[[], BitMap]] = [
            *(lambda each=each: self._filtered(each) for each in plan.filters),
            *(lambda name=name: self.of_dimension(name) for name in plan.dimensions),
        ]
        if plan.outcome_filter is not None:
            steps.append(lambda: self.having("outcome", (str(plan.outcome_filter),)))
        found = self.sets.covered
        for step in steps:
            if not found:
                break
            found = found & step()
        return self._any_arm(plan, self._any_group(plan, plan.groups, found))

    def tiers(self, plan: Plan, found: BitMap) -> tuple[BitMap, BitMap, BitMap]:
        """The items `found` by the plan, by tier, as `sql.tiers_sql` tells them."""
        if not plan.alternatives:
            return found, BitMap(), BitMap()
        first, second = (
            _union(self._all_terms(plan, _wanted(group), found, reach) for group in plan.alternatives)
            for reach in (Reach.HEADING, Reach.ITEM)
        )
        return first, second - first, found - first - second

    def having(self, column: str, values: Sequence[str]) -> BitMap:
        """The covered items that have one of these values, as they are stored."""
        codes = self.sets.column(column)
        if codes is None:
            holding = f"{dimension(column).sql} IN (SELECT value FROM json_each(:values))"
            return self._by_sql(holding, dimension(column).joins, {"values": json.dumps(values)})
        wanted = frozenset(values)
        return self._coded(codes, np.fromiter((one in wanted for one in codes.values), np.bool_))

    def term(self, term: Term, reach: Reach) -> BitMap:
        """The covered items that have a term, as it stands: negation does not count."""
        key = (_key(term), reach)
        if key not in self._known:
            self._known[key] = _union(self._parts_of_term(term, reach))
        return self._known[key]

    def having_words(self, term: Term, *, in_heading: bool) -> BitMap:
        """The covered items whose heading (or else heading or rationale) has one of the term's phrases."""
        reach = Reach.HEADING if in_heading else Reach.ITEM
        words = msgspec.structs.replace(term, services=(), subcategory="")
        if term.part is Part.SUMMARY or (in_heading and term.part is Part.RATIONALE):
            return BitMap()
        return self.term(words, reach)

    def _any_group(self, plan: Plan, groups: Sequence[Group], among: BitMap) -> BitMap:
        if not groups:
            return among
        return _union(self._all_terms(plan, group, among) for group in groups)

    def _any_arm(self, plan: Plan, among: BitMap) -> BitMap:
        if not plan.arms:
            return among
        found = []
        for arm in plan.arms:
            items = among
            for each in arm.filters:
                items = items & self._filtered(each)
            found.append(self._any_group(plan, arm.groups, items))
        return _union(found)

    def _all_terms(
        self, plan: Plan, group: Iterable[Term], among: BitMap, reach: Reach | None = None
    ) -> BitMap:
        """Those `among` the items that have every term, in `reach` or where the plan says it has to occur.

        What is kept of the terms is looked at first; where it leaves few items, their texts tell the rest.
        """
        asked = [(term, reach or plan.reach(term)) for term in group]
        wanted = [(term, where) for term, where in asked if not term.negated]
        found = among
        for term, where in wanted:
            most = self._limits_of(term, where).most
            found = found if most is None else found & most
        for few in (True, False):
            for term, where in wanted:
                found = self._narrowed(found, term, where, few=few)
        for term, where in asked:
            if term.negated:
                found = found - self._narrowed(found, term, where, few=False)
        return found

    def _narrowed(self, found: BitMap, term: Term, reach: Reach, *, few: bool) -> BitMap:
        """Those of the items that have a term; with `few`, only where no more than their texts is needed."""
        limits = self._limits_of(term, reach)
        sure = found & limits.least
        for last in _STEPS[reach]:
            open_ones = (found if limits.most is None else found & limits.most) - sure
            if not open_ones:
                return sure
            if len(open_ones) <= self._most_read(limits) and term.near is None:
                return sure | self._texts.having(open_ones, term, _parts(term, reach))
            if few:
                return found
            sure = found & self.term(term, last)
        return sure

    def _most_read(self, limits: _Limits) -> int:
        """Of how many items it is cheaper to read the texts than to ask FTS5 for a term."""
        worth = len(self.sets.covered) // _READ_AT_ONCE
        return min(_MOST_READ, worth if limits.most is not None else worth // _RARER)

    def _limits_of(self, term: Term, reach: Reach) -> _Limits:
        """The items that have a term for sure, and those that may have it, by what is kept."""
        key = (_key(term), reach)
        if key in self._known:
            return _Limits(self._known[key], self._known[key])
        if key not in self._limits:
            self._limits[key] = self._new_limits(term, reach)
        return self._limits[key]

    def _new_limits(self, term: Term, reach: Reach) -> _Limits:
        sure = list(self._by_service(term))
        possible: list[BitMap | None] = []
        for part in _parts(term, reach):
            for phrase in term.phrases:
                kept = None if term.near is not None else self._kept(part, phrase)
                if kept is not None:
                    sure.append(kept)
                else:
                    possible.append(self._having_pieces(part, phrase, in_a_row=term.near is None))
        least = _union(sure)
        known = [one for one in possible if one is not None]
        return _Limits(least, _union([least, *known]) if len(known) == len(possible) else None)

    def _having_pieces(self, part: item_sets.Part, phrase: Phrase, *, in_a_row: bool) -> BitMap | None:
        """The items that have the words of a phrase, pairwise in a row, as far as that is kept."""
        words = phrase.words[:-1] if phrase.prefix else phrase.words
        pairs = [f'"{one} {other}"' for one, other in pairwise(words)] if in_a_row else []
        pieces = (self.sets.words(part, one) for one in (*pairs, *(f'"{word}"' for word in words)))
        kept = [one for one in pieces if one is not None]
        return BitMap.intersection(*kept) if kept else None

    def _parts_of_term(self, term: Term, reach: Reach) -> Iterable[BitMap]:
        parts = _parts(term, reach)
        yield from self._with_phrases(term, [part for part in parts if part != _SUMMARY])
        if _SUMMARY in parts:
            yield from self._with_phrases(term, [_SUMMARY])
        yield from self._by_service(term)

    def _by_service(self, term: Term) -> Iterable[BitMap]:
        """The items that are the service, or of the kind, that a term means."""
        if term.part is None and term.services:
            yield self.having("service", term.services)
        if term.part is None and term.subcategory:
            yield self.having("subcategory", (term.subcategory,))

    def _with_phrases(self, term: Term, parts: Sequence[item_sets.Part]) -> Iterable[BitMap]:
        """The sets that are kept of the phrases in these parts, and what FTS5 finds of the others."""
        asked: dict[item_sets.Part, list[str]] = {}
        for part in parts:
            if term.near is not None:
                asked[part] = [term.fts]
                continue
            for phrase in term.phrases:
                kept = self._kept(part, phrase)
                if kept is None:
                    kept = self._among_pieces(part, phrase)
                if kept is None:
                    asked.setdefault(part, []).append(phrase.fts)
                else:
                    yield kept
        if asked.get(_HEADING) and asked.get(_HEADING) == asked.get(_RATIONALE):
            yield self._in_items(" OR ".join(asked[_HEADING]))
            return
        for part, expressions in asked.items():
            expression = " OR ".join(expressions)
            if part == _SUMMARY:
                yield self._in_summaries(expression)
            else:
                yield self._in_items(f"{{{_COLUMN_OF_PART[part]}}} : ({expression})")

    def _among_pieces(self, part: item_sets.Part, phrase: Phrase) -> BitMap | None:
        """The items that have a phrase, from those that have its words; None where too many have."""
        pieces = self._having_pieces(part, phrase, in_a_row=True)
        times = _HEADINGS_AT_ONCE if part == _HEADING else 1
        if pieces is None or len(pieces) > times * min(_MOST_READ, len(self.sets.covered) // _READ_AT_ONCE):
            return None
        term = Term(text="", phrases=(phrase,))
        return self._once((part, phrase), lambda: self._texts.having(pieces, term, [part]))

    def _kept(self, part: item_sets.Part, phrase: Phrase) -> BitMap | None:
        return None if phrase.prefix else self.sets.words(part, phrase.fts)

    def _in_summaries(self, expression: str) -> BitMap:
        return self._once((_SUMMARY, expression), lambda: self._looked_up_in_summaries(expression))

    def _looked_up_in_summaries(self, expression: str) -> BitMap:
        sql = "SELECT rowid AS id FROM cases_fts WHERE cases_fts MATCH :words"
        cases = self._ids(sql, {"words": expression})
        items = self.sets.numbered(CASE, ids_of(cases))
        if items is None:
            asked = {"cases": json.dumps(list(cases))}
            its = "SELECT id FROM disputed_items WHERE case_id IN (SELECT value FROM json_each(:cases))"
            items = self._ids(its, asked)
        return items & self.sets.covered

    def _in_items(self, expression: str) -> BitMap:
        sql = "SELECT rowid AS id FROM disputed_items_fts WHERE disputed_items_fts MATCH :words"
        asked = {"words": expression}
        return self._once((_HEADING, expression), lambda: self._ids(sql, asked) & self.sets.covered)

    def _once(self, key: object, find: Callable[[], BitMap]) -> BitMap:
        """What was found before, or is found now: the same words are asked for by several questions."""
        if key not in self._known:
            self._known[key] = find()
        return self._known[key]

    def of_dimension(self, name: str) -> BitMap:
        """The items that have the dimension at all."""
        category = dimension(name).category
        return self.having("category", (category,)) if category else self.sets.covered

    def _filtered(self, applied: Applied) -> BitMap:
        """The items that a filter lets through."""
        if applied not in self._known:
            found = self._positive(msgspec.structs.replace(applied, negated=False))
            self._known[applied] = self.sets.covered - found if applied.negated else found
        return self._known[applied]

    def _positive(self, applied: Applied) -> BitMap:
        known = FILTERS[applied.name]
        codes = self.sets.column(known.column) if known.column else None
        numbers = self.sets.numbers(known.number) if known.number else None
        if numbers is not None:
            return as_bitmap(np.flatnonzero(_between(numbers, applied))) & self.sets.covered
        if codes is None:
            parameters = Parameters()
            holding = condition(applied, parameters.bind)
            return self._by_sql(holding, known.joins, parameters.values)
        found = self._coded(codes, self.chosen(codes.values, applied))
        return found & self.having("category", (known.category,)) if known.category else found

    def chosen(self, values: Sequence[item_sets.Value], applied: Applied) -> Chosen:
        """Which of these values of a filter's column it means."""
        parameters = Parameters()
        holding = value_condition(applied, parameters.bind)
        meant = np.zeros(len(values), np.bool_)
        asked = {**parameters.values, "stored": json.dumps(values)}
        rows = sqlite_cursor(self.connection).execute(
            f"SELECT key FROM json_each(:stored) WHERE {holding}", asked
        )
        meant[[key for (key,) in rows]] = True
        return meant

    def _coded(self, codes: Codes, chosen: Chosen) -> BitMap:
        """The covered items of which one of the codes is chosen."""
        return codes.having(chosen) & self.sets.covered

    def _by_sql(self, holding: str, joins: Iterable[str], values: Mapping[str, str | int | float]) -> BitMap:
        sql = f"SELECT i.id AS id {from_clause(joins)} WHERE {holding}"
        return self._ids(sql, values) & self.sets.covered

    def _ids(self, sql: str, values: Mapping[str, str | int | float]) -> BitMap:
        """The ids that a statement gives; one text of all of them is the quickest way out of SQLite."""
        joined = f"SELECT group_concat(found.id) FROM ({sql}) AS found"
        (ids,) = sqlite_cursor(self.connection).execute(joined, values).fetchone()
        return as_bitmap(np.fromstring(ids, np.uint32, sep=",")) if ids else BitMap()


def as_bitmap(ids: NDArray[np.integer]) -> BitMap:
    """A set of the ids in an array."""
    return BitMap(array.array("I", ids.astype(np.uint32).tobytes()))


def ids_of(items: BitMap) -> NDArray[np.uint32]:
    """The ids in a set, in rising order."""
    return np.frombuffer(items.to_array(), np.uint32)


def _union(sets: Iterable[BitMap]) -> BitMap:
    found = list(sets)
    return BitMap.union(*found) if found else BitMap()


def _parts(term: Term, reach: Reach) -> list[item_sets.Part]:
    """The parts of a decision in which a term is looked for."""
    parts: list[item_sets.Part] = []
    if term.part in {None, Part.ITEM}:
        parts.append(_HEADING)
    if term.part is Part.RATIONALE or (term.part is None and reach is not Reach.HEADING):
        parts.append(_RATIONALE)
    if term.part is Part.SUMMARY or (term.part is None and reach is Reach.ANYWHERE):
        parts.append(_SUMMARY)
    return parts


def _key(term: Term) -> object:
    """What two terms have in common that find the same."""
    return (term.phrases, term.near, term.part, term.services, term.subcategory)


def _wanted(group: Group) -> list[Term]:
    return [term for term in group if not term.negated]


def _between(numbers: NDArray[np.float64], applied: Applied) -> NDArray[np.bool_]:
    """Which numbers are in a range; no number is in none."""
    low, high = limits(applied)
    inside = ~np.isnan(numbers)
    if low is not None:
        inside &= numbers >= _number(low)
    if high is not None:
        inside &= numbers <= _number(high)
    return inside


def _number(limit: str | int) -> int:
    """An end of a range as the columns count: dates in days since 1970."""
    return limit if isinstance(limit, int) else int(np.datetime64(limit, "D").astype(np.int64))
