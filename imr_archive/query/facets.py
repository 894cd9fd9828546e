"""Facets: how many of the decisions that match have each outcome, category, service and so on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, text

from imr_archive.query.dimensions import Dimension, dimension
from imr_archive.query.plan import Plan
from imr_archive.query.sql import Parameters, Statement, matching
from imr_archive.query.tables import from_clause

FACETS = ("outcome", "category", "service", "specialty", "guideline", "year", "reason")
"""The dimensions that a list of decisions is counted by unless others are asked for."""

MOST_VALUES = 10
"""Values shown of one facet, the most frequent; those of a dimension with an order of its own all stand."""

_ALL_VALUES = 1000

# The columns of an item that dimensions speak of: what the selection of those that match has to carry.
_CARRIED = ("id", "case_id", "service_type_id", "outcome", "reason", "ur_action", "body_part", "laterality")


class FacetValue(msgspec.Struct, frozen=True):
    """A value, and how many of the decisions have it; `value` is null for those that have none."""

    value: str | int | None
    items: int


class Facet(msgspec.Struct, frozen=True):
    """The values of one dimension among the decisions that match; `others` is how many are not shown."""

    dimension: str
    values: tuple[FacetValue, ...]
    others: int = 0

    @property
    def label(self) -> str:
        """What heads the values."""
        return dimension(self.dimension).label

    def named(self, value: FacetValue) -> str:
        """A value as a person reads it."""
        return dimension(self.dimension).missing if value.value is None else str(value.value)

    def to_dicts(self) -> list[dict[str, str | int | None]]:
        """The values as JSON has them."""
        return [{"value": one.value, "items": one.items} for one in self.values]


def facets_sql(plan: Plan, names: Sequence[str] = FACETS, *, most: int = MOST_VALUES) -> Statement:
    """The most frequent values of each dimension; what matches is looked for once, then counted by each."""
    parameters = Parameters()
    columns = ", ".join(f"i.{column}" for column in _CARRIED)
    counts = [_counts(dimension(name), most, parameters) for name in names]
    found = f"WITH found AS MATERIALIZED (SELECT {columns} {matching(plan, parameters)})"
    return Statement(f"{found} {' UNION ALL '.join(counts)}", parameters.values)


def _counts(known: Dimension, most: int, parameters: Parameters) -> str:
    where = f" WHERE {known.condition}" if known.condition else ""
    distinct = "DISTINCT " if known.repeats else ""
    values = f"SELECT {distinct}i.id, {known.sql} AS value {from_clause(known.joins, 'found')}{where}"
    limit = parameters.bind(_ALL_VALUES if known.in_order else most)
    return (
        f"SELECT * FROM (SELECT {parameters.bind(known.name)} AS facet, value, count(*) AS items,"
        f" count(*) OVER () AS different FROM ({values}) GROUP BY value"
        f" ORDER BY items DESC, value LIMIT {limit})"
    )


def facets(
    connection: Connection, plan: Plan, names: Iterable[str] = FACETS, *, most: int = MOST_VALUES
) -> tuple[Facet, ...]:
    """The facets of the decisions that `plan` finds, by the dimensions `names`.

    An item of two specialties counts in both. Raises UnknownNameError for a dimension that is none.
    """
    wanted = [dimension(name) for name in names]
    if not wanted:
        return ()
    statement = facets_sql(plan.as_hits(), [one.name for one in wanted], most=most)
    found: dict[str, list[FacetValue]] = {one.name: [] for one in wanted}
    different = dict.fromkeys(found, 0)
    for row in connection.execute(text(statement.sql), statement.parameters):
        found[row.facet].append(FacetValue(row.value, row.items))
        different[row.facet] = row.different
    return tuple(
        Facet(one.name, _ordered(one, found[one.name]), different[one.name] - len(found[one.name]))
        for one in wanted
    )


def _ordered(known: Dimension, values: list[FacetValue]) -> tuple[FacetValue, ...]:
    """The values of a dimension with an order in that order, others as they came; no value stands last."""
    if not known.in_order:
        return tuple(sorted(values, key=lambda one: one.value is None))
    place = {value: at for at, value in enumerate(known.values)}
    return tuple(
        sorted(values, key=lambda one: (one.value is None, place.get(str(one.value), 0), str(one.value)))
    )
