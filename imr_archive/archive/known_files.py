"""Files that need not be read, because the archive says already what became of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.sources.documents import Found

PASSING = frozenset({"missing", "unreadable", "not_a_file", "broken_link", "symlink_loop"})
"""Reasons that lie in the disk and not in the file: it is tried again in every run."""

_NEIGHBOURS = """
SELECT path, size, modified_ns, reason FROM source_files WHERE path BETWEEN ? AND ? LIMIT ?
"""
_ONE_BY_ONE = """
SELECT path, size, modified_ns, reason FROM source_files WHERE path IN (SELECT value FROM json_each(?))
"""

_ROWS_A_FILE = 2
"""Rows read for each file that is looked up, before it is cheaper to ask for each path."""


class Answer(NamedTuple):
    """A file is known; where it is set aside, `reason` says why."""

    reason: str | None


_STORED = Answer(None)


class KnownFiles:
    """What the archive knows of files by their path, size and time of last change.

    rehash: nothing counts as known, so every file is read. retry: reasons for which files were set aside that
    are to be tried again although they have not changed.
    """

    def __init__(
        self, database: ArchiveDatabase, *, rehash: bool = False, retry: frozenset[str] = frozenset()
    ) -> None:
        self._database = database
        self._rehash = rehash
        self._retry = retry | PASSING

    def look_up(self, files: Sequence[Found]) -> Iterator[Answer | None]:
        """For each file what is known of it, None where it is to be read."""
        if self._rehash or not files:
            return iter([None] * len(files))
        paths = [found.path for found in files]
        rows = self._rows(paths)
        return (self._answer(found, rows.get(path)) for found, path in zip(files, paths, strict=True))

    def _answer(self, found: Found, row: tuple[int, int, str | None] | None) -> Answer | None:
        if row is None or row[0] != found.size or row[1] != found.modified_ns:
            return None
        reason = row[2]
        if reason is None:
            return _STORED
        return None if reason in self._retry else Answer(reason)

    def _rows(self, paths: list[str]) -> dict[str, tuple[int, int, str | None]]:
        """Size, time and reason by path.

        Files of one folder come one after the other and lie so in the index: a range of it is read. Where
        much else lies between them, the paths are looked up one by one.
        """
        limit = len(paths) * _ROWS_A_FILE + 1
        with self._database.read() as connection:
            rows = connection.exec_driver_sql(_NEIGHBOURS, (min(paths), max(paths), limit)).all()
            if len(rows) == limit:
                rows = connection.exec_driver_sql(_ONE_BY_ONE, (json.dumps(paths),)).all()
        return {row[0]: (row[1], row[2], row[3]) for row in rows}
