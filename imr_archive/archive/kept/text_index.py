"""What SQLite's full-text search finds, as row numbers, and texts that have an index of their own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from imr_archive.archive.fulltext import TOKENIZER

RowIds = NDArray[np.int64]

_COMMA = ord(",")
_ZERO = ord("0")


def matching_rows(cursor: sqlite3.Cursor, table: str, query: str, ends: tuple[int, int] | None) -> RowIds:
    """The rows of an FTS5 table that match, in rising order; all of them, or those between two.

    One text of all numbers is the quickest way out of SQLite.
    """
    between, values = ("", ()) if ends is None else (" AND rowid BETWEEN ? AND ?", ends)
    (numbers,) = cursor.execute(
        f"SELECT CAST(group_concat(rowid) AS BLOB) FROM {table} WHERE {table} MATCH ?{between}",
        (query, *values),
    ).fetchone()
    return rising_numbers(numbers or b"")


def rising_numbers(text: bytes) -> RowIds:
    """Numbers in rising order, none below 0, that a comma parts.

    If the first has as many digits as the last, all have, and are read digit by digit, all numbers at once.
    """
    width = text.find(b",")
    if width < 0:
        return np.array([int(text)] if text else [], np.int64)
    if text[-width - 1] != _COMMA:
        return np.fromstring(text, dtype=np.int64, sep=",")
    digits = np.frombuffer(text + b",", np.uint8).reshape(-1, width + 1)
    numbers = digits[:, 0].astype(np.int64)
    for place in range(1, width):
        numbers *= 10
        numbers += digits[:, place]
    return numbers - _ZERO * int("1" * width)


class TextIndex:
    """Some texts, indexed in memory as the archive indexes them."""

    def __init__(self, texts: Iterable[tuple[int, str]]) -> None:
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._connection.execute(
            f"CREATE VIRTUAL TABLE texts USING fts5(text, content='', columnsize=0, tokenize='{TOKENIZER}')"
        )
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT INTO texts (rowid, text) VALUES (?, ?)", texts)
        self._connection.execute("COMMIT")

    def matching(self, expression: str) -> RowIds:
        """The numbers of the texts that match an FTS5 expression, in rising order."""
        with closing(self._connection.cursor()) as cursor:
            return matching_rows(cursor, "texts", expression, None)

    def close(self) -> None:
        """Let go of the memory."""
        self._connection.close()
