"""Words as the search index holds them: FTS5's own tokenizer takes texts apart and words to their stems."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from functools import lru_cache

from imr_archive.archive.fulltext import TOKENIZER

Stems = tuple[str, ...]

_MOST_REMEMBERED = 200_000
"""Different words whose stems are kept, some 20 MB; then all are forgotten."""

_ALONE = threading.Lock()


def _new_tokenizer(kind: str) -> sqlite3.Connection:
    """A database in memory with an index to put words into, and a view of what it made of them."""
    connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    connection.execute(f"CREATE VIRTUAL TABLE words USING fts5(text, tokenize='{TOKENIZER}')")
    connection.execute(f"CREATE VIRTUAL TABLE stems USING fts5vocab(words, '{kind}')")
    connection.execute("BEGIN")
    return connection


@lru_cache(maxsize=1)
def _tokenizer() -> sqlite3.Connection:
    return _new_tokenizer("instance")


def stems_of(texts: Sequence[str]) -> list[Stems]:
    """The stems of each text's words, in their order."""
    found: list[list[str]] = [[] for _ in texts]
    with _ALONE:
        connection = _tokenizer()
        try:
            connection.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", enumerate(texts))
            for place, stem in connection.execute("SELECT doc, term FROM stems ORDER BY doc, offset"):
                found[place].append(stem)
        finally:
            connection.execute("ROLLBACK")
            connection.execute("BEGIN")
    return [tuple(each) for each in found]


def stem_counts(texts: Iterable[str]) -> dict[str, int]:
    """How many of the texts have each stem."""
    with contextlib.closing(_new_tokenizer("row")) as connection:
        connection.executemany("INSERT INTO words (text) VALUES (?)", ((text,) for text in texts))
        return dict(connection.execute("SELECT term, doc FROM stems").fetchall())


@lru_cache(maxsize=50_000)
def stems(text: str) -> Stems:
    """The stems of the words of one text."""
    return stems_of([text])[0]


class WordStems:
    """The stems of single words, remembered: a word met before costs a look into a dictionary."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, words: Sequence[str]) -> list[str]:
        """The stem of each of these words; a word of which the index would make none is its own."""
        try:
            return list(map(self._known.__getitem__, words))
        except KeyError:
            return list(map(self._learned(words).__getitem__, words))

    def _learned(self, words: Sequence[str]) -> dict[str, str]:
        """The stems of at least these words; a new dictionary, as others may be reading the old one."""
        known = self._known if len(self._known) < _MOST_REMEMBERED else {}
        new = [word for word in dict.fromkeys(words) if word not in known]
        found = zip(new, stems_of(new), strict=True)
        self._known = known = known | {word: next(iter(stems), word) for word, stems in found}
        return known


WORD_STEMS = WordStems()
"""The words met by this process."""
