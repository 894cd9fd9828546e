"""Facets: how many of the decisions that match have each outcome, category, service and so on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Connection

from imr_archive.query.counts import Value
from imr_archive.query.dimensions import Dimension, dimension
from imr_archive.query.evaluating import Evaluator
from imr_archive.query.plan import Plan

FACETS = ("outcome", "category", "service", "specialty", "guideline", "year", "reason")
"""The dimensions that a list of decisions is counted by unless others are asked for."""

MOST_VALUES = 10
"""Values shown of one facet, the most frequent; those of a dimension with an order of its own all stand."""


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
        return dimension(self.dimension).shown(value.value)

    def to_dicts(self) -> list[dict[str, str | int | None]]:
        """The values as JSON has them."""
        return [{"value": one.value, "items": one.items} for one in self.values]


def facets(
    connection: Connection,
    plan: Plan,
    names: Iterable[str] = FACETS,
    *,
    most: int = MOST_VALUES,
    evaluator: Evaluator | None = None,
) -> tuple[Facet, ...]:
    """The facets of the decisions that `plan` finds, by the dimensions `names`.

    An item of two specialties counts in both. `evaluator` is one that has met the plan before. Raises
    UnknownNameError for a dimension that is none.
    """
    wanted = [dimension(name) for name in names]
    if not wanted:
        return ()
    found = (evaluator or Evaluator(connection)).values(plan.as_hits(), [one.name for one in wanted])
    return tuple(_facet(one, found[one.name], most) for one in wanted)


def _facet(known: Dimension, items: Mapping[Value, int], most: int) -> Facet:
    """The values of a dimension with an order in that order, of others the most frequent; null is last."""
    values = [FacetValue(value, count) for value, count in items.items()]
    place = {value: at for at, value in enumerate(known.values)}
    if known.in_order:
        values.sort(key=lambda one: (one.value is None, place.get(str(one.value), 0), str(one.value)))
        return Facet(known.name, tuple(values))
    values.sort(key=lambda one: (-one.items, one.value is not None, str(one.value)))
    shown = sorted(values[:most], key=lambda one: one.value is None)
    return Facet(known.name, tuple(shown), len(values) - len(shown))
