"""What a run that brings columns and sets up to date tells, and whether there are any; light to import."""

from __future__ import annotations

import sqlite3

import msgspec

from imr_archive.archive.fulltext import TOKENIZER

METHOD = f"2 {TOKENIZER}"
"""How columns and sets are made and written; what was made in another way is made anew."""


class KeepSummary(msgspec.Struct, kw_only=True):
    """What was brought up to date. stopped: the run was asked to end before all was."""

    chunks: int = 0
    columns: int = 0
    stopped: bool = False


def keeps_sets(cursor: sqlite3.Cursor) -> bool:
    """Whether the archive keeps any columns and sets of words that this version made."""
    state = "SELECT 1 FROM item_set_state WHERE method = ? AND EXISTS (SELECT 1 FROM item_chunks)"
    return cursor.execute(state, (METHOD,)).fetchone() is not None
