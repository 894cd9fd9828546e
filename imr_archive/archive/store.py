"""Prepared letters into tables, one transaction a batch: all of it is stored, or nothing.

Which letter is which: the same bytes, or the same text in another container, are known already. Another text
of a case that is known is a new version of its letter. The case is as its current version tells it: the one
decided latest and, where dates are equal or missing, the one read latest. Older versions stay in `letters`.
"""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

import msgspec
from sqlalchemy import Connection

from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.lookups import Lookups
from imr_archive.archive.prepared import NOT_STORABLE, Prepared, PreparedLetter, set_aside
from imr_archive.archive.rows import (
    COLUMNS,
    Row,
    case_row,
    citation_row,
    insert_statement,
    item_row,
    letter_row,
    page_rows,
    problem_rows,
    section_rows,
    timestamp,
    update_statement,
)
from imr_archive.archive.source_files import note_file
from imr_archive.parsing.record import LetterRecord

Became = Literal["stored", "new_version", "known", "set_aside"]

_INSERTS = {table: insert_statement(table) for table in COLUMNS}
_UPDATE_CASE = update_statement("cases")
_NUMBERED = ("cases", "letters", "disputed_items", "guideline_citations")

_UNSTORABLE = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError, OverflowError)
"""What SQLite raises where a value breaks a constraint or fits no column."""


class FileOutcome(msgspec.Struct, frozen=True):
    """What became of one input; `letters` and `items` count what it added to the archive."""

    path: str
    became: Became
    reason: str | None = None
    letters: int = 0
    items: int = 0


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

    def add(self, files: Sequence[Prepared]) -> list[FileOutcome]:
        """Store a batch in one transaction; an outcome for each file, in their order.

        A file whose values the archive's constraints refuse is set aside, and the others are stored. Raises
        an ArchiveError where the database fails; nothing of the batch is stored then.
        """
        try:
            with self._transaction() as (cursor, now):
                batch = Batch(cursor, self._lookups, now)
                outcomes = [batch.add(file) for file in files]
                batch.flush()
                return outcomes
        except _UNSTORABLE:
            with self._transaction() as (cursor, now):
                return [self._add_alone(cursor, file, now) for file in files]

    def _add_alone(self, cursor: sqlite3.Cursor, file: Prepared, now: str) -> FileOutcome:
        """Store one file, or where that cannot be, what it is set aside for."""
        cursor.execute("SAVEPOINT one_file")
        try:
            outcome = self._add_one(cursor, file, now)
        except _UNSTORABLE:
            cursor.execute("ROLLBACK TO one_file")
            self._lookups.forget()
            outcome = self._add_one(cursor, set_aside(file, NOT_STORABLE), now)
        cursor.execute("RELEASE one_file")
        return outcome

    def _add_one(self, cursor: sqlite3.Cursor, file: Prepared, now: str) -> FileOutcome:
        batch = Batch(cursor, self._lookups, now)
        outcome = batch.add(file)
        batch.flush()
        return outcome

    @contextmanager
    def _transaction(self) -> Iterator[tuple[sqlite3.Cursor, str]]:
        """A cursor in a transaction, and its time. Remembered ids hold only while nobody else writes."""
        try:
            with self._database.write() as connection:
                cursor = _cursor(connection)
                (data_version,) = cursor.execute("PRAGMA data_version").fetchone()
                version = (id(cursor.connection), data_version)
                if version != self._seen_version:
                    self._lookups.forget()
                    self._seen_version = version
                yield cursor, timestamp(self._clock())
        except BaseException:
            self._lookups.forget()
            raise


