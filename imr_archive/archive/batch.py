"""The rows of one transaction: what becomes of a file's letters, and a case made anew.

Which letter is which: the same bytes, or the same text in another container, are known already. Another text
of a case that is known is a new version of its letter. The case is as its current version tells it: the one
decided latest and, where dates are equal or missing, the one read latest. Older versions stay in `letters`.
"""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Sequence
from typing import Literal

import msgspec

from imr_archive.archive.fulltext import BY_CONTENT, index_rows, insert_unindexed
from imr_archive.archive.known_letters import KnownCase, KnownLetters
from imr_archive.archive.lookups import Lookups
from imr_archive.archive.prepared import Prepared, PreparedLetter
from imr_archive.archive.rationale_marks import note_changed_rationales
from imr_archive.archive.reused_numbers import Content, note_reuse
from imr_archive.archive.rows import (
    COLUMNS,
    Row,
    case_row,
    citation_row,
    date_value,
    insert_rows,
    item_row,
    letter_row,
    page_rows,
    problem_rows,
    section_rows,
    update_statement,
)
from imr_archive.archive.source_files import file_row, note_files

Became = Literal["stored", "new_version", "known", "set_aside"]

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
        self._waiting_cases: set[int] = set()
        self._notes: list[Row] = []
        self._next = {
            table: cursor.execute(f"SELECT ifnull(max(id), 0) + 1 FROM {table}").fetchone()[0]
            for table in _NUMBERED
        }

    def add(self, files: Sequence[Prepared]) -> list[FileOutcome]:
        """Decide what becomes of each file and take in its letters; an outcome for each, in their order."""
        known = KnownLetters(self.cursor, files)
        return [self._add_file(file, known) for file in files]

    def _add_file(self, file: Prepared, known: KnownLetters) -> FileOutcome:
        if file.reason is not None and known.holds_bytes(file):
            # A scan that was stored by OCR, and is now read again without it: its letter is here.
            read = msgspec.structs.replace(file, reason=None, message=None)
            self._notes.append(file_row(read, "known", self.now))
            return FileOutcome(file.path, "known")
        if file.reason is not None:
            self._notes.append(file_row(file, "set_aside", self.now))
            return FileOutcome(file.path, "set_aside", file.reason)
        became: list[Became] = []
        stored = []
        for letter in file.letters:
            became.append(self._add_letter(file, letter, known))
            if became[-1] != "known":
                stored.append(letter)
        self._notes.append(file_row(file, "stored" if stored else "known", self.now))
        items = sum(len(letter.record.items) for letter in stored)
        for most in ("stored", "new_version"):
            if most in became:
                return FileOutcome(file.path, most, None, len(stored), items)
        return FileOutcome(file.path, "known")

    def fresh(self) -> Batch:
        """A batch in the same transaction that knows nothing of this one's rows, which were rolled back."""
        return Batch(self.cursor, self._lookups, self.now)

    def flush(self) -> None:
        """Write all that waits; the search index last, for it is slow beside rows that fire triggers."""
        for table, rows in self._waiting.items():
            if table in BY_CONTENT:
                insert_unindexed(self.cursor, BY_CONTENT[table], rows)
            else:
                insert_rows(self.cursor, table, rows)
        for table, rows in self._waiting.items():
            if rows and table in BY_CONTENT:
                index_rows(self.cursor, BY_CONTENT[table], rows)
            rows.clear()
        note_files(self.cursor, self._notes)
        self._notes.clear()
        self._waiting_cases.clear()

    def _add_letter(self, file: Prepared, letter: PreparedLetter, known: KnownLetters) -> Became:
        if known.holds(file, letter):
            return "known"
        case = known.case_of(letter)
        if case is None:
            known.note(file, letter, self._add_case(file, letter))
            return "stored"
        known.note(file, letter, self._add_version(file, letter, case))
        return "new_version"

    def _add_case(self, file: Prepared, letter: PreparedLetter) -> KnownCase:
        case_id = self.new_case(letter)
        self._add_letter_row(file, letter, case_id, 1, current=True)
        return KnownCase(case_id, date_value(letter.record.decision_date), 1)

    def _add_version(self, file: Prepared, letter: PreparedLetter, case: KnownCase) -> KnownCase:
        """Another letter of a known case; the case as it is with it."""
        case_id, decided, versions = case
        if case_id in self._waiting_cases:
            self.flush()
        letter = note_reuse(letter, Content.of_case(self.cursor, case_id))
        current = supersedes(letter.record.decision_date, decided)
        if current:
            self.cursor.execute(
                "UPDATE letters SET is_current = 0 WHERE case_id = ? AND is_current", (case_id,)
            )
            self.rebuild_case(case_id, letter)
            decided = date_value(letter.record.decision_date)
        self._add_letter_row(file, letter, case_id, versions + 1, current=current)
        return KnownCase(case_id, decided, versions + 1)

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
        self._waiting_cases.add(case_id)
        row = letter_row(letter_id, case_id, version, current, file, letter, self.now)
        self._waiting["letters"].append(row)
        self._waiting["letter_problems"] += problem_rows(letter_id, letter.record)

    def _add_contents(self, case_id: int, letter: PreparedLetter, spare: dict[str, list[int]]) -> None:
        """The rows that hang on a case; they take the numbers in `spare` first, from its end."""
        record, waiting = letter.record, self._waiting
        for position, name in enumerate(dict.fromkeys(record.diagnoses), 1):
            diagnosis = self._lookups.diagnosis(self.cursor, name, recognised=name not in letter.unrecognised)
            waiting["case_diagnoses"].append((case_id, diagnosis, position))
        for position, item in enumerate(record.items, 1):
            item_id = self._number("disputed_items", spare)
            service = self._lookups.service(self.cursor, item)
            waiting["disputed_items"].append(item_row(item_id, case_id, position, item, service))
            for place, citation in enumerate(item.citations, 1):
                citation_id = self._number("guideline_citations", spare)
                guideline = self._lookups.guideline(self.cursor, citation)
                waiting["guideline_citations"].append(
                    citation_row(citation_id, item_id, place, citation, guideline)
                )
                if citation.sections:
                    waiting["citation_sections"] += section_rows(citation_id, citation)
                if citation.pages:
                    waiting["citation_pages"] += page_rows(citation_id, citation)

    def _number(self, table: str, spare: dict[str, list[int]] | None = None) -> int:
        if spare and spare.get(table):
            return spare[table].pop()
        number: int = self._next[table]
        self._next[table] = number + 1
        return number
