"""Rows that many letters share: specialties, sets of credentials, services, guidelines.

Each is found by its key or made. Ids once met are remembered, up to a number that keeps memory flat however
many documents are cited.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from imr_archive.parsing.record import Citation, Item, Reviewer

MOST_REMEMBERED = 50_000
"""Ids kept in memory for each table; then memory is emptied and the database is asked again."""

Value = str | int | None


class Ids(dict[tuple[object, ...], int]):
    """Numbers of rows once met, by what they are known by; emptied when they are too many."""

    def keep(self, key: tuple[object, ...], number: int) -> int:
        """Remember a number, and give it back."""
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        self[key] = number
        return number


class Lookup:
    """One table whose rows are told apart by some of its columns."""

    def __init__(self, table: str, key: Sequence[str], others: Sequence[str] = ()) -> None:
        columns = (*key, *others)
        found = " AND ".join(f"{column} = ?" for column in key)
        self._find = f"SELECT {', '.join(('id', *others))} FROM {table} WHERE {found}"
        self._make = (
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"VALUES ({', '.join('?' for _ in columns)}) RETURNING id"
        )
        self._change = f"UPDATE {table} SET {', '.join(f'{column} = ?' for column in others)} WHERE id = ?"
        self._ids = Ids()

    def remembered(self, key: tuple[str, ...]) -> int | None:
        """The id of the row with this key where it was met before, without asking the database."""
        return self._ids.get(key)

    def get(self, cursor: sqlite3.Cursor, key: tuple[str, ...], others: tuple[Value, ...] = ()) -> int:
        """The id of the row with this key, which is made where there is none.

        others: what the other columns are to hold; a row that holds something else is brought up to date.
        """
        known = self._ids.get(key)
        if known is not None:
            return known
        row = cursor.execute(self._find, key).fetchone()
        if row is None:
            row = cursor.execute(self._make, key + others).fetchone()
        elif tuple(row[1:]) != others:
            cursor.execute(self._change, (*others, row[0]))
        return self._ids.keep(key, row[0])

    def forget(self) -> None:
        """Forget every id: rows may have been rolled back or changed by another process."""
        self._ids.clear()


class Lookups:
    """All shared rows of an archive."""

    def __init__(self) -> None:
        self._specialties = Lookup("specialties", ["name"], ["recognised"])
        self._diagnoses = Lookup("diagnoses", ["name"], ["recognised"])
        self._reviewers = Lookup("reviewers", ["credentials"])
        self._services = Lookup("service_types", ["category", "subcategory", "service"])
        self._guidelines = Lookup("guidelines", ["label"], ["source", "title", "year", "recognised"])
        self._reviewers_as_printed = Ids()
        self._guidelines_as_cited = Ids()

    def forget(self) -> None:
        """Forget every id."""
        for lookup in (self._specialties, self._diagnoses, self._reviewers, self._services, self._guidelines):
            lookup.forget()
        self._reviewers_as_printed.clear()
        self._guidelines_as_cited.clear()

    def reviewer(
        self, cursor: sqlite3.Cursor, reviewer: Reviewer, unrecognised: frozenset[str]
    ) -> int | None:
        """The id of the reviewer's set of credentials; None where the letter names none."""
        printed = (reviewer.specialties, reviewer.licensure_states)
        known = self._reviewers_as_printed.get(printed)
        if known is not None:
            return known
        specialties = tuple(dict.fromkeys(reviewer.specialties))
        states = tuple(dict.fromkeys(reviewer.licensure_states))
        if not specialties and not states:
            return None
        key = (credentials(specialties, states),)
        known = self._reviewers.remembered(key)
        if known is not None:
            return self._reviewers_as_printed.keep(printed, known)
        reviewer_id = self._reviewers.get(cursor, key)
        numbers = [
            self._specialties.get(cursor, (name,), (name not in unrecognised,)) for name in specialties
        ]
        _link(cursor, "reviewer_specialties", "specialty_id", reviewer_id, numbers)
        _link(cursor, "reviewer_states", "state", reviewer_id, states)
        return self._reviewers_as_printed.keep(printed, reviewer_id)

    def diagnosis(self, cursor: sqlite3.Cursor, name: str, *, recognised: bool) -> int:
        """The id of a diagnosis."""
        return self._diagnoses.get(cursor, (name,), (recognised,))

    def service(self, cursor: sqlite3.Cursor, item: Item) -> int | None:
        """The id of the item's kind of service; None where the vocabulary does not know it."""
        key = service_key(item)
        return None if key is None else self._services.get(cursor, key)

    def guideline(self, cursor: sqlite3.Cursor, citation: Citation) -> int:
        """The id of the guideline edition that the citation names."""
        cited = (citation.source, citation.guideline, citation.year)
        known = self._guidelines_as_cited.get(cited)
        if known is not None:
            return known
        others = (*cited, guideline_recognised(citation))
        number = self._guidelines.get(cursor, (guideline_label(citation),), others)
        return self._guidelines_as_cited.keep(cited, number)


