"""Files that need not be read, because the archive says already what became of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.store import sqlite_cursor
from imr_archive.sources.documents import Found, printable

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


_KnownFile = tuple[str, int, int, str | None]

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

    def unchanged(self, prefix: str, names: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """Size and time of those files of a folder that are stored, by path; `names` are in order.

        A name that no text can hold is printed otherwise in the archive and left to `look_up`.
        """
        if self._rehash:
            return {}
        rows = self._rows(
            printable(prefix + names[0]),
            printable(prefix + names[-1]),
            len(names),
            lambda: [printable(prefix + name) for name in names],
        )
        return {path: (size, modified_ns) for path, size, modified_ns, reason in rows if reason is None}

    def look_up(self, files: Sequence[Found]) -> list[Answer | None]:
        """For each file what is known of it, None where it is to be read."""
        if self._rehash or not files:
            return [None] * len(files)
        paths = [found.path for found in files]
        rows = {row[0]: row[1:] for row in self._rows(min(paths), max(paths), len(paths), lambda: paths)}
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

    def _rows(self, first: str, last: str, number: int, paths: Callable[[], list[str]]) -> list[_KnownFile]:
        """Path, size, time and reason of those of a number of paths that are known, and perhaps of others.

        Files of one folder come one after the other and lie so in the index: a range of it is read. Where
        much else lies between them, the paths are looked up one by one.
        """
        limit = number * _ROWS_A_FILE + 1
        with self._database.read() as connection:
            cursor = sqlite_cursor(connection)
            rows = cursor.execute(_NEIGHBOURS, (first, last, limit)).fetchall()
            if len(rows) == limit:
                rows = cursor.execute(_ONE_BY_ONE, (json.dumps(paths()),)).fetchall()
        return rows
