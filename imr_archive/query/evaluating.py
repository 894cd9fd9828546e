"""Plans evaluated: which items match, how many, and how many by each value of a dimension. Always exact.

For most items of a large archive sets and columns are kept beside the rows, and answer at once. For the
others (new ones, and those of rows that have changed since) SQL answers, restricted to them, and the two
answers are added up. An archive that keeps no sets is answered by SQL alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from pyroaring import BitMap
from sqlalchemy import Connection, Row, text

from imr_archive.archive.store import sqlite_cursor
from imr_archive.query.counts import NOTHING, Counts, Tally, Value, add_to
from imr_archive.query.facet_sql import facets_sql
from imr_archive.query.language.terms import Term
from imr_archive.query.lift_sql import by_service_sql
from imr_archive.query.page_sql import (
    Collapse,
    by_date_sql,
    groups_count_sql,
    groups_of_sql,
    groups_sql,
    members_sql,
)
from imr_archive.query.plan import Plan
from imr_archive.query.ranking.index import expression
from imr_archive.query.sql import (
    Statement,
    Within,
    ids_sql,
    rates_sql,
    tiers_sql,
    totals_sql,
    words_sql,
)

if TYPE_CHECKING:
    from imr_archive.query.kept.evaluating import SetEvaluator

Tiers = tuple[BitMap, BitMap, BitMap]
"""Those whose heading has every word (or that are the service meant), those whose heading and rationale have,
and those that match through the case summary. No item is in two of them."""

_SHORT = 64
"""Of shorter ranges SQL looks up the words of each item, of longer ones the items of each word."""

_FIRST_DAY = date(1970, 1, 1).toordinal()

_EVERYTHING: tuple[Within | None, ...] = (None,)


class Evaluator:
    """Evaluates plans over one connection, as its transaction sees the archive.

    What was found for a plan is remembered for the next question about it: an evaluator serves one answer,
    and takes no notice of rows that change after its first question. `by_sql` leaves what is kept aside.
    """

    def __init__(self, connection: Connection, *, by_sql: bool = False) -> None:
        self._connection = connection
        self._sets = None if by_sql else _set_evaluator(connection)
        self._ranges = _EVERYTHING
        if self._sets is not None:
            self._ranges = self._with_items(self._sets.uncovered)

    def matching(self, plan: Plan) -> BitMap:
        """The items that match."""
        found = BitMap() if self._sets is None else self._sets.matching(plan).copy()
        for within in self._ranges:
            found.update(item for (item,) in self._many(ids_sql(plan, within)))
        return found

    def tiers(self, plan: Plan) -> Tiers:
        """The items that match, by tier; without words to rank by, all of them are in the first."""
        tiers = (BitMap(), BitMap(), BitMap())
        if self._sets is not None:
            first, second, third = self._sets.tiers(plan)
            tiers = (first.copy(), second.copy(), third.copy())
        for within in self._ranges:
            for item, tier in self._many(tiers_sql(plan, within)):
                tiers[tier].add(item)
        return tiers

    def total(self, plan: Plan) -> Counts:
        """How many items match, each counted once."""
        found = NOTHING if self._sets is None else self._sets.total(plan)
        for within in self._ranges:
            (row,) = self._rows(totals_sql(plan, within))
            found = found.plus(Counts(row.items, row.upheld, row.overturned))
        return found

    def tally(self, plan: Plan) -> Tally:
        """How many items match in each group by the plan's dimensions, of which it has one or two."""
        found: Tally = {}
        ranges = self._ranges
        if self._sets is not None:
            kept = self._sets.tally(plan)
            instead = self._sets.instead_of_tally(plan) if kept is None else None
            if kept is not None:
                found = kept
            elif instead is not None:
                found = self._tallied(instead, len(plan.dimensions))
            else:
                ranges = _EVERYTHING
        for within in ranges:
            add_to(found, self._tallied(rates_sql(plan, within), len(plan.dimensions)))
        return found

    def groups(self, plan: Plan, collapse: Collapse) -> tuple[int, int]:
        """How many groups of items match, and how many items."""
        kept = None if self._sets is None else self._sets.groups(plan, collapse)
        if kept is None or self._sets is None:
            (row,) = self._rows(groups_count_sql(plan, collapse))
            return row.groups, row.items
        alone, numbers = kept
        items = len(self._sets.matching(plan))
        for within in self._ranges:
            for row in self._rows(groups_sql(plan, collapse, within)):
                items += row.items
                if row.grouped < 0:
                    alone += 1
                else:
                    numbers.add(row.grouped)
        return alone + len(numbers), items

    def values(self, plan: Plan, names: Sequence[str]) -> dict[str, dict[Value, int]]:
        """How many of the items that match have each value of each dimension."""
        found: dict[str, dict[Value, int]] = {name: {} for name in names}
        by_sql = list(names)
        if self._sets is not None:
            kept = {name: self._sets.values(plan, name) for name in names}
            by_sql = [name for name, values in kept.items() if values is None]
            found |= {name: dict(values) for name, values in kept.items() if values is not None}
        self._add_values(found, plan, by_sql, _EVERYTHING)
        self._add_values(found, plan, [name for name in names if name not in by_sql], self._ranges)
        return found

    def _add_values(
        self,
        found: dict[str, dict[Value, int]],
        plan: Plan,
        names: Sequence[str],
        ranges: Sequence[Within | None],
    ) -> None:
        for within in ranges if names else ():
            for row in self._rows(facets_sql(plan, names, within)):
                values = found[row.facet]
                values[row.value] = values.get(row.value, 0) + row.items

    def by_service(self, plan: Plan) -> tuple[Tally, Tally]:
        """The counts of each service type, by its row number, and of each with each value of the dimension.

        The plan has one dimension. Items that have no row of it do not count.
        """
        kept = None if self._sets is None else self._sets.by_service(plan)
        services, values = kept or ({}, {})
        for within in _EVERYTHING if kept is None else self._ranges:
            for row in self._rows(by_service_sql(plan, within)):
                counts = Counts(row.items, row.upheld, row.overturned)
                if row.alone:
                    add_to(services, {(row.service,): counts})
                else:
                    add_to(values, {(row.service, row.value): counts})
        return services, values

    def having(self, term: Term, *, in_heading: bool) -> BitMap:
        """The items whose heading (or else whose heading or rationale) has one of the term's phrases.

        As `ranking_index.RankingIndex` asks for it.
        """
        words = expression(term, heading=in_heading)
        if words is None:
            return BitMap()
        found = BitMap() if self._sets is None else self._sets.having(term, in_heading=in_heading).copy()
        for within in self._ranges:
            found.update(item for (item,) in self._many(words_sql(words, within)))
        return found

    def newest(self, items: BitMap, most: int) -> Sequence[int]:
        """The `most` newest of these items by date of decision; those of one day by their id."""
        return self.by_date(items, most, newest=True)

    def by_date(self, items: BitMap, most: int, *, newest: bool) -> Sequence[int]:
        """The first `most` of these items by date of decision, those of one day by their id.

        Items without a date are last.
        """
        kept = None if self._sets is None else self._sets.by_date(items, most, newest=newest)
        dated, others = kept or ([], items)
        if not others:
            return [item for _, item in dated]
        rows = self._rows(by_date_sql(others, most, newest=newest))
        dated = [*dated, *((_day(row.decision_date), row.id) for row in rows)]
        sign = -1 if newest else 1
        dated.sort(key=lambda one: (one[0] is None, sign * (one[0] or 0), one[1]))
        return [item for _, item in dated[:most]]

    def groups_of(self, items: Sequence[int], collapse: Collapse) -> dict[int, int]:
        """The key of the group that each of these items is in."""
        known = {} if self._sets is None else self._sets.groups_of(items, collapse)
        others = [item for item in items if item not in known]
        if others:
            known |= {row.id: row.grouped for row in self._rows(groups_of_sql(others, collapse))}
        return known

    def members(self, keys: Sequence[int], collapse: Collapse) -> dict[int, BitMap]:
        """All items of each of these groups, whether they match or not; items that are alone are left out."""
        found: dict[int, BitMap] = {}
        for row in self._rows(members_sql(keys, collapse)):
            found.setdefault(row.grouped, BitMap()).add(row.id)
        return found

    def in_any(self, plans: Iterable[Plan]) -> int:
        """How many items match at least one of the plans."""
        return len(BitMap.union(BitMap(), *(self.matching(plan) for plan in plans)))

    def _with_items(self, ranges: Iterable[tuple[int, int]]) -> tuple[Within, ...]:
        """The ranges that have items: each long one by itself, all short ones together."""
        short: list[tuple[int, int]] = []
        found: list[Within] = []
        for first, last in ranges:
            if last - first < _SHORT:
                short.append((first, last))
            elif self._has_items(first, last):
                found.append(((first, last),))
        return (*found, tuple(short)) if short else tuple(found)

    def _has_items(self, first: int, last: int) -> bool:
        statement = text("SELECT EXISTS (SELECT 1 FROM disputed_items WHERE id BETWEEN :first AND :last)")
        return bool(self._connection.execute(statement, {"first": first, "last": last}).scalar_one())

    def _tallied(self, statement: Statement, dimensions: int) -> Tally:
        return {
            tuple(row[:dimensions]): Counts(row.items, row.upheld, row.overturned)
            for row in self._rows(statement)
        }

    def _many(self, statement: Statement) -> sqlite3.Cursor:
        """Rows of ids, which may be millions."""
        return sqlite_cursor(self._connection).execute(statement.sql, statement.parameters)

    def _rows(self, statement: Statement) -> Sequence[Row[Any]]:
        return self._connection.execute(text(statement.sql), statement.parameters).all()


def _day(decided: str | None) -> int | None:
    """A date as the columns keep it: in days since 1970."""
    return None if decided is None else date.fromisoformat(decided).toordinal() - _FIRST_DAY


def _set_evaluator(connection: Connection) -> SetEvaluator | None:
    """The evaluator of what the archive keeps beside its rows; None where it keeps nothing."""
    kept = connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM item_set_state WHERE last_item_id >= 0)")
    if not kept.scalar_one():
        return None
    # numpy takes longer to import than a small archive to answer.
    from imr_archive.query.kept.evaluating import set_evaluator  # noqa: PLC0415

    return set_evaluator(connection)
