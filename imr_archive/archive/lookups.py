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


class Lookup:
    """One table whose rows are told apart by some of its columns."""

    def __init__(self, table: str, key: Sequence[str], others: Sequence[str] = ()) -> None:
        columns = (*key, *others)
        self._find = f"SELECT id FROM {table} WHERE {' AND '.join(f'{column} = ?' for column in key)}"
        self._make = (
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"VALUES ({', '.join('?' for _ in columns)}) RETURNING id"
        )
        self._ids: dict[tuple[str, ...], int] = {}

    def find(self, cursor: sqlite3.Cursor, key: tuple[str, ...]) -> int | None:
        """The id of the row with this key, None where there is none."""
        known = self._ids.get(key)
        if known is not None:
            return known
        row = cursor.execute(self._find, key).fetchone()
        return None if row is None else self._remember(key, row[0])

    def make(self, cursor: sqlite3.Cursor, key: tuple[str, ...], others: tuple[Value, ...] = ()) -> int:
        """The id of a new row."""
        (made,) = cursor.execute(self._make, key + others).fetchone()
        return self._remember(key, made)

    def forget(self) -> None:
        """Forget every id: rows may have been rolled back or changed by another process."""
        self._ids.clear()

    def _remember(self, key: tuple[str, ...], number: int) -> int:
        if len(self._ids) >= MOST_REMEMBERED:
            self._ids.clear()
        self._ids[key] = number
        return number


class Lookups:
    """All shared rows of an archive."""

    def __init__(self) -> None:
        self._specialties = Lookup("specialties", ["name"], ["recognised"])
        self._reviewers = Lookup("reviewers", ["credentials"])
        self._services = Lookup("service_types", ["category", "subcategory", "service"])
        self._guidelines = Lookup("guidelines", ["label"], ["source", "title", "year", "recognised"])

    def forget(self) -> None:
        """Forget every id."""
        for lookup in (self._specialties, self._reviewers, self._services, self._guidelines):
            lookup.forget()

    def reviewer(
        self, cursor: sqlite3.Cursor, reviewer: Reviewer, unrecognised: frozenset[str]
    ) -> int | None:
        """The id of the reviewer's set of credentials; None where the letter names none."""
        specialties = tuple(dict.fromkeys(reviewer.specialties))
        states = tuple(dict.fromkeys(reviewer.licensure_states))
        if not specialties and not states:
            return None
        key = (credentials(specialties, states),)
        known = self._reviewers.find(cursor, key)
        if known is not None:
            return known
        made = self._reviewers.make(cursor, key)
        cursor.executemany(
            "INSERT INTO reviewer_specialties (reviewer_id, specialty_id, position) VALUES (?, ?, ?)",
            [
                (made, self._specialty(cursor, name, name not in unrecognised), position)
                for position, name in enumerate(specialties, 1)
            ],
        )
        cursor.executemany(
            "INSERT INTO reviewer_states (reviewer_id, state, position) VALUES (?, ?, ?)",
            [(made, state, position) for position, state in enumerate(states, 1)],
        )
        return made

    def _specialty(self, cursor: sqlite3.Cursor, name: str, recognised: bool) -> int:
        found = self._specialties.find(cursor, (name,))
        return self._specialties.make(cursor, (name,), (recognised,)) if found is None else found

    def service(self, cursor: sqlite3.Cursor, item: Item) -> int | None:
        """The id of the item's kind of service; None where the vocabulary does not know it."""
        if item.category is None or item.subcategory is None:
            return None
        key = (item.category, item.subcategory, item.service or item.subcategory)
        found = self._services.find(cursor, key)
        return self._services.make(cursor, key) if found is None else found

    def guideline(self, cursor: sqlite3.Cursor, citation: Citation) -> int:
        """The id of the guideline edition that the citation names."""
        label = guideline_label(citation)
        found = self._guidelines.find(cursor, (label,))
        if found is not None:
            return found
        recognised = citation.source != "other" and citation.guideline not in citation.unrecognised
        others = (citation.source, citation.guideline, citation.year, recognised)
        return self._guidelines.make(cursor, (label,), others)


def credentials(specialties: Sequence[str], states: Sequence[str]) -> str:
    """Such as `Pain Management, Anesthesiology (California, Texas)`."""
    licensed = f"({', '.join(states)})" if states else ""
    return " ".join(filter(None, (", ".join(specialties), licensed)))


def guideline_label(citation: Citation) -> str:
    """Such as `MTUS Chronic Pain Medical Treatment 2016`."""
    year = None if citation.year is None else str(citation.year)
    return " ".join(filter(None, (citation.source, citation.guideline, year)))
