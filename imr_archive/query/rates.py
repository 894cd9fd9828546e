"""Uphold rates of the decisions that match a query, by one dimension or two, with Wilson 95% intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from imr_archive.errors import UsageError
from imr_archive.query.counts import Counts, Value
from imr_archive.query.dimensions import Dimension, dimension
from imr_archive.query.evaluating import Evaluator
from imr_archive.query.filters.applied import read_filters
from imr_archive.query.filters.registry import Raw
from imr_archive.query.language.draft import MOST_DIMENSIONS
from imr_archive.query.language.reading import read
from imr_archive.query.language.thesaurus import Thesaurus
from imr_archive.query.plan import Plan
from imr_archive.query.results import RateRow, Rates
from imr_archive.query.sql import rates_sql, totals_sql
from imr_archive.query.suggesting import suggestions


def rates(
    connection: Connection,
    by: Sequence[str] = (),
    *,
    words: str = "",
    filters: Mapping[str, Raw | None] | None = None,
    thesaurus: Thesaurus | None = None,
) -> Rates:
    """Rates of the decisions that match `words` and `filters`, by the dimensions `by` (see `DIMENSIONS`).

    An outcome among the words names the rate that the rows are sorted by; an outcome among the filters is a
    filter, and then every rate is 0 or 1. `thesaurus` is the project's vocabulary unless another is given.
    Raises UsageError (or its UnknownNameError) for a dimension or filter that is none, and for more than two
    dimensions.
    """
    dimensions = tuple(dimension(name).name for name in by)
    given = read_filters(filters)
    plan = read(words, thesaurus).as_rates(dimensions).narrowed(given)
    if len(plan.dimensions) > MOST_DIMENSIONS:
        raise UsageError(f"rates are grouped by at most {MOST_DIMENSIONS} dimensions at a time")
    found = tabulate(connection, plan)
    if found.total:
        return found
    return msgspec.structs.replace(found, suggestions=suggestions(connection, plan, given, thesaurus))


def tabulate(connection: Connection, plan: Plan, evaluator: Evaluator | None = None) -> Rates:
    """The rates that `plan` asks for; `evaluator` is one that serves other questions of the same answer.

    Where no item's heading or service matches, the words are looked for in rationales and summaries too, and
    the plan of the answer says so.
    """
    evaluator = evaluator or Evaluator(connection)
    overall = _row((), evaluator.total(plan))
    if not overall.items and plan.needs_heading:
        widened = msgspec.structs.replace(plan, widened=True)
        elsewhere = _row((), evaluator.total(widened))
        if elsewhere.items:
            plan, overall = widened, elsewhere
    rows: list[RateRow] = []
    statement = rates_sql(plan) if plan.dimensions else totals_sql(plan)
    if plan.dimensions and overall.items:
        rows = [_row(values, counts) for values, counts in evaluator.tally(plan).items()]
    elif not plan.dimensions:
        rows = [overall]
    return Rates(
        plan=plan, dimensions=plan.dimensions, rows=_sorted(rows, plan), overall=overall, statement=statement
    )


def _row(values: tuple[Value, ...], counts: Counts) -> RateRow:
    return RateRow(values, counts.items, counts.upheld, counts.overturned)


def _sorted(rows: list[RateRow], plan: Plan) -> tuple[RateRow, ...]:
    """The rows in the order of a dimension that has one, else by the rate asked for, else by items.

    By rate means by the lower end of its interval, the highest first, so that two items out of two do not
    lead ninety out of a hundred. What has no value comes last among its like.
    """
    dimensions = [dimension(name) for name in plan.dimensions]
    ordered = [each for each in dimensions if each.in_order]

    def place(row: RateRow) -> tuple[Any, ...]:
        values = dict(zip(plan.dimensions, row.values, strict=True))
        asked = -row.least(plan.outcome) if plan.outcome is not None else 0.0
        named = tuple((value is None, str(value)) for value in row.values)
        return (*(_position(each, values[each.name]) for each in ordered), asked, -row.items, named)

    return tuple(sorted(rows, key=place))


def _position(ordered: Dimension, value: Value) -> tuple[bool, int, str]:
    """Where a value stands in the order of its dimension; no value stands last."""
    rank = ordered.values.index(str(value)) if str(value) in ordered.values else 0
    return value is None, rank, str(value)
