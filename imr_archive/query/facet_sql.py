"""The SQL of facets: what matches is looked for once, then counted by each dimension."""

from __future__ import annotations

from collections.abc import Sequence

from imr_archive.query.dimensions import Dimension, dimension
from imr_archive.query.plan import Plan
from imr_archive.query.sql import Parameters, Statement, Within, matching
from imr_archive.query.tables import from_clause

# The columns of an item that dimensions speak of: what the selection of those that match has to carry.
_CARRIED = ("id", "case_id", "service_type_id", "outcome", "reason", "ur_action", "body_part", "laterality")


def facets_sql(plan: Plan, names: Sequence[str], within: Within | None = None) -> Statement:
    """Every value of each dimension among the items that match, as `facet`, `value` and `items`."""
    parameters = Parameters(within)
    columns = ", ".join(f"i.{column}" for column in _CARRIED)
    counts = [_counts(dimension(name), parameters) for name in names]
    found = f"WITH found AS MATERIALIZED (SELECT {columns} {matching(plan, parameters)})"
    return Statement(f"{found} {' UNION ALL '.join(counts)}", parameters.values)


def _counts(known: Dimension, parameters: Parameters) -> str:
    where = f" WHERE {known.condition}" if known.condition else ""
    distinct = "DISTINCT " if known.repeats else ""
    values = f"SELECT {distinct}i.id, {known.sql} AS value {from_clause(known.joins, 'found')}{where}"
    return (
        f"SELECT * FROM (SELECT {parameters.bind(known.name)} AS facet, value, count(*) AS items"
        f" FROM ({values}) GROUP BY value)"
    )
