"""A backup is whole, tested and named at once, whatever goes on meanwhile; what was there is not lost."""

from __future__ import annotations

import sqlite3
import threading

import msgspec
import pytest

from imr_archive.archive import backup as backup_module
from imr_archive.archive.backup import back_up
from imr_archive.archive.checking import CheckedPart, CheckReport
from imr_archive.archive.connection import open_for_writing
from imr_archive.archive.store import Store
from imr_archive.errors import (
    ArchiveError,
    ArchiveNotFoundError,
    ArchiveReadOnlyError,
    NotAnArchiveError,
    UsageError,
)


@pytest.fixture
def filled(archive_file, cushion, file_of):
    with open_for_writing(archive_file) as database:
        Store(database).add([file_of(cushion)])
    return archive_file


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_holds_what_the_archive_holds(filled, tmp_path, dump):
    told: list[tuple[int, int]] = []

    summary = back_up(filled, tmp_path / "copy.db", progress=lambda done, total: told.append((done, total)))

    assert dump(tmp_path / "copy.db") == dump(filled)
    assert (summary.backup, summary.letters, summary.replaced) == (str(tmp_path / "copy.db"), 1, False)
    assert summary.bytes == (tmp_path / "copy.db").stat().st_size
    assert summary.check.sound
    assert summary.check.path == summary.backup
    assert told[-1][0] == told[-1][1] > 0
    assert names(tmp_path) == ["copy.db", "imr.db"]


def test_a_backup_made_while_letters_are_read_in_is_of_one_instant(
    filled, tmp_path, cushion, file_of, monkeypatch
):
    """A writer commits between any two parts of the copy; without a hold on its instant it never ended."""
    monkeypatch.setattr(backup_module, "PAGES", 2)
    done = threading.Event()
    written = []

    def write() -> None:
        with open_for_writing(filled) as database:
            store = Store(database)
            for number in range(2, 2000):
                if done.is_set():
                    return
                store.add([file_of(msgspec.structs.replace(cushion, case_number=f"CM16-{number:07}"))])
                written.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    parts = []
    try:
        while len(written) < 3:
            pass
        summary = back_up(filled, tmp_path / "copy.db", progress=lambda *_: parts.append(len(written)))
    finally:
        done.set()
        writer.join()

    assert summary.check.sound
    assert parts[-1] > parts[0]
    assert 1 <= summary.letters <= parts[0] + 2


def test_a_file_that_is_there_is_replaced_only_by_force(filled, tmp_path):
    taken = tmp_path / "copy.db"
    taken.write_text("precious")

    with pytest.raises(UsageError, match="is there already: name another file"):
        back_up(filled, taken)
    assert taken.read_text() == "precious"

    assert back_up(filled, taken, force=True).replaced
    assert back_up(filled, taken, force=True).letters == 1
    assert names(tmp_path) == ["copy.db", "imr.db"]


@pytest.mark.parametrize("force", [False, True])
def test_the_archive_itself_a_folder_and_a_missing_folder_are_refused(filled, tmp_path, force):
    with pytest.raises(UsageError, match="is the archive itself"):
        back_up(filled, tmp_path / "." / "imr.db", force=force)
    with pytest.raises(UsageError, match="is a folder"):
        back_up(filled, tmp_path, force=force)
    with pytest.raises(ArchiveNotFoundError, match="no folder"):
        back_up(filled, tmp_path / "nowhere" / "copy.db", force=force)
    with pytest.raises(ArchiveNotFoundError, match="no archive at"):
        back_up(tmp_path / "none.db", tmp_path / "copy.db", force=force)


def test_what_is_no_archive_is_not_copied(tmp_path):
    (tmp_path / "notes.txt").write_text("not a database at all")

    with pytest.raises(NotAnArchiveError):
        back_up(tmp_path / "notes.txt", tmp_path / "copy.db")
    assert names(tmp_path) == ["notes.txt"]


def test_a_database_in_use_is_not_replaced_under_its_log(filled, tmp_path):
    """Its write-ahead log would be played onto the copy."""
    back_up(filled, tmp_path / "copy.db")
    user = sqlite3.connect(tmp_path / "copy.db", isolation_level=None)
    user.execute("UPDATE cases SET patient_age = 50")
    try:
        with pytest.raises(UsageError, match=r"in use or was not closed properly \(copy.db-wal"):
            back_up(filled, tmp_path / "copy.db", force=True)
    finally:
        user.close()


def test_a_copy_that_is_not_sound_is_not_kept(filled, tmp_path, monkeypatch):
    bad = CheckedPart(name="texts", about="", wrong=1, findings=["a.txt: torn"])
    monkeypatch.setattr(backup_module, "check_archive", lambda _database: CheckReport(path="", tests=[bad]))
    (tmp_path / "copy.db").write_text("precious")

    with pytest.raises(ArchiveError, match=r"the copy is not sound and was not kept: a\.txt: torn"):
        back_up(filled, tmp_path / "copy.db", force=True)

    assert (tmp_path / "copy.db").read_text() == "precious"
    assert names(tmp_path) == ["copy.db", "imr.db"]


def test_a_copy_that_dies_half_way_leaves_nothing(filled, tmp_path, monkeypatch):
    monkeypatch.setattr(backup_module, "PAGES", 1)

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(filled, tmp_path / "copy.db", progress=interrupt)

    assert names(tmp_path) == ["imr.db"]


def test_a_file_that_came_meanwhile_is_not_overwritten(filled, tmp_path, monkeypatch):
    sync = backup_module._sync

    def come(path):
        if not (tmp_path / "copy.db").exists():
            (tmp_path / "copy.db").write_text("came meanwhile")
        sync(path)

    monkeypatch.setattr(backup_module, "_sync", come)
    with pytest.raises(UsageError, match="is there already"):
        back_up(filled, tmp_path / "copy.db")

    assert (tmp_path / "copy.db").read_text() == "came meanwhile"


def test_without_room_nothing_is_begun(filled, tmp_path, monkeypatch):
    full = type("Usage", (), {"free": 10})
    monkeypatch.setattr(backup_module.shutil, "disk_usage", lambda _: full)

    with pytest.raises(ArchiveError, match=r"no room for a copy in .*: [0-9]+ MB are needed"):
        back_up(filled, tmp_path / "copy.db")


def test_a_folder_that_cannot_be_written_to_is_said(filled, tmp_path, ordinary_user):
    closed = tmp_path / "closed"
    closed.mkdir()
    filled.chmod(0o666)
    tmp_path.chmod(0o777)
    closed.chmod(0o555)
    with ordinary_user(), pytest.raises(ArchiveReadOnlyError, match="no permission to write in"):
        back_up(filled, closed / "copy.db")
