"""Which rationales are still to be compared with others: those behind a mark, and those changed before it."""

from __future__ import annotations

import sqlite3

_COMPARED = "ifnull((SELECT max(last_item_id) FROM rationale_comparison), 0)"

_NOTE = f"""
INSERT OR IGNORE INTO changed_rationales (item_id)
SELECT id FROM disputed_items WHERE case_id = ? AND id <= {_COMPARED}
"""


def note_changed_rationales(cursor: sqlite3.Cursor, case_id: int) -> None:
    """Note the items of a case, whose rows are about to be made anew, as to be compared again."""
    cursor.execute(_NOTE, (case_id,))


_AWAITED = f"""
SELECT EXISTS (SELECT 1 FROM disputed_items WHERE id > {_COMPARED} AND rationale IS NOT NULL)
  OR EXISTS (SELECT 1 FROM changed_rationales)
"""


def await_comparison(cursor: sqlite3.Cursor) -> bool:
    """Whether rationales are still to be compared; unlike their count that is known at once."""
    return bool(cursor.execute(_AWAITED).fetchone()[0])


def count_uncompared(cursor: sqlite3.Cursor) -> int:
    """How many items have a rationale that is still to be compared."""
    (number,) = cursor.execute(
        f"SELECT (SELECT count(*) FROM disputed_items WHERE id > {_COMPARED} AND rationale IS NOT NULL) "
        "+ (SELECT count(*) FROM changed_rationales JOIN disputed_items ON disputed_items.id = item_id "
        "WHERE rationale IS NOT NULL)"
    ).fetchone()
    return int(number)
