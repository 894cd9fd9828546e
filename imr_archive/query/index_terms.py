"""The words of the full-text index, through SQLite's own view of it (fts5vocab)."""

from __future__ import annotations

from sqlalchemy import Connection, text

from imr_archive.archive.fulltext import TABLES
from imr_archive.archive.kept.stems import stems
from imr_archive.archive.store import sqlite_cursor

MOST_TERMS = 50_000
"""Terms that begin with one letter: an archive of every letter has some ten thousand."""

_MOST_TOLD = 64
"""Lists of terms that a process remembers."""

_told: dict[tuple[int, str], list[str]] = {}

_OPEN, _CLOSE = "\x02", "\x03"
_LAST = "\U0010ffff"


def index_terms(connection: Connection, beginning: str) -> list[str]:
    """The terms that begin so, as the index keeps them: in lower case and stemmed (`therapi`).

    To tell a term FTS5 reads the whole list of the rows that have it. Where the archive keeps sets of common
    words, these are known without, and only the terms between them are asked for, once for each state of the
    sets: a word that came in since then and stands nowhere else is not told.
    """
    if not beginning:
        return []
    state = _state_of_sets(connection)
    if state is None:
        return _asked(connection, beginning)
    key = (state, beginning)
    if key not in _told:
        if len(_told) >= _MOST_TOLD:
            _told.clear()
        _told[key] = _asked(connection, beginning)
    return _told[key]


def _asked(connection: Connection, beginning: str) -> list[str]:
    _ensure_views(connection)
    common = _common_stems(connection, beginning)
    found = dict.fromkeys(common)
    lows = [beginning, *(f"{term}\0" for term in common)]
    highs = [*map(_just_before, common), f"{beginning}{_LAST}"]
    cursor = sqlite_cursor(connection)
    for table in TABLES:
        sql = f"SELECT term FROM temp.{table.name}_terms WHERE term >= ? AND term <= ? LIMIT {MOST_TERMS}"
        for low, high in zip(lows, highs, strict=True):
            found |= dict.fromkeys(term for (term,) in cursor.execute(sql, (low, high)))
    return list(found)


def _state_of_sets(connection: Connection) -> int | None:
    """A number that no other state of the sets of any archive has; None where the archive keeps no sets."""
    known = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'item_set_state')"
    if not connection.exec_driver_sql(known).scalar_one():
        return None
    return connection.exec_driver_sql("SELECT token FROM item_set_state WHERE last_item_id >= 0").scalar()


def _common_stems(connection: Connection, beginning: str) -> list[str]:
    """The single words that begin so and of which sets are kept, in order."""
    known = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'word_sets')"
    if not connection.exec_driver_sql(known).scalar_one():
        return []
    asked = {"low": beginning, "high": f"{beginning}{_LAST}"}
    rows = connection.execute(
        text("SELECT DISTINCT stems FROM word_sets WHERE stems BETWEEN :low AND :high"), asked
    )
    return sorted(stems for stems in rows.scalars() if " " not in stems)


def _just_before(term: str) -> str:
    """The last string before a term, by the order of the index."""
    return f"{term[:-1]}{chr(ord(term[-1]) - 1)}{_LAST}"


def stem(word: str) -> str:
    """The term by which the index knows a word; the word itself where it is none."""
    return next(iter(stems(word)), word)


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
