"""The baseline for rates: DuckDB, with the rows of each dimension as a table of their own in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb
import numpy as np
from sqlalchemy import Connection, text

from imr_archive.query.plan import Plan
from imr_archive.query.sql import Parameters, values_of


class Tables:
    """Rates by dimensions over everything, as DuckDB counts them.

    Each table has the values of its dimensions and the outcome, a row for each item and value, made by the
    same SQL as ours: DuckDB has nothing to join and reads no column that it does not need.
    """

    def __init__(self, connection: Connection) -> None:
        self._archive = connection
        self._memory = duckdb.connect(":memory:")

    def prepared(self, dimensions: Sequence[str]) -> Callable[[], list[tuple[object, ...]]]:
        """What counts items, upheld and overturned ones by these dimensions."""
        columns = [f"value_{place}" for place in range(1, len(dimensions) + 1)]
        table = "_and_".join(dimensions)
        self._load(table, dimensions, columns)
        named = ", ".join(columns)
        sql = (
            f"SELECT {named}, count(*), count(*) FILTER (WHERE outcome = 'upheld'),"
            f" count(*) FILTER (WHERE outcome = 'overturned') FROM {table} GROUP BY {named}"
        )
        return lambda: self._memory.execute(sql).fetchall()

    def _load(self, table: str, dimensions: Sequence[str], columns: Sequence[str]) -> None:
        parameters = Parameters()
        plan = Plan(rates=True, dimensions=tuple(dimensions))
        sql = values_of(plan, parameters, "i.id AS id, i.outcome AS outcome")
        rows = self._archive.execute(text(sql), parameters.values).fetchall()
        arrays = {
            name: np.array([None if row[place] is None else str(row[place]) for row in rows], dtype=object)
            for place, name in enumerate(["id", "outcome", *columns])
            if name != "id"
        }
        self._memory.register("arrays", arrays)
        self._memory.execute(f"CREATE TABLE {table} AS SELECT * FROM arrays")
        self._memory.unregister("arrays")
