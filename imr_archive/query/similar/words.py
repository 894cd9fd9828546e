"""Words as the full-text index knows them, and how rare each is, at a bounded cost."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, text

from imr_archive.archive.kept.stems import WORD_STEMS
from imr_archive.archive.store import sqlite_cursor

WORD = re.compile(r"[^\W_]+")

MOST_CHARACTERS = 20_000
"""Characters of one request whose words are compared: ten times what a long rationale has."""

MOST_TERMS = 160
"""Different terms of a request that are looked up; a rationale has some 120. Its first ones count."""

PROBED = 50
"""Newest items that are looked at to learn how rare a term is.

A term in fewer items is counted exactly. Of a more frequent one the share of the newest items that these
fifty are among is taken for all. FTS5's own count (fts5vocab) reads the whole list of a term's items, which
costs 330 ms for the words of one rationale in 380,000 items; this takes 20 ms, and hardly grows.
"""

_PROBE = "SELECT rowid FROM disputed_items_fts WHERE disputed_items_fts MATCH ? ORDER BY rowid DESC LIMIT ?"
_LONGEST_WORD = 40
_CODE = 5
"""Numbers say little of a request but for the five digits of a procedure code (CPT)."""


class Term(NamedTuple):
    """A term of the index: one word that has it as its stem, its weight (IDF) and the items it is in.

    ids: the newest ones; all, where `rare`.
    """

    stem: str
    word: str
    idf: float
    rare: bool
    ids: tuple[int, ...]


def every_word(passage: str) -> list[str]:
    """All words of a passage, in small letters and in order."""
    return WORD.findall(passage[:MOST_CHARACTERS].lower())


def words_of(passage: str) -> list[str]:
    """The words of a passage by which it is compared: of figures only those that are a code."""
    return [word for word in every_word(passage) if len(word) <= _LONGEST_WORD and _tells(word)]


def _tells(word: str) -> bool:
    if word.isdigit():
        return len(word) == _CODE
    return len(word) > 1


class Stems:
    """Gives words the stems that the index gives them, and keeps what was looked up of one archive."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self.terms: dict[str, Term | None] = {}
        """What was looked up in the archive, by stem; the items of one letter have many words in common."""

    def of(self, words: Iterable[str]) -> Mapping[str, str]:
        """The stems of these words and of all that were asked for before."""
        new = [word for word in dict.fromkeys(words) if word not in self._known]
        self._known |= zip(new, WORD_STEMS.of(new), strict=True)
        return self._known


def terms_of(connection: Connection, words: Iterable[str], stems: Stems) -> dict[str, Term]:
    """The different terms of these words that the index has, by stem, each with its weight."""
    listed = list(dict.fromkeys(words))
    stem_of = stems.of(listed)
    word_of: dict[str, str] = {}
    for word in listed:
        if len(word_of) == MOST_TERMS:
            break
        word_of.setdefault(stem_of[word], word)
    last = connection.execute(text("SELECT max(id) FROM disputed_items")).scalar() or 0
    for stem in word_of.keys() - stems.terms.keys():
        stems.terms[stem] = _weighed(connection, stem, word_of[stem], last)
    found = {stem: stems.terms[stem] for stem in word_of}
    return {stem: term for stem, term in found.items() if term is not None}


def _weighed(connection: Connection, stem: str, word: str, last: int) -> Term | None:
    ids = newest_with(connection, word, PROBED)
    if not ids:
        return None
    rare = len(ids) < PROBED
    frequency = len(ids) if rare else min(last, PROBED * last / (last - ids[-1] + 1))
    idf = math.log(1 + (last - frequency + 0.5) / (frequency + 0.5))
    return Term(stem, word, idf, rare, ids)


def newest_with(connection: Connection, word: str, most: int) -> tuple[int, ...]:
    """The newest items in whose heading or rationale a word stands, in any of its endings."""
    # The driver's own cursor: SQLAlchemy's result takes longer than most of these answers.
    rows = sqlite_cursor(connection).execute(_PROBE, (f'"{word}"', most)).fetchall()
    return tuple(item for (item,) in rows)
