"""CSV: one file a table, as RFC 4180 has it, in UTF-8."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection

from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.export.tables import ExportedTable, exported_tables, table_rows


def write_csv(database: ArchiveDatabase, folder: Path) -> Mapping[str, int]:
    """Writes `<table>.csv` for the view and every table; gives the number of rows of each.

    The first line names the columns. NULL is an empty field, a boolean 0 or 1, a date ISO 8601. Values are
    exact, so that what is read back is what the archive holds: a field that begins with `=`, `+`, `-` or `@`
    is not altered, and a spreadsheet that takes such a field for a formula has to import it as text.
    """
    with database.read() as connection:
        return {table.name: _write_table(connection, table, folder) for table in exported_tables()}


def _write_table(connection: Connection, table: ExportedTable, folder: Path) -> int:
    """Writes one table, a row at a time, and gives the number of its rows."""
    count = 0
    with (folder / f"{table.name}.csv").open("x", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(table.column_names)
        for row in table_rows(connection, table):
            writer.writerow(row)
            count += 1
    return count
