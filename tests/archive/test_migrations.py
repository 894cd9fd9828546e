"""The migrations make what the models declare, keep what an archive holds, and fail whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
import zlib
from pathlib import Path

import msgspec
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError

from imr_archive.archive import connection as connection_module
from imr_archive.archive import migrate
from imr_archive.archive.connection import SCHEMA_REVISION, open_for_reading, open_for_writing
from imr_archive.archive.engine import APPLICATION_ID
from imr_archive.archive.fulltext import check_full_text, ensure_full_text
from imr_archive.archive.migrate import alembic_config, migrations_folder, upgrade
from imr_archive.archive.models import Base
from imr_archive.archive.store import Store
from imr_archive.archive.views import VIEWS
from imr_archive.errors import (
    ArchiveError,
    ArchiveLockedError,
    NotAnArchiveError,
    SchemaTooNewError,
    SchemaTooOldError,
)

NOW = SCHEMA_REVISION
NEXT = f"{int(NOW) + 1:04}"
BACKUP = f"imr.db.backup-{NOW}"


NEXT = f"{int(SCHEMA_REVISION) + 1:04}"
BACKUP = f"imr.db.backup-{SCHEMA_REVISION}"


def declared(connection) -> dict[str, str]:
    """The SQL of tables and indexes by name, without white space, their parts in alphabetical order.

    A constraint that stands with its column is the same as one that stands at the table's end.
    """
    rows = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'index') "
        "AND name NOT LIKE '%!_fts%' ESCAPE '!' AND name != 'alembic_version'"
    )
    plain = {name: "".join(sql.split()).removesuffix(")").replace("CONSTRAINT", ",") for name, sql in rows}
    return {name: ",".join(sorted(filter(None, sql.split(",")))) for name, sql in plain.items()}


def test_the_migrations_make_exactly_the_tables_indexes_and_constraints_of_the_models(archive):
    by_models = create_engine("sqlite://")
    with by_models.begin() as connection:
        Base.metadata.create_all(connection)
        wanted = declared(connection)
    by_models.dispose()

    with archive.read() as connection:
        assert declared(connection) == wanted


def test_alembic_check_finds_nothing_to_migrate(archive):
    with archive.write() as connection:
        command.check(alembic_config(connection))


def test_alembic_check_would_see_a_table_that_the_models_lack(archive):
    with archive.write() as connection:
        connection.exec_driver_sql("CREATE TABLE stray (id INTEGER PRIMARY KEY)")
        with pytest.raises(Exception, match=r"remove_table.*stray"):
            command.check(alembic_config(connection))


def test_revisions_are_numbered_in_order_and_the_newest_is_the_one_that_the_code_knows(archive):
    with archive.read() as connection:
        scripts = ScriptDirectory.from_config(alembic_config(connection))
        revisions = [script.revision for script in scripts.walk_revisions()][::-1]

    assert revisions == [f"{number:04}" for number in range(1, len(revisions) + 1)]
    assert scripts.get_heads() == [SCHEMA_REVISION]


def test_a_new_archive_has_the_views_as_they_are_declared(archive):
    with archive.read() as connection:
        found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'view'")
        assert dict(tuple(row) for row in found) == VIEWS


def rows_of(path, columns=None) -> dict[str, list[tuple[object, ...]]]:
    """All rows of every table, or of the columns named for each."""
    plain = sqlite3.connect(path)
    try:
        tables = columns or {table.name: list(table.columns.keys()) for table in Base.metadata.sorted_tables}
        return {
            name: plain.execute(f"SELECT {', '.join(names)} FROM {name} ORDER BY 1, 2").fetchall()
            for name, names in tables.items()
        }
    finally:
        plain.close()


def columns_of(path) -> dict[str, list[str]]:
    """The columns of every table that the models declare and the database has."""
    plain = sqlite3.connect(path)
    try:
        found = {
            table: [row[1] for row in plain.execute(f"PRAGMA table_info({table})")]
            for table in Base.metadata.tables
        }
        return {table: columns for table, columns in found.items() if columns}
    finally:
        plain.close()


RENAMED = {"text_zlib": "packed_text"}
"""Columns that had another name in the first schema, with the one of today."""


@pytest.fixture
def first_archive(archive_file, tmp_path, cushion, file_of) -> Path:
    """An archive as migration 0001 alone makes it, with a letter's rows in every table of it."""
    with open_for_writing(archive_file) as database:
        letter = msgspec.structs.replace(cushion, case_number="CM14-0000009", source="old.txt")
        Store(database).add([file_of(cushion), file_of(letter)])
    path = tmp_path / "first.db"
    with migrate._transaction(path, 5.0, new=True) as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        command.upgrade(alembic_config(connection), "0001")
    plain = sqlite3.connect(path)
    plain.execute("ATTACH ? AS new", (str(archive_file),))
    with plain:
        for table, columns in columns_of(path).items():
            listed = ", ".join(columns)
            current = ", ".join(RENAMED.get(column, column) for column in columns)
            plain.execute(f"INSERT INTO {table} ({listed}) SELECT {current} FROM new.{table}")
        plain.execute("DROP VIEW decisions")
        plain.execute("CREATE VIEW decisions AS SELECT id AS item_id, description FROM disputed_items")
    plain.close()
    return path


