"""What the archive holds of letters that are about to be stored, asked for all letters of a batch at once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from imr_archive.archive.prepared import Prepared, PreparedLetter

_BYTES = "SELECT sha256, part FROM letters WHERE sha256 IN (SELECT value FROM json_each(?))"
_TEXTS = "SELECT text_sha256 FROM letters WHERE text_sha256 IN (SELECT value FROM json_each(?))"
_CASES = """
SELECT known_by, id, decision_date, (SELECT max(version) FROM letters WHERE case_id = cases.id)
FROM cases WHERE known_by IN (SELECT value FROM json_each(?))
"""


class KnownCase(NamedTuple):
    """A case of the archive: its row, when its current letter was decided, and how many letters it has."""

    case_id: int
    decided: str | None
    versions: int


class KnownLetters:
    """Which of the letters of some files are known, by their bytes, their text or their case.

    Letters that are stored later on are known from `note` on.
    """

    def __init__(self, cursor: sqlite3.Cursor, files: Sequence[Prepared]) -> None:
        letters = [letter for file in files for letter in file.letters]
        hashes = (file.sha256 for file in files if file.sha256 is not None)
        self._bytes: set[tuple[str | None, int]] = set(_found(cursor, _BYTES, hashes))
        self._files = {sha256 for sha256, _ in self._bytes}
        self._texts = {text for (text,) in _found(cursor, _TEXTS, (one.text_sha256 for one in letters))}
        self._cases = {
            known_by: KnownCase(*case)
            for known_by, *case in _found(cursor, _CASES, (one.known_by for one in letters))
        }

    def holds_bytes(self, file: Prepared) -> bool:
        """Whether a letter of the very same bytes is in the archive."""
        return file.sha256 in self._files

    def holds(self, file: Prepared, letter: PreparedLetter) -> bool:
        """Whether this letter is in the archive: the same bytes, or the same text in another container."""
        return letter.text_sha256 in self._texts or (file.sha256, letter.record.part) in self._bytes

    def case_of(self, letter: PreparedLetter) -> KnownCase | None:
        """The case that the letter names; None where the archive has none of it."""
        return self._cases.get(letter.known_by)

    def note(self, file: Prepared, letter: PreparedLetter, case: KnownCase) -> None:
        """Know a letter that is stored now, with its case as it is from now on."""
        self._bytes.add((file.sha256, letter.record.part))
        self._files.add(file.sha256)
        self._texts.add(letter.text_sha256)
        self._cases[letter.known_by] = case


def _found(cursor: sqlite3.Cursor, query: str, values: Iterable[str]) -> list[Any]:
    return cursor.execute(query, (json.dumps(list(values)),)).fetchall()
