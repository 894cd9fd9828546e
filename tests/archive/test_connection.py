"""Opening an archive: who may, and what each refusal says."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from imr_archive.archive import engine
from imr_archive.archive.connection import open_for_reading, open_for_writing
from imr_archive.archive.engine import APPLICATION_ID, require_sqlite
from imr_archive.archive.migrate import PAGE_SIZE
from imr_archive.archive.store import Store
from imr_archive.errors import (
    ArchiveError,
    ArchiveLockedError,
    ArchiveNotFoundError,
    ArchiveReadOnlyError,
    NotAnArchiveError,
    SchemaTooNewError,
    SchemaTooOldError,
)


def cases(database) -> int:
    with database.read() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM cases").scalar_one()


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("shortest", "longest", "told"),
    [(1_000, 16_384, 1_000), (1, 16_384, 12), (1, 5, 5)],
)
def test_the_log_may_grow_with_the_archive_within_bounds(tmp_path, monkeypatch, shortest, longest, told):
    monkeypatch.setattr(engine, "_SHORTEST_LOG", shortest)
    monkeypatch.setattr(engine, "_LONGEST_LOG", longest)
    with open_for_writing(tmp_path / "imr.db", create=True) as database:
        with database.write() as connection:
            connection.exec_driver_sql("CREATE TABLE filler (bytes BLOB)")
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            room = (100 - pages) * PAGE_SIZE
            connection.exec_driver_sql("INSERT INTO filler VALUES (zeroblob(?))", (room,))
        with database.write() as connection:
            assert connection.exec_driver_sql("PRAGMA page_count").scalar_one() in range(100, 104)
            assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar_one() == told


def test_who_reads_in_another_process_leaves_the_log_of_a_writer_alone(tmp_path):
    """Also where the writer has opened the archive a second time, as ingest does to look up known files."""
    path = tmp_path / "imr.db"
    program = (
        "import sys\nfrom pathlib import Path\nfrom imr_archive.archive.connection import open_for_reading\n"
        "with open_for_reading(Path(sys.argv[1])) as database, database.read() as connection:\n"
        "    print(connection.exec_driver_sql('SELECT count(*) FROM cases').scalar_one())\n"
    )
    with open_for_writing(path, create=True) as writer:
        with open_for_reading(path) as reader:
            assert cases(reader) == 0
        command = [sys.executable, "-c", program, str(path)]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "0\n"
        assert names(tmp_path) == ["imr.db", "imr.db-shm", "imr.db-wal"]
        assert cases(writer) == 0


def test_a_new_archive_is_one_file_that_says_what_it_is(tmp_path):
    path = tmp_path / "new.db"
    with open_for_writing(path, create=True) as database:
        assert cases(database) == 0

    assert names(tmp_path) == ["new.db"]
    plain = sqlite3.connect(path)
    assert plain.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert plain.execute("PRAGMA page_size").fetchone() == (PAGE_SIZE,)
    plain.close()


@pytest.mark.parametrize("name", ["100% mine?.db", "a#b&c=d.db", "größe é.db", " spaced .db", "'; --.db"])
def test_any_file_name_will_do(tmp_path, name):
    open_for_writing(tmp_path / name, create=True).close()

    with open_for_reading(tmp_path / name) as database:
        assert cases(database) == 0
    assert names(tmp_path) == [name]


def test_an_empty_file_may_become_an_archive_but_is_none(tmp_path):
    path = tmp_path / "empty.db"
    path.touch()
    with pytest.raises(NotAnArchiveError, match=r"empty\.db is empty, not an archive"):
        open_for_reading(path)

    open_for_writing(path, create=True).close()

    open_for_reading(path).close()


def test_processes_that_make_the_same_archive_at_once_share_it(tmp_path):
    path = tmp_path / "new.db"
    with ThreadPoolExecutor(4) as pool:
        for database in pool.map(lambda _: open_for_writing(path, create=True), range(4)):
            database.close()

    assert names(tmp_path) == ["new.db"]
    open_for_reading(path).close()


@pytest.fixture
def left_behind(tmp_path):
    """A function that makes what a process killed while it made `new.db` leaves behind, of some age."""

    def leave(name: str, *, hours: float, files: tuple[str, ...] = ("new.db", "new.db-wal", "new.db-shm")):
        folder = tmp_path / name
        folder.mkdir()
        for file in files:
            (folder / file).write_bytes(b"half an archive")
        long_ago = time.time() - hours * 3600
        os.utime(folder, (long_ago, long_ago))
        return folder

    return leave


def test_what_killed_processes_left_behind_is_taken_away_when_an_archive_is_made(tmp_path, left_behind):
    left_behind(".new.db-x1y2.making", hours=2)

    open_for_writing(tmp_path / "new.db", create=True).close()

    assert names(tmp_path) == ["new.db"]


def test_what_may_be_in_use_or_not_ours_stays(tmp_path, left_behind):
    left_behind(".new.db-young.making", hours=0.5)
    left_behind(".other.db-x1y2.making", hours=2, files=("other.db",))
    precious = left_behind(".new.db-mine.making", hours=2, files=("new.db", "notes.txt"))
    elsewhere = left_behind("elsewhere", hours=2, files=("new.db",))
    (tmp_path / ".new.db-link.making").symlink_to(elsewhere)

    open_for_writing(tmp_path / "new.db", create=True).close()

    assert names(tmp_path) == [
        ".new.db-link.making",
        ".new.db-mine.making",
        ".new.db-young.making",
        ".other.db-x1y2.making",
        "elsewhere",
        "new.db",
    ]
    assert (precious / "notes.txt").read_bytes() == b"half an archive"
    assert names(elsewhere) == ["new.db"]


def test_a_process_killed_while_it_makes_an_archive_leaves_what_the_next_one_can_take_away(tmp_path):
    program = """
        import os, signal, sys
        from pathlib import Path
        from imr_archive.archive import migrate
        migrate._move = lambda made, path: os.kill(os.getpid(), signal.SIGKILL)
        migrate.create_archive(Path(sys.argv[1]))
    """
    path = tmp_path / "new.db"
    command = [sys.executable, "-B", "-c", textwrap.dedent(program), str(path)]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
    (workshop,) = tmp_path.iterdir()
    os.utime(workshop, (0, 0))

    open_for_writing(path, create=True).close()

    assert names(tmp_path) == ["new.db"]


@pytest.mark.parametrize("open_it", [open_for_reading, open_for_writing])
class TestRefusals:
    def test_no_file(self, open_it, tmp_path):
        with pytest.raises(ArchiveNotFoundError) as refusal:
            open_it(tmp_path / "no.db")
        path = tmp_path / "no.db"
        assert (
            str(refusal.value)
            == f"no archive at {path}: make one with `imr-archive ingest PATH... --db {path}`"
        )
        assert names(tmp_path) == []

    def test_a_folder(self, open_it, tmp_path):
        with pytest.raises(NotAnArchiveError, match="is a folder, not an archive"):
            open_it(tmp_path)

    def test_a_file_that_is_no_database(self, open_it, tmp_path):
        path = tmp_path / "letter.pdf"
        path.write_bytes(b"%PDF-1.7 and more")
        with pytest.raises(NotAnArchiveError, match=r"letter\.pdf is not a SQLite database"):
            open_it(path)

    def test_a_database_of_somebody_else(self, open_it, tmp_path):
        path = tmp_path / "other.db"
        with sqlite3.connect(path) as other:
            other.execute("CREATE TABLE cases (id INTEGER)")
        other.close()
        before = path.read_bytes()
        with pytest.raises(NotAnArchiveError, match="but not one that imr-archive made"):
            open_it(path)
        assert path.read_bytes() == before
        assert names(tmp_path) == ["other.db"]

    def test_a_header_without_a_database(self, open_it, tmp_path):
        path = tmp_path / "torn.db"
        path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 200)
        with pytest.raises(NotAnArchiveError, match="is not a SQLite database"):
            open_it(path)

    def test_an_older_schema(self, open_it, archive_file):
        set_revision(archive_file, "0000")
        with pytest.raises(SchemaTooOldError) as refusal:
            open_it(archive_file)
        assert str(refusal.value) == (
            f"{archive_file} was made by an older version: "
            f"bring it up to date with `imr-archive upgrade --db {archive_file}`"
        )

    def test_a_newer_schema(self, open_it, archive_file):
        set_revision(archive_file, "9999")
        with pytest.raises(SchemaTooNewError, match=r"made by a newer version of imr-archive \(schema 9999"):
            open_it(archive_file)

    def test_an_archive_that_lost_its_revision(self, open_it, archive_file):
        with sqlite3.connect(archive_file) as plain:
            plain.execute("DELETE FROM alembic_version")
        plain.close()
        with pytest.raises(NotAnArchiveError):
            open_it(archive_file)

    def test_a_file_that_may_not_be_read(self, open_it, archive_file, ordinary_user):
        archive_file.chmod(0)
        with ordinary_user(), pytest.raises(ArchiveError, match="cannot be read: Permission denied"):
            open_it(archive_file)


def set_revision(path, revision):
    with sqlite3.connect(path) as plain:
        plain.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    plain.close()


@pytest.mark.parametrize(("folder_mode", "unchanging"), [(0o555, True), (0o777, False)])
def test_a_read_only_archive_can_be_read_even_in_a_read_only_folder(
    archive_file, ordinary_user, cushion, file_of, folder_mode, unchanging
):
    with open_for_writing(archive_file) as database:
        Store(database).add([file_of(cushion)])
    archive_file.chmod(0o444)
    archive_file.parent.chmod(folder_mode)
    try:
        with ordinary_user(), open_for_reading(archive_file) as database:
            assert cases(database) == 1
            assert database.unchanging == unchanging
        if unchanging:
            assert names(archive_file.parent) == ["imr.db"]
    finally:
        archive_file.parent.chmod(0o755)


def test_a_read_only_archive_with_an_unfinished_log_is_refused_rather_than_read_old(
    archive_file, ordinary_user, cushion, file_of
):
    with open_for_writing(archive_file) as database:
        Store(database).add([file_of(cushion)])
        log = archive_file.with_name("imr.db-wal").read_bytes()
    archive_file.with_name("imr.db-wal").write_bytes(log)
    archive_file.chmod(0o444)
    archive_file.parent.chmod(0o555)
    try:
        with ordinary_user(), pytest.raises(ArchiveReadOnlyError, match="was not closed properly"):
            open_for_reading(archive_file)
    finally:
        archive_file.parent.chmod(0o755)


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o555), (0o444, 0o755), (0o644, 0o555)])
def test_an_archive_that_cannot_be_written_to_is_not_opened_for_writing(
    archive_file, ordinary_user, file_mode, folder_mode
):
    archive_file.chmod(file_mode)
    archive_file.parent.chmod(folder_mode)
    try:
        with ordinary_user(), pytest.raises(ArchiveReadOnlyError) as refusal:
            open_for_writing(archive_file)
    finally:
        archive_file.parent.chmod(0o755)
    assert str(refusal.value) == f"{archive_file} cannot be written to: no permission for it or its folder"


def test_no_archive_is_made_where_nothing_may_be_written(tmp_path, ordinary_user):
    tmp_path.chmod(0o555)
    try:
        with ordinary_user(), pytest.raises(ArchiveReadOnlyError, match="no permission to write in"):
            open_for_writing(tmp_path / "new.db", create=True)
    finally:
        tmp_path.chmod(0o755)
    assert names(tmp_path) == []


def test_no_archive_is_made_in_a_folder_that_does_not_exist(tmp_path):
    with pytest.raises(ArchiveNotFoundError, match=r"no folder .*nowhere to make new\.db in"):
        open_for_writing(tmp_path / "nowhere" / "new.db", create=True)
    assert names(tmp_path) == []


def test_an_archive_opened_for_reading_refuses_to_be_written(archive_file):
    with open_for_reading(archive_file) as database:
        with pytest.raises(ArchiveReadOnlyError, match="was opened for reading only"), database.write():
            pass
        with database.read() as connection, pytest.raises(Exception, match="readonly"):
            connection.exec_driver_sql("DELETE FROM cases")


def test_a_second_writer_is_told_that_the_archive_is_in_use(archive_file):
    with (
        open_for_writing(archive_file, wait=0.05) as one,
        open_for_writing(archive_file, wait=0.05) as other,
        one.write(),
    ):
        with pytest.raises(ArchiveLockedError) as refusal, other.write():
            pass
        with pytest.raises(ArchiveLockedError):
            open_for_writing(archive_file, wait=0.05)
    assert (
        str(refusal.value) == f"{archive_file} is in use: another process is writing to it; try again later"
    )


def test_readers_see_one_state_while_a_writer_goes_on(archive_file, cushion, file_of):
    with open_for_writing(archive_file) as writer, open_for_reading(archive_file) as reader:
        with reader.read() as connection:
            count = "SELECT count(*) FROM cases"
            assert connection.exec_driver_sql(count).scalar_one() == 0
            Store(writer).add([file_of(cushion)])
            assert connection.exec_driver_sql(count).scalar_one() == 0
        assert cases(reader) == 1


def test_an_exception_rolls_a_transaction_back_with_its_ddl(archive, rows):
    def fail():
        with archive.write() as connection:
            connection.exec_driver_sql("CREATE TABLE stray (id INTEGER)")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert rows("SELECT name FROM sqlite_master WHERE name = 'stray'") == []


def test_foreign_keys_are_enforced(archive):
    with pytest.raises(Exception, match="FOREIGN KEY constraint failed"), archive.write() as connection:
        connection.exec_driver_sql("INSERT INTO reviewer_states VALUES (7, 'Texas', 1)")


def test_a_sqlite_that_is_too_old_is_said_at_once(monkeypatch, tmp_path):
    require_sqlite.cache_clear()
    monkeypatch.setattr(engine.sqlite3, "sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr(engine.sqlite3, "sqlite_version", "3.34.1")
    with pytest.raises(ArchiveError, match=r"SQLite 3\.34\.1 is too old: 3\.35\.0 or newer is needed"):
        open_for_reading(tmp_path / "any.db")
