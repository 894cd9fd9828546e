"""Whether a term stands in the texts of a few items, by reading them: cheaper than to ask the index for all.

The full-text index reads the lists of all items that have the words of a phrase, however few are in question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyroaring import BitMap
from sqlalchemy import Connection

from imr_archive.archive.kept.item_sets import Part
from imr_archive.archive.store import sqlite_cursor
from imr_archive.query.language.terms import Term
from imr_archive.query.ranking.index import as_list, texts
from imr_archive.query.ranking.words import Pattern, tokens

_SUMMARIES = (
    "SELECT i.id, coalesce(c.summary, '') FROM disputed_items AS i JOIN cases AS c ON c.id = i.case_id"
    " WHERE i.id IN (SELECT value FROM json_each(:ids))"
)


class CandidateTexts:
    """The texts of items as the tokens of the index, each read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tokens: dict[tuple[int, Part], list[str]] = {}

    def having(self, items: BitMap, term: Term, parts: Sequence[Part]) -> BitMap:
        """Those of the items of which one of these parts has one of the term's phrases.

        Of a term with `near` the index alone can say so.
        """
        pattern = Pattern(term)
        left, found = items, BitMap()
        for part in parts:
            standing = [item for item, text in self._texts(left, part) if pattern.stands_in(text)]
            found |= BitMap(standing)
            left = left - found
        return found

    def _texts(self, items: BitMap, part: Part) -> Iterable[tuple[int, list[str]]]:
        new = [item for item in items if (item, part) not in self._tokens]
        if new:
            self._read(new, part)
        return [(item, self._tokens[item, part]) for item in items]

    def _read(self, items: Sequence[int], part: Part) -> None:
        if part == "summary":
            asked = {"ids": as_list(items)}
            for item, summary in sqlite_cursor(self._connection).execute(_SUMMARIES, asked):
                self._tokens[item, part] = tokens(summary)
            return
        for item, passages in texts(self._connection, items).items():
            self._tokens[item, part] = tokens(passages.heading if part == "heading" else passages.rationale)
