"""The words of the full-text index, through SQLite's own view of it (fts5vocab)."""

from __future__ import annotations

import sqlite3

from sqlalchemy import Connection, text

from imr_archive.archive.fulltext import TABLES, TOKENIZER

MOST_TERMS = 50_000
"""Terms that begin with one letter: an archive of every letter has some ten thousand."""

_OPEN, _CLOSE = "\x02", "\x03"


def index_terms(connection: Connection, beginning: str) -> list[str]:
    """The terms that begin so, as the index keeps them: in lower case and stemmed (`therapi`)."""
    if not beginning:
        return []
    _ensure_views(connection)
    found: dict[str, None] = {}
    for table in TABLES:
        rows = connection.execute(
            text(f"SELECT term FROM temp.{table.name}_terms WHERE term >= :low AND term < :high LIMIT :most"),
            {"low": beginning, "high": beginning + "\U0010ffff", "most": MOST_TERMS},
        )
        found |= dict.fromkeys(rows.scalars())
    return list(found)


def stem(word: str) -> str:
    """The term by which the index knows a word; the word itself where it is none."""
    memory = sqlite3.connect(":memory:")
    try:
        memory.execute(f"CREATE VIRTUAL TABLE word USING fts5(text, tokenize='{TOKENIZER}')")
        memory.execute("CREATE VIRTUAL TABLE term USING fts5vocab('word', 'row')")
        memory.execute("INSERT INTO word VALUES (?)", (word,))
        row = memory.execute("SELECT term FROM term").fetchone()
    finally:
        memory.close()
    return word if row is None else str(row[0])


def printed_form(connection: Connection, term: str) -> str:
    """The first word of the archive that has this stem, as printed; the stem where none tells it."""
    for table in TABLES:
        columns = ", ".join(
            f"highlight({table.name}, {number}, :open, :close)" for number in range(len(table.columns))
        )
        row = connection.execute(
            text(f"SELECT {columns} FROM {table.name} WHERE {table.name} MATCH :word LIMIT 1"),
            {"open": _OPEN, "close": _CLOSE, "word": f'"{term}"'},
        ).first()
        for marked in row or ():
            if marked and _OPEN in marked:
                return str(marked).split(_OPEN, 1)[1].split(_CLOSE, 1)[0].casefold()
    return term


def _ensure_views(connection: Connection) -> None:
    """Make the tables through which FTS5 tells its terms; they are this connection's own and hold nothing.

    A connection for reading may make them too, so it is told for this moment that it may write.
    """
    guarded = connection.exec_driver_sql("PRAGMA query_only").scalar_one()
    connection.exec_driver_sql("PRAGMA query_only=OFF")
    try:
        for table in TABLES:
            connection.exec_driver_sql(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{table.name}_terms"
                f" USING fts5vocab('main', '{table.name}', 'row')"
            )
    finally:
        connection.exec_driver_sql(f"PRAGMA query_only={guarded}")
