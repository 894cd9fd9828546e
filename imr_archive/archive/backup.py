"""A copy of an archive that was tested before it took its name, made while others read and write."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from imr_archive.archive.checking import CheckReport, check_archive
from imr_archive.archive.connection import open_for_reading
from imr_archive.archive.engine import plain_errors
from imr_archive.errors import ArchiveError, ArchiveNotFoundError, ArchiveReadOnlyError, UsageError

PAGES = 1024
"""Pages copied between two words of progress: 16 MB."""

_RESERVE = 1.02
"""The copy needs the archive's size on the disk, and a little for the folder and SQLite's own files."""

Progress = Callable[[int, int], None]
"""Is told how many pages are copied, of how many."""


class BackupSummary(msgspec.Struct, frozen=True, kw_only=True):
    """The copy that was made. bytes: its size; replaced: another file had the name before."""

    archive: str
    backup: str
    bytes: int
    letters: int
    replaced: bool
    seconds: float
    check: CheckReport

    def to_dict(self) -> dict[str, object]:
        """The summary as plain JSON types."""
        plain: dict[str, object] = msgspec.to_builtins(self)
        return plain | {"check": self.check.to_dict()}


def back_up(
    archive: Path, target: Path, *, force: bool = False, progress: Progress | None = None
) -> BackupSummary:
    """Copy the archive at `archive` to `target` as it is now, even while letters are being read in.

    The copy is made beside `target`, tested, and only then given its name; force: where a file has it, that
    one is replaced. Raises UsageError where `target` is taken, ArchiveNotFoundError where its folder is
    missing, ArchiveReadOnlyError or ArchiveError where the copy cannot be made or is not sound. Nothing is
    left of a copy that failed, and what had its name is as it was.
    """
    started = time.monotonic()
    replaced = _prepare(archive, target, force=force)
    with (
        _failures_of(target),
        tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as at,
    ):
        copy = Path(at) / target.name
        copied = _copy(archive, copy, progress)
        report, letters = _tested(copy)
        if not report.sound:
            first = next(finding for test in report.tests for finding in test.findings)
            raise ArchiveError(f"the copy is not sound and was not kept: {first}; see `imr-archive check`")
        _give_name(copy, target, replace=replaced)
    return BackupSummary(
        archive=str(archive),
        backup=str(target),
        bytes=copied,
        letters=letters,
        replaced=replaced,
        seconds=round(time.monotonic() - started, 3),
        check=msgspec.structs.replace(report, path=str(target)),
    )


def _prepare(archive: Path, target: Path, *, force: bool) -> bool:
    """Raise where the copy cannot be made; whether a file has its name."""
    open_for_reading(archive).close()
    if not target.parent.is_dir():
        raise ArchiveNotFoundError(
            f"no folder {target.parent} to make {target.name} in: make the folder first"
        )
    if target.is_dir():
        raise UsageError(f"{target} is a folder: name a file for the backup")
    taken = target.exists()
    if taken and target.samefile(archive):
        raise UsageError(f"{target} is the archive itself: name another file for the backup")
    if taken and not force:
        raise UsageError(f"{target} is there already: name another file, or replace it with --force")
    for beside in ("-wal", "-journal"):
        left = target.with_name(target.name + beside)
        if left.exists() and left.stat().st_size:
            raise UsageError(f"{target} is in use or was not closed properly ({left.name} lies beside it)")
    needed = int(sum(_sizes(archive)) * _RESERVE)
    if shutil.disk_usage(target.parent).free < needed:
        raise ArchiveError(f"no room for a copy in {target.parent}: {needed / 1e6:,.0f} MB are needed")
    return taken


def _sizes(archive: Path) -> Iterator[int]:
    for beside in ("", "-wal"):
        with contextlib.suppress(FileNotFoundError):  # there is no log, or it was closed a moment ago
            yield archive.with_name(archive.name + beside).stat().st_size


@contextlib.contextmanager
def _failures_of(target: Path) -> Iterator[None]:
    try:
        with plain_errors(target):
            yield
    except PermissionError as error:
        raise ArchiveReadOnlyError(
            f"{target} cannot be made: no permission to write in {target.parent}"
        ) from error
    except OSError as error:
        raise ArchiveError(f"{target} cannot be made: {error.strerror or error}") from error


def _copy(archive: Path, copy: Path, progress: Progress | None) -> int:
    """SQLite's online backup; the size of the copy.

    The transaction around it holds on to the archive as it was at its beginning: SQLite would begin the copy
    anew each time that another process has written.
    """
    address = archive.absolute().as_uri() + "?mode=rw"
    with (
        closing(sqlite3.connect(address, uri=True, isolation_level=None)) as source,
        closing(sqlite3.connect(copy, isolation_level=None)) as target,
    ):
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()

        def tell(_status: int, remaining: int, total: int) -> None:
            if progress:
                progress(total - remaining, total)

        source.backup(target, pages=PAGES, progress=tell)
        source.execute("ROLLBACK")
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return copy.stat().st_size


def _tested(copy: Path) -> tuple[CheckReport, int]:
    """The test of the copy, and how many letters it holds."""
    with open_for_reading(copy) as database:
        report = check_archive(database)
        with database.read() as connection:
            letters: int = connection.exec_driver_sql("SELECT count(*) FROM letters").scalar_one()
    return report, letters


def _give_name(copy: Path, target: Path, *, replace: bool) -> None:
    """Bring the copy to the disk, then give it its name; never over a file that came meanwhile."""
    _sync(copy)
    try:
        if replace:
            copy.replace(target)
        else:
            os.link(copy, target)
    except FileExistsError as error:
        raise UsageError(
            f"{target} is there already: name another file, or replace it with --force"
        ) from error
    except OSError:  # a file system without hard links
        if target.exists():
            raise
        copy.replace(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
