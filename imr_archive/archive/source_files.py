"""The table `source_files`: what became of every input."""

from __future__ import annotations

import sqlite3
from typing import Literal

from sqlalchemy import Connection

from imr_archive.archive.prepared import Prepared

State = Literal["stored", "known", "set_aside"]

_UPSERT = """
INSERT INTO source_files
  (path, size, modified_ns, sha256, state, reason, message, first_seen, last_tried)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (path) DO UPDATE SET
  size = excluded.size, modified_ns = excluded.modified_ns, sha256 = excluded.sha256,
  state = excluded.state, reason = excluded.reason, message = excluded.message,
  last_tried = excluded.last_tried
"""


def note_file(cursor: sqlite3.Cursor, file: Prepared, state: State, now: str) -> None:
    """Write down what became of a file.

    The row of a file whose letters are in the archive is left as it is when the same bytes are met again, but
    for the time and size of the file; so a second run over the same files changes nothing.
    """
    if state != "set_aside" and _settled(cursor, file):
        cursor.execute(
            "UPDATE source_files SET size = ?2, modified_ns = ?3 "
            "WHERE path = ?1 AND (size, modified_ns) != (?2, ?3)",
            (file.path, file.size, file.modified_ns),
        )
        return
    cursor.execute(
        _UPSERT,
        (
            file.path,
            file.size,
            file.modified_ns,
            file.sha256,
            state,
            file.reason,
            file.message,
            now,
            now,
        ),
    )


def _settled(cursor: sqlite3.Cursor, file: Prepared) -> bool:
    """Whether the file was stored or known before, with the same bytes."""
    found = cursor.execute(
        "SELECT 1 FROM source_files WHERE path = ? AND sha256 = ? AND state != 'set_aside'",
        (file.path, file.sha256),
    ).fetchone()
    return found is not None


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
