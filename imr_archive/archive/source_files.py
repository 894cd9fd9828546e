"""The table `source_files`: what became of every input."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Literal

from sqlalchemy import Connection

from imr_archive.archive.prepared import Prepared
from imr_archive.archive.rows import Row

State = Literal["stored", "known", "set_aside"]

_SETTLED = (
    "(source_files.sha256 = excluded.sha256 "
    "AND source_files.state != 'set_aside' AND excluded.state != 'set_aside')"
)
"""Whether the file was stored or known before, with the same bytes, and is now."""

_UPSERT = """
INSERT INTO source_files
  (path, size, modified_ns, sha256, state, reason, message, first_seen, last_tried)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (path) DO UPDATE SET
  size = excluded.size, modified_ns = excluded.modified_ns, sha256 = excluded.sha256, {changes}
WHERE {settled} IS NOT TRUE OR (size, modified_ns) != (excluded.size, excluded.modified_ns)
""".format(
    settled=_SETTLED,
    changes=", ".join(
        f"{column} = iif({_SETTLED}, {column}, excluded.{column})"
        for column in ("state", "reason", "message", "last_tried")
    ),
)


def file_row(file: Prepared, state: State, now: str) -> Row:
    """The row for `note_files` that says what became of a file."""
    return (
        file.path,
        file.size,
        file.modified_ns,
        file.sha256,
        state,
        file.reason,
        file.message,
        now,
        now,
    )


def note_files(cursor: sqlite3.Cursor, rows: Sequence[Row]) -> None:
    """Write down what became of files.

    The row of a file whose letters are in the archive is left as it is when the same bytes are met again, but
    for the time and size of the file; so a second run over the same files changes nothing.
    """
    cursor.executemany(_UPSERT, rows)


_FORGET_ENTERED = """
DELETE FROM source_files AS outer_file
WHERE state = 'set_aside' AND (reason = 'unreadable' OR path LIKE '%.zip')
  AND EXISTS (
    SELECT 1 FROM source_files AS inner_file
    WHERE inner_file.last_tried > outer_file.last_tried
      AND (inner_file.path BETWEEN outer_file.path || '/' AND outer_file.path || '0'
        OR inner_file.path BETWEEN outer_file.path || '!/' AND outer_file.path || '!0')
  )
"""


def forget_entered(connection: Connection) -> None:
    """Take away the rows of folders and zips that could not be entered, and were entered since.

    They are no files that could be stored: what is in them has rows of its own now. `0` is the character
    after `/`, so the ranges hold all that is under the path.
    """
    connection.exec_driver_sql(_FORGET_ENTERED)
