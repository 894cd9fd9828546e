"""Prepared letters into tables, one transaction a batch: all of it is stored, or nothing."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection

from imr_archive.archive.batch import Batch, FileOutcome
from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.lookups import Lookups, remove_unused
from imr_archive.archive.prepared import NOT_STORABLE, Prepared, set_aside
from imr_archive.archive.rows import timestamp
from imr_archive.archive.text_dictionaries import newest_dictionary, train_where_due

__all__ = ["UNSTORABLE", "FileOutcome", "Store", "sqlite_cursor", "utc_now"]

UNSTORABLE = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError, OverflowError)
"""What SQLite raises where a value breaks a constraint or fits no column."""


def utc_now() -> datetime.datetime:
    """The time, in UTC and without a zone, as the archive keeps times."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


class Store:
    """Writes batches into an archive that was opened for writing."""

    def __init__(
        self, database: ArchiveDatabase, *, clock: Callable[[], datetime.datetime] = utc_now
    ) -> None:
        self._database = database
        self._clock = clock
        self._lookups = Lookups()
        self._seen_version: tuple[int, int] | None = None
        with database.read() as connection:
            self.dictionary = newest_dictionary(sqlite_cursor(connection))
            """What texts are to be compressed with before they come here; a batch may change it."""

    def add(self, files: Sequence[Prepared]) -> list[FileOutcome]:
        """Store a batch in one transaction; an outcome for each file, in their order.

        A file whose values the archive's constraints refuse is set aside, and the others are stored. Raises
        an ArchiveError where the database fails; nothing of the batch is stored then.
        """
        try:
            with self.transaction() as batch:
                outcomes = batch.add(files)
                batch.flush()
                dictionary = train_where_due(batch.cursor, batch.now)
        except UNSTORABLE:
            with self.transaction() as batch:
                return [self._add_alone(batch, file) for file in files]
        self.dictionary = dictionary or self.dictionary
        return outcomes

    def _add_alone(self, batch: Batch, file: Prepared) -> FileOutcome:
        """Store one file, or where that cannot be, what it is set aside for."""
        try:
            return self._add_in_savepoint(batch, file)
        except UNSTORABLE:
            return self._add_in_savepoint(batch, set_aside(file, NOT_STORABLE))

    def _add_in_savepoint(self, batch: Batch, file: Prepared) -> FileOutcome:
        with self.savepoint(batch) as alone:
            (outcome,) = alone.add([file])
            alone.flush()
        return outcome

    def tidy(self) -> None:
        """Remove the shared rows that nothing names any longer, as after a case was made anew."""
        with self.transaction() as batch:
            remove_unused(batch.cursor)
            self._lookups.forget()

    @contextmanager
    def transaction(self) -> Iterator[Batch]:
        """A batch in a transaction of its own, all of which is kept, or after an exception nothing.

        The caller flushes the batch.
        """
        try:
            with self._database.write() as connection:
                cursor = sqlite_cursor(connection)
                # Remembered ids hold only while nobody else writes.
                (data_version,) = cursor.execute("PRAGMA data_version").fetchone()
                version = (id(cursor.connection), data_version)
                if version != self._seen_version:
                    self._lookups.forget()
                    self._seen_version = version
                yield Batch(cursor, self._lookups, timestamp(self._clock()))
        except BaseException:
            self._lookups.forget()
            raise

    @contextmanager
    def savepoint(self, batch: Batch) -> Iterator[Batch]:
        """A batch within the transaction of `batch` that leaves nothing behind after an exception."""
        batch.cursor.execute("SAVEPOINT alone")
        try:
            yield batch.fresh()
        except BaseException:
            self._lookups.forget()
            if batch.cursor.connection.in_transaction:  # a full disk ends the whole transaction
                batch.cursor.execute("ROLLBACK TO alone")
                batch.cursor.execute("RELEASE alone")
            raise
        batch.cursor.execute("RELEASE alone")


def sqlite_cursor(connection: Connection) -> sqlite3.Cursor:
    """SQLite's own cursor in SQLAlchemy's transaction, for many small rows are moved faster by it."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError(f"an archive is a SQLite database, not {type(driver).__name__}")
    return driver.cursor()
