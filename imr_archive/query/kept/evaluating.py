"""What is answered by the sets and columns that an archive keeps, for the items for which these are exact."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap
from sqlalchemy import Connection

from imr_archive.archive.kept.item_sets import Codes, ItemSets
from imr_archive.query.counts import NOTHING, Counts, Tally, Value
from imr_archive.query.kept.columns import COLUMNS
from imr_archive.query.kept.counts import tally_of, times_of
from imr_archive.query.kept.names import SERVICE_TYPE
from imr_archive.query.kept.plan_sets import PlanSets, as_bitmap, ids_of
from imr_archive.query.kept.rows import Axis, Items, Rows, rows_of, run_of
from imr_archive.query.language.terms import Term
from imr_archive.query.page_sql import Collapse
from imr_archive.query.plan import Plan
from imr_archive.query.sql import Statement, rates_sql

_FEW = 20_000
"""Items that SQL can still look up one by one in a moment, where no column has what they are grouped by."""

_TIMES_DEARER = 4
"""Making a set of ids out of order takes that much longer than looking at the numbers of a set's ids."""


def set_evaluator(connection: Connection) -> SetEvaluator | None:
    """The evaluator of what is kept; None where the archive keeps no sets, or not yet all that is needed."""
    sets = ItemSets.of(connection, COLUMNS)
    outcomes = None if sets is None else sets.column("outcome")
    if sets is None or outcomes is None or not sets.covered:
        return None
    return SetEvaluator(PlanSets(connection, sets), outcomes)


class SetEvaluator:
    """Evaluates plans over the covered items. Plans met before are remembered."""

    def __init__(self, plan_sets: PlanSets, outcomes: Codes) -> None:
        self._plan_sets = plan_sets
        self._outcomes = outcomes
        self._found: dict[Plan, BitMap] = {}

    @property
    def uncovered(self) -> tuple[tuple[int, int], ...]:
        """The ranges of items that are not covered."""
        return self._plan_sets.sets.uncovered

    def matching(self, plan: Plan) -> BitMap:
        """The covered items that match; the set is not to be changed."""
        if plan not in self._found:
            self._found[plan] = self._plan_sets.matching(plan)
        return self._found[plan]

    def tiers(self, plan: Plan) -> tuple[BitMap, BitMap, BitMap]:
        """The covered items that match, by tier; the sets are not to be changed."""
        return self._plan_sets.tiers(plan, self.matching(plan))

    def total(self, plan: Plan) -> Counts:
        """How many covered items match."""
        return self._tally(Rows(run_of(self.matching(plan)), ())).get((), NOTHING)

    def tally(self, plan: Plan) -> Tally | None:
        """How many covered items match in each group; None where no column tells the groups."""
        rows = rows_of(self._plan_sets, plan, self.matching(plan))
        return None if rows is None else self._tally(rows)

    def instead_of_tally(self, plan: Plan) -> Statement | None:
        """The SQL that counts the groups which no column tells; None where too many items match."""
        found = self.matching(plan)
        return rates_sql(plan, among=json.dumps(list(found))) if len(found) <= _FEW else None

    def values(self, plan: Plan, name: str) -> dict[Value, int] | None:
        """How many of the items that match have each value of a dimension, whatever the plan's own are."""
        found = self.matching(plan) & self._plan_sets.of_dimension(name)
        rows = rows_of(self._plan_sets, Plan(dimensions=(name,)), found)
        return None if rows is None else times_of(rows.axes[0])

    def by_service(self, plan: Plan) -> tuple[Tally, Tally] | None:
        """For each service type the items that match, and for each of its values of the plan's dimension.

        None where no column tells. Items that have no row of the dimension do not count.
        """
        services = self._plan_sets.sets.column(SERVICE_TYPE)
        rows = rows_of(self._plan_sets, plan, self.matching(plan))
        if rows is None or services is None or services.single is None:
            return None
        alone = _once(rows.items)
        base = Rows(alone, (Axis(services.single[alone], services.values),))
        both = Rows(rows.items, (Axis(services.single[rows.items], services.values), *rows.axes))
        return self._tally(base), self._tally(both)

    def groups(self, plan: Plan, collapse: Collapse) -> tuple[int, BitMap] | None:
        """How many of the items that match are alone in their group, and the numbers of the other groups.

        None where no column tells the groups.
        """
        groups = self._plan_sets.sets.groups(collapse.column)
        if groups is None:
            return None
        theirs = groups[run_of(self.matching(plan))]
        met = np.zeros(int(theirs.max(initial=0)) + 1, np.bool_)
        met[theirs] = True
        return len(theirs) - int(np.count_nonzero(theirs)), as_bitmap(np.flatnonzero(met[1:]))

    def having(self, term: Term, *, in_heading: bool) -> BitMap:
        """The covered items whose heading (or else heading or rationale) has one of the term's phrases."""
        return self._plan_sets.having_words(term, in_heading=in_heading)

    def by_date(
        self, items: BitMap, most: int, *, newest: bool
    ) -> tuple[list[tuple[int | None, int]], BitMap] | None:
        """The day and id of the first `most` of these items that are covered, and those that are not covered.

        None where no column has the dates. Days are counted from 1970; items without a date are last.
        """
        sets = self._plan_sets.sets
        days = sets.numbers("decided")
        order = sets.ordered("decided", falling=newest)
        if days is None or order is None:
            return None
        covered = items & sets.covered
        ids = _among_first(covered, order, most)
        keys = -days[ids] if newest else days[ids]
        if len(ids) > most:
            last = np.partition(keys, most - 1)[most - 1]
            kept = slice(None) if np.isnan(last) else keys <= last
            ids, keys = ids[kept], keys[kept]
        chosen = np.lexsort((ids, keys))[:most]
        found = [
            (None if math.isnan(key) else int(-key if newest else key), item)
            for key, item in zip(keys[chosen].tolist(), ids[chosen].tolist(), strict=True)
        ]
        return found, items - covered

    def groups_of(self, items: Sequence[int], collapse: Collapse) -> dict[int, int]:
        """The key of the group of each of these items that is covered; none where no column tells."""
        numbers = self._plan_sets.sets.numbers(collapse.column)
        if numbers is None:
            return {}
        covered = [item for item in items if item in self._plan_sets.sets.covered]
        keys = numbers[covered].tolist()
        return {item: -item if math.isnan(key) else int(key) for item, key in zip(covered, keys, strict=True)}

    def _tally(self, rows: Rows) -> Tally:
        return tally_of(rows, self._outcomes)


def _among_first(items: BitMap, order: NDArray[np.uint32], most: int) -> NDArray[np.uint32]:
    """Ids of a set, in rising order, with the first `most` of it in an order among them.

    These are all ids of the set; of a large set few, and then only the beginning of the order is looked at.
    """
    far = 2 * most * len(order) // max(len(items), 1)
    while far < len(items) // _TIMES_DEARER:
        found = as_bitmap(order[:far]) & items
        if len(found) >= most:
            return ids_of(found)
        far *= 4
    return ids_of(items)


def _once(items: Items) -> Items:
    """Each item once, of items in rising order."""
    if isinstance(items, slice):
        return items
    return items[np.diff(items.astype(np.int64), prepend=-1) > 0]
