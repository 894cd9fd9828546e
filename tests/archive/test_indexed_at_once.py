"""Rows that are indexed in one go, and not one by one by the triggers: the index is the same."""

from __future__ import annotations

import sqlite3

import pytest

from imr_archive.archive.connection import open_for_writing
from imr_archive.archive.fulltext import BY_CONTENT, check_full_text, insert_indexed
from imr_archive.archive.rows import COLUMNS

CASES = BY_CONTENT["cases"]


def case_rows(first, number):
    columns = COLUMNS["cases"]
    for one in range(first, first + number):
        values = {"id": one, "known_by": f"CM16-{one:07}", "summary": f"Baker {one} lifts flour."}
        yield tuple(values.get(column) for column in columns)


def insert(cursor, first, number):
    insert_indexed(cursor, CASES, list(case_rows(first, number)))


def found(connection, word):
    query = "SELECT count(*) FROM cases_fts WHERE cases_fts MATCH ?"
    return connection.exec_driver_sql(query, (word,)).scalar_one()


@pytest.mark.parametrize("number", [1, 19, 20, 21, 500])
def test_every_row_is_found_and_later_changes_are_too(archive, number):
    with archive.write() as connection:
        cursor = connection.connection.driver_connection.cursor()
        insert(cursor, 1, number)
        insert(cursor, number + 1, 1)
        assert found(connection, "flour") == number + 1
        connection.exec_driver_sql("UPDATE cases SET summary = 'Rests.' WHERE id = 1")
        connection.exec_driver_sql("DELETE FROM cases WHERE id = 2")
        assert found(connection, "flour") == number - 1
        assert check_full_text(connection) == []

    with open_for_writing(archive.path) as other, other.write() as connection:
        connection.exec_driver_sql("INSERT INTO cases (id, known_by, summary) VALUES (9999, 'x', 'an oven')")
        assert found(connection, "oven") == 1
        assert check_full_text(connection) == []


def test_nothing_is_left_of_it_after_a_failure(archive):
    def twice():
        with archive.write() as connection:
            cursor = connection.connection.driver_connection.cursor()
            insert(cursor, 1, 30)
            insert(cursor, 30, 30)

    with pytest.raises(sqlite3.IntegrityError):
        twice()

    with archive.write() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM cases").scalar_one() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_temp_master").scalar_one() == 0
        connection.exec_driver_sql("INSERT INTO cases (id, known_by, summary) VALUES (1, 'x', 'an oven')")
        assert found(connection, "oven") == 1


class FiresInAnotherOrder:
    """A cursor of a SQLite whose own triggers come before those of the connection."""

    def __init__(self, cursor):
        self._cursor = cursor
        self.executemany = cursor.executemany

    def execute(self, sql, *values):
        return self._cursor.execute(sql.replace("RAISE(IGNORE)", "1"), *values)


def test_rows_that_the_triggers_have_indexed_are_not_indexed_twice(archive):
    with archive.write() as connection:
        insert(FiresInAnotherOrder(connection.connection.driver_connection.cursor()), 1, 50)
        assert found(connection, "flour") == 50
        assert check_full_text(connection) == []
