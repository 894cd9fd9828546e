"""The full-text index: two FTS5 tables over the archive's own rows, kept true by triggers.

`content="..."` in double quotes is how Datasette and sqlite-utils recognise the table that is searched.
The index is derived: `ensure_full_text` brings any archive to the shape that `TABLES` declares and builds the
index anew where a table or trigger was missing or of another shape. Tools that copy a table to change it drop
its triggers, and rows written after that would not be found.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from imr_archive.archive.engine import error_code
from imr_archive.archive.rows import COLUMNS, Row, insert_rows

TOKENIZER = "porter unicode61"

SETTINGS = {"automerge": 8, "hashsize": 16 * 1024 * 1024}
"""FTS5's settings, which it keeps with the index (https://www.sqlite.org/fts5.html, section 6).

hashsize: the bytes of new words that wait in memory. A thousand letters have two or three million, so a batch
comes to the index as one part, and not as several that have to be merged. automerge: how many parts of one
size are merged. With 8 in place of 4 a word is written twice on its way to the part of 64 batches, not three
times; a search looks into some more parts, until `optimize` makes one of them.
"""


@dataclass(frozen=True)
class FullTextTable:
    """An FTS5 table over some text columns of the table `content`, whose key is `id`."""

    content: str
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the FTS5 table."""
        return f"{self.content}_fts"

    def objects(self) -> dict[str, str]:
        """The SQL of the FTS5 table and of its triggers, by name, in order of creation.

        Only changes of the indexed columns reach the index. The triggers have the names that sqlite-utils
        gives to its own.
        """
        columns = ", ".join(self.columns)
        new = ", ".join(f"new.{column}" for column in self.columns)
        old = ", ".join(f"old.{column}" for column in self.columns)
        add = f"INSERT INTO {self.name} (rowid, {columns}) VALUES (new.id, {new});"
        remove = f"INSERT INTO {self.name} ({self.name}, rowid, {columns}) VALUES ('delete', old.id, {old});"
        return {
            self.name: (
                f"CREATE VIRTUAL TABLE {self.name} USING FTS5 "
                f'({columns}, tokenize=\'{TOKENIZER}\', content="{self.content}", content_rowid="id")'
            ),
            f"{self.content}_ai": (
                f"CREATE TRIGGER {self.content}_ai AFTER INSERT ON {self.content} BEGIN {add} END"
            ),
            f"{self.content}_ad": (
                f"CREATE TRIGGER {self.content}_ad AFTER DELETE ON {self.content} BEGIN {remove} END"
            ),
            f"{self.content}_au": (
                f"CREATE TRIGGER {self.content}_au AFTER UPDATE OF id, {columns} ON {self.content} "
                f"BEGIN {remove} {add} END"
            ),
        }


TABLES = (
    FullTextTable("disputed_items", ("description", "rationale")),
    FullTextTable("cases", ("summary",)),
)

_SHADOWS = ("", "_data", "_idx", "_docsize", "_config", "_content")


BY_CONTENT = {table.content: table for table in TABLES}

_WORTHWHILE = 20
"""Rows from which on it pays to index them in one go."""


def is_full_text_table(name: str) -> bool:
    """Whether `name` is one of the FTS5 tables or of those that FTS5 keeps behind them."""
    return any(name == f"{table.name}{shadow}" for table in TABLES for shadow in _SHADOWS)


def ensure_full_text(connection: Connection) -> list[str]:
    """Bring the index to the shape of `TABLES`; the names of those built anew (none: all was well)."""
    return [table.name for table in TABLES if _ensure_table(connection, table)]


def _ensure_table(connection: Connection, table: FullTextTable) -> bool:
    wanted = table.objects()
    names = ", ".join("?" for _ in wanted)
    rows = connection.exec_driver_sql(
        f"SELECT name, type, sql FROM sqlite_master WHERE name IN ({names})", tuple(wanted)
    ).all()
    if {row.name: row.sql for row in rows} == wanted:
        _ensure_settings(connection, table)
        return False
    for row in sorted(rows, key=lambda row: row.type == "table"):
        connection.exec_driver_sql(f"DROP {row.type.upper()} {row.name}")
    for statement in wanted.values():
        connection.exec_driver_sql(statement)
    _ensure_settings(connection, table)
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({table.name}) VALUES ('rebuild')")
    return True


def _ensure_settings(connection: Connection, table: FullTextTable) -> None:
    found = {row.k: row.v for row in connection.exec_driver_sql(f"SELECT k, v FROM {table.name}_config")}
    for name, value in SETTINGS.items():
        if found.get(name) != value:
            connection.exec_driver_sql(
                f"INSERT INTO {table.name} ({table.name}, rank) VALUES (?, ?)", (name, value)
            )


def insert_indexed(cursor: sqlite3.Cursor, table: FullTextTable, rows: Sequence[Row]) -> None:
    """Insert rows into the table `table.content`, and index them in one go."""
    insert_unindexed(cursor, table, rows)
    index_rows(cursor, table, rows)


def insert_unindexed(cursor: sqlite3.Cursor, table: FullTextTable, rows: Sequence[Row]) -> None:
    """Insert rows that `index_rows` puts into the index before the transaction ends.

    A statement that fires triggers opens a savepoint, and at each savepoint FTS5 writes what it has gathered
    to its tables (xSavepoint in SQLite's fts5_main.c): row by row that takes four times as long as the words
    themselves. So while these rows go in, a trigger of this connection alone, which SQLite fires before those
    of the database, ends all triggers of the row with RAISE(IGNORE): the row stays, the index is left out.
    Nobody else sees that trigger, and it is gone with the transaction.
    """
    if len(rows) < _WORTHWHILE:
        insert_rows(cursor, table.content, rows)
        return
    cursor.execute(
        f"CREATE TEMP TRIGGER {table.content}_at_once AFTER INSERT ON main.{table.content} "
        "BEGIN SELECT RAISE(IGNORE); END"
    )
    insert_rows(cursor, table.content, rows)
    cursor.execute(f"DROP TRIGGER temp.{table.content}_at_once")


def index_rows(cursor: sqlite3.Cursor, table: FullTextTable, rows: Sequence[Row]) -> None:
    """Put rows into the index that `insert_unindexed` inserted.

    Few rows are there already, and all are should a SQLite fire triggers in another order: that is looked at
    first.
    """
    indexed = [COLUMNS[table.content].index(column) for column in ("id", *table.columns)]
    there = cursor.execute(
        f"SELECT 1 FROM {table.name}_docsize WHERE id = ?", (rows[0][indexed[0]],)
    ).fetchone()
    if there is None:
        cursor.executemany(
            f"INSERT INTO {table.name} (rowid, {', '.join(table.columns)}) "
            f"VALUES ({', '.join('?' for _ in indexed)})",
            map(itemgetter(*indexed), rows),
        )


def check_full_text(connection: Connection) -> list[str]:
    """What is wrong with the index, one line each; it compares every indexed row with its table.

    The check of rank 1 is the one that notices rows which the index lacks; it needs a connection that may
    write, though it writes nothing.
    """
    wrong = []
    for table in TABLES:
        command = f"INSERT INTO {table.name} ({table.name}, rank) VALUES ('integrity-check', 1)"
        try:
            connection.exec_driver_sql(command)
        except DatabaseError as error:
            if error_code(error.orig) != sqlite3.SQLITE_CORRUPT:
                raise
            wrong.append(f"{table.name}: the search index differs from the rows of {table.content}")
    return wrong
