"""Files that have arrived and are not read yet, and when one has been written whole.

A file is whole when its size and time have stood still for a while and no process has it open for writing.
The second is asked of the kernel, where it can tell (Linux, for files of the same user): it grants a read
lease on a file only while nobody has it open for writing (fcntl(2), F_SETLEASE). So a slow writer that pauses
is waited for; elsewhere only stillness counts.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from imr_archive.errors import PathNotFoundError
from imr_archive.sources.discovery import discover
from imr_archive.sources.documents import Discovered, Found
from imr_archive.sources.naming import kind_of, skipped

SETTLE = 2.0
"""Seconds for which a file must stand still."""

_RECENT = 3600.0
"""Seconds since its last change from which on a file that is met in a folder is not asked for its writers."""


@dataclass
class _Seen:
    """A file as it was looked at last, and since when it has been so."""

    size: int
    modified_ns: int
    since: float


class Arrivals:
    """Files that wait to be whole."""

    def __init__(self, settle: float = SETTLE, clock: Callable[[], float] = time.monotonic) -> None:
        self._settle = settle
        self._clock = clock
        self._waiting: dict[str, _Seen | None] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def note(self, path: str, root: str = "") -> None:
        """A file has come or changed, or a folder with all that is in it; what is no input passes by.

        root: the folder that is watched; what is hidden above it does not count.
        """
        if os.path.isdir(path):  # noqa: PTH112 - paths stay strings, as discovery has them
            for thing in discover_still(path):
                if isinstance(thing, Found):
                    self._waiting.setdefault(thing.file, None)
        elif _is_input(path, root):
            self._waiting.setdefault(path, None)

    def whole(self) -> list[str]:
        """The files that are whole, which wait no longer; those that are gone are forgotten."""
        now = self._clock()
        return [path for path in sorted(self._waiting) if self._is_whole(path, now)]

    def older(self, things: Iterable[Discovered]) -> Iterator[Discovered]:
        """Those of the things in a folder that are whole by their age; the others wait."""
        for thing in things:
            if isinstance(thing, Found) and self._may_be_unfinished(thing):
                self._waiting.setdefault(thing.file, None)
            else:
                yield thing

    def _may_be_unfinished(self, found: Found) -> bool:
        age = (time.time_ns() - found.modified_ns) / 1e9
        return age < self._settle or (age < _RECENT and is_open_for_writing(found.file))

    def _is_whole(self, path: str, now: float) -> bool:
        try:
            status = Path(path).stat()
        except OSError:  # gone again, or out of reach: then the next look at its folder says so
            del self._waiting[path]
            return False
        seen = self._waiting[path]
        if seen is None or (seen.size, seen.modified_ns) != (status.st_size, status.st_mtime_ns):
            self._waiting[path] = _Seen(status.st_size, status.st_mtime_ns, now)
            return False
        if now - seen.since < self._settle or is_open_for_writing(path):
            return False
        del self._waiting[path]
        return True


def discover_still(path: str) -> Iterator[Discovered]:
    """What is at and under a path; nothing where it is gone."""
    with contextlib.suppress(PathNotFoundError):
        yield from discover([path])


def _is_input(path: str, root: str) -> bool:
    parts = Path(path).parts[len(Path(root).parts) if root else -1 :]
    return kind_of(parts[-1]) is not None and not any(map(skipped, parts))


if sys.platform == "linux":
    import fcntl

    def is_open_for_writing(path: str) -> bool:
        """Whether a process has the file open to write to it; False where the system does not tell."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            # A writer that opens the file at this very moment makes the kernel send a signal: one that is
            # ignored by default, where its own choice (SIGIO) would end this process.
            fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as error:
            return error.errno == errno.EAGAIN
        finally:
            os.close(descriptor)  # which gives the lease back
        return False

else:

    def is_open_for_writing(path: str) -> bool:  # noqa: ARG001
        """Whether a process has the file open to write to it: this system does not tell."""
        return False
