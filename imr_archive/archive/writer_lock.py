"""One process at a time reads letters into an archive, and any other can say which.

SQLite's own lock is held for a batch and says nothing about its holder. A run holds this one from its first
file to its last: an advisory lock (`flock`) on the file `<archive>-writer`, which tells who and since when.
The system lets go of it when the process ends, however it ends; a file that was left behind locks nothing.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from imr_archive.errors import ArchiveError, ArchiveLockedError, ArchiveReadOnlyError

if sys.platform != "win32":
    import fcntl

_LOOK_AGAIN = 0.2
"""Seconds between two looks whether the holder is done."""


class Holder(msgspec.Struct, frozen=True):
    """Who holds an archive for writing."""

    pid: int
    host: str
    since: datetime.datetime

    def __str__(self) -> str:
        """Such as `process 4711 on kea, since 2026-11-20 21:54:03 UTC`."""
        return f"process {self.pid} on {self.host}, since {self.since:%Y-%m-%d %H:%M:%S} UTC"


def lock_file(archive: Path) -> Path:
    """Where the lock of an archive lies: beside it."""
    return archive.with_name(f"{archive.name}-writer")


@contextlib.contextmanager
def hold_archive(
    archive: Path, *, wait: float = 0.0, stop: Callable[[], bool] = lambda: False
) -> Iterator[None]:
    """Hold the archive for writing while the block runs.

    wait: seconds to wait for another holder. Raises ArchiveLockedError, which names the holder, when they are
    over, KeyboardInterrupt where `stop` says yes before, ArchiveReadOnlyError where nothing can be written
    beside the archive.
    """
    path = lock_file(archive.absolute())
    descriptor = _acquire(path, archive, time.monotonic() + wait, stop)
    try:
        holder = Holder(os.getpid(), socket.gethostname(), _now())
        os.pwrite(descriptor, msgspec.json.encode(holder), 0)
        yield
    finally:
        with contextlib.suppress(FileNotFoundError):  # somebody tidied up beside the archive
            path.unlink()
        os.close(descriptor)


def holder_of(archive: Path) -> Holder | None:
    """Who holds the archive, None where the file does not say; a look, not a promise."""
    try:
        return msgspec.json.decode(lock_file(archive.absolute()).read_bytes(), type=Holder)
    except (OSError, msgspec.MsgspecError):
        return None


def _acquire(path: Path, archive: Path, until: float, stop: Callable[[], bool]) -> int:
    while True:
        descriptor = _open(path, archive)
        if _lock(descriptor):
            if _is_still_there(descriptor, path):
                os.truncate(descriptor, 0)
                return descriptor
            os.close(descriptor)
            continue
        os.close(descriptor)
        if time.monotonic() >= until:
            holder = holder_of(archive)
            raise ArchiveLockedError(
                f"{archive} is being written to by {holder or 'another process'}: "
                "try again when it is done, or wait for it with --wait SECONDS"
            )
        if stop():
            raise KeyboardInterrupt
        time.sleep(_LOOK_AGAIN)


def _open(path: Path, archive: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except PermissionError as error:
        raise ArchiveReadOnlyError(f"{archive} cannot be written to: no permission for its folder") from error
    except OSError as error:
        raise ArchiveError(f"{archive} cannot be written to: {error.strerror or error}") from error


def _is_still_there(descriptor: int, path: Path) -> bool:
    """Whether the file that was locked is the one that others will find.

    The last holder takes the file away, perhaps after it was opened here and before it was locked.
    """
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None, microsecond=0)


if sys.platform == "win32":

    def _lock(descriptor: int) -> bool:  # noqa: ARG001
        """Windows has no such lock; SQLite's own keeps batches apart."""
        return True

else:

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
