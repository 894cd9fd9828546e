"""Alembic's door: imr-archive hands in a connection; a developer names a database with `-x db=FILE`."""

from __future__ import annotations

from pathlib import Path

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.schema import SchemaItem

from imr_archive.archive.engine import make_engine
from imr_archive.archive.fulltext import ensure_full_text, is_full_text_table
from imr_archive.archive.kept.changes import drop_change_marks
from imr_archive.archive.models import Base
from imr_archive.archive.views import drop_views, ensure_views


def is_declared(
    _item: SchemaItem, name: str | None, kind: str, reflected: bool, _other: SchemaItem | None
) -> bool:
    """Whether autogenerate compares this object: the full-text tables are declared in `fulltext.py`."""
    return not (kind == "table" and reflected and name is not None and is_full_text_table(name))


def migrate(connection: Connection) -> None:
    """Run the migrations in the connection's transaction, then bring the derived objects to their shape.

    Views and triggers that read other tables go first, for SQLite refuses to rename a table while one of them
    reads a table that is missing. The triggers come again when the archive is opened for writing.
    """
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=is_declared,
        render_as_batch=True,
        transactional_ddl=True,
    )
    drop_views(connection)
    drop_change_marks(connection)
    context.run_migrations()
    ensure_views(connection)
    ensure_full_text(connection)


def migrate_named_database() -> None:
    """Migrate the database of `alembic -x db=FILE ...`."""
    named = context.get_x_argument(as_dictionary=True).get("db", "imr.db")
    engine = make_engine(Path(named), "write", foreign_keys=False)
    with engine.connect().execution_options(begin="BEGIN IMMEDIATE") as connection, connection.begin():
        migrate(connection)
    engine.dispose()


given = context.config.attributes.get("connection")
if isinstance(given, Connection):
    migrate(given)
else:
    migrate_named_database()
