"""Plan → SQL: the statements that count and list what a plan asks for, and the condition that all share.

Each function gives a `Statement` and runs nothing, so that the SQL can be shown and tested. What a user typed
travels in parameters alone. The set of items that a word picks is a subquery that SQLite evaluates once, by
the full-text index; only an item's few citations are looked up anew for each item, by their own index.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from imr_archive.query.dimensions import Dimension, dimension
from imr_archive.query.filters.applied import Applied, citation_condition, condition
from imr_archive.query.filters.registry import FILTERS
from imr_archive.query.language.arms import Group
from imr_archive.query.language.terms import Part, Reach, Term, in_heading
from imr_archive.query.plan import Plan
from imr_archive.query.tables import from_clause

Sort = Literal["best", "newest", "oldest"]

HEADING_WEIGHT = 20.0
"""How much more a word in an item's heading weighs than one in its rationale, in the BM25 score: the heading
is what was asked for, and has some 10 words where the rationale has some 200."""


class Statement(msgspec.Struct, frozen=True):
    """SQL text with named parameters, and their values."""

    sql: str
    parameters: dict[str, str | int | float]

    @classmethod
    def of(cls, sql: str, parameters: Parameters) -> Statement:
        """A statement with the values that were bound."""
        return cls(sql=sql, parameters=parameters.values)


Within = tuple[tuple[int, int], ...]
"""Ranges of items, each by its first and its last row number."""


class Parameters:
    """Values on their way into a statement; each value has one name, however often it is used.

    `within` are the ranges of items that the statement is to speak of, one long one or several of a few
    items; None for all items. `among` are the items that match, where they are known: a JSON array, which
    stands for all that the plan asks of an item.
    """

    def __init__(self, within: Within | None = None, among: str | None = None) -> None:
        self.within = within
        self.among = among
        self.values: dict[str, str | int | float] = {}
        self._names: dict[tuple[type, str | int | float], str] = {}

    def bind(self, value: str | float) -> str:
        """The placeholder for a value."""
        name = self._names.setdefault((type(value), value), f"p{len(self._names) + 1}")
        self.values[name] = value
        return f":{name}"


def ids_sql(plan: Plan, within: Within | None = None) -> Statement:
    """The ids of the items that match, in no order."""
    parameters = Parameters(within)
    return Statement.of(f"SELECT i.id AS id {matching(plan, parameters)}", parameters)


def tiers_sql(plan: Plan, within: Within | None = None) -> Statement:
    """The same ids, each with its `tier`: 0, 1 or 2, as `page_sql` puts them in order."""
    parameters = Parameters(within)
    tier = tier_of(plan, parameters) if plan.alternatives else "0"
    return Statement.of(f"SELECT i.id AS id, {tier} AS tier {matching(plan, parameters)}", parameters)


def words_sql(expression: str, within: Within | None = None) -> Statement:
    """The ids of the items of which heading and rationale match an FTS5 expression."""
    parameters = Parameters(within)
    found = " AND ".join([_with_words(expression, parameters), *_inside(parameters)])
    return Statement.of(f"SELECT i.id AS id FROM disputed_items AS i WHERE {found}", parameters)


def count_sql(plan: Plan) -> Statement:
    """How many items match, exactly."""
    parameters = Parameters()
    return Statement.of(f"SELECT count(*) AS items {matching(plan, parameters)}", parameters)


def rates_sql(plan: Plan, within: Within | None = None, among: str | None = None) -> Statement:
    """Items, upheld and overturned, by the plan's dimensions; the columns of these are `value_1`, `value_2`.

    An item counts once in each group that it is in, whatever the number of its citations. `within` and
    `among` as in Parameters.
    """
    parameters = Parameters(within, among)
    columns = ", ".join(f"value_{at}" for at in range(1, len(plan.dimensions) + 1))
    values = values_of(plan, parameters, "i.id AS id, i.outcome AS outcome")
    return Statement.of(f"SELECT {columns}, {COUNTS} FROM ({values}) GROUP BY {columns}", parameters)


def values_of(plan: Plan, parameters: Parameters, columns: str) -> str:
    """A row for each item that matches and each group that it is in: `columns`, then `value_1`, `value_2`."""
    dimensions = [dimension(name) for name in plan.dimensions]
    values = ", ".join(f"{each.sql} AS value_{at}" for at, each in enumerate(dimensions, start=1))
    distinct = "DISTINCT " if any(each.repeats for each in dimensions) else ""
    cited = same_side(plan, dimensions)
    joins = [
        *(alias for each in dimensions for alias in each.joins),
        *(alias for each in cited for alias in FILTERS[each.name].citation_joins),
    ]
    conditions = [citation_condition(each, parameters.bind) for each in cited]
    return f"SELECT {distinct}{columns}, {values} {matching(plan, parameters, joins, conditions=conditions)}"


def totals_sql(plan: Plan, within: Within | None = None) -> Statement:
    """Items, upheld and overturned over all that matches, each item once."""
    parameters = Parameters(within)
    return Statement.of(
        f"SELECT {COUNTS} FROM (SELECT i.outcome AS outcome {matching(plan, parameters)})", parameters
    )


COUNTS = (
    "count(*) AS items, count(*) FILTER (WHERE outcome = 'upheld') AS upheld,"
    " count(*) FILTER (WHERE outcome = 'overturned') AS overturned"
)
"""The columns that count rows which have an `outcome`."""


def matching(
    plan: Plan,
    parameters: Parameters,
    joins: Iterable[str] = (),
    *,
    conditions: Iterable[str] = (),
) -> str:
    """FROM and WHERE of every statement: the items that match the plan."""
    filters = [*plan.filters, *(each for arm in plan.arms for each in arm.filters)]
    wanted = [*(alias for each in filters for alias in FILTERS[each.name].joins), *joins]
    holding = [*_conditions(plan, parameters), *conditions]
    for name in plan.dimensions:
        known = dimension(name)
        if known.condition:
            wanted += known.joins
            holding.append(known.condition)
    where = f" WHERE {' AND '.join(f'({each})' for each in dict.fromkeys(holding))}" if holding else ""
    return f"{from_clause(wanted)}{where}"


def _conditions(plan: Plan, parameters: Parameters) -> list[str]:
    if parameters.among is not None:
        return [f"i.id IN (SELECT value FROM json_each({parameters.bind(parameters.among)}))"]
    conditions = _words(plan, plan.groups, parameters)
    conditions += _inside(parameters)
    if plan.arms:
        compared = (
            [
                *_words(plan, arm.groups, parameters),
                *(condition(each, parameters.bind) for each in arm.filters),
            ]
            for arm in plan.arms
        )
        conditions.append(" OR ".join(" AND ".join(f"({one})" for one in each) for each in compared))
    conditions += [condition(each, parameters.bind) for each in plan.filters]
    if plan.outcome_filter is not None:
        conditions.append(f"i.outcome = {parameters.bind(plan.outcome_filter)}")
    return conditions


def _inside(parameters: Parameters) -> list[str]:
    """The condition that an item is in the ranges that the statement speaks of; none for all items."""
    ranges = (f"i.id {_between(each, parameters)}" for each in parameters.within or ())
    return [f"({' OR '.join(ranges)})"] if parameters.within else []


def _words(plan: Plan, groups: Sequence[Group], parameters: Parameters) -> list[str]:
    """The condition that the terms of one group match; none for no groups."""
    if not groups:
        return []
    matched = (
        " AND ".join(_matches(term, plan.reach(term), parameters) for term in group) for group in groups
    )
    return [" OR ".join(matched)]


def _matches(term: Term, reach: Reach, parameters: Parameters) -> str:
    """The condition that a term matches an item: its words, or the service that it means."""
    found = [
        *_in_item(term, reach, parameters),
        *_in_summary(term, reach, parameters),
        *_as_service(term, parameters),
    ]
    matched = f"({' OR '.join(found)})"
    return f"{matched} IS NOT TRUE" if term.negated else matched


def _in_item(term: Term, reach: Reach, parameters: Parameters) -> list[str]:
    if term.part is Part.SUMMARY:
        return []
    expression = term.fts
    if term.part is not None:
        expression = f"{{{term.part.value}}} : ({expression})"
    elif reach is Reach.HEADING:
        expression = in_heading(expression)
    return [_with_words(expression, parameters)]


def _with_words(expression: str, parameters: Parameters) -> str:
    """The condition that heading and rationale of an item match an FTS5 expression."""
    found = (
        f"SELECT rowid FROM disputed_items_fts WHERE disputed_items_fts MATCH {parameters.bind(expression)}"
    )
    if parameters.within is None:
        return f"i.id IN ({found})"
    if len(parameters.within) > 1:
        return f"EXISTS ({found} AND rowid = i.id)"
    return f"i.id IN ({found} AND rowid {_between(parameters.within[0], parameters)})"


def _between(ends: tuple[int, int], parameters: Parameters) -> str:
    first, last = map(parameters.bind, ends)
    return f"= {first}" if first == last else f"BETWEEN {first} AND {last}"


def _in_summary(term: Term, reach: Reach, parameters: Parameters) -> list[str]:
    if term.part not in {None, Part.SUMMARY} or (reach is not Reach.ANYWHERE and term.part is None):
        return []
    found = f"SELECT rowid FROM cases_fts WHERE cases_fts MATCH {parameters.bind(term.fts)}"
    if parameters.within is None:
        return [f"i.case_id IN ({found})"]
    if len(parameters.within) > 1:
        return [f"EXISTS ({found} AND rowid = i.case_id)"]
    cases = f"FROM disputed_items WHERE id {_between(parameters.within[0], parameters)}"
    ends = f"(SELECT min(case_id) {cases}) AND (SELECT max(case_id) {cases})"
    return [f"i.case_id IN ({found} AND rowid BETWEEN {ends})"]


def _as_service(term: Term, parameters: Parameters) -> list[str]:
    if term.part is not None:
        return []
    found = []
    if term.services:
        names = ", ".join(parameters.bind(name) for name in term.services)
        found.append(f"i.service_type_id IN (SELECT id FROM service_types WHERE service IN ({names}))")
    if term.subcategory:
        name = parameters.bind(term.subcategory)
        found.append(f"i.service_type_id IN (SELECT id FROM service_types WHERE subcategory = {name})")
    return found


def tier_of(plan: Plan, parameters: Parameters) -> str:
    """0 where the heading (or the service) has every word of a group, 1 where heading and rationale have."""
    tiers = []
    for reach in (Reach.HEADING, Reach.ITEM):
        groups = " OR ".join(_all_match(group, reach, parameters) for group in plan.alternatives)
        tiers.append(f"WHEN {groups}")
    return f"CASE {tiers[0]} THEN 0 {tiers[1]} THEN 1 ELSE 2 END"


def _all_match(group: Group, reach: Reach, parameters: Parameters) -> str:
    wanted = [term for term in group if not term.negated]
    return f"({' AND '.join(_matches(term, reach, parameters) for term in wanted) or '1'})"


def same_side(plan: Plan, dimensions: Sequence[Dimension]) -> list[Applied]:
    """The filters on citations that the grouped citations too have to fulfil, as they are the same side's.

    `section of MTUS` lists the sections of the MTUS, not whatever else the same items cite.
    """
    sides = {each.cited_by for each in dimensions if each.cited_by}
    return [each for each in plan.filters if FILTERS[each.name].cited_by in sides and not each.negated]
