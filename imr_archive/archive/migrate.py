"""Making an archive and bringing an older one up to date, by the migrations that travel with the package."""

from __future__ import annotations

import contextlib
import glob
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from imr_archive.archive.connection import check_file, check_schema, is_older, read_revision
from imr_archive.archive.engine import (
    APPLICATION_ID,
    DEFAULT_WAIT,
    make_engine,
    plain_errors,
    require_sqlite,
)
from imr_archive.errors import ArchiveError, ArchiveNotFoundError, ArchiveReadOnlyError

PAGE_SIZE = 16384
"""Bytes. A letter's compressed text takes two or three thousand: in pages of SQLite's usual 4096, a third of
each would stay empty."""

_WORKSHOP = ".making"
"""Ends the name of the folder in which an archive is made."""

_LEFT_BEHIND = 3600.0
"""Seconds. An archive is made in less than one: an older workshop belongs to a process that was killed."""

_ONE_AT_A_TIME = threading.Lock()
"""Alembic's `op` is one for the whole process."""


@dataclass(frozen=True)
class UpgradeResult:
    """What `upgrade` did: the schema's revision before and after.

    backup: the copy made first, None where none was asked for or needed.
    """

    path: Path
    before: str
    after: str
    backup: Path | None


def migrations_folder() -> Path:
    """Where the migrations are: in an installed package, or at the top of the source tree."""
    package = Path(__file__).parents[1]
    for folder in (package / "_migrations", package.parent / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise ArchiveError("this installation lacks its migrations: install imr-archive again")


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for one connection, which is in a transaction that the caller ends."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _run_migrations(connection: Connection) -> None:
    with _ONE_AT_A_TIME:
        command.upgrade(alembic_config(connection), "head")


def create_archive(path: Path) -> None:
    """Make an empty archive at `path`, in one step: it is built in a folder beside it and then linked.

    Where another process made one meanwhile, that one stays. Raises ArchiveNotFoundError where the folder
    does not exist, ArchiveReadOnlyError where it cannot be written to.
    """
    require_sqlite()
    if not path.parent.is_dir():
        raise ArchiveNotFoundError(f"no folder {path.parent} to make {path.name} in: make the folder first")
    _remove_leftovers(path)
    prefix = f".{path.name}-"
    try:
        with tempfile.TemporaryDirectory(_WORKSHOP, prefix, path.parent) as workshop:
            made = Path(workshop) / path.name
            with plain_errors(path), _transaction(made, DEFAULT_WAIT, new=True) as connection:
                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
                _run_migrations(connection)
            _move(made, path)
    except PermissionError as error:
        raise ArchiveReadOnlyError(
            f"{path} cannot be made: no permission to write in {path.parent}"
        ) from error
    except OSError as error:
        raise ArchiveError(f"{path} cannot be made: {error.strerror or error}") from error


def _remove_leftovers(path: Path) -> None:
    """Take away workshops that killed processes left beside `path`.

    Only what this module puts into one is removed, by name, so a folder that holds anything else stays.
    """
    for workshop in path.parent.glob(f".{glob.escape(path.name)}-*{_WORKSHOP}"):
        # A workshop that another process removes meanwhile, or that is not ours to remove, is no hindrance.
        with contextlib.suppress(OSError):
            if workshop.is_symlink() or time.time() - workshop.stat().st_mtime < _LEFT_BEHIND:
                continue
            for suffix in ("", "-wal", "-shm", "-journal"):
                (workshop / f"{path.name}{suffix}").unlink(missing_ok=True)
            workshop.rmdir()


def _move(made: Path, path: Path) -> None:
    """Give the new file its place without ever overwriting an archive that holds something."""
    try:
        os.link(made, path)
    except FileExistsError:
        if path.stat().st_size == 0:
            made.replace(path)
    except OSError:  # a file system without hard links
        if not path.exists():
            made.replace(path)


def upgrade(path: Path, *, backup: bool = True, wait: float = DEFAULT_WAIT) -> UpgradeResult:
    """Bring the archive at `path` to this version's schema; one that is there already is left as it is.

    The archive is copied first to `<name>.backup-<revision>`, unless `backup` is off. Should anything fail,
    the archive is as it was: an ArchiveError says why.
    """
    require_sqlite()
    check_file(path)
    copy: Path | None = None
    try:
        with plain_errors(path), _transaction(path, wait) as connection:
            revision = read_revision(connection, path)
            if is_older(revision):
                copy = _back_up(path, revision) if backup else None
                _run_migrations(connection)
                _check_foreign_keys(connection)
            check_schema(connection, path)
            reached = read_revision(connection, path)
    except (SQLAlchemyError, CommandError) as error:
        reason = str(error).splitlines()[0]
        raise ArchiveError(f"the upgrade of {path} failed and left it as it was: {reason}") from error
    return UpgradeResult(path, revision, reached, copy)


@contextmanager
def _transaction(path: Path, wait: float, *, new: bool = False) -> Iterator[Connection]:
    """One transaction of the only writer.

    Foreign keys are off, as they must be while a table is made anew; they are checked at the end.
    """
    engine = make_engine(path, "write", wait=wait, foreign_keys=False)
    try:
        with engine.connect().execution_options(begin="BEGIN IMMEDIATE") as connection:
            if new:
                _format(connection)
            with connection.begin():
                yield connection
    finally:
        engine.dispose()


def _format(connection: Connection) -> None:
    """Set what a database file keeps for good, which must be done outside of any transaction."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        driver.execute(f"PRAGMA page_size={PAGE_SIZE}")
        driver.execute("PRAGMA journal_mode=WAL")


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise ArchiveError(
            f"the upgrade would break {len(broken)} references between tables, first: {broken[0]}"
        )


def _back_up(path: Path, revision: str) -> Path:
    """Copy the archive as it stands to a name that is not taken; nothing is left of a copy that failed."""
    copy = path.with_name(f"{path.name}.backup-{revision}")
    number = 1
    while copy.exists():
        number += 1
        copy = path.with_name(f"{path.name}.backup-{revision}-{number}")
    try:
        _back_up_to(path, copy)
    except sqlite3.Error as error:
        copy.unlink(missing_ok=True)
        raise ArchiveError(f"no backup could be made at {copy}, so nothing was changed: {error}") from error
    return copy


def _back_up_to(path: Path, copy: Path) -> None:
    """SQLite's online backup, which is whole even while others read and write."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
