"""What is exported is what the archive holds, and every part of it is described."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from imr_archive.archive.fulltext import is_full_text_table
from imr_archive.archive.models import Base
from imr_archive.export.tables import ExportedTable, exported_tables

TABLES = exported_tables()


def test_the_view_and_every_table_of_an_archive_are_exported(archive: Path) -> None:
    connection = sqlite3.connect(archive)
    names = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
    connection.close()
    internal = {name for name, table in Base.metadata.tables.items() if table.info.get("internal")}
    in_archive = {name for (name,) in names if not is_full_text_table(name) and name != "alembic_version"}
    in_archive -= internal
    assert {table.name for table in TABLES} == in_archive
    assert TABLES[0].name == "decisions"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_of_a_table_is_exported_and_described(table: ExportedTable, archive: Path) -> None:
    connection = sqlite3.connect(archive)
    stored = [row[1] for row in connection.execute(f"PRAGMA table_info({table.name})")]
    connection.close()
    assert [column.stored_as for column in table.columns] == stored
    assert len(table.description) > 10
    assert [column.name for column in table.columns if len(column.description) < 5] == []
