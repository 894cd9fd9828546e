"""The rows of one transaction: what becomes of a file's letters, and a case made anew.

Which letter is which: the same bytes, or the same text in another container, are known already. Another text
of a case that is known is a new version of its letter. The case is as its current version tells it: the one
decided latest and, where dates are equal or missing, the one read latest. Older versions stay in `letters`.
"""

from __future__ import annotations

import datetime
import sqlite3
from typing import Literal

import msgspec

from imr_archive.archive.fulltext import BY_CONTENT, index_rows, insert_unindexed
from imr_archive.archive.lookups import Lookups
from imr_archive.archive.prepared import Prepared, PreparedLetter
from imr_archive.archive.rationale_marks import note_changed_rationales
from imr_archive.archive.reused_numbers import Content, note_reuse
from imr_archive.archive.rows import (
    COLUMNS,
    Row,
    case_row,
    citation_row,
    insert_rows,
    insert_statement,
    item_row,
    letter_row,
    page_rows,
    problem_rows,
    section_rows,
    update_statement,
)
from imr_archive.archive.source_files import note_file

Became = Literal["stored", "new_version", "known", "set_aside"]

_INSERTS = {table: insert_statement(table) for table in COLUMNS}
_UPDATE_CASE = update_statement("cases")
_NUMBERED = ("cases", "letters", "disputed_items", "guideline_citations")


class FileOutcome(msgspec.Struct, frozen=True):
    """What became of one input; `letters` and `items` count what it added to the archive."""

    path: str
    became: Became
    reason: str | None = None
    letters: int = 0
    items: int = 0


def supersedes(decided: datetime.date | None, current: str | None) -> bool:
    """Whether a letter decided on `decided` replaces one read earlier, decided on the ISO date `current`."""
    return decided is None or current is None or decided.isoformat() >= current