def _cursor(connection: Connection) -> sqlite3.Cursor:
    """SQLite's own cursor in SQLAlchemy's transaction, for many small rows are written faster by it."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError(f"an archive is a SQLite database, not {type(driver).__name__}")
    return driver.cursor()


class Batch:
    """The rows of one transaction; they wait in memory and go to SQLite table by table."""

    def __init__(self, cursor: sqlite3.Cursor, lookups: Lookups, now: str) -> None:
        self._cursor = cursor
        self._lookups = lookups
        self._now = now
        self._waiting: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        self._claimed: set[str] = set()
        self._next = {
            table: cursor.execute(f"SELECT ifnull(max(id), 0) + 1 FROM {table}").fetchone()[0]
            for table in _NUMBERED
        }

    def add(self, file: Prepared) -> FileOutcome:
        """Decide what becomes of a file and take in its letters."""
        if file.reason is not None:
            note_file(self._cursor, file, "set_aside", self._now)
            return FileOutcome(file.path, "set_aside", file.reason)
        became: list[Became] = []
        stored = []
        for letter in file.letters:
            became.append(self._add_letter(file, letter))
            if became[-1] != "known":
                stored.append(letter)
        note_file(self._cursor, file, "stored" if stored else "known", self._now)
        items = sum(len(letter.record.items) for letter in stored)
        for most in ("stored", "new_version"):
            if most in became:
                return FileOutcome(file.path, most, None, len(stored), items)
        return FileOutcome(file.path, "known")

    def flush(self) -> None:
        """Write all that waits."""
        for table, rows in self._waiting.items():
            if rows:
                self._cursor.executemany(_INSERTS[table], rows)
                rows.clear()
        self._claimed.clear()

    def _add_letter(self, file: Prepared, letter: PreparedLetter) -> Became:
        identities = {f"{file.sha256} {letter.record.part}", letter.text_sha256, letter.known_by}
        if identities & self._claimed:
            self.flush()
        if self._is_known(file, letter):
            return "known"
        self._claimed |= identities
        case = self._cursor.execute(
            "SELECT id, decision_date, (SELECT max(version) FROM letters WHERE case_id = cases.id) "
            "FROM cases WHERE known_by = ?",
            (letter.known_by,),
        ).fetchone()
        if case is None:
            self._add_case(file, letter)
            return "stored"
        case_id, decided, version = case
        self._add_version(file, letter, case_id, version + 1, decided)
        return "new_version"

    def _is_known(self, file: Prepared, letter: PreparedLetter) -> bool:
        found = self._cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM letters WHERE sha256 = ? AND part = ?) "
            "OR EXISTS (SELECT 1 FROM letters WHERE text_sha256 = ?)",
            (file.sha256, letter.record.part, letter.text_sha256),
        ).fetchone()
        return bool(found[0])

    def _add_case(self, file: Prepared, letter: PreparedLetter) -> None:
        case_id = self._number("cases")
        self._waiting["cases"].append(self._case_row(case_id, letter))
        self._add_letter_row(file, letter, case_id, 1, current=True)
        self._add_items(case_id, letter.record)

    def _add_version(
        self, file: Prepared, letter: PreparedLetter, case_id: int, version: int, decided: str | None
    ) -> None:
        """Another letter of a known case, whose current letter was decided on `decided`."""
        date = letter.record.decision_date
        current = date is None or decided is None or date.isoformat() >= decided
        if current:
            self._cursor.execute(
                "UPDATE letters SET is_current = 0 WHERE case_id = ? AND is_current", (case_id,)
            )
            self.rebuild_case(case_id, letter)
        self._add_letter_row(file, letter, case_id, version, current=current)

    def rebuild_case(self, case_id: int, letter: PreparedLetter) -> None:
        """Make the rows of a case anew as `letter` tells it."""
        self._remove_items(case_id)
        row = self._case_row(case_id, letter)
        self._cursor.execute(_UPDATE_CASE, (*row[1:], case_id))
        self._add_items(case_id, letter.record)

    def _remove_items(self, case_id: int) -> None:
        items = "SELECT id FROM disputed_items WHERE case_id = ?"
        citations = f"SELECT id FROM guideline_citations WHERE item_id IN ({items})"
        for statement in (
            f"DELETE FROM citation_pages WHERE citation_id IN ({citations})",
            f"DELETE FROM citation_sections WHERE citation_id IN ({citations})",
            f"DELETE FROM guideline_citations WHERE item_id IN ({items})",
            "DELETE FROM disputed_items WHERE case_id = ?",
        ):
            self._cursor.execute(statement, (case_id,))

    def _case_row(self, case_id: int, letter: PreparedLetter) -> Row:
        record = letter.record
        reviewer = self._lookups.reviewer(self._cursor, record.reviewer, letter.unrecognised_specialties)
        return case_row(case_id, letter.known_by, record, reviewer)

    def _add_letter_row(
        self, file: Prepared, letter: PreparedLetter, case_id: int, version: int, *, current: bool
    ) -> None:
        letter_id = self._number("letters")
        row = letter_row(letter_id, case_id, version, current, file, letter, self._now)
        self._waiting["letters"].append(row)
        self._waiting["letter_problems"] += problem_rows(letter_id, letter.record)

    def _add_items(self, case_id: int, record: LetterRecord) -> None:
        for position, item in enumerate(record.items, 1):
            item_id = self._number("disputed_items")
            service = self._lookups.service(self._cursor, item)
            self._waiting["disputed_items"].append(item_row(item_id, case_id, position, item, service))
            for place, citation in enumerate(item.citations, 1):
                citation_id = self._number("guideline_citations")
                guideline = self._lookups.guideline(self._cursor, citation)
                self._waiting["guideline_citations"].append(
                    citation_row(citation_id, item_id, place, citation, guideline)
                )
                self._waiting["citation_sections"] += section_rows(citation_id, citation)
                self._waiting["citation_pages"] += page_rows(citation_id, citation)

    def _number(self, table: str) -> int:
        number: int = self._next[table]
        self._next[table] = number + 1
        return number
