"""Words as the search index holds them: FTS5's own tokenizer takes texts apart and words to their stems."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from functools import lru_cache

from imr_archive.archive.fulltext import TOKENIZER

Stems = tuple[str, ...]

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
