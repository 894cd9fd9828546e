"""A folder that Datasette runs as it stands: database, metadata, settings, templates and a plugin."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import as_file
from pathlib import Path

from sqlalchemy import Connection

from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.engine import error_code, make_engine, plain_errors
from imr_archive.archive.fulltext import TABLES as FULL_TEXT_TABLES
from imr_archive.archive.fulltext import check_full_text
from imr_archive.errors import ArchiveError
from imr_archive.export.metadata import datasette_metadata, datasette_settings
from imr_archive.export.site import SITE_FOLDER
from imr_archive.export.tables import VIEW, exported_tables

DATABASE_NAME = "imr"
"""The database's name in the folder: the first part of each page's address."""

SITE_PARTS = ("plugins", "static", "templates")
"""The folders that Datasette looks for beside a database."""


def write_datasette(database: ArchiveDatabase, folder: Path) -> Mapping[str, int]:
    """Writes a configuration directory, which `datasette FOLDER` runs; gives the rows of each table.

    The database is a copy of one moment, in no need of a write-ahead log and so fit for a read-only disk. Its
    full-text index is compared with its rows. Raises ArchiveError where the two differ.
    """
    copy = folder / f"{DATABASE_NAME}.db"
    _copy(database, copy)
    rows = _prepare(copy)
    with copy.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    inspected = {
        DATABASE_NAME: {
            "hash": digest,
            "size": copy.stat().st_size,
            "file": copy.name,
            "tables": {name: {"count": count} for name, count in rows.items()},
        }
    }
    _write_json(folder / "metadata.json", datasette_metadata(DATABASE_NAME))
    _write_json(folder / "settings.json", datasette_settings())
    _write_json(folder / "inspect-data.json", inspected)
    with as_file(SITE_FOLDER) as site:
        for part in SITE_PARTS:
            shutil.copytree(site / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    # The view has a row for each disputed item.
    counts = {**rows, VIEW: rows["disputed_items"]}
    return {table.name: counts[table.name] for table in exported_tables()}


def _copy(database: ArchiveDatabase, copy: Path) -> None:
    """A compact copy of the archive as it is now, its journal mode not WAL; others may go on writing."""
    with _room_for(copy), plain_errors(database.path), database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise ArchiveError(f"{database.path} is not open as a SQLite database")
        # VACUUM INTO leaves the archive as it is, but SQLite counts it among the statements that write.
        driver.execute("PRAGMA query_only=OFF")
        try:
            driver.execute("VACUUM INTO ?", (str(copy),))
        finally:
            driver.execute("PRAGMA query_only=ON")


@contextmanager
def _room_for(copy: Path) -> Iterator[None]:
    """Says of a full disk that it is the one of the copy, not that of the archive."""
    try:
        yield
    except ArchiveError as error:
        if error_code(error.__cause__) == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), copy) from error
        raise


def _prepare(copy: Path) -> dict[str, int]:
    """Checks the copy's full-text index, makes the copy fast to read, and counts the rows of its tables."""
    engine = make_engine(copy, "write", foreign_keys=False)
    try:
        with _room_for(copy), plain_errors(copy), engine.connect() as connection, connection.begin():
            wrong = check_full_text(connection)
            if wrong:
                raise ArchiveError(f"the archive cannot be exported: {wrong[0]}")
            # What somebody asks is nobody else's to know: its bytes go, too.
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
            connection.exec_driver_sql("DELETE FROM saved_questions")
            for table in FULL_TEXT_TABLES:
                connection.exec_driver_sql(f"INSERT INTO {table.name} ({table.name}) VALUES ('optimize')")
            connection.exec_driver_sql("ANALYZE")
            names = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
            ).scalars()
            return {name: _count(connection, name) for name in names.all()}
    finally:
        engine.dispose()


def _count(connection: Connection, table: str) -> int:
    """The number of rows of a table, those of the full-text index among them."""
    return int(connection.exec_driver_sql(f'SELECT count(*) FROM "{table}"').scalar_one())


def _write_json(path: Path, content: object) -> None:
    """Writes a file that a person can read and change."""
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
