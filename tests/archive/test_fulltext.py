"""The search index: seen by Datasette and sqlite-utils, true after every change, healed where it was hurt."""

from __future__ import annotations

import sqlite3

import pytest
import sqlite_utils
from datasette.utils import detect_fts

from imr_archive.archive.connection import open_for_writing
from imr_archive.archive.fulltext import (
    SETTINGS,
    TABLES,
    check_full_text,
    ensure_full_text,
    is_full_text_table,
)


@pytest.fixture
def filled(store, archive, cushion, file_of):
    store.add([file_of(cushion)])
    return archive


def found(database, table, words):
    with database.read() as connection:
        query = f"SELECT rowid FROM {table}_fts WHERE {table}_fts MATCH ? ORDER BY rowid"
        return [row[0] for row in connection.exec_driver_sql(query, (words,))]


@pytest.mark.parametrize("table", [table.content for table in TABLES])
def test_datasette_and_sqlite_utils_see_the_index(archive_file, table):
    plain = sqlite3.connect(archive_file)
    try:
        assert detect_fts(plain, table) == f"{table}_fts"
        assert sqlite_utils.Database(plain)[table].detect_fts() == f"{table}_fts"
    finally:
        plain.close()


def test_sqlite_utils_searches_it_with_word_stems(filled):
    plain = sqlite3.connect(filled.path)
    try:
        hits = sqlite_utils.Database(plain)["disputed_items"].search(
            "massaging", columns=["id", "description"]
        )
        assert list(hits) == [{"id": 1, "description": "Massage therapy 6 visits"}]
        hits = sqlite_utils.Database(plain)["cases"].search("bakers", columns=["id"])
        assert list(hits) == [{"id": 1}]
    finally:
        plain.close()


def test_the_index_follows_every_change_of_a_row(filled):
    assert found(filled, "disputed_items", "cushion") == [2]
    with filled.write() as connection:
        connection.exec_driver_sql("UPDATE disputed_items SET description = 'Pillow' WHERE id = 2")
    assert found(filled, "disputed_items", "cushion") == []
    assert found(filled, "disputed_items", "pillow") == [2]
    with filled.write() as connection:
        connection.exec_driver_sql("DELETE FROM disputed_items WHERE id = 2")
    assert found(filled, "disputed_items", "pillow") == []
    with filled.write() as connection:
        connection.exec_driver_sql("UPDATE cases SET summary = NULL")
        assert check_full_text(connection) == []
    assert found(filled, "cases", "baker") == []


def test_an_index_of_the_right_shape_is_left_alone(filled):
    with filled.write() as connection:
        assert ensure_full_text(connection) == []


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TRIGGER disputed_items_ai",
        (
            "DROP TRIGGER disputed_items_au; "
            "CREATE TRIGGER disputed_items_au AFTER UPDATE ON disputed_items BEGIN SELECT 1; END"
        ),
        (
            "DROP TABLE disputed_items_fts; CREATE VIRTUAL TABLE disputed_items_fts "
            "USING fts5(description, content='disputed_items')"
        ),
        "DROP TABLE disputed_items_fts",
    ],
    ids=["no trigger", "another trigger", "another shape", "no table"],
)
def test_an_index_of_another_shape_is_built_anew_when_the_archive_is_opened_for_writing(filled, damage):
    filled.close()
    plain = sqlite3.connect(filled.path)
    plain.executescript(damage)
    plain.execute("DELETE FROM citation_pages")
    plain.close()

    with open_for_writing(filled.path) as database, database.write() as connection:
        assert check_full_text(connection) == []
        assert ensure_full_text(connection) == []
    assert found(filled, "disputed_items", "kneading") == [1]


def test_a_table_that_sqlite_utils_transformed_is_searched_truly_again(filled):
    filled.close()
    plain = sqlite3.connect(filled.path)
    sqlite_utils.Database(plain)["disputed_items"].transform(rename={"dose": "strength"})
    sqlite_utils.Database(plain)["disputed_items"].transform(rename={"strength": "dose"})
    with plain:
        plain.execute("UPDATE disputed_items SET description = 'Pillow' WHERE id = 2")
    plain.close()

    with open_for_writing(filled.path) as database, database.write() as connection:
        assert check_full_text(connection) == []
    assert found(filled, "disputed_items", "pillow") == [2]


def test_the_check_notices_a_row_that_the_index_lacks(filled):
    with filled.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER cases_au")
        connection.exec_driver_sql("UPDATE cases SET summary = 'Another story'")
        assert check_full_text(connection) == ["cases_fts: the search index differs from the rows of cases"]


def test_the_tables_of_the_index_are_known_by_name(archive_file):
    plain = sqlite3.connect(archive_file)
    names = [row[0] for row in plain.execute("SELECT name FROM sqlite_master WHERE name LIKE '%fts%'")]
    plain.close()

    assert len(names) >= 10
    assert all(is_full_text_table(name) for name in names)
    assert not is_full_text_table("cases")


@pytest.mark.parametrize("table", TABLES)
def test_an_archive_of_other_settings_takes_ours_and_keeps_its_index(filled, table):
    def settings(database):
        with database.read() as connection:
            found = connection.exec_driver_sql(f"SELECT k, v FROM {table.name}_config WHERE k != 'version'")
            return {row.k: row.v for row in found}

    assert settings(filled) == SETTINGS
    with filled.write() as connection:
        connection.exec_driver_sql(f"DELETE FROM {table.name}_config WHERE k = 'hashsize'")
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({table.name}, rank) VALUES ('automerge', 2)")

    with filled.write() as connection:
        assert ensure_full_text(connection) == []

    assert settings(filled) == SETTINGS
    with filled.write() as connection:
        assert check_full_text(connection) == []
