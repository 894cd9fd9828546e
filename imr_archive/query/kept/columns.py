"""What an archive keeps of each item in columns, so that counting need not read the rows.

The columns are those of the dimensions, made by their own SQL, and a few more that filters and groupings ask
for. Reading them gives what the SQL would give.
"""

from __future__ import annotations

from collections.abc import Iterator

from imr_archive.archive.kept.definitions import ColumnDefinition, ColumnKind
from imr_archive.query.dimensions import DIMENSIONS, Dimension
from imr_archive.query.filters.citation import CITING_SIDES
from imr_archive.query.kept.names import CASE, CITED, CITING, CLUSTER, SERVICE_TYPE
from imr_archive.query.tables import JOINS, from_clause, in_order

_SHARED = tuple(dict.fromkeys(join.shared for join in JOINS.values() if join.shared))


def _defined(name: str, kind: ColumnKind, sql: str, *joins: str, distinct: bool = False) -> ColumnDefinition:
    aliases = in_order(joins)
    joined = {JOINS[alias].shared for alias in aliases}
    read = tuple(table for table in _SHARED if table in joined or f" {table} " in sql)
    source = from_clause(aliases).removeprefix("FROM ")
    return ColumnDefinition(name, kind, sql, source, distinct=distinct, depends_on=read)


def _of_dimension(known: Dimension) -> ColumnDefinition:
    several = any(JOINS[alias].several for alias in in_order(known.joins))
    kind: ColumnKind = "several" if several else "codes"
    return _defined(known.name, kind, known.sql, *known.joins, distinct=known.repeats)


def _all() -> Iterator[ColumnDefinition]:
    yield from (_of_dimension(known) for known in DIMENSIONS if not known.part_of)
    yield _defined(SERVICE_TYPE, "codes", "i.service_type_id")
    yield _defined(CITING, "codes", CITING_SIDES)
    for side, prefix in (("reviewer", ""), ("claims_administrator", "u")):
        named = f"json_array({prefix}g.label, {prefix}cs.section)"
        yield _defined(CITED[side], "several", named, f"{prefix}g", f"{prefix}cs", distinct=True)
    yield _defined(CASE, "numbers", "i.case_id")
    yield _defined(CLUSTER, "numbers", "i.rationale_cluster")
    yield _defined("patient_age", "numbers", "c.patient_age", "c")
    yield _defined("quantity", "numbers", "i.quantity")
    yield _defined("visits", "numbers", "CASE WHEN i.quantity_unit = 'visits' THEN i.quantity END")
    yield _defined("decided", "days", "c.decision_date", "c")
    yield _defined("injured", "days", "c.date_of_injury", "c")


COLUMNS: tuple[ColumnDefinition, ...] = tuple(_all())
"""Every column; `column` and `numbers` of the archive's item sets know them by name."""
