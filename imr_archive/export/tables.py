"""What is exported: every table and the `decisions` view, their columns, and what each column says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Column, Connection, DateTime, LargeBinary, Table

from imr_archive.archive.models import Base
from imr_archive.archive.views import DECISIONS_COLUMNS, DECISIONS_COMMENT

VIEW = "decisions"


@dataclass(frozen=True)
class ExportedColumn:
    """A column of an exported table: its name, the SQL that reads it, what it says, and how it is stored."""

    name: str
    sql: str
    description: str
    stored_as: str
    """Name of the column in the archive; only a compressed text has another name outside it."""
    is_boolean: bool = False


@dataclass(frozen=True)
class ExportedTable:
    """A table or view as it leaves the archive, its rows in an order that does not change between runs."""

    name: str
    description: str
    columns: tuple[ExportedColumn, ...]
    order_by: tuple[str, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def select(self) -> str:
        """The SQL that reads all rows, every value in the form that is exported."""
        columns = ", ".join(f'{column.sql} AS "{column.name}"' for column in self.columns)
        return f'SELECT {columns} FROM "{self.name}" ORDER BY {", ".join(self.order_by)}'


def _table_column(column: Column[object]) -> ExportedColumn:
    """A column of the models as it is exported: compressed text leaves as text, a time in ISO 8601."""
    name, description = column.name, column.comment or ""
    if isinstance(column.type, LargeBinary):
        text_name = name.removeprefix("packed_")
        return ExportedColumn(text_name, f'letter_text("{name}")', description, name)
    if isinstance(column.type, DateTime):
        return ExportedColumn(name, f"""replace("{name}", ' ', 'T')""", description, name)
    return ExportedColumn(name, f'"{name}"', description, name, isinstance(column.type, Boolean))


def _table(table: Table) -> ExportedTable:
    """A table of the models as it is exported, in the order of its primary key."""
    return ExportedTable(
        name=table.name,
        description=table.comment or "",
        columns=tuple(_table_column(column) for column in table.columns),
        order_by=tuple(f'"{column.name}"' for column in table.primary_key.columns),
    )


@cache
def exported_tables() -> tuple[ExportedTable, ...]:
    """The view first, then every table by name but those that serve the archive's own work."""
    view = ExportedTable(
        name=VIEW,
        description=DECISIONS_COMMENT,
        columns=tuple(
            ExportedColumn(name, f'"{name}"', description, name)
            for name, description in DECISIONS_COLUMNS.items()
        ),
        order_by=('"item_id"',),
    )
    tables = (table for _, table in sorted(Base.metadata.tables.items()) if not table.info.get("internal"))
    return (view, *map(_table, tables))


def table_rows(connection: Connection, table: ExportedTable) -> Iterator[Sequence[Any]]:
    """The rows of a table in the form of the export, of which some hundreds are held at a time."""
    yield from connection.exec_driver_sql(table.select).yield_per(500)
