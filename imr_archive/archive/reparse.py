"""Reading stored letters again with the parser and vocabulary of today, without their files.

Cases are read again in order of their row number, some hundreds in one transaction together with the mark of
how far it came (`unfinished_reparses`) and the account of what changed so far. A run that ends at any instant
leaves whole batches; the same call goes on behind the mark, and its report is of the whole. Only what changed
is written, so a reparse that changes nothing leaves every row as it was.
"""

from __future__ import annotations

import sqlite3
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from imr_archive.archive.batch import Batch
from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.differences import differences
from imr_archive.archive.facts import told_by_letters
from imr_archive.archive.lookups import remove_unused
from imr_archive.archive.marks import Mark, leave_mark, read_mark, remove_marks
from imr_archive.archive.prepare import prepared_letter
from imr_archive.archive.prepared import NOT_STORABLE, PARSER_ERROR, REASONS
from imr_archive.archive.rebuild import rebuild
from imr_archive.archive.regroup import Regrouped, Reread, StoredLetter, regroup
from imr_archive.archive.reparse_report import CaseChange, Failure, ReparseReport
from imr_archive.archive.running import never
from imr_archive.archive.selectors import ALL, Selector
from imr_archive.archive.store import UNSTORABLE, Store, sqlite_cursor
from imr_archive.archive.stored_facts import told_by_rows
from imr_archive.archive.writer_lock import hold_archive
from imr_archive.parsing import parse_letters, parser_version

BATCH = 200
"""Cases in one transaction."""

Handle = Callable[[Sequence[int]], set[int]]


@dataclass(frozen=True)
class ReparseProgress:
    """How far a run has come: `done` of `total` cases; the report counts all that changed so far."""

    done: int
    total: int
    report: ReparseReport


class Progress(Protocol):
    """Is told how a run goes; a command draws it."""

    def show(self, progress: ReparseProgress) -> None:
        """Some more cases are done with."""


class _Silent:
    """A progress that nobody watches."""

    def show(self, progress: ReparseProgress) -> None:
        """Say nothing."""


class UnreadableError(Exception):
    """The parser failed on a stored letter, or its text is damaged."""


def reparse(
    database: ArchiveDatabase,
    letters: Selector = ALL,
    *,
    dry_run: bool = False,
    restart: bool = False,
    batch: int = BATCH,
    wait: float = 0.0,
    progress: Progress | None = None,
    stop: Callable[[], bool] = never,
) -> ReparseReport:
    """Read the cases of `letters` again and make their rows say what their letters say now.

    dry_run: change nothing and only report; an archive opened for reading will do. restart: begin anew where
    an earlier run was interrupted. batch: cases in one transaction. wait: seconds to wait for another process
    that is writing. stop: is asked after every batch; once it says yes, the run ends. A case that cannot be
    read again stays as it was and is named in the report. Raises an ArchiveLockedError where another process
    reads letters into the archive; an ArchiveError where the database fails: all batches before are kept.
    """
    started = time.monotonic()
    watch = _Watch(batch, progress or _Silent(), stop)
    if dry_run:
        report = _look(database, letters, watch)
    else:
        with hold_archive(database.path, wait=wait):
            report = _run(database, letters, watch, restart=restart)
    report.seconds = time.monotonic() - started
    return report


def read_again(stored: StoredLetter) -> Reread:
    """What a stored letter says to the parser of today; UnreadableError where it fails."""
    try:
        records = parse_letters(stored.text(), stored.source)
    except Exception as error:  # a defect of the parser costs one case, not the run
        raise UnreadableError(f"{stored.source}: {type(error).__name__}: {error}") from error
    record = msgspec.structs.replace(records[0], part=stored.part)
    letter = prepared_letter(record, stored.text_sha256, stored.packed_text)
    return Reread(stored, letter, several=len(records) > 1)


def changes_of(cursor: sqlite3.Cursor, regrouped: Regrouped) -> list[CaseChange]:
    """What differs between the rows of the cases and what their letters say now."""
    before = told_by_rows(cursor, sorted(regrouped.known_by))
    found = []
    for case_id, placed in regrouped.cases.items():
        after = told_by_letters(placed)
        found.append(CaseChange(after.title, case_id, False, tuple(differences(before[case_id], after))))
    for placed in regrouped.new:
        after = told_by_letters(placed)
        found.append(CaseChange(after.title, None, False, tuple(differences(None, after))))
    for case_id in regrouped.gone:
        told = before[case_id]
        found.append(CaseChange(told.title, case_id, True, tuple(differences(told, None))))
    return [change for change in found if change.differences]