def test_an_archive_of_the_first_schema_is_refused_with_the_command_that_upgrades_it(first_archive):
    for open_it in (open_for_reading, open_for_writing):
        with pytest.raises(SchemaTooOldError) as refusal:
            open_it(first_archive)
        assert str(refusal.value) == (
            f"{first_archive} was made by an older version: "
            f"bring it up to date with `imr-archive upgrade --db {first_archive}`"
        )


def test_an_archive_of_the_first_schema_keeps_every_row_and_its_search_index(first_archive):
    columns = columns_of(first_archive)
    before = rows_of(first_archive, columns)
    assert all(before.values()), "every table of the first schema has rows"
    assert {"diagnoses", "case_diagnoses"}.isdisjoint(columns)
    assert {"reason", "ur_action"}.isdisjoint(columns["disputed_items"])

    result = upgrade(first_archive)

    assert (result.before, result.after) == ("0001", SCHEMA_REVISION)
    today = {table: [RENAMED.get(name, name) for name in names] for table, names in columns.items()}
    assert rows_of(first_archive, today) == before
    assert rows_of(result.backup, columns) == before
    assert columns_of(first_archive) == {
        name: list(table.columns.keys()) for name, table in Base.metadata.tables.items()
    }
    with open_for_writing(first_archive) as database, database.write() as connection:
        assert check_full_text(connection) == []
        assert ensure_full_text(connection) == []
        new = "reason, reason_sentence, reason_certain, ur_action, ur_authorized, ur_authorized_quantity"
        found = connection.exec_driver_sql(f"SELECT DISTINCT {new} FROM disputed_items")
        assert [tuple(row) for row in found] == [(None,) * 6]
        found = connection.exec_driver_sql(
            "SELECT rowid FROM disputed_items_fts WHERE disputed_items_fts MATCH 'kneading'"
        )
        assert [tuple(row) for row in found] == [(1,), (3,)]


def test_an_upgraded_archive_takes_letters_and_guards_the_new_columns(first_archive, cushion, file_of):
    upgrade(first_archive)

    with open_for_writing(first_archive) as database:
        added = msgspec.structs.replace(cushion, case_number="CM16-0000007")
        Store(database).add([file_of(added, ocr_confidence=90.0)])
        with database.write() as connection:
            assert check_full_text(connection) == []
            found = connection.exec_driver_sql(
                "SELECT reason, ur_action FROM decisions WHERE case_number = 'CM16-0000007'"
            )
            assert [tuple(row) for row in found] == [("exceeds_guideline_number", "modified"), (None, None)]
        for change in (
            "UPDATE disputed_items SET ur_action = 'granted'",
            "UPDATE letters SET ocr_confidence = 101",
        ):
            with (
                pytest.raises(IntegrityError, match="CHECK constraint failed"),
                database.write() as connection,
            ):
                connection.exec_driver_sql(change)


