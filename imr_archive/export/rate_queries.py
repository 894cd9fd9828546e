"""The SQL of canned queries; uphold rates and their intervals are computed in SQL itself."""

from __future__ import annotations

import re

from imr_archive.export.site import CannedQuery
from imr_archive.query.dimensions import Dimension, dimension
from imr_archive.query.intervals import Z_95
from imr_archive.query.language.reading import read
from imr_archive.query.results import SMALL
from imr_archive.query.sql import Statement, rates_sql
from imr_archive.query.tables import from_clause

SMALL_GROUPS = f"Groups of fewer than {SMALL} are marked small: their rates say little."
"""What the description of every query of rates ends with."""

_Z_SQUARED = f"{Z_95 * Z_95:.12f}"
_CENTRE = f"rate + {_Z_SQUARED} / (2 * items)"
_SPREAD = f"sqrt({_Z_SQUARED} * (rate * (1 - rate) / items + {_Z_SQUARED} / (4.0 * items * items)))"
_SCALE = f"(1 + {_Z_SQUARED} / items)"

_RATES = f"""\
WITH counted AS (
{{counted}}
),
rated AS (
  SELECT *, 1.0 * upheld / items AS rate FROM counted
),
bounded AS (
  SELECT
    *,
    max(0.0, ({_CENTRE} - {_SPREAD}) / {_SCALE}) AS low,
    min(1.0, ({_CENTRE} + {_SPREAD}) / {_SCALE}) AS high
  FROM rated
)
SELECT
  {{values}},
  items,
  upheld,
  items - upheld AS overturned,
  round(rate, 4) AS uphold_rate,
  round(low, 4) AS uphold_rate_low,
  round(high, 4) AS uphold_rate_high,
  items < {SMALL} AS small
FROM bounded
ORDER BY {{order}}"""

_PLACEHOLDER = re.compile(r":(p\d+)\b")


def statement(query: CannedQuery) -> str:
    """The SQL of a canned query: its own, that of its phrase, or that of the rates by its dimensions.

    The interval is that of `imr_archive.query.intervals.wilson`. An item that has several values of a
    dimension counts in each of these groups. Raises UnknownNameError for an unknown dimension.
    """
    if query.phrase:
        return _rates_of_phrase(query.phrase)
    if query.by:
        return _rates_by(query)
    return query.sql.strip()


def gives_rates(query: CannedQuery) -> bool:
    """Whether the rows of the query are uphold rates of groups."""
    return bool(query.phrase or query.by)


def _rates_of_phrase(phrase: str) -> str:
    """The rates that the query language answers `phrase` with, in its order, as one statement."""
    plan = read(phrase).as_rates()
    dimensions = [dimension(name) for name in plan.dimensions]
    order = ["low DESC" if plan.outcome == "upheld" else "items DESC", "items DESC", *_names(dimensions)]
    return _rates(_with_values(rates_sql(plan)), dimensions, order)


def _rates_by(query: CannedQuery) -> str:
    """The rates by the query's dimensions of the items that its condition lets through."""
    dimensions = [dimension(name) for name in query.by]
    conditions = [each.condition for each in dimensions if each.condition]
    if query.where:
        conditions.append(query.where.strip())
    joins = [*(alias for each in dimensions for alias in each.joins), *query.joins]
    repeats = any(each.repeats for each in dimensions)
    columns = ", ".join(_names(dimensions))
    values = ", ".join(f"{each.sql} AS value_{place}" for place, each in enumerate(dimensions, start=1))
    where = "\n    AND ".join(conditions)
    counted = f"""\
  SELECT {columns}, count(*) AS items, sum(outcome = 'upheld') AS upheld
  FROM (
    SELECT {"DISTINCT " if repeats else ""}i.id AS id, i.outcome AS outcome, {values}
    {from_clause(joins)}
    WHERE {where or "1"}
  )
  GROUP BY {columns}"""
    return _rates(counted, dimensions, _order(dimensions))


def _rates(counted: str, dimensions: list[Dimension], order: list[str]) -> str:
    """The statement over groups that are counted already, their values in words where an item has none."""
    values = []
    for name, each in zip(_names(dimensions), dimensions, strict=True):
        missing = _literal(each.missing)
        values.append(f"coalesce({name}, {missing}) AS {each.name}")
    return _RATES.format(counted=counted, values=",\n  ".join(values), order=", ".join(order))


def _names(dimensions: list[Dimension]) -> list[str]:
    """The columns of the dimensions' values inside the statement, as `rates_sql` names them."""
    return [f"value_{place}" for place, _ in enumerate(dimensions, start=1)]


def _order(dimensions: list[Dimension]) -> list[str]:
    """Periods and bands come in their own order, groups of other kinds with the largest first."""
    names = _names(dimensions)
    return names if dimensions[0].in_order else ["items DESC", *names]


def _with_values(parametrised: Statement) -> str:
    """The statement with its parameters written out, as one that stands in a file must have them."""
    return _PLACEHOLDER.sub(lambda found: _literal(parametrised.parameters[found[1]]), parametrised.sql)


def _literal(value: str | float) -> str:
    """A value as SQL writes it."""
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)