class _Watch:
    """How the batches of a run are parted, shown and stopped."""

    def __init__(self, size: int, progress: Progress, stop: Callable[[], bool]) -> None:
        self._size = size
        self._progress = progress
        self._stop = stop

    def batches(self, case_ids: Sequence[int], report: ReparseReport) -> Iterator[Sequence[int]]:
        """The cases, batch by batch; what is asked for next means that the last one is done."""
        ids = array("q", case_ids)
        for start in range(0, len(ids), self._size):
            yield ids[start : start + self._size]
            done = min(start + self._size, len(ids))
            self._progress.show(ReparseProgress(done, len(ids), report))
            if done < len(ids) and self._stop():
                report.stopped = True
                return


def _look(database: ArchiveDatabase, letters: Selector, watch: _Watch) -> ReparseReport:
    """What a reparse would change."""
    report = ReparseReport(parser_version=parser_version(), dry_run=True)
    with database.read() as connection:
        cursor = sqlite_cursor(connection)

        def handle(ids: Sequence[int]) -> set[int]:
            regrouped = regroup(cursor, ids, read_again)
            report.count(ids, regrouped, changes_of(cursor, regrouped))
            return set(regrouped.known_by)

        early: set[int] = set()
        for ids in watch.batches(letters.case_ids(cursor), report):
            left = [case_id for case_id in ids if case_id not in early]
            early |= _handle_each(cursor, left, handle, report).difference(ids)
    return report


def _run(database: ArchiveDatabase, letters: Selector, watch: _Watch, *, restart: bool) -> ReparseReport:
    """The reparse itself, batch after batch."""
    store = Store(database)
    with store.transaction() as rows:
        mark = None if restart else read_mark(rows.cursor, letters.text, parser_version())
        case_ids = letters.case_ids(rows.cursor, after=mark.last_case_id if mark else 0)
        report = mark.report if mark else ReparseReport(parser_version=parser_version())
        report.resumed, report.stopped = mark is not None, False
    early: set[int] = set()
    for ids in watch.batches(case_ids, report):
        with store.transaction() as rows:
            left = [case_id for case_id in ids if case_id not in early]
            handled = _handle_each(rows.cursor, left, _rebuilder(store, rows, report), report)
            early |= handled.difference(ids)
            leave_mark(rows.cursor, Mark(letters.text, ids[-1], report))
    if not report.stopped:
        _finish(store, letters, report)
    return report


def _finish(store: Store, letters: Selector, report: ReparseReport) -> None:
    """Take the mark away, and the shared rows that no case names any longer; let the planner learn sizes."""
    with store.transaction() as rows:
        remove_marks(rows.cursor, None if letters == ALL else letters.text)
        if report.changed_cases:
            remove_unused(rows.cursor)
            rows.cursor.execute("PRAGMA analysis_limit = 400")
            rows.cursor.execute("PRAGMA optimize")


def _rebuilder(store: Store, rows: Batch, report: ReparseReport) -> Handle:
    """What reads cases again and writes what changed, all of them or none."""

    def handle(ids: Sequence[int]) -> set[int]:
        with store.savepoint(rows) as batch:
            regrouped = regroup(batch.cursor, ids, read_again)
            changes = changes_of(batch.cursor, regrouped)
            rebuild(batch, regrouped, changes, parser_version())
        report.count(ids, regrouped, changes)
        return set(regrouped.known_by)

    return handle


def _handle_each(
    cursor: sqlite3.Cursor, ids: Sequence[int], handle: Handle, report: ReparseReport
) -> set[int]:
    """Handle cases together, or each alone where one of them cannot be; those are reported as failed.

    Gives the cases that were handled, with others that their letters concern.
    """
    try:
        return handle(ids)
    except (UnreadableError, *UNSTORABLE):
        handled: set[int] = set()
        for case_id in ids:
            try:
                handled |= handle([case_id])
            except UnreadableError as error:
                report.fail(Failure(_name(cursor, case_id), PARSER_ERROR, str(error)))
            except UNSTORABLE as error:
                report.fail(
                    Failure(_name(cursor, case_id), NOT_STORABLE, f"{REASONS[NOT_STORABLE]} ({error})")
                )
        return handled


def _name(cursor: sqlite3.Cursor, case_id: int) -> str:
    (known_by,) = cursor.execute("SELECT known_by FROM cases WHERE id = ?", (case_id,)).fetchone()
    return str(known_by)
