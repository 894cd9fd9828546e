"""Folders that are watched: what arrives is read once, whole, whenever and however it comes."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable

import pytest

from imr_archive.archive.connection import open_for_reading
from imr_archive.archive.ingest import IngestOptions
from imr_archive.archive.watch import WatchEvent, WatchOptions, watch_folders
from imr_archive.archive.writer_lock import hold_archive
from imr_archive.errors import NotAnArchiveError, UsageError

PATIENCE = 60.0
OPTIONS = WatchOptions(settle=0.3, ingest=IngestOptions(workers=0))


def letter(number: int, age: int = 44) -> str:
    return (
        f"Case Number: CM16-{number:07}\nDecision Date: 12/05/2016\n\n"
        f"CLINICAL CASE SUMMARY\n\nA {age} year old female baker number {number}.\n\n"
        "IMR ISSUES, DECISIONS AND RATIONALES\n\n"
        f"Seat cushion: Upheld\nDecision rationale: A chair was not described by letter {number}.\n"
    )


class Watching:
    """A watch in a thread of its own, with what it told."""

    progress = None

    def __init__(self, archive, folders, options=OPTIONS):
        self.archive = archive
        self.events: list[WatchEvent] = []
        self.total = None
        self.error: BaseException | None = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(folders, options))

    def _watch(self, folders, options) -> None:
        try:
            self.total = watch_folders(self.archive, folders, self, options=options, stop=self._end.is_set)
        except Exception as error:  # noqa: BLE001 - told by the test's own thread
            self.error = error

    def tell(self, event: WatchEvent) -> None:
        self.events.append(event)

    def __enter__(self):
        self._thread.start()
        self.wait(lambda: any(event.event == "watching" for event in self.events))
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        if self.error:
            raise self.error

    def wait(self, until: Callable[[], object]) -> None:
        give_up = time.monotonic() + PATIENCE
        while not until():
            assert self._thread.is_alive(), self.error
            assert time.monotonic() < give_up, self.events
            time.sleep(0.02)

    def wait_for(self, *cases: str) -> None:
        self.wait(lambda: stored(self.archive) == list(cases))


def stored(archive) -> list[str]:
    with open_for_reading(archive) as database, database.read() as connection:
        return list(
            connection.exec_driver_sql("SELECT case_number FROM cases ORDER BY case_number").scalars()
        )


def rows(archive, query: str) -> list[tuple[object, ...]]:
    plain = sqlite3.connect(archive)
    try:
        return plain.execute(query).fetchall()
    finally:
        plain.close()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "in"
    made.mkdir()
    return made


def test_what_is_there_is_read_first_and_then_what_arrives(archive_file, folder):
    (folder / "1.txt").write_text(letter(1))
    with Watching(archive_file, [folder]) as watching:
        watching.wait_for("CM16-0000001")
        (folder / "deeper").mkdir()
        (folder / "deeper" / "2.txt").write_text(letter(2))
        (folder / "photo.jpg").touch()
        watching.wait_for("CM16-0000001", "CM16-0000002")

    assert watching.events[0].folders == [str(folder)]
    assert watching.events[-1].event == "stopped"
    assert (watching.total.stored, watching.total.letters, watching.total.found) == (2, 2, 2)
    assert watching.events[-1].to_dict()["stored"] == 2


def test_a_file_written_slowly_in_parts_is_read_once_and_whole(archive_file, folder):
    text = letter(1)
    with Watching(archive_file, [folder]) as watching:
        with (folder / "1.txt").open("w") as writer:
            for start in range(0, len(text), 60):
                writer.write(text[start : start + 60])
                writer.flush()
                time.sleep(0.2)
            time.sleep(1.0)
            assert stored(archive_file) == []
        watching.wait_for("CM16-0000001")

    assert rows(archive_file, "SELECT count(*), max(version) FROM letters") == [(1, 1)]
    assert rows(archive_file, "SELECT state, count(*) FROM source_files") == [("stored", 1)]


def test_a_file_renamed_into_place_is_read_under_its_name(archive_file, folder):
    with Watching(archive_file, [folder]) as watching:
        (folder / "1.txt.part").write_text(letter(1))
        time.sleep(0.6)
        (folder / "1.txt.part").rename(folder / "1.txt")
        watching.wait_for("CM16-0000001")

    assert rows(archive_file, "SELECT path FROM source_files") == [(str(folder / "1.txt"),)]


def test_a_folder_moved_into_place_is_read_with_all_that_is_in_it(archive_file, folder, tmp_path):
    (tmp_path / "ready").mkdir()
    for number in (1, 2):
        (tmp_path / "ready" / f"{number}.txt").write_text(letter(number))
    with Watching(archive_file, [folder]) as watching:
        (tmp_path / "ready").rename(folder / "ready")
        watching.wait_for("CM16-0000001", "CM16-0000002")


def test_a_file_deleted_before_it_was_read_leaves_nothing(archive_file, folder):
    with Watching(archive_file, [folder], WatchOptions(settle=1.0, ingest=OPTIONS.ingest)) as watching:
        (folder / "1.txt").write_text(letter(1))
        time.sleep(0.3)
        (folder / "1.txt").unlink()
        (folder / "2.txt").write_text(letter(2))
        watching.wait_for("CM16-0000002")

    assert rows(archive_file, "SELECT path, state FROM source_files") == [(str(folder / "2.txt"), "stored")]


def test_a_folder_that_appears_later_or_anew_is_watched_from_then_on(archive_file, tmp_path):
    later = tmp_path / "later"
    with Watching(archive_file, [later]) as watching:
        assert watching.events[0].absent == [str(later)]
        later.mkdir()
        (later / "1.txt").write_text(letter(1))
        watching.wait_for("CM16-0000001")
        later.rename(tmp_path / "gone")
        watching.wait(lambda: watching.events[-1].absent == [str(later)])
        later.mkdir()
        watching.wait(lambda: watching.events[-1].folders == [str(later)] or watching.events[-1].summary)
        (later / "2.txt").write_text(letter(2))
        watching.wait_for("CM16-0000001", "CM16-0000002")


def test_what_came_while_nobody_watched_is_read_at_the_next_start(archive_file, folder):
    with Watching(archive_file, [folder]) as watching:
        (folder / "1.txt").write_text(letter(1))
        watching.wait_for("CM16-0000001")
    (folder / "2.txt").write_text(letter(2))

    with Watching(archive_file, [folder]) as watching:
        watching.wait_for("CM16-0000001", "CM16-0000002")

    assert (watching.total.stored, watching.total.known) == (1, 1)


def test_a_file_that_is_corrected_becomes_a_new_version(archive_file, folder):
    (folder / "1.txt").write_text(letter(1))
    with Watching(archive_file, [folder]) as watching:
        watching.wait_for("CM16-0000001")
        (folder / "1.txt").write_text(letter(1, age=45))
        watching.wait(lambda: rows(archive_file, "SELECT patient_age FROM cases") == [(45,)])

    assert rows(archive_file, "SELECT version, is_current FROM letters ORDER BY version") == [(1, 0), (2, 1)]


def test_a_file_that_cannot_be_read_is_set_aside_and_the_watch_goes_on(archive_file, folder):
    with Watching(archive_file, [folder]) as watching:
        (folder / "torn.pdf").write_bytes(b"%PDF-1.4 nothing more")
        watching.wait(lambda: watching.events[-1].event == "read")
        (folder / "1.txt").write_text(letter(1))
        watching.wait_for("CM16-0000001")

    assert dict(watching.total.set_aside) == {"damaged_pdf": 1}


def test_while_another_process_is_writing_files_wait(archive_file, folder):
    with Watching(archive_file, [folder]) as watching:
        watching.wait(lambda: len(watching.events) >= 2)
        with hold_archive(archive_file, wait=10):
            (folder / "1.txt").write_text(letter(1))
            watching.wait(lambda: (watching.events[-1].event, watching.events[-1].files) == ("waiting", 1))
            assert "is being written to by process" in (watching.events[-1].message or "")
        watching.wait_for("CM16-0000001")


def test_what_nobody_told_of_is_found_when_the_folders_are_gone_through_again(archive_file, folder, tmp_path):
    """A link leads to a folder whose changes the system does not tell of."""
    (tmp_path / "elsewhere").mkdir()
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    with Watching(archive_file, [folder], WatchOptions(settle=0.3, sweep=1.0, ingest=OPTIONS.ingest)) as one:
        one.wait(lambda: len(one.events) >= 2)
        (tmp_path / "elsewhere" / "1.txt").write_text(letter(1))
        one.wait_for("CM16-0000001")


def test_polling_finds_what_arrives(archive_file, folder):
    with Watching(archive_file, [folder], WatchOptions(settle=0.3, poll=True, ingest=OPTIONS.ingest)) as one:
        one.wait(lambda: len(one.events) >= 2)
        (folder / "1.txt").write_text(letter(1))
        one.wait_for("CM16-0000001")


def test_an_archive_that_is_replaced_takes_what_arrives_after_it(archive_file, empty_archive, folder):
    with Watching(archive_file, [folder]) as watching:
        (folder / "1.txt").write_text(letter(1))
        watching.wait_for("CM16-0000001")
        watching.wait(lambda: not archive_file.with_name(f"{archive_file.name}-wal").exists())
        shutil.copy(empty_archive, folder.parent / "fresh.db")
        (folder.parent / "fresh.db").replace(archive_file)
        (folder / "2.txt").write_text(letter(2))
        watching.wait_for("CM16-0000002")


def test_new_rationales_are_compared_once_all_is_read(archive_file, folder):
    same = letter(1).partition("Decision rationale:")[2]
    for number in (1, 2):
        start = letter(number).partition("Decision rationale:")[0]
        (folder / f"{number}.txt").write_text(f"{start}Decision rationale:{same}")
    with Watching(archive_file, [folder]) as watching:
        query = "SELECT rationale_cluster FROM disputed_items"
        watching.wait(lambda: rows(archive_file, query) == [(1,), (1,)])


def test_a_file_in_place_of_a_folder_and_a_foreign_archive_are_refused(archive_file, folder, tmp_path):
    (tmp_path / "notes.db").write_text("not a database at all")
    with pytest.raises(UsageError, match="is a file: name the folder that it is in"):
        watch_folders(archive_file, [archive_file], Watching(archive_file, []))
    with pytest.raises(NotAnArchiveError):
        watch_folders(tmp_path / "notes.db", [folder], Watching(archive_file, []), stop=lambda: True)
