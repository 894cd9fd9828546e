"""Putting an archive in order: rationales compared, search index merged, statistics taken."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from imr_archive.archive.clusters import ClusterSummary, cluster_rationales
from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.engine import plain_errors
from imr_archive.archive.fulltext import TABLES
from imr_archive.archive.kept.definitions import SetDefinitions
from imr_archive.archive.kept.runs import KeepSummary
from imr_archive.archive.running import StepProgress, never, silent
from imr_archive.archive.store import sqlite_cursor
from imr_archive.archive.writer_lock import hold_archive
from imr_archive.errors import ArchiveError

_MERGED_AT_ONCE = 2_000
"""Pages of the search index that one transaction merges: some seconds on a slow disk."""

_ROWS_ANALYSED = 10_000
"""Rows of each index that ANALYZE looks at: enough for the planner, and seconds for millions of rows."""


class OptimizeSummary(msgspec.Struct, kw_only=True):
    """What was done. Sizes are in bytes; free: pages without content inside the file, before and after.

    kept: what was made of columns and sets of words, None where none were asked for.
    """

    archive: str
    rationales: ClusterSummary
    kept: KeepSummary | None = None
    size_before: int = 0
    size_after: int = 0
    free_before: int = 0
    free_after: int = 0
    vacuumed: bool = False
    seconds: float = 0.0
    stopped: bool = False


def optimize(
    database: ArchiveDatabase,
    *,
    sets: SetDefinitions | None = None,
    vacuum: bool = False,
    recluster: bool = False,
    reindex: bool = False,
    wait: float = 0.0,
    progress: StepProgress = silent,
    stop: Callable[[], bool] = never,
) -> OptimizeSummary:
    """Compare new rationales, merge the search index and take statistics; with `vacuum` write the file anew.

    Others read on undisturbed. sets: the columns and sets of words that are to be up to date after it.
    vacuum: it needs twice the archive's size on the disk while it lasts. recluster: compare all rationales
    anew. reindex: build the search index anew, and columns and sets of words with it. wait: seconds to wait
    for another process that is writing. stop: is asked time and again. Raises ArchiveLockedError where
    another process is writing; an ArchiveError where there is no room, or the database fails.
    """
    started = time.monotonic()
    summary = OptimizeSummary(archive=str(database.path), rationales=ClusterSummary())
    summary.size_before, summary.free_before = _size(database)
    if vacuum:
        _require_room(database.path, summary.size_before)
    summary.rationales = cluster_rationales(
        database,
        restart=recluster,
        wait=wait,
        progress=lambda done, total: progress("comparing rationales", done, total),
        stop=stop,
    )
    summary.stopped = summary.rationales.stopped
    if reindex and not summary.stopped:
        with hold_archive(database.path, wait=wait):
            _rebuild_index(database, progress)
    if sets is not None and not summary.stopped:
        # numpy takes longer to import than most commands need to answer.
        from imr_archive.archive.kept.building import keep_sets  # noqa: PLC0415

        summary.kept = keep_sets(
            database, sets, thorough=True, anew=reindex, wait=wait, progress=progress, stop=stop
        )
        summary.stopped = summary.kept.stopped
    if not summary.stopped:
        with hold_archive(database.path, wait=wait):
            summary.stopped = not _put_in_order(database, vacuum, progress, stop)
        summary.vacuumed = vacuum and not summary.stopped
    summary.size_after, summary.free_after = _size(database)
    summary.seconds = round(time.monotonic() - started, 3)
    return summary


def _put_in_order(
    database: ArchiveDatabase, vacuum: bool, progress: StepProgress, stop: Callable[[], bool]
) -> bool:
    """Merge, analyse, vacuum and empty the log; False where it was asked to stop."""
    for table in TABLES:
        if not _merge(database, table.name, progress, stop):
            return False
    progress("taking statistics", 0, None)
    with database.write() as connection:
        connection.exec_driver_sql(f"PRAGMA analysis_limit = {_ROWS_ANALYSED}")
        connection.exec_driver_sql("ANALYZE")
    if stop():
        return False
    with plain_errors(database.path), contextlib.closing(_alone(database.path)) as connection:
        if vacuum:
            progress("writing the file anew", 0, None)
            connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return True


def _rebuild_index(database: ArchiveDatabase, progress: StepProgress) -> None:
    """Build both search indexes anew from the rows, in one transaction: nobody sees half of them."""
    progress("building the search index", 0, None)
    with database.write() as connection:
        for table in TABLES:
            connection.exec_driver_sql(f"INSERT INTO {table.name} ({table.name}) VALUES ('rebuild')")


def _merge(database: ArchiveDatabase, table: str, progress: StepProgress, stop: Callable[[], bool]) -> bool:
    """Merge the parts of a search index into one, some pages in each transaction; False where it was stopped.

    A negative number begins the merge of all parts, the positive ones after it go on with that; a step that
    changes no more than two rows has found nothing left to merge (https://www.sqlite.org/fts5.html#the_merge_command).
    """
    pages, done = -_MERGED_AT_ONCE, 0
    while True:
        with database.write() as connection:
            cursor = sqlite_cursor(connection)
            before = cursor.connection.total_changes
            cursor.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('merge', ?)", (pages,))
            changed = cursor.connection.total_changes - before
        if changed < 2:
            return True
        pages = _MERGED_AT_ONCE
        done += changed
        progress("merging the search index", done, None)
        if stop():
            return False


def _alone(path: Path) -> sqlite3.Connection:
    """A connection outside of any transaction, where alone SQLite vacuums."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA cache_size = -65536")
    return connection


def _size(database: ArchiveDatabase) -> tuple[int, int]:
    """Bytes of the database, and those of them that are free."""
    with database.read() as connection:
        pages, free, size = (
            int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
            for name in ("page_count", "freelist_count", "page_size")
        )
    return pages * size, free * size


def _require_room(path: Path, size: int) -> None:
    """Vacuum writes the whole content to a temporary file and then through the log."""
    needed = 2 * size
    free = shutil.disk_usage(path.parent).free
    if free < needed:
        raise ArchiveError(
            f"no room to write {path} anew: {needed / 1e6:,.0f} MB are needed, {free / 1e6:,.0f} MB are free"
        )
