"""Opening an archive: the file is checked first, and each way to fail has its own message."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine

from imr_archive.archive.engine import (
    APPLICATION_ID,
    DEFAULT_WAIT,
    fit_log,
    make_engine,
    plain_errors,
    require_sqlite,
)
from imr_archive.archive.fulltext import ensure_full_text
from imr_archive.archive.kept.changes import ensure_change_marks
from imr_archive.archive.views import ensure_views
from imr_archive.errors import (
    ArchiveError,
    ArchiveNotFoundError,
    ArchiveReadOnlyError,
    NotAnArchiveError,
    SchemaTooNewError,
    SchemaTooOldError,
)

SCHEMA_REVISION = "0006"
"""The newest migration. Revisions are numbered in order, so an older schema has a smaller one."""


@dataclass(frozen=True)
class ArchiveDatabase:
    """An open archive; use it in a `with` statement or `close()` it.

    unchanging: it lies where SQLite can keep nothing beside it, and is read as a file that nobody writes to.
    """

    path: Path
    engine: Engine
    can_write: bool
    unchanging: bool = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees the archive as it is at its first query, however long it reads."""
        with plain_errors(self.path), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in one transaction: all of it is kept, or after an exception nothing.

        Raises ArchiveLockedError where another process is writing, ArchiveReadOnlyError where the archive was
        opened for reading.
        """
        if not self.can_write:
            raise ArchiveReadOnlyError(f"{self.path} was opened for reading only")
        with (
            plain_errors(self.path),
            self.engine.connect().execution_options(begin="BEGIN IMMEDIATE") as connection,
            connection.begin(),
        ):
            fit_log(connection)
            yield connection

    def close(self) -> None:
        """Close every connection; the files beside the database go away with the last one."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_for_reading(path: Path, *, wait: float = DEFAULT_WAIT) -> ArchiveDatabase:
    """Open the archive at `path` to read it; it may lie in a folder where nothing can be written.

    wait: seconds to wait for a lock. Raises an ArchiveError of the kind that fits.
    """
    require_sqlite()
    check_file(path)
    engine = make_engine(path, "read", wait=wait)
    try:
        with plain_errors(path), engine.connect() as connection:
            check_schema(connection, path)
    except ArchiveReadOnlyError as error:
        engine.dispose()
        return ArchiveDatabase(path, _unchanging(path, error), can_write=False, unchanging=True)
    except BaseException:
        engine.dispose()
        raise
    return ArchiveDatabase(path, engine, can_write=False)


def _unchanging(path: Path, refused: ArchiveReadOnlyError) -> Engine:
    """An engine for a file beside which SQLite can keep no write-ahead log, because the folder is read-only.

    Where a log is there already and holds something, the file alone would be an old state: that is refused.
    """
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise ArchiveReadOnlyError(
            f"{path} was not closed properly: open it once where its folder can be written to"
        ) from refused
    engine = make_engine(path, "immutable")
    try:
        with plain_errors(path), engine.connect() as connection:
            check_schema(connection, path)
    except BaseException:
        engine.dispose()
        raise
    return engine


def open_for_writing(path: Path, *, create: bool = False, wait: float = DEFAULT_WAIT) -> ArchiveDatabase:
    """Open the archive at `path` to write to it, making it first where `create` says so and none is there.

    wait: seconds to wait for another writer. Raises an ArchiveError of the kind that fits; where an archive
    could not be made, no file is left behind.
    """
    require_sqlite()
    if create and not _has_content(path):
        # Alembic takes longer to import than most commands take to run.
        from imr_archive.archive.migrate import create_archive  # noqa: PLC0415

        create_archive(path)
    check_file(path)
    engine = make_engine(path, "write", wait=wait)
    database = ArchiveDatabase(path, engine, can_write=True)
    try:
        with plain_errors(path), engine.connect() as connection:
            check_schema(connection, path)
        with database.write() as connection:
            ensure_views(connection)
            ensure_full_text(connection)
            ensure_change_marks(connection)
    except BaseException:
        engine.dispose()
        raise
    return database


def _has_content(path: Path) -> bool:
    """Whether something is there; an empty file is what a program that gave up left behind."""
    try:
        return path.is_dir() or path.stat().st_size > 0
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ArchiveError(f"{path} cannot be used as an archive: {error.strerror}") from error


def check_file(path: Path) -> None:
    """Raise an ArchiveError where there is no file at `path` that may be a SQLite database.

    The file is not opened: a process that opens and closes it loses every lock that it has on it (fcntl(2)),
    those of SQLite's connections too. Another process that has read would then take itself for the last one,
    and remove the log that this one is writing. What is no database SQLite says at the first query.
    """
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise ArchiveNotFoundError(
            f"no archive at {path}: make one with `imr-archive ingest PATH... --db {path}`"
        ) from error
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror}") from error
    if stat.S_ISDIR(status.st_mode):
        raise NotAnArchiveError(f"{path} is a folder, not an archive")
    if not stat.S_ISREG(status.st_mode):
        raise NotAnArchiveError(f"{path} is not a file")
    if not os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
        raise ArchiveError(f"{path} cannot be read: {os.strerror(errno.EACCES)}")
    if not status.st_size:
        raise NotAnArchiveError(f"{path} is empty, not an archive")


def check_schema(connection: Connection, path: Path) -> None:
    """Raise an ArchiveError where the database is not ours, or its schema not of this version."""
    revision = read_revision(connection, path)
    if is_older(revision):
        raise SchemaTooOldError(
            f"{path} was made by an older version: bring it up to date with `imr-archive upgrade --db {path}`"
        )
    if revision > SCHEMA_REVISION:
        raise SchemaTooNewError(
            f"{path} was made by a newer version of imr-archive (schema {revision}, this one knows "
            f"{SCHEMA_REVISION}): install the newer version"
        )


def is_older(revision: str) -> bool:
    """Whether a schema of this revision needs an upgrade."""
    return revision < SCHEMA_REVISION


def read_revision(connection: Connection, path: Path) -> str:
    """The schema's revision; NotAnArchiveError where the database is not one of ours."""
    ours = connection.exec_driver_sql("PRAGMA application_id").scalar_one() == APPLICATION_ID
    known = (
        ours
        and connection.exec_driver_sql(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
        ).scalar()
    )
    revision = known and connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if not revision:
        raise NotAnArchiveError(f"{path} is a SQLite database, but not one that imr-archive made")
    return str(revision)
