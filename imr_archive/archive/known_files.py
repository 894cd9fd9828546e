"""Files that need not be read, because the archive says already what became of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
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
_NOWHERE = (-1, 0, None)


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

    def look_up(self, files: Sequence[Found]) -> list[Answer | None]:
        """For each file what is known of it, None where it is to be read."""
        if self._rehash or not files:
            return [None] * len(files)
        paths = [found.path for found in files]
        rows = self._rows(paths)
        answers: list[Answer | None] = []
        for found, path in zip(files, paths, strict=True):
            size, modified_ns, reason = rows.get(path, _NOWHERE)
            if size != found.size or modified_ns != found.modified_ns:
                answers.append(None)
            elif reason is None:
                answers.append(_STORED)
            else:
                answers.append(None if reason in self._retry else Answer(reason))
        return answers

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
        return {path: (size, modified_ns, reason) for path, size, modified_ns, reason in rows}
