"""The SQL of pages of hits: what is listed, in which order, and which hits stand together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import msgspec

from imr_archive.query.kept.names import CASE, CLUSTER
from imr_archive.query.language.terms import Part, all_of, any_of
from imr_archive.query.plan import Plan
from imr_archive.query.sql import HEADING_WEIGHT, Parameters, Sort, Statement, Within, matching, tier_of

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


_IDS = "(SELECT value FROM json_each(:ids))"

ROW_COLUMNS = (
    "case_number", "source", "position", "description", "outcome", "category", "subcategory", "service",
    "decision_date", "specialties",
)  # fmt: skip
"""What a hit shows of the `decisions` view."""


class Collapse(msgspec.Struct, frozen=True):
    """What brings hits together into one.

    `key` is an SQL expression over the item `i`; `stored` in the table of items and `column` among the kept
    columns have the same numbers, and null for items that are in no group but their own.
    """

    name: str
    key: str
    stored: str
    column: str


BY_LETTER = Collapse("letter", "i.case_id", "case_id", CASE)
"""The items of one case together, as its letter decides them."""

ALIKE = Collapse("alike", "coalesce(i.rationale_cluster, -i.id)", "rationale_cluster", CLUSTER)
"""Items with nearly the same rationale together: the key is the number of their cluster, else their own."""


def page_sql(
    plan: Plan, *, limit: int, offset: int = 0, sort: Sort = "best", collapse: Collapse | None = None
) -> Statement:
    """One page of the items that match, in order, as `id` and `alike`.

    Best first means: items whose heading has every word (or that are the service meant), then those whose
    heading and rationale have, then those that match through the case summary; among each the better BM25
    score, then the newer decision. Without words to rank by, best is newest. The row's id ends every order,
    so pages are stable. With `collapse` only the first item of each group is listed, and `alike` says how
    many others that match are in it; without it is 0.
    """
    parameters = Parameters()
    source, order = _listed(plan, parameters, sort, collapse)
    window = f"LIMIT {parameters.bind(limit)} OFFSET {parameters.bind(offset)}"
    return Statement.of(f"SELECT id, alike FROM ({source}) ORDER BY {order} {window}", parameters)


def listing_sql(
    plan: Plan, *, limit: int, offset: int = 0, sort: Sort = "best", collapse: Collapse | None = None
) -> Statement:
    """One page as rows of the `decisions` view, in order: what a reader can run elsewhere and change."""
    parameters = Parameters()
    source, order = _listed(plan, parameters, sort, collapse)
    window = f"LIMIT {parameters.bind(limit)} OFFSET {parameters.bind(offset)}"
    page = f"SELECT id, alike, row_number() OVER (ORDER BY {order}) AS place FROM ({source}) ORDER BY place"
    return Statement.of(
        f"SELECT {', '.join(f'decisions.{column}' for column in ROW_COLUMNS)}, page.alike"
        f" FROM ({page} {window}) AS page"
        " JOIN decisions ON decisions.item_id = page.id ORDER BY page.place",
        parameters,
    )


def _listed(plan: Plan, parameters: Parameters, sort: Sort, collapse: Collapse | None) -> tuple[str, str]:
    """A row for each item that is listed, with `alike`, and the columns that the rows are ordered by."""
    if collapse is None:
        source, made = _ranked(plan, parameters, sort)
        return f"SELECT *, 0 AS alike FROM ({source})", _ORDERS[made]
    source, made = _ranked(plan, parameters, sort, collapse.key)
    order = _ORDERS[made]
    places = (
        f"SELECT *, row_number() OVER (PARTITION BY grouped ORDER BY {order}) AS place_in_group,"
        f" count(*) OVER (PARTITION BY grouped) - 1 AS alike FROM ({source})"
    )
    return f"SELECT * FROM ({places}) WHERE place_in_group = 1", order


def groups_sql(plan: Plan, collapse: Collapse, within: Within | None = None) -> Statement:
    """Each group of hits, as `grouped`, with the number of its hits, as `items`."""
    parameters = Parameters(within)
    found = matching(plan, parameters)
    return Statement.of(f"SELECT {collapse.key} AS grouped, count(*) AS items {found} GROUP BY 1", parameters)


def groups_count_sql(plan: Plan, collapse: Collapse) -> Statement:
    """How many groups of hits there are, and how many hits in all, as `groups` and `items`."""
    parameters = Parameters()
    found = matching(plan, parameters)
    return Statement.of(
        f"SELECT count(DISTINCT {collapse.key}) AS groups, count(*) AS items {found}", parameters
    )


def groups_page_sql(
    plan: Plan, collapse: Collapse, *, limit: int, offset: int = 0, sort: Sort = "best"
) -> Statement:
    """The keys of one page of groups of hits, each where its first hit stands in the order of `page_sql`."""
    parameters = Parameters()
    source, order = _ranked(plan, parameters, sort, collapse.key)
    window = f"LIMIT {parameters.bind(limit)} OFFSET {parameters.bind(offset)}"
    return Statement.of(
        f"SELECT grouped FROM ({source}) GROUP BY grouped ORDER BY {_ORDERS_OF_GROUPS[order]} {window}",
        parameters,
    )


def members_sql(keys: Sequence[int], collapse: Collapse) -> Statement:
    """All items of some groups, whether they match or not, as `grouped` and `id`; none that are alone."""
    known = f"i.{collapse.stored} IN (SELECT value FROM json_each(:keys))"
    sql = f"SELECT i.{collapse.stored} AS grouped, i.id AS id FROM disputed_items AS i WHERE {known}"
    return Statement(sql, {"keys": json.dumps(list(keys))})


def groups_of_sql(ids: Iterable[int], collapse: Collapse) -> Statement:
    """The key of the group that each of these items is in, as `id` and `grouped`."""
    sql = f"SELECT i.id AS id, {collapse.key} AS grouped FROM disputed_items AS i WHERE i.id IN {_IDS}"
    return Statement(sql, {"ids": json.dumps(list(ids))})


def by_date_sql(ids: Iterable[int], most: int, *, newest: bool) -> Statement:
    """The first of these items by date of decision, as `id` and `decided`; those without a date are last."""
    order = _ORDERS["newest" if newest else "oldest"]
    return Statement(
        "SELECT i.id AS id, c.decision_date AS decision_date FROM disputed_items AS i"
        f" JOIN cases AS c ON c.id = i.case_id WHERE i.id IN {_IDS} ORDER BY {order} LIMIT :most",
        {"ids": json.dumps(list(ids)), "most": most},
    )


def _ranked(plan: Plan, parameters: Parameters, sort: Sort, key: str = "NULL") -> tuple[str, Sort]:
    """A row for each item that matches, with what orders are made of, and the order that can be made.

    `key` is what the items are to be grouped by.
    """
    columns = f"i.id AS id, c.decision_date AS decision_date, {key} AS grouped"
    if sort != "best" or not plan.alternatives:
        unranked = f"SELECT {columns} {matching(plan, parameters, ['c'])}"
        return unranked, "newest" if sort == "best" else sort
    tiered = f"SELECT {columns}, {tier_of(plan, parameters)} AS tier, 0.0 AS score"
    rows = f"{tiered} {matching(plan, parameters, ['c'])}{_scores(plan, parameters)}"
    # Matches and scores are brought together by sorting: a join to the scores has no index to use.
    ranked = (
        "SELECT id, max(decision_date) AS decision_date, max(grouped) AS grouped, max(tier) AS tier,"
        f" min(score) AS score FROM ({rows}) GROUP BY id HAVING max(tier) IS NOT NULL"
    )
    return ranked, sort


def rows_sql(ids: Sequence[int]) -> Statement:
    """The rows of the `decisions` view for the items `ids`, in whatever order."""
    parameters = Parameters()
    listed = ", ".join(parameters.bind(each) for each in ids)
    return Statement.of(
        f"SELECT item_id, case_id, {', '.join(ROW_COLUMNS)} FROM decisions WHERE item_id IN ({listed})",
        parameters,
    )


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
