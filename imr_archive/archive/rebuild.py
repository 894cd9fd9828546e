"""The rows of cases made to say what their letters say now."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from imr_archive.archive.batch import Batch
from imr_archive.archive.facts import Placed
from imr_archive.archive.regroup import Regrouped
from imr_archive.archive.reparse_report import CaseChange
from imr_archive.archive.rows import insert_statement, problem_rows


def rebuild(batch: Batch, regrouped: Regrouped, changes: Sequence[CaseChange], parser_version: str) -> None:
    """Write what changed, and for every letter the version of the parser that read it again.

    Letters that move first leave their places, for two letters never share one: not even half way.
    """
    cursor = batch.cursor
    changed = {change.case_id for change in changes}
    cases = {case_id: placed for case_id, placed in regrouped.cases.items() if case_id in changed}
    _leave_places(cursor, [placed for group in (*cases.values(), *regrouped.new) for placed in group])
    for group in regrouped.new:
        cases[batch.new_case(_current(group).letter)] = group
    batch.flush()
    for case_id, group in cases.items():
        _place(cursor, case_id, group)
        _write_problems(cursor, group)
    for case_id, group in cases.items():
        if case_id in changed:
            batch.rebuild_case(case_id, _current(group).letter)
    batch.flush()
    for case_id in regrouped.gone:
        batch.remove_items(case_id)
        cursor.execute("DELETE FROM cases WHERE id = ?", (case_id,))
    cursor.executemany(
        "UPDATE letters SET parser_version = ?1 WHERE id = ?2 AND parser_version != ?1",
        [(parser_version, reread.stored.letter_id) for reread in regrouped.rereads],
    )


def _current(group: Iterable[Placed]) -> Placed:
    return next(placed for placed in group if placed.is_current)


def _leave_places(cursor: sqlite3.Cursor, letters: Sequence[Placed]) -> None:
    cursor.executemany(
        "UPDATE letters SET is_current = 0, version = -id WHERE id = ?",
        [(placed.letter_id,) for placed in letters],
    )


def _place(cursor: sqlite3.Cursor, case_id: int, group: Sequence[Placed]) -> None:
    cursor.executemany(
        "UPDATE letters SET case_id = ?, version = ?, is_current = ?, layout = ? WHERE id = ?",
        [
            (case_id, placed.version, placed.is_current, placed.letter.record.layout, placed.letter_id)
            for placed in group
        ],
    )


def _write_problems(cursor: sqlite3.Cursor, group: Sequence[Placed]) -> None:
    for placed in group:
        cursor.execute("DELETE FROM letter_problems WHERE letter_id = ?", (placed.letter_id,))
        cursor.executemany(
            insert_statement("letter_problems"), problem_rows(placed.letter_id, placed.letter.record)
        )
