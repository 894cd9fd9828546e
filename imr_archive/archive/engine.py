"""SQLite itself: how a database file is opened, and what its errors mean to a user."""

from __future__ import annotations

import functools
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError

from imr_archive.archive.text_dictionaries import Dictionaries
from imr_archive.errors import ArchiveError, ArchiveLockedError, ArchiveReadOnlyError, NotAnArchiveError

APPLICATION_ID = int.from_bytes(b"IMRA", "big")
"""What `PRAGMA application_id` says in every archive of ours."""

MINIMUM_SQLITE = (3, 35, 0)
"""The oldest SQLite that will do: migrations drop columns, which came with 3.35 (2021)."""

DEFAULT_WAIT = 5.0
"""Seconds to wait for another process that is writing."""

_PARTS_IN_LOG = 8
"""The log may hold one of so many parts of the database."""

_SHORTEST_LOG = 1_000
"""Pages, SQLite's own default."""

_LONGEST_LOG = 16_384
"""Pages, 256 MiB."""

_PLACE = re.compile(r"\[\d+\]")

Access = Literal["write", "read", "immutable"]


@functools.cache
def require_sqlite() -> None:
    """Raise ArchiveError where Python's SQLite is too old or lacks full-text search."""
    if sqlite3.sqlite_version_info < MINIMUM_SQLITE:
        needed = ".".join(map(str, MINIMUM_SQLITE))
        raise ArchiveError(
            f"SQLite {sqlite3.sqlite_version} is too old: {needed} or newer is needed (use a newer Python)"
        )
    memory = sqlite3.connect(":memory:")
    try:
        memory.execute("CREATE VIRTUAL TABLE probe USING fts5(words)")
    except sqlite3.OperationalError as error:
        raise ArchiveError(
            "this Python's SQLite lacks FTS5, the full-text search: use another build"
        ) from error
    finally:
        memory.close()


def make_engine(
    path: Path, access: Access, *, wait: float = DEFAULT_WAIT, foreign_keys: bool = True
) -> Engine:
    """An engine on the database file `path`, which must exist unless `access` is `write`.

    Transactions are SQLAlchemy's own: every one is opened by the BEGIN that the connection's execution option
    `begin` names (`BEGIN` where there is none), so DDL is rolled back with the rest. `immutable` reads a
    file that nobody can be writing, without any file beside it.
    """
    address = (
        path.absolute().as_uri()
        + {
            "write": "?mode=rwc",
            "read": "?mode=rw",
            "immutable": "?mode=ro&immutable=1",
        }[access]
    )

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            address, uri=True, timeout=wait, isolation_level=None, check_same_thread=False
        )
        _configure(connection, access, foreign_keys=foreign_keys)
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)
    event.listen(engine, "begin", _begin)
    return engine


def bare_field(path: str | None) -> str | None:
    """The SQL function `bare_field(path)`: without places in lists, `items[2].outcome` is `items.outcome`."""
    return None if path is None else _PLACE.sub("", path)


def fit_log(connection: Connection) -> None:
    """Let the write-ahead log grow with the database before it is written into it.

    Of a large archive a batch changes some ten thousand pages all over it, which are so written once for
    several batches. The log of a small one is short: what it holds at the end is written when the archive is
    closed, and somebody waits for that.
    """
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    most = min(max(pages // _PARTS_IN_LOG, _SHORTEST_LOG), _LONGEST_LOG)
    connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint={most}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(str(connection.get_execution_options().get("begin", "BEGIN")))


def _configure(connection: sqlite3.Connection, access: Access, *, foreign_keys: bool) -> None:
    """Settings of one connection.

    `synchronous=NORMAL` with WAL: after a power cut the database is whole, and what the last moments before
    it had committed may be missing. Ingest reads those letters again when it is started again, so nothing is
    lost, and each batch is spared two waits for the disk. Of the database 256 MiB are kept in memory: entries
    of an index by hash or by date fall on pages all over it, and are so not read again for each batch.
    """
    connection.create_function("letter_text", 1, Dictionaries(connection).letter_text, deterministic=True)
    connection.create_function("bare_field", 1, bare_field, deterministic=True)
    connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
    if access == "write":
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA cache_size=-262144")
        connection.execute("PRAGMA journal_size_limit=268435456")
    else:
        connection.execute("PRAGMA query_only=ON")


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the file itself into ours; those of a statement pass unchanged."""
    try:
        yield
    except (sqlite3.Error, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        translated = _translate(cause, path)
        if translated is None:
            raise
        raise translated from error


def error_code(error: BaseException | None) -> int:
    """SQLite's primary result code of an error, 0 where it carries none."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def _translate(error: BaseException | None, path: Path) -> ArchiveError | None:
    kind, message = _MEANINGS.get(error_code(error), (None, ""))
    return None if kind is None else kind(message.format(path=path, error=error))


_IN_USE = "{path} is in use: another process is writing to it; try again later"
_NOT_WRITABLE = "{path} cannot be written to: no permission for it or its folder"

_MEANINGS: dict[int, tuple[type[ArchiveError], str]] = {
    sqlite3.SQLITE_BUSY: (ArchiveLockedError, _IN_USE),
    sqlite3.SQLITE_LOCKED: (ArchiveLockedError, _IN_USE),
    sqlite3.SQLITE_READONLY: (ArchiveReadOnlyError, _NOT_WRITABLE),
    sqlite3.SQLITE_CANTOPEN: (ArchiveReadOnlyError, _NOT_WRITABLE),
    sqlite3.SQLITE_PERM: (ArchiveReadOnlyError, _NOT_WRITABLE),
    sqlite3.SQLITE_NOTADB: (NotAnArchiveError, "{path} is not a SQLite database"),
    sqlite3.SQLITE_CORRUPT: (ArchiveError, "{path} is damaged ({error}): restore it from a backup"),
    sqlite3.SQLITE_FULL: (ArchiveError, "no room left on the disk of {path}: the last batch was not stored"),
    sqlite3.SQLITE_IOERR: (ArchiveError, "{path} cannot be read or written: {error}"),
}
"""What SQLite's result codes about the file mean (https://www.sqlite.org/rescode.html)."""
