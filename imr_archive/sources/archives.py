"""Members of zips as bytes, from zips that stay open between one member and the next."""

from __future__ import annotations

import atexit
import os
import threading
from collections import OrderedDict

from imr_archive.sources.documents import Found
from imr_archive.sources.files import open_regular
from imr_archive.sources.limits import Limits
from imr_archive.sources.zips import ZipArchive

# Enough for one outer zip and the zips in it that are being read in turn.
_KEPT_OPEN = 4

_Key = tuple[str, int, int, tuple[str, ...], Limits]


class ZipShelf:
    """The zips last read from, kept open: to open a large one costs more than to read a member.

    A process that is forked opens its own, because it would share the position in an open file.
    """

    def __init__(self) -> None:
        self._open: OrderedDict[_Key, ZipArchive] = OrderedDict()
        self._lock = threading.Lock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._begin_anew)
        atexit.register(self.close)

    def read(self, found: Found, limits: Limits) -> bytes:
        """The bytes of a member of a zip; raises SourceError."""
        *folders, label = found.members
        with self._lock:
            return self._archive(found, tuple(folders), limits).read(label, limits.file_bytes)

    def close(self) -> None:
        """Closes all zips."""
        with self._lock:
            self._close()

    def _begin_anew(self) -> None:
        self._lock = threading.Lock()
        self._close()

    def _archive(self, found: Found, members: tuple[str, ...], limits: Limits) -> ZipArchive:
        stream, status = open_regular(found.file)
        key = (found.file, status.st_ino, status.st_mtime_ns, members, limits)
        archive = self._open.get(key)
        if archive is not None:
            stream.close()
            self._open.move_to_end(key)
            return archive
        if members:
            stream.close()
            archive = self._archive(found, members[:-1], limits).inner(members[-1])
        else:
            archive = ZipArchive(stream, limits)
        self._open[key] = archive
        while len(self._open) > _KEPT_OPEN:
            _, oldest = self._open.popitem(last=False)
            oldest.close()
        return archive

    def _close(self) -> None:
        while self._open:
            _, archive = self._open.popitem()
            archive.close()


_SHELF = ZipShelf()


def read_member(found: Found, limits: Limits) -> bytes:
    """The bytes of the zip member `found`; raises SourceError."""
    return _SHELF.read(found, limits)


def close_zips() -> None:
    """Closes the zips that `read` keeps open; for services that outlive the files they read."""
    _SHELF.close()
