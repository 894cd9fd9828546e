"""The marks of reparses that have begun and are not done, each with its account so far."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

import msgspec

from imr_archive.archive.reparse_report import ReparseReport


@dataclass(frozen=True)
class Mark:
    """How far the reparse of `letters` (a selector) has come: cases up to `last_case_id` are done."""

    letters: str
    last_case_id: int
    report: ReparseReport


def read_mark(cursor: sqlite3.Cursor, letters: str, parser_version: str) -> Mark | None:
    """The mark of a reparse of `letters` by this version of the parser; None where there is none.

    Marks of other versions are removed: what they left undone must be read from the beginning.
    """
    cursor.execute("DELETE FROM unfinished_reparses WHERE parser_version != ?", (parser_version,))
    row = cursor.execute(
        "SELECT last_case_id, report FROM unfinished_reparses WHERE letters = ?", (letters,)
    ).fetchone()
    return None if row is None else Mark(letters, row[0], msgspec.json.decode(row[1], type=ReparseReport))


def leave_mark(cursor: sqlite3.Cursor, mark: Mark) -> None:
    """Write a mark, in the transaction of the batch that it stands behind."""
    cursor.execute(
        "INSERT INTO unfinished_reparses (letters, parser_version, last_case_id, report) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (letters) DO UPDATE SET parser_version = excluded.parser_version, "
        "last_case_id = excluded.last_case_id, report = excluded.report",
        (
            mark.letters,
            mark.report.parser_version,
            mark.last_case_id,
            msgspec.json.encode(mark.report).decode(),
        ),
    )


def remove_marks(cursor: sqlite3.Cursor, letters: str | None) -> None:
    """Remove the mark of `letters`, whose reparse is done; with None all of them, as all letters are done."""
    cursor.execute("DELETE FROM unfinished_reparses WHERE ifnull(letters = ?, 1)", (letters,))
