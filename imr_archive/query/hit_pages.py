"""Pages of hits: which items, or which groups of items, stand on a page, and in which order.

Best first is the business of `ranking`. Here is the order by date, and the first item of each group: of those
that are alike, or of one letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection

from imr_archive.query.evaluating import Evaluator
from imr_archive.query.page_sql import Collapse
from imr_archive.query.plan import Plan
from imr_archive.query.ranking.best_first import best_first, first_of_each
from imr_archive.query.sql import Sort

_AT_ONCE = 128
"""Items put in order by date at a time: more than a page; each further time four times as many."""


class Page(msgspec.Struct, frozen=True):
    """The items of one page in order, and all items that match.

    `groups` is how many groups these are in; without groups it is their number.
    """

    items: tuple[int, ...]
    found: BitMap
    groups: int


def page_of(
    connection: Connection,
    plan: Plan,
    *,
    limit: int,
    offset: int,
    sort: Sort,
    collapse: Collapse | None,
    evaluator: Evaluator,
) -> Page:
    """One page of the items that match, in the order that `sql.page_sql` tells.

    With `collapse` only the first item of each group is listed.
    """
    ranked = sort == "best" and bool(plan.alternatives)
    tiers = evaluator.tiers(plan) if ranked else (evaluator.matching(plan),)
    found = BitMap.union(*tiers) if ranked else tiers[0]
    if not found:
        return Page((), found, 0)
    groups = len(found) if collapse is None else evaluator.groups(plan, collapse)[0]
    if ranked:
        ordered = best_first(connection, plan, tiers, evaluator)
    else:
        ordered = _by_date(evaluator, found, newest=sort != "oldest")
    if collapse is not None and groups < len(found):
        ordered = first_of_each(ordered, lambda items: evaluator.groups_of(items, collapse))
    return Page(tuple(islice(ordered, offset, offset + limit)), found, groups)


def alike(evaluator: Evaluator, page: Page, collapse: Collapse) -> dict[int, int]:
    """For each item of a page how many others that match it stands for."""
    if page.groups == len(page.found):
        return dict.fromkeys(page.items, 0)
    groups = evaluator.groups_of(page.items, collapse)
    members = evaluator.members(list(groups.values()), collapse)
    return {item: max(len(members.get(groups[item], BitMap()) & page.found) - 1, 0) for item in page.items}


def _by_date(evaluator: Evaluator, items: BitMap, *, newest: bool) -> Iterator[int]:
    """All of these items by date of decision; those without one are last."""
    batch = _AT_ONCE
    while items:
        some: Sequence[int] = evaluator.by_date(items, batch, newest=newest)
        yield from some
        items = items - BitMap(some)
        batch *= 4
