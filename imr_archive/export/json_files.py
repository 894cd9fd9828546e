"""JSON: one file a table, an array of objects with one object a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.export.tables import ExportedTable, exported_tables, table_rows


def write_json(database: ArchiveDatabase, folder: Path) -> Mapping[str, int]:
    """Writes `<table>.json` for the view and every table; gives the number of rows of each.

    NULL is null, a boolean true or false, a date a string in the form of ISO 8601.
    """
    with database.read() as connection:
        return {table.name: _write_table(connection, table, folder) for table in exported_tables()}


def _write_table(connection: Connection, table: ExportedTable, folder: Path) -> int:
    """Writes one table, a row at a time, and gives the number of its rows."""
    names = table.column_names
    booleans = tuple(place for place, column in enumerate(table.columns) if column.is_boolean)
    encode = msgspec.json.Encoder().encode
    count = 0
    with (folder / f"{table.name}.json").open("xb") as stream:
        stream.write(b"[")
        for row in table_rows(connection, table):
            stream.write(b",\n" if count else b"\n")
            stream.write(encode(dict(zip(names, _with_booleans(row, booleans), strict=True))))
            count += 1
        stream.write(b"\n]\n")
    return count


def _with_booleans(row: Sequence[Any], booleans: tuple[int, ...]) -> list[Any]:
    """The row with true or false in those places where SQLite has 1 or 0."""
    values = list(row)
    for place in booleans:
        values[place] = None if values[place] is None else bool(values[place])
    return values