class Batch:
    """The rows of one transaction; they wait in memory and go to SQLite table by table.

    now: the time of the transaction, as rows hold it.
    """

    def __init__(self, cursor: sqlite3.Cursor, lookups: Lookups, now: str) -> None:
        self.cursor = cursor
        self._lookups = lookups
        self.now = now
        self._waiting: dict[str, list[Row]] = {table: [] for table in COLUMNS}
        self._claimed: set[str] = set()
        self._next = {
            table: cursor.execute(f"SELECT ifnull(max(id), 0) + 1 FROM {table}").fetchone()[0]
            for table in _NUMBERED
        }

    def add(self, file: Prepared) -> FileOutcome:
        """Decide what becomes of a file and take in its letters."""
        if file.reason is not None and self._holds_bytes(file):
            # A scan that was stored by OCR, and is now read again without it: its letter is here.
            note_file(
                self.cursor, msgspec.structs.replace(file, reason=None, message=None), "known", self.now
            )
            return FileOutcome(file.path, "known")
        if file.reason is not None:
            note_file(self.cursor, file, "set_aside", self.now)
            return FileOutcome(file.path, "set_aside", file.reason)
        became: list[Became] = []
        stored = []
        for letter in file.letters:
            became.append(self._add_letter(file, letter))
            if became[-1] != "known":
                stored.append(letter)
        note_file(self.cursor, file, "stored" if stored else "known", self.now)
        items = sum(len(letter.record.items) for letter in stored)
        for most in ("stored", "new_version"):
            if most in became:
                return FileOutcome(file.path, most, None, len(stored), items)
        return FileOutcome(file.path, "known")

    def _holds_bytes(self, file: Prepared) -> bool:
        """Whether a letter of the very same bytes is in the archive."""
        query = "SELECT EXISTS (SELECT 1 FROM letters WHERE sha256 = ?)"
        return file.sha256 is not None and bool(self.cursor.execute(query, (file.sha256,)).fetchone()[0])

    def fresh(self) -> Batch:
        """A batch in the same transaction that knows nothing of this one's rows, which were rolled back."""
        return Batch(self.cursor, self._lookups, self.now)

    def flush(self) -> None:
        """Write all that waits; the search index last, for it is slow beside rows that fire triggers."""
        for table, rows in self._waiting.items():
            if table in BY_CONTENT:
                insert_unindexed(self.cursor, BY_CONTENT[table], _INSERTS[table], rows)
            else:
                insert_rows(self.cursor, table, rows)
        for table, rows in self._waiting.items():
            if rows and table in BY_CONTENT:
                index_rows(self.cursor, BY_CONTENT[table], COLUMNS[table], rows)
            rows.clear()
        self._claimed.clear()

    def _add_letter(self, file: Prepared, letter: PreparedLetter) -> Became:
        identities = {f"{file.sha256} {letter.record.part}", letter.text_sha256, letter.known_by}
        if identities & self._claimed:
            self.flush()
        if self._is_known(file, letter):
            return "known"
        self._claimed |= identities
        case = self.cursor.execute(
            "SELECT id, decision_date, (SELECT max(version) FROM letters WHERE case_id = cases.id) "
            "FROM cases WHERE known_by = ?",
            (letter.known_by,),
        ).fetchone()
        if case is None:
            self._add_case(file, letter)
            return "stored"
        case_id, decided, version = case
        self._add_version(file, letter, case_id, version + 1, decided)
        return "new_version"

    def _is_known(self, file: Prepared, letter: PreparedLetter) -> bool:
        found = self.cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM letters WHERE sha256 = ? AND part = ?) "
            "OR EXISTS (SELECT 1 FROM letters WHERE text_sha256 = ?)",
            (file.sha256, letter.record.part, letter.text_sha256),
        ).fetchone()
        return bool(found[0])

    def _add_case(self, file: Prepared, letter: PreparedLetter) -> None:
        self._add_letter_row(file, letter, self.new_case(letter), 1, current=True)

    def _add_version(
        self, file: Prepared, letter: PreparedLetter, case_id: int, version: int, decided: str | None
    ) -> None:
        """Another letter of a known case, whose current letter was decided on `decided`."""
        letter = note_reuse(letter, Content.of_case(self.cursor, case_id))
        current = supersedes(letter.record.decision_date, decided)
        if current:
            self.cursor.execute(
                "UPDATE letters SET is_current = 0 WHERE case_id = ? AND is_current", (case_id,)
            )
            self.rebuild_case(case_id, letter)
        self._add_letter_row(file, letter, case_id, version, current=current)

    def rebuild_case(self, case_id: int, letter: PreparedLetter) -> None:
        """Make the rows of a case anew as `letter` tells it; items and citations keep their numbers in order.

        Nothing of the case may be waiting to be written.
        """
        spare = {
            "disputed_items": self._numbers("disputed_items", "case_id = ?", case_id),
            "guideline_citations": self._numbers(
                "guideline_citations", "item_id IN (SELECT id FROM disputed_items WHERE case_id = ?)", case_id
            ),
        }
        self.remove_items(case_id)
        row = self._case_row(case_id, letter)
        self.cursor.execute(_UPDATE_CASE, (*row[1:], case_id))
        self._add_contents(case_id, letter, spare)

    def remove_items(self, case_id: int) -> None:
        """Remove what hangs on a case: its items with their citations, and its diagnoses."""
        note_changed_rationales(self.cursor, case_id)
        items = "SELECT id FROM disputed_items WHERE case_id = ?"
        citations = f"SELECT id FROM guideline_citations WHERE item_id IN ({items})"
        for statement in (
            f"DELETE FROM citation_pages WHERE citation_id IN ({citations})",
            f"DELETE FROM citation_sections WHERE citation_id IN ({citations})",
            f"DELETE FROM guideline_citations WHERE item_id IN ({items})",
            "DELETE FROM disputed_items WHERE case_id = ?",
            "DELETE FROM case_diagnoses WHERE case_id = ?",
        ):
            self.cursor.execute(statement, (case_id,))

    def new_case(self, letter: PreparedLetter) -> int:
        """The number of a new case, as `letter` tells it; its letters are the caller's to add."""
        case_id = self._number("cases")
        self._waiting["cases"].append(self._case_row(case_id, letter))
        self._add_contents(case_id, letter, {})
        return case_id

    def _numbers(self, table: str, condition: str, case_id: int) -> list[int]:
        """The numbers of a case's rows in a table, the last one first."""
        found = self.cursor.execute(
            f"SELECT id FROM {table} WHERE {condition} ORDER BY id DESC", (case_id,)
        ).fetchall()
        return [number for (number,) in found]

    def _case_row(self, case_id: int, letter: PreparedLetter) -> Row:
        record = letter.record
        reviewer = self._lookups.reviewer(self.cursor, record.reviewer, letter.unrecognised)
        return case_row(case_id, letter.known_by, record, reviewer)

    def _add_letter_row(
        self, file: Prepared, letter: PreparedLetter, case_id: int, version: int, *, current: bool
    ) -> None:
        letter_id = self._number("letters")
        row = letter_row(letter_id, case_id, version, current, file, letter, self.now)
        self._waiting["letters"].append(row)
        self._waiting["letter_problems"] += problem_rows(letter_id, letter.record)

    def _add_contents(self, case_id: int, letter: PreparedLetter, spare: dict[str, list[int]]) -> None:
        """The rows that hang on a case; they take the numbers in `spare` first, from its end."""
        record = letter.record
        for position, name in enumerate(dict.fromkeys(record.diagnoses), 1):
            diagnosis = self._lookups.diagnosis(self.cursor, name, recognised=name not in letter.unrecognised)
            self._waiting["case_diagnoses"].append((case_id, diagnosis, position))
        for position, item in enumerate(record.items, 1):
            item_id = self._number("disputed_items", spare)
            service = self._lookups.service(self.cursor, item)
            self._waiting["disputed_items"].append(item_row(item_id, case_id, position, item, service))
            for place, citation in enumerate(item.citations, 1):
                citation_id = self._number("guideline_citations", spare)
                guideline = self._lookups.guideline(self.cursor, citation)
                self._waiting["guideline_citations"].append(
                    citation_row(citation_id, item_id, place, citation, guideline)
                )
                self._waiting["citation_sections"] += section_rows(citation_id, citation)
                self._waiting["citation_pages"] += page_rows(citation_id, citation)

    def _number(self, table: str, spare: dict[str, list[int]] | None = None) -> int:
        if spare and spare.get(table):
            return spare[table].pop()
        number: int = self._next[table]
        self._next[table] = number + 1
        return number
