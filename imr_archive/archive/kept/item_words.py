"""Which items of a range have a word or phrase in a part of their text."""

from __future__ import annotations

import sqlite3

import numpy as np
from numpy.typing import NDArray

from imr_archive.archive.kept.text_index import RowIds, TextIndex, matching_rows
from imr_archive.archive.kept.words import HEADING, PARTS, RATIONALE, SUMMARY, PartOfText

_NEAR_CASES = 4_096
"""Cases that lie no further apart are read in one go."""

_FEW = 16_384
"""Items whose texts are indexed in a second: the archive's index takes longer to be asked for thousands of
words, as it begins each list of rows and each search for a phrase at the first row of the archive."""

ItemIds = NDArray[np.uint32]


class ItemWords:
    """The items between two ids by the words of their parts, as the archive's search index has them."""

    def __init__(self, cursor: sqlite3.Cursor, first: int, last: int) -> None:
        self._cursor = cursor
        self._ends = first, last
        rows = cursor.execute(
            "SELECT id, case_id FROM disputed_items WHERE id BETWEEN ? AND ? ORDER BY id", self._ends
        )
        pairs = np.fromiter(rows, dtype=[("id", np.uint32), ("case", np.int64)])
        self.ids: ItemIds = pairs["id"].copy()
        self._runs, self._places = _runs(pairs["case"])
        self._indexes: dict[PartOfText, TextIndex] = {}

    def index_apart(self) -> None:
        """Put texts that are found sooner so into an index in memory: headings, and everything of few items.

        Headings are short, and the archive's index has one list of rows for a word in heading and rationale.
        """
        for part in PARTS.values() if len(self.ids) <= _FEW else (HEADING,):
            self._indexes[part] = TextIndex(self._cursor.execute(_TEXTS[part], self._ends))

    def close(self) -> None:
        """Let go of the texts that have an index apart."""
        for index in self._indexes.values():
            index.close()

    def having(self, part: PartOfText, expression: str) -> ItemIds:
        """The items whose `part` matches, in rising order; of a summary, all items of its case."""
        if part is not SUMMARY:
            return self._rows(part, expression, self._ends).astype(np.uint32)
        has = np.zeros(self._places.max(initial=0) + 1, dtype=bool)
        for first, last, place in self._runs:
            has[self._rows(part, expression, (first, last)) + (place - first)] = True
        return self.ids[has[self._places]]

    def _rows(self, part: PartOfText, expression: str, ends: tuple[int, int]) -> RowIds:
        """The rows between two whose `part` matches."""
        apart = self._indexes.get(part)
        if apart is None:
            return matching_rows(self._cursor, part.table, part.match(expression), ends)
        rows = apart.matching(expression)
        first, last = np.searchsorted(rows, (ends[0], ends[1] + 1))
        return rows[first:last]


_OF_ITEMS = "SELECT id, {0} FROM disputed_items WHERE id BETWEEN ? AND ? AND {0} IS NOT NULL"
_TEXTS = {
    HEADING: _OF_ITEMS.format(HEADING.column),
    RATIONALE: _OF_ITEMS.format(RATIONALE.column),
    SUMMARY: f"SELECT id, {SUMMARY.column} FROM cases WHERE {SUMMARY.column} IS NOT NULL AND id IN "
    "(SELECT case_id FROM disputed_items WHERE id BETWEEN ? AND ?)",
}
"""What reads the texts of a part for the items between two ids."""


def _runs(cases: NDArray[np.int64]) -> tuple[list[tuple[int, int, int]], NDArray[np.int64]]:
    """Ranges of case ids that hold all of `cases`, apart where they are far from one another.

    Each has its first and last id and a place for the first; then comes the place of each of `cases`, when
    the ranges are laid side by side.
    """
    known = np.unique(cases)
    breaks = np.flatnonzero(np.diff(known) > _NEAR_CASES) + 1
    runs, shifts, place = [], np.empty(len(cases), dtype=np.int64), 0
    for run in np.split(known, breaks) if len(known) else []:
        first, last = int(run[0]), int(run[-1])
        runs.append((first, last, place))
        shifts[(cases >= first) & (cases <= last)] = place - first
        place += last - first + 1
    return runs, cases + shifts
