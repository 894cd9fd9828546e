"""The rows of what is kept, read and written a chunk at a time, and the notes of what changed meanwhile."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from pyroaring import BitMap

from imr_archive.archive.kept.columns import CodeBook
from imr_archive.archive.kept.packing import row_of, unpack_items
from imr_archive.archive.kept.spans import Span


@dataclass
class Made:
    """What was made of a span by its chunks, and how far the archive was when that began.

    items, words: none where only columns are made. columns are by key, words by the number of their set.
    """

    span: Span
    token: int
    last_item: int
    last_change: int
    books: Mapping[str, CodeBook] = field(default_factory=dict)
    columns: dict[int, dict[str, bytes]] = field(default_factory=dict)
    unfit: set[str] = field(default_factory=set)
    items: dict[int, bytes] = field(default_factory=dict)
    words: dict[int, list[tuple[int, bytes]]] = field(default_factory=dict)


def last_item(cursor: sqlite3.Cursor) -> int:
    """The highest id of an item, 0 where there is none."""
    (last,) = cursor.execute("SELECT ifnull(max(id), 0) FROM disputed_items").fetchone()
    return int(last)


def new_token() -> int:
    """A number that no other state of any archive has."""
    return secrets.randbits(62)


def begin_span(cursor: sqlite3.Cursor, span: Span) -> Made:
    """Let every change of the span's items be noted from now on, and see how far the archive is.

    What is read after this may be of several states: whatever differs between them is noted.
    """
    cursor.execute("UPDATE item_set_state SET watched_item_id = max(watched_item_id, ?)", (span.last,))
    (token,) = cursor.execute("SELECT token FROM item_set_state").fetchone()
    (last_change,) = cursor.execute("SELECT ifnull(max(number), 0) FROM changed_items").fetchone()
    return Made(span, token, last_item(cursor), last_change)


def stored_columns(cursor: sqlite3.Cursor, chunk: int, numbers: Mapping[str, int]) -> dict[str, bytes]:
    """What is stored of a chunk's columns, by key; numbers: those of the columns by key."""
    keys = {row_of(chunk, number): key for key, number in numbers.items()}
    rows = cursor.execute("SELECT id, codes FROM item_column_chunks WHERE id BETWEEN ? AND ?", _rows(chunk))
    return {keys[row]: codes for row, codes in rows if row in keys}


def stored_items(cursor: sqlite3.Cursor, chunk: int) -> BitMap:
    """The items that a chunk is stored with."""
    row = cursor.execute("SELECT items FROM item_chunks WHERE chunk = ?", (chunk,)).fetchone()
    return unpack_items(row[0]) if row else BitMap()


def stored_words(cursor: sqlite3.Cursor, chunk: int) -> dict[int, BitMap]:
    """What is stored of a chunk's sets of words, by their numbers."""
    rows = cursor.execute("SELECT id, items FROM word_set_chunks WHERE id BETWEEN ? AND ?", _rows(chunk))
    return {row - row_of(chunk, 0): unpack_items(packed) for row, packed in rows}


def write_chunk(cursor: sqlite3.Cursor, made: Made, chunk: int, numbers: Mapping[str, int]) -> bool:
    """Write one chunk of a span; False where something was written since the state that it was made from.

    With the last of them the changes of new items need no longer be noted.
    """
    (token,) = cursor.execute("SELECT token FROM item_set_state").fetchone() or (None,)
    if token != made.token:
        return False
    _write_columns(cursor, made, chunk, numbers)
    if chunk in made.items:
        _write_words(cursor, made, chunk)
        first, last = made.span.ends_in(chunk)
        cursor.execute(
            "DELETE FROM changed_items WHERE number <= ? AND item_id BETWEEN ? AND ?",
            (made.last_change, first, last),
        )
        cursor.execute(
            "UPDATE item_set_state SET last_item_id = max(last_item_id, ?)", (min(made.last_item, last),)
        )
    made.token = new_token()
    cursor.execute("UPDATE item_set_state SET token = ?", (made.token,))
    if chunk == made.span.chunks[-1]:
        cursor.execute("UPDATE item_set_state SET watched_item_id = last_item_id")
    return True


def _write_columns(cursor: sqlite3.Cursor, made: Made, chunk: int, numbers: Mapping[str, int]) -> None:
    cursor.executemany(
        "INSERT OR REPLACE INTO item_column_chunks (id, codes) VALUES (?, ?)",
        [(row_of(chunk, numbers[key]), codes) for key, codes in made.columns[chunk].items()],
    )
    for key, book in made.books.items():
        cursor.executemany(
            "INSERT INTO item_column_values (column_id, code, value) VALUES (?, ?, ?)",
            [(numbers[key], *added) for added in book.added],
        )
        book.added.clear()
    cursor.executemany(
        "UPDATE item_columns SET changes = changes + 1 WHERE id = ? AND changes = begun",
        [(numbers[key],) for key in made.unfit],
    )


def _write_words(cursor: sqlite3.Cursor, made: Made, chunk: int) -> None:
    cursor.execute("DELETE FROM word_set_chunks WHERE id BETWEEN ? AND ?", _rows(chunk))
    cursor.executemany(
        "INSERT INTO word_set_chunks (id, items) VALUES (?, ?)",
        [(row_of(chunk, number), items) for number, items in made.words[chunk]],
    )
    cursor.execute(
        "INSERT OR REPLACE INTO item_chunks (chunk, items) VALUES (?, ?)", (chunk, made.items[chunk])
    )


def _rows(chunk: int) -> tuple[int, int]:
    """The first and last row of a chunk's columns or sets."""
    return row_of(chunk, 0), row_of(chunk + 1, 0) - 1
