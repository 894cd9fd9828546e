"""What the letters of an archive have in common, kept once: the dictionaries that compress their texts.

Letters repeat the form's sentences and their field's standing phrases. A dictionary of them, trained on
letters of the archive itself, halves what a letter's text takes. It is stored in the transaction that first
needs it, each text names the one that it was compressed with, and none is ever changed: what is stored stays
readable.
"""

from __future__ import annotations

import sqlite3

import zstandard

from imr_archive.archive.texts import FindDictionary, compress, decompress, no_dictionary

FIRST = 300
"""Letters from which on a dictionary pays: it takes as much as eighty compressed texts save."""

AGAIN = 20
"""How many times as many letters as at the last training call for another: the first letters that are read
may all be of one year."""

SIZE = 112 * 1024
"""Bytes of a dictionary, Zstandard's own choice; with 64 KiB generated letters take 7% more."""

_SAMPLE = 2_000
"""Letters that a dictionary is trained on: 300 make texts 1% longer, and 2,000 take a tenth of a second."""

_ENOUGH = 8
"""Bytes of sample for each byte of a dictionary; of less it would be a copy."""

_SEGMENT, _WINDOW = 1024, 8
"""Parameters `k` and `d` of the training (COVER): what its own search, which takes long, mostly comes to."""

_PACKED_AGAIN = 5_000
"""Letters stored before the first dictionary that are compressed with it, within the same transaction."""


class Dictionaries:
    """The dictionaries of the archive that a connection is open on, each read when a text first names it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._found: dict[int, zstandard.ZstdCompressionDict] = {}

    def find(self, number: int) -> zstandard.ZstdCompressionDict:
        """The dictionary of this number; raises ValueError where the archive has none."""
        if number not in self._found:
            row = self._connection.execute(
                "SELECT dictionary FROM text_dictionaries WHERE id = ?", (number,)
            ).fetchone()
            self._found[number] = zstandard.ZstdCompressionDict(row[0]) if row else no_dictionary(number)
        return self._found[number]

    def letter_text(self, packed: bytes | None) -> str | None:
        """The SQL function `letter_text(packed_text)`; NULL gives NULL."""
        return None if packed is None else decompress(packed, self.find)


def newest_dictionary(cursor: sqlite3.Cursor) -> bytes:
    """The dictionary that new letters are to be compressed with; empty where there is none yet."""
    row = cursor.execute("SELECT dictionary FROM text_dictionaries ORDER BY id DESC LIMIT 1").fetchone()
    return row[0] if row else b""


def train_where_due(cursor: sqlite3.Cursor, now: str) -> bytes | None:
    """Make a dictionary if the archive has grown enough for one; None where it has not.

    Letters that were stored before the first one are compressed anew with it.
    """
    number, due = cursor.execute(
        "SELECT ifnull(max(id), 0) + 1, ifnull(max(letters) * ?, ?) FROM text_dictionaries", (AGAIN, FIRST)
    ).fetchone()
    (letters,) = cursor.execute("SELECT ifnull(max(id), 0) FROM letters").fetchone()
    if letters < due:
        return None
    dictionary = _trained(_sample(cursor, letters), number)
    if dictionary is None:
        return None
    cursor.execute(
        "INSERT INTO text_dictionaries (id, dictionary, letters, trained_at) VALUES (?, ?, ?, ?)",
        (number, dictionary, letters, now),
    )
    if number == 1 and letters <= _PACKED_AGAIN:
        _pack_again(cursor, dictionary)
    return dictionary


def _sample(cursor: sqlite3.Cursor, letters: int) -> list[bytes | bytearray | memoryview]:
    """Texts from all over the archive."""
    find = Dictionaries(cursor.connection).find
    step = max(1, letters // _SAMPLE)
    rows = cursor.execute(
        "WITH RECURSIVE place (id) AS (SELECT 1 UNION ALL SELECT id + ? FROM place WHERE id + ? <= ?) "
        "SELECT packed_text FROM place JOIN letters USING (id)",
        (step, step, letters),
    )
    return [text.encode() for (packed,) in rows.fetchall() if (text := _readable(packed, find)) is not None]


def _trained(texts: list[bytes | bytearray | memoryview], number: int) -> bytes | None:
    """A dictionary of this number; None where the texts are too short, or have nothing in common."""
    if sum(map(len, texts)) < _ENOUGH * SIZE:
        return None
    try:
        made = zstandard.train_dictionary(SIZE, texts, k=_SEGMENT, d=_WINDOW, dict_id=number)
    except zstandard.ZstdError:
        return None
    return made.as_bytes()


def _pack_again(cursor: sqlite3.Cursor, dictionary: bytes) -> None:
    rows = cursor.execute("SELECT id, packed_text FROM letters").fetchall()
    texts = ((letter_id, _readable(packed, no_dictionary)) for letter_id, packed in rows)
    cursor.executemany(
        "UPDATE letters SET packed_text = ? WHERE id = ?",
        [(compress(text, dictionary), letter_id) for letter_id, text in texts if text is not None],
    )


def _readable(packed: bytes, find: FindDictionary) -> str | None:
    """The text; None where it is damaged, which `check` says and no ingest is to fail at."""
    try:
        return decompress(packed, find)
    except ValueError:
        return None
