"""The Datasette folder as files: a database fit to be read, and what Datasette is told of it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path

import pytest
from datasette.app import DEFAULT_SETTINGS

from imr_archive.errors import ArchiveError
from imr_archive.export import export
from imr_archive.export.metadata import datasette_metadata, datasette_settings
from imr_archive.export.site import SITE_FOLDER, canned_queries, site
from imr_archive.export.tables import exported_tables


@pytest.fixture(scope="session")
def folder(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files") / "site"
    export(archive, folder, "datasette")
    return folder


@pytest.fixture
def copy(folder: Path):
    connection = sqlite3.connect(f"file:{folder / 'imr.db'}?immutable=1", uri=True)
    yield connection
    connection.close()


def test_the_copy_needs_no_write_ahead_log(folder: Path, copy: sqlite3.Connection) -> None:
    header = (folder / "imr.db").read_bytes()[:100]
    assert header[18:20] == b"\x01\x01"
    assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert [path.name for path in folder.glob("imr.db*")] == ["imr.db"]


def test_the_copy_has_its_search_index_and_figures_for_the_planner(copy: sqlite3.Connection) -> None:
    found = copy.execute("SELECT rowid FROM cases_fts WHERE cases_fts MATCH 'ladders'").fetchall()
    assert found == [(4,)]
    analysed = {table for (table,) in copy.execute("SELECT DISTINCT tbl FROM sqlite_stat1")}
    assert {"cases", "disputed_items", "guideline_citations"} <= analysed


def test_datasette_is_told_the_hash_and_the_counts(folder: Path) -> None:
    told = json.loads((folder / "inspect-data.json").read_text())["imr"]
    content = (folder / "imr.db").read_bytes()
    assert (told["file"], told["size"]) == ("imr.db", len(content))
    assert told["hash"] == hashlib.sha256(content).hexdigest()
    assert told["tables"]["disputed_items"] == {"count": 9}
    assert "decisions" not in told["tables"]


def test_an_archive_whose_search_index_is_wrong_is_not_exported(archive: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(archive.read_bytes())
    connection = sqlite3.connect(broken)
    connection.execute("DROP TRIGGER disputed_items_au")
    connection.execute("UPDATE disputed_items SET description = 'something else' WHERE id = 1")
    connection.commit()
    connection.close()
    with pytest.raises(ArchiveError, match="disputed_items_fts"):
        export(broken, tmp_path / "site", "datasette")
    assert not (tmp_path / "site").exists()
    export(broken, tmp_path / "tables", "csv")


def test_every_table_and_column_is_described(folder: Path, copy: sqlite3.Connection) -> None:
    tables = json.loads((folder / "metadata.json").read_text())["databases"]["imr"]["tables"]
    for table in exported_tables():
        told = tables[table.name]
        columns = [row[1] for row in copy.execute(f"PRAGMA table_info({table.name})")]
        assert list(told["columns"]) == columns
        assert all(told["columns"].values())
        assert told["description"]


def test_tables_are_shown_by_columns_that_they_have(copy: sqlite3.Connection) -> None:
    for name, display in site().tables.items():
        columns = {row[1] for row in copy.execute(f"PRAGMA table_info({name})")}
        named = {*display.facets, display.label_column, display.sort, display.sort_desc, display.key} - {None}
        assert named <= columns, name


def test_settings_are_known_to_datasette() -> None:
    assert set(datasette_settings()) <= set(DEFAULT_SETTINGS)


def test_metadata_is_made_for_a_database_of_any_name() -> None:
    metadata = datasette_metadata("letters of 2016")
    assert list(metadata["databases"]) == ["letters of 2016"]
    assert (
        metadata["databases"]["letters of 2016"]["tables"]["decisions"]["fts_table"] == "disputed_items_fts"
    )


def test_every_canned_query_says_one_thing_and_is_described() -> None:
    for query in canned_queries():
        assert [bool(query.sql), bool(query.phrase), bool(query.by)].count(True) == 1, query.name
        assert len(query.title) > 10
        assert len(query.description) > 40
    assert len({query.name for query in canned_queries()}) == len(canned_queries())


def test_the_plugin_needs_nothing_but_datasette() -> None:
    assert "imr_archive" not in SITE_FOLDER.joinpath("plugins", "imr_letters.py").read_text(encoding="utf-8")
