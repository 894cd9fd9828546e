"""Opening files of the disk without being held up or led astray by what they are."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import BinaryIO

from imr_archive.errors import SourceError
from imr_archive.sources.limits import MIB
from imr_archive.sources.reasons import Reason, source_error

# Opening a FIFO for reading would wait for a writer; with O_NONBLOCK it returns at once.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)

_READ_AT_ONCE = MIB

_REASON_BY_ERRNO: dict[int | None, Reason] = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.ELOOP: "symlink_loop",
    errno.ENXIO: "not_a_file",
    errno.EISDIR: "not_a_file",
}


def os_error(error: OSError) -> SourceError:
    """The error of the operating system as a reason to set the file aside."""
    reason = _REASON_BY_ERRNO.get(error.errno, "unreadable")
    return source_error(reason, "" if reason == "missing" else (error.strerror or str(error)).lower())


def open_regular(path: str) -> tuple[BinaryIO, os.stat_result]:
    """The regular file at `path`, open, with its status; raises SourceError for anything else."""
    descriptor, status = _opened(path)
    return os.fdopen(descriptor, "rb"), status


def read_whole(path: str, limit: int) -> bytes:
    """The bytes of the file at `path`; raises SourceError where it has more than `limit`."""
    descriptor, status = _opened(path)
    try:
        if status.st_size > limit:
            raise source_error("too_large", f"{status.st_size} bytes, limit {limit}")
        data = _read_to_end(descriptor, status.st_size, limit)
    except OSError as error:
        raise os_error(error) from error
    finally:
        os.close(descriptor)
    if len(data) > limit:
        raise source_error("too_large", f"more than {limit} bytes")
    return data


def read_ahead(path: str) -> None:
    """Has the system fetch the file at `path` from the disk, and does not wait for it.

    Where that cannot be, nothing is said: `read_whole` will say why.
    """
    if not hasattr(os, "posix_fadvise"):
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(path, _FLAGS)
        try:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_WILLNEED)
        finally:
            os.close(descriptor)


def _opened(path: str) -> tuple[int, os.stat_result]:
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        raise os_error(error) from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise source_error("not_a_file")
    return descriptor, status


def _read_to_end(descriptor: int, size: int, limit: int) -> bytes:
    """What the file holds, which had `size` bytes; of one that grows meanwhile, little more than `limit`."""
    data = os.read(descriptor, size + 1)
    if len(data) == size:
        return data
    parts = [data]
    read = len(data)
    while data and read <= limit:
        data = os.read(descriptor, min(limit + 1 - read, _READ_AT_ONCE))
        parts.append(data)
        read += len(data)
    return b"".join(parts)
