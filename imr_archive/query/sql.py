"""Plan → SQL: the statements that count and list what a plan asks for, and the condition that all share.

Each function gives a `Statement` and runs nothing, so that the SQL can be shown and tested. What a user typed
travels in parameters alone. The set of items that a word picks is a subquery that SQLite evaluates once, by
the full-text index; only an item's few citations are looked up anew for each item, by their own index.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from imr_archive.query.applied import Applied, citation_condition, condition
from imr_archive.query.arms import Group
from imr_archive.query.dimensions import Dimension, dimension
from imr_archive.query.filters import FILTERS
from imr_archive.query.plan import Plan
from imr_archive.query.tables import from_clause
from imr_archive.query.terms import Part, Reach, Term, all_of, any_of, in_heading

Sort = Literal["best", "newest", "oldest"]

HEADING_WEIGHT = 20.0
"""How much more a word in an item's heading weighs than one in its rationale, in the BM25 score: the heading
is what was asked for, and has some 10 words where the rationale has some 200."""

_ORDERS: dict[Sort, str] = {
    "best": "tier, score, coalesce(decision_date, '') DESC, id",
    "newest": "coalesce(decision_date, '') DESC, id",
    "oldest": "decision_date IS NULL, decision_date, id",
}
# A group of hits stands where its best one does; no BM25 score reaches the step between two tiers.
_ORDERS_OF_GROUPS: dict[Sort, str] = {
    "best": "min(tier * 1000000.0 + score), coalesce(max(decision_date), '') DESC, min(id)",
    "newest": "coalesce(max(decision_date), '') DESC, min(id)",
    "oldest": "max(decision_date) IS NULL, max(decision_date), min(id)",
}


ROW_COLUMNS = (
    "case_number", "source", "position", "description", "outcome", "category", "subcategory", "service",
    "decision_date", "specialties",
)  # fmt: skip
"""What a hit shows of the `decisions` view."""


class Collapse(msgspec.Struct, frozen=True):
    """What brings hits together into one: `key` is an SQL expression over the item `i`."""

    name: str
    key: str


BY_LETTER = Collapse("letter", "i.case_id")
"""The items of one case together, as its letter decides them."""


class Statement(msgspec.Struct, frozen=True):
    """SQL text with named parameters, and their values."""

    sql: str
    parameters: dict[str, str | int | float]


class Parameters:
    """Values on their way into a statement; each value has one name, however often it is used."""

    def __init__(self) -> None:
        self.values: dict[str, str | int | float] = {}
        self._names: dict[tuple[type, str | int | float], str] = {}

    def bind(self, value: str | float) -> str:
        """The placeholder for a value."""
        name = self._names.setdefault((type(value), value), f"p{len(self._names) + 1}")
        self.values[name] = value
        return f":{name}"


def count_sql(plan: Plan) -> Statement:
    """How many items match, exactly."""
    parameters = Parameters()
    return _statement(f"SELECT count(*) AS items {matching(plan, parameters)}", parameters)


def page_sql(plan: Plan, *, limit: int, offset: int = 0, sort: Sort = "best") -> Statement:
    """The ids of one page of the items that match, in order.

    Best first means: items whose heading has every word (or that are the service meant), then those whose
    heading and rationale have, then those that match through the case summary; among each the better BM25
    score, then the newer decision. Without words to rank by, best is newest. The row's id ends every order,
    so pages are stable.
    """
    parameters = Parameters()
    source, order = _ranked(plan, parameters, sort)
    window = f"LIMIT {parameters.bind(limit)} OFFSET {parameters.bind(offset)}"
    return _statement(f"SELECT id FROM ({source}) ORDER BY {_ORDERS[order]} {window}", parameters)


def listing_sql(plan: Plan, *, limit: int, offset: int = 0, sort: Sort = "best") -> Statement:
    """One page as rows of the `decisions` view, in order: what a reader can run elsewhere and change."""
    parameters = Parameters()
    source, order = _ranked(plan, parameters, sort)
    window = f"LIMIT {parameters.bind(limit)} OFFSET {parameters.bind(offset)}"
    page = f"SELECT id, row_number() OVER (ORDER BY {_ORDERS[order]}) AS place FROM ({source}) ORDER BY place"
    return _statement(
        f"SELECT {', '.join(f'decisions.{column}' for column in ROW_COLUMNS)} FROM ({page} {window}) AS page"
        " JOIN decisions ON decisions.item_id = page.id ORDER BY page.place",
        parameters,
    )


def groups_count_sql(plan: Plan, collapse: Collapse) -> Statement:
    """How many groups of hits there are, and how many hits in all, as `groups` and `items`."""
    parameters = Parameters()
    found = matching(plan, parameters)
    return _statement(
        f"SELECT count(DISTINCT {collapse.key}) AS groups, count(*) AS items {found}", parameters
    )


def groups_page_sql(
    plan: Plan, collapse: Collapse, *, limit: int, offset: int = 0, sort: Sort = "best"
) -> Statement:
    """The keys of one page of groups of hits, each where its first hit stands in the order of `page_sql`."""
    parameters = Parameters()
    source, order = _ranked(plan, parameters, sort, collapse.key)
    window = f"LIMIT {parameters.bind(limit)} OFFSET {parameters.bind(offset)}"
    return _statement(
        f"SELECT grouped FROM ({source}) GROUP BY grouped ORDER BY {_ORDERS_OF_GROUPS[order]} {window}",
        parameters,
    )


def members_sql(plan: Plan, collapse: Collapse, keys: Sequence[int]) -> Statement:
    """The matching items of some groups, as `grouped` and `id`, in the order of the letter."""
    parameters = Parameters()
    listed = ", ".join(parameters.bind(key) for key in keys)
    found = matching(plan, parameters, conditions=[f"{collapse.key} IN ({listed})"])
    return _statement(
        f"SELECT {collapse.key} AS grouped, i.id AS id {found} ORDER BY i.case_id, i.position", parameters
    )


def _ranked(plan: Plan, parameters: Parameters, sort: Sort, key: str = "NULL") -> tuple[str, Sort]:
    """A row for each item that matches, with what orders are made of, and the order that can be made.

    `key` is what the items are to be grouped by.
    """
    columns = f"i.id AS id, c.decision_date AS decision_date, {key} AS grouped"
    if sort != "best" or not plan.alternatives:
        unranked = f"SELECT {columns} {matching(plan, parameters, ['c'])}"
        return unranked, "newest" if sort == "best" else sort
    tiered = f"SELECT {columns}, {_tier(plan, parameters)} AS tier, 0.0 AS score"
    rows = f"{tiered} {matching(plan, parameters, ['c'])}{_scores(plan, parameters)}"
    # Matches and scores are brought together by sorting: a join to the scores has no index to use.
    ranked = (
        "SELECT id, max(decision_date) AS decision_date, max(grouped) AS grouped, max(tier) AS tier,"
        f" min(score) AS score FROM ({rows}) GROUP BY id HAVING max(tier) IS NOT NULL"
    )
    return ranked, sort


def rates_sql(plan: Plan) -> Statement:
    """Items, upheld and overturned, by the plan's dimensions; the columns of these are `value_1`, `value_2`.

    An item counts once in each group that it is in, whatever the number of its citations.
    """
    parameters = Parameters()
    columns = ", ".join(f"value_{at}" for at in range(1, len(plan.dimensions) + 1))
    values = values_of(plan, parameters, "i.id AS id, i.outcome AS outcome")
    return _statement(f"SELECT {columns}, {_COUNTS} FROM ({values}) GROUP BY {columns}", parameters)


def values_of(plan: Plan, parameters: Parameters, columns: str) -> str:
    """A row for each item that matches and each group that it is in: `columns`, then `value_1`, `value_2`."""
    dimensions = [dimension(name) for name in plan.dimensions]
    values = ", ".join(f"{each.sql} AS value_{at}" for at, each in enumerate(dimensions, start=1))
    distinct = "DISTINCT " if any(each.repeats for each in dimensions) else ""
    cited = _same_side(plan, dimensions)
    joins = [
        *(alias for each in dimensions for alias in each.joins),
        *(alias for each in cited for alias in FILTERS[each.name].citation_joins),
    ]
    conditions = [citation_condition(each, parameters.bind) for each in cited]
    return f"SELECT {distinct}{columns}, {values} {matching(plan, parameters, joins, conditions=conditions)}"


def totals_sql(plan: Plan) -> Statement:
    """Items, upheld and overturned over all that matches, each item once."""
    parameters = Parameters()
    return _statement(
        f"SELECT {_COUNTS} FROM (SELECT i.outcome AS outcome {matching(plan, parameters)})", parameters
    )


_COUNTS = (
    "count(*) AS items, count(*) FILTER (WHERE outcome = 'upheld') AS upheld,"
    " count(*) FILTER (WHERE outcome = 'overturned') AS overturned"
)


def rows_sql(ids: Sequence[int]) -> Statement:
    """The rows of the `decisions` view for the items `ids`, in whatever order."""
    parameters = Parameters()
    listed = ", ".join(parameters.bind(each) for each in ids)
    return _statement(
        f"SELECT item_id, case_id, {', '.join(ROW_COLUMNS)} FROM decisions WHERE item_id IN ({listed})",
        parameters,
    )


def _statement(sql: str, parameters: Parameters) -> Statement:
    return Statement(sql=sql, parameters=parameters.values)


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
    conditions = _words(plan, plan.groups, parameters)
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
    found = (
        f"SELECT rowid FROM disputed_items_fts WHERE disputed_items_fts MATCH {parameters.bind(expression)}"
    )
    return [f"i.id IN ({found})"]


def _in_summary(term: Term, reach: Reach, parameters: Parameters) -> list[str]:
    if term.part not in {None, Part.SUMMARY} or (reach is not Reach.ANYWHERE and term.part is None):
        return []
    return [f"i.case_id IN (SELECT rowid FROM cases_fts WHERE cases_fts MATCH {parameters.bind(term.fts)})"]


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


def _tier(plan: Plan, parameters: Parameters) -> str:
    """0 where the heading (or the service) has every word of a group, 1 where heading and rationale have."""
    tiers = []
    for reach in (Reach.HEADING, Reach.ITEM):
        groups = " OR ".join(_all_match(group, reach, parameters) for group in plan.alternatives)
        tiers.append(f"WHEN {groups}")
    return f"CASE {tiers[0]} THEN 0 {tiers[1]} THEN 1 ELSE 2 END"


def _all_match(group: Group, reach: Reach, parameters: Parameters) -> str:
    wanted = [term for term in group if not term.negated]
    return f"({' AND '.join(_matches(term, reach, parameters) for term in wanted) or '1'})"


def _scores(plan: Plan, parameters: Parameters) -> str:
    """Further rows: the BM25 score of each item whose heading and rationale have every word of a group."""
    wanted = any_of(
        all_of(term for term in group if not term.negated and term.part is not Part.SUMMARY)
        for group in plan.alternatives
    )
    if not wanted:
        return ""
    return (
        " UNION ALL SELECT rowid, NULL, NULL, NULL,"
        f" bm25(disputed_items_fts, {parameters.bind(HEADING_WEIGHT)}, 1.0) FROM disputed_items_fts"
        f" WHERE disputed_items_fts MATCH {parameters.bind(wanted)}"
    )


def _same_side(plan: Plan, dimensions: Sequence[Dimension]) -> list[Applied]:
    """The filters on citations that the grouped citations too have to fulfil, as they are the same side's.

    `section of MTUS` lists the sections of the MTUS, not whatever else the same items cite.
    """
    sides = {each.cited_by for each in dimensions if each.cited_by}
    return [each for each in plan.filters if FILTERS[each.name].cited_by in sides and not each.negated]