@pytest.fixture
def next_migration(tmp_path, monkeypatch):
    """A function that adds one more migration with the given body to a copy of the migrations."""

    def add(body: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(migrations_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
        lines = "".join(f"    {line}\n" for line in body.splitlines())
        (folder / "versions" / f"{NEXT}_next.py").write_text(
            "import sqlalchemy as sa\nfrom alembic import op\n\n"
            f'revision = "{NEXT}"\ndown_revision = "{NOW}"\n\n\ndef upgrade() -> None:\n' + lines
        )
        monkeypatch.setattr(migrate, "migrations_folder", lambda: folder)
        monkeypatch.setattr(connection_module, "SCHEMA_REVISION", NEXT)

    return add


@pytest.fixture
def filled(archive_file, cushion, file_of) -> Path:
    with open_for_writing(archive_file) as database:
        Store(database).add([file_of(cushion)])
    return archive_file


def test_upgrade_brings_an_older_archive_with_its_rows_up_to_date_and_backs_it_up(
    filled, next_migration, dump
):
    before = dump(filled)
    next_migration('op.add_column("cases", sa.Column("note", sa.Text()))')

    result = upgrade(filled)

    assert result == migrate.UpgradeResult(filled, NOW, NEXT, filled.with_name(BACKUP))
    assert dump(result.backup) == before
    with open_for_reading(filled) as database, database.read() as connection:
        found = connection.exec_driver_sql("SELECT case_number, note FROM cases").all()
        assert [tuple(row) for row in found] == [("CM16-0000001", None)]
        assert connection.exec_driver_sql("SELECT count(*) FROM decisions").scalar_one() == 2


def test_upgrade_without_backup_makes_none(filled, next_migration):
    next_migration('op.add_column("cases", sa.Column("note", sa.Text()))')

    assert upgrade(filled, backup=False).backup is None
    assert [path.name for path in filled.parent.iterdir() if "backup" in path.name] == []


def test_an_earlier_backup_is_not_overwritten(filled, next_migration):
    earlier = filled.with_name(BACKUP)
    earlier.write_text("precious")
    next_migration('op.add_column("cases", sa.Column("note", sa.Text()))')

    assert upgrade(filled).backup == filled.with_name(f"{BACKUP}-2")
    assert earlier.read_text() == "precious"


def test_upgrade_leaves_an_archive_of_this_version_alone(filled, dump):
    before = dump(filled)

    assert upgrade(filled) == migrate.UpgradeResult(filled, NOW, NOW, None)
    assert dump(filled) == before
    assert sorted(path.name for path in filled.parent.iterdir()) == ["imr.db"]


FAILING = """op.add_column("cases", sa.Column("note", sa.Text()))
op.execute("UPDATE cases SET note = 'half way', patient_age = 1")
op.execute("DELETE FROM guideline_citations WHERE id > 1")
op.create_table("extra", sa.Column("id", sa.Integer(), primary_key=True))
"""


@pytest.mark.parametrize(
    ("last_line", "message"),
    [
        ('op.execute("INSERT INTO nowhere VALUES (1)")', "no such table: nowhere"),
        ("op.execute(\"UPDATE cases SET priority = 'soon'\")", "CHECK constraint failed"),
        ('op.execute("DELETE FROM cases")', "references between tables"),
    ],
)
def test_a_migration_that_fails_leaves_the_archive_as_it_was(
    filled, next_migration, dump, last_line, message
):
    before = dump(filled)
    next_migration(FAILING + last_line)

    with pytest.raises(ArchiveError, match=message) as failure:
        upgrade(filled)

    assert "\n" not in str(failure.value)
    assert dump(filled) == before
    with sqlite3.connect(filled) as plain:
        assert plain.execute("SELECT version_num FROM alembic_version").fetchall() == [(NOW,)]
    plain.close()


def test_a_migration_with_a_defect_in_its_code_leaves_the_archive_as_it_was(filled, next_migration, dump):
    before = dump(filled)
    next_migration(FAILING + "raise RuntimeError('a defect')")

    with pytest.raises(RuntimeError, match="a defect"):
        upgrade(filled)

    assert dump(filled) == before


def test_a_migration_that_makes_a_table_anew_keeps_the_search_index_and_the_view_true(
    filled, next_migration, file_of, cushion
):
    next_migration(
        'with op.batch_alter_table("disputed_items", recreate="always") as batch:\n'
        '    batch.add_column(sa.Column("note", sa.Text()))'
    )
    upgrade(filled)

    with open_for_writing(filled) as database:
        added = msgspec.structs.replace(cushion, case_number="CM16-0000002")
        Store(database).add([file_of(added)])
        with database.write() as connection:
            assert check_full_text(connection) == []
            found = connection.exec_driver_sql(
                "SELECT rowid FROM disputed_items_fts WHERE disputed_items_fts MATCH 'kneading'"
            )
            assert [tuple(row) for row in found] == [(1,), (3,)]
            assert connection.exec_driver_sql("SELECT count(*) FROM decisions").scalar_one() == 4


def test_upgrade_refuses_a_newer_archive_and_a_foreign_one(archive_file, tmp_path):
    with sqlite3.connect(archive_file) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE cases (id INTEGER)")
    other.close()

    with pytest.raises(SchemaTooNewError):
        upgrade(archive_file)
    with pytest.raises(NotAnArchiveError):
        upgrade(tmp_path / "other.db")


def test_upgrade_does_not_start_while_another_process_writes(filled, next_migration, dump):
    before = dump(filled)
    next_migration('op.add_column("cases", sa.Column("note", sa.Text()))')
    other = sqlite3.connect(filled, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(ArchiveLockedError):
            upgrade(filled, wait=0.05)
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert dump(filled) == before
    assert not filled.with_name(BACKUP).exists()


def test_a_backup_that_cannot_be_made_stops_the_upgrade(filled, next_migration, dump, monkeypatch):
    before = dump(filled)
    next_migration('op.add_column("cases", sa.Column("note", sa.Text()))')
    monkeypatch.setattr(
        migrate, "_back_up_to", lambda *_: (_ for _ in ()).throw(sqlite3.OperationalError("full"))
    )

    with pytest.raises(ArchiveError, match=r"no backup could be made at .*, so nothing was changed: full"):
        upgrade(filled)

    assert dump(filled) == before
    assert [path.name for path in filled.parent.iterdir() if "backup" in path.name] == []


def test_the_migrations_are_found_in_an_installed_package_too(tmp_path, monkeypatch):
    package = tmp_path / "imr_archive"
    shutil.copytree(migrations_folder(), package / "_migrations")
    monkeypatch.setattr(migrate, "__file__", os.fspath(package / "archive" / "migrate.py"))

    assert migrations_folder() == package / "_migrations"

    shutil.rmtree(package / "_migrations")
    with pytest.raises(ArchiveError, match="lacks its migrations"):
        migrations_folder()


def test_texts_that_an_older_archive_compressed_with_zlib_are_read_after_the_upgrade(first_archive):
    plain = sqlite3.connect(first_archive)
    with plain:
        plain.execute("UPDATE letters SET text_zlib = ?", (zlib.compress(b"A baker rests."),))
    plain.close()

    upgrade(first_archive, backup=False)

    with open_for_reading(first_archive) as database, database.read() as connection:
        texts = (
            connection.exec_driver_sql("SELECT DISTINCT letter_text(packed_text) FROM letters")
            .scalars()
            .all()
        )
        dictionaries = connection.exec_driver_sql("SELECT count(*) FROM text_dictionaries").scalar_one()
    assert (texts, dictionaries) == (["A baker rests."], 0)