def _link(
    cursor: sqlite3.Cursor, table: str, column: str, reviewer_id: int, values: Sequence[int | str]
) -> None:
    """Bring what a set of credentials names to `values`, in their order."""
    found = cursor.execute(
        f"SELECT {column}, position FROM {table} WHERE reviewer_id = ? ORDER BY position", (reviewer_id,)
    ).fetchall()
    wanted = [(value, position) for position, value in enumerate(values, 1)]
    if found == wanted:
        return
    cursor.execute(f"DELETE FROM {table} WHERE reviewer_id = ?", (reviewer_id,))
    cursor.executemany(
        f"INSERT INTO {table} (reviewer_id, {column}, position) VALUES (?, ?, ?)",
        [(reviewer_id, value, position) for value, position in wanted],
    )


_KEPT_BY: dict[str, str] = {
    "reviewers": "SELECT 1 FROM cases WHERE cases.reviewer_id = reviewers.id",
    "specialties": "SELECT 1 FROM reviewer_specialties WHERE specialty_id = specialties.id",
    "diagnoses": "SELECT 1 FROM case_diagnoses WHERE diagnosis_id = diagnoses.id",
    "service_types": "SELECT 1 FROM disputed_items WHERE service_type_id = service_types.id",
    "guidelines": "SELECT 1 FROM guideline_citations WHERE guideline_id = guidelines.id",
}
"""What keeps a row of each table; reviewers go before the specialties that they name."""


def remove_unused(cursor: sqlite3.Cursor) -> int:
    """Remove the shared rows that nothing names any longer; how many there were.

    Who remembers ids must forget them after it.
    """
    unused = f"SELECT id FROM reviewers WHERE NOT EXISTS ({_KEPT_BY['reviewers']})"
    for table in ("reviewer_specialties", "reviewer_states"):
        cursor.execute(f"DELETE FROM {table} WHERE reviewer_id IN ({unused})")
    return sum(
        cursor.execute(f"DELETE FROM {table} WHERE NOT EXISTS ({kept_by})").rowcount
        for table, kept_by in _KEPT_BY.items()
    )


def credentials(specialties: Sequence[str], states: Sequence[str]) -> str:
    """Such as `Pain Management, Anesthesiology (California, Texas)`."""
    licensed = f"({', '.join(states)})" if states else ""
    return " ".join(filter(None, (", ".join(specialties), licensed)))


def service_key(item: Item) -> tuple[str, str, str] | None:
    """Category, subcategory and service of an item; None where the vocabulary does not know it."""
    if item.category is None or item.subcategory is None:
        return None
    return item.category, item.subcategory, item.service or item.subcategory


def guideline_recognised(citation: Citation) -> bool:
    """Whether the vocabulary knows the title that a citation names."""
    return citation.source != "other" and citation.guideline not in citation.unrecognised


def guideline_label(citation: Citation) -> str:
    """Such as `MTUS Chronic Pain Medical Treatment 2016`."""
    year = None if citation.year is None else str(citation.year)
    return " ".join(filter(None, (citation.source, citation.guideline, year)))
