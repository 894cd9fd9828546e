"""Sets of the items that have a common word or phrase, made by the search index a chunk at a time.

Which words are common is decided once for the whole archive, and again when it has doubled: those that one
item in a hundred has, and the words and phrases of the vocabulary down to one in a thousand. FTS5 finds
rarer ones at once. A phrase of common words is kept however rare: FTS5 has to compare all their places. So
are the pairs of words that most often stand in a row.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from imr_archive.archive.kept.packing import chunk_ends, pack_items
from imr_archive.archive.kept.stems import Stems, stem_counts, stems_of
from imr_archive.archive.kept.word_pairs import choose_pairs

COMMON = 0.01
"""The share of items from which on a word has a set."""

COMMON_IN_VOCABULARY = 0.001
"""The same for words and phrases of the vocabulary, of which many are often asked for at once."""

_SAMPLE = 10_000
"""Texts of each part that are looked at to decide: a share of 0.01 comes out right to a tenth of it."""

_NEAR_CASES = 4_096
"""Cases that lie no further apart are read in one go."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class PartOfText:
    """One part of a decision's text, and where the search index has it."""

    name: str
    table: str
    column: str
    content: str

    def match(self, expression: str) -> str:
        """The FTS5 expression that looks for `expression` in this part alone."""
        return expression if self is SUMMARY else f"{{{self.column}}} : {expression}"


HEADING = PartOfText("heading", "disputed_items_fts", "description", "disputed_items")
RATIONALE = PartOfText("rationale", "disputed_items_fts", "rationale", "disputed_items")
SUMMARY = PartOfText("summary", "cases_fts", "summary", "cases")
PARTS = {part.name: part for part in (HEADING, RATIONALE, SUMMARY)}
"""The parts of a decision's text that have sets of words."""


@dataclass(frozen=True)
class Chosen:
    """A word or phrase that is to have a set in a part."""

    part: str
    stems: str
    expression: str


def choose_words(
    cursor: sqlite3.Cursor, phrases: Sequence[str], small_words: Sequence[str] = ()
) -> list[Chosen]:
    """The words and phrases of the archive that are to have sets.

    phrases: the vocabulary's; small_words: those that no pair of words is asked for by.
    """
    small = {stem for stems in stems_of(small_words) for stem in stems}
    wordings = {stems: phrase for phrase, stems in zip(phrases, stems_of(phrases), strict=True) if stems}
    texts = {part: _sample(cursor, part) for part in PARTS.values()}
    shares = {part: _shares(some) for part, some in texts.items()}
    # FTS5 reads the list of a word's rows whatever part it stands in: heading and rationale have one index.
    together = {
        stem: max(shares[HEADING].get(stem, 0), shares[RATIONALE].get(stem, 0))
        for stem in shares[HEADING].keys() | shares[RATIONALE].keys()
    }
    chosen: list[Chosen] = []
    for part, some in texts.items():
        usual = shares[part] if part is SUMMARY else together
        common = {stem for stem, share in usual.items() if share >= COMMON}
        known = {
            stems for stems in wordings if all(usual.get(stem, 0) >= COMMON_IN_VOCABULARY for stem in stems)
        }
        alone = _wordings(texts.values(), common - {stems[0] for stems in known if len(stems) == 1})
        expressions: dict[Stems, str] = {(stem,): word for stem, word in alone.items()}
        expressions |= {stems: wordings[stems] for stems in known}
        singles = {stems[0]: words for stems, words in expressions.items() if len(stems) == 1}
        for one, other in choose_pairs(some, singles.keys() - small):
            expressions.setdefault((one, other), f"{singles[one]} {singles[other]}")
        chosen += [
            Chosen(part.name, " ".join(stems), f'"{words}"') for stems, words in sorted(expressions.items())
        ]
    return chosen


def _shares(texts: Sequence[str]) -> dict[str, float]:
    """The share of the texts that have each stem."""
    return {stem: count / len(texts) for stem, count in stem_counts(texts).items()}


def _sample(cursor: sqlite3.Cursor, part: PartOfText) -> list[str]:
    """Some thousand texts of a part, from all over the archive."""
    (last,) = cursor.execute(f"SELECT ifnull(max(id), 0) FROM {part.content}").fetchone()
    ids = list(range(1, last + 1, last // _SAMPLE + 1))
    rows = cursor.execute(
        f"SELECT ifnull({part.column}, '') FROM {part.content} WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(ids),),
    )
    return [text for (text,) in rows]


def _wordings(texts: Iterable[Sequence[str]], wanted: set[str]) -> dict[str, str]:
    """A word for each stem: a stem that is looked for would be brought to its own stem, perhaps another."""
    alone = dict(zip(sorted(wanted), stems_of(sorted(wanted)), strict=True))
    found = {stem: stem for stem, again in alone.items() if again == (stem,)}
    if len(found) < len(wanted):
        words = sorted({word for part in texts for text in part for word in _WORD.findall(text.lower())})
        for word, itself in zip(words, stems_of(words), strict=True):
            if len(itself) == 1 and itself[0] in wanted:
                found.setdefault(itself[0], word)
    return found


class ChunkWords:
    """The sets of words of one chunk."""

    def __init__(self, cursor: sqlite3.Cursor, chunk: int) -> None:
        self._cursor = cursor
        self._first, self._last = chunk_ends(chunk)
        rows = cursor.execute(
            "SELECT id, case_id FROM disputed_items WHERE id BETWEEN ? AND ? ORDER BY id",
            (self._first, self._last),
        ).fetchall()
        pairs = np.array(rows, dtype=np.int64).reshape(-1, 2)
        self._ids = pairs[:, 0].astype(np.uint32)
        self._runs, self._places = _runs(pairs[:, 1])

    @property
    def items(self) -> BitMap:
        """The ids that items of the chunk have."""
        return BitMap(self._ids)

    def having(self, part: PartOfText, expression: str) -> BitMap:
        """The items of the chunk whose `part` matches; of a summary, all items of its case."""
        query = part.match(expression)
        if part is not SUMMARY:
            return BitMap(self._matches(part, query, self._first, self._last))
        has = np.zeros(self._places.max(initial=0) + 1, dtype=bool)
        for first, last, place in self._runs:
            has[self._matches(part, query, first, last) + (place - first)] = True
        return BitMap(self._ids[has[self._places]])

    def _matches(self, part: PartOfText, query: str, first: int, last: int) -> NDArray[np.int64]:
        """The rows between two that match; one text of all numbers is the quickest way out of SQLite."""
        (numbers,) = self._cursor.execute(
            f"SELECT group_concat(rowid) FROM {part.table} WHERE {part.table} MATCH ? "
            "AND rowid BETWEEN ? AND ?",
            (query, first, last),
        ).fetchone()
        return np.fromstring(numbers, dtype=np.int64, sep=",") if numbers else np.empty(0, dtype=np.int64)


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


def build_words(words: ChunkWords, sets: Sequence[tuple[int, Chosen]]) -> Iterator[tuple[int, bytes]]:
    """What the word sets hold of a chunk, packed, by their numbers; those without an item are left out."""
    for number, chosen in sets:
        found = words.having(PARTS[chosen.part], chosen.expression)
        if found:
            yield number, pack_items(found)
