"""What happens to the database may happen: nothing half written, one clear line, the next run goes on."""

from __future__ import annotations

import datetime
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import event

from imr_archive.archive.connection import open_for_reading, open_for_writing
from imr_archive.archive.fulltext import check_full_text
from imr_archive.archive.prepared import Prepared, PreparedLetter
from imr_archive.archive.store import Store
from imr_archive.archive.texts import compress, fingerprint
from imr_archive.errors import ArchiveError, ArchiveLockedError
from imr_archive.parsing.record import Item, LetterRecord


def file(number: int) -> Prepared:
    """A letter of two decisions with a rationale of some length."""
    text = f"letter {number} " + "about an orchard and its ladders " * 40
    items = (
        Item(description=f"Ladder {number}", outcome="upheld", rationale=text),
        Item(description=f"Basket {number}", outcome="overturned", rationale=text[::-1]),
    )
    record = LetterRecord(
        source=f"{number}.txt", case_number=f"CM16-{number:07}", layout="D", items=items, summary=text
    )
    letter = PreparedLetter(record, fingerprint(text), compress(text))
    return Prepared(
        path=f"/letters/{number}.txt",
        source=record.source,
        size=len(text),
        modified_ns=number,
        parser_version="test",
        sha256=fingerprint(text),
        letters=(letter,),
    )


def batches(*, first: int = 1, number: int = 6, size: int = 5) -> list[list[Prepared]]:
    return [[file(first + batch * size + place) for place in range(size)] for batch in range(number)]


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "imr.db"
    open_for_writing(path, create=True).close()
    return path


@pytest.fixture
def path(empty, tmp_path) -> Path:
    return Path(shutil.copy(empty, tmp_path / "imr.db"))


def decided(path: Path) -> list[tuple[object, ...]]:
    """Every decision with its letter, and the proof that index and references are whole."""
    with open_for_writing(path) as database, database.write() as connection:
        assert check_full_text(connection) == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        rows = connection.exec_driver_sql(
            "SELECT case_number, source, position, description, outcome, rationale FROM decisions "
            "ORDER BY case_number, position"
        )
        return [tuple(row) for row in rows]


@pytest.fixture(scope="module")
def undisturbed(empty, tmp_path_factory) -> list[tuple[object, ...]]:
    path = Path(shutil.copy(empty, tmp_path_factory.mktemp("undisturbed") / "imr.db"))
    with open_for_writing(path) as database:
        for batch in batches():
            Store(database).add(batch)
    return decided(path)


@pytest.mark.parametrize("room", [0, 3, 6])
def test_a_full_disk_loses_the_batch_and_nothing_else(path, undisturbed, room):
    """The database may grow by so many pages: to SQLite a limit is the same as a disk without room."""
    stored = 0
    with open_for_writing(path) as database:
        with database.read() as connection:
            pages = room + connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        event.listen(
            database.engine,
            "begin",
            lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}"),
        )
        store = Store(database)
        failure = None
        for batch in batches():
            try:
                store.add(batch)
            except ArchiveError as error:
                failure = str(error)
                break
            stored += 1
    assert failure == f"no room left on the disk of {path}: the last batch was not stored"
    assert decided(path) == undisturbed[: stored * 10]

    with open_for_writing(path) as database:
        for batch in batches():
            Store(database).add(batch)
    assert decided(path) == undisturbed


def test_an_archive_that_finds_no_room_at_all_is_not_made(tmp_path):
    """RLIMIT_FSIZE stops the file from growing, as a full disk does."""
    program = """
        import resource, signal, sys
        from pathlib import Path
        from imr_archive.archive.connection import open_for_writing
        from imr_archive.errors import ArchiveError
        import imr_archive.archive.migrate
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        try:
            open_for_writing(Path(sys.argv[1]), create=True)
        except ArchiveError as error:
            print(error)
    """
    said = run(program, str(tmp_path / "new.db")).stdout.decode().splitlines()

    assert len(said) == 1
    assert said[0].startswith((f"{tmp_path / 'new.db'} cannot be", "no room left on the disk"))
    assert list(tmp_path.iterdir()) == []


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-B", "-c", textwrap.dedent(program), *arguments]
    return subprocess.run(command, capture_output=True, check=True, timeout=60)


WRITER = """
    import importlib.util, sys
    from pathlib import Path
    spec = importlib.util.spec_from_file_location("faults", sys.argv[2])
    faults = importlib.util.module_from_spec(spec)
    sys.modules["faults"] = faults
    spec.loader.exec_module(faults)
    print("ready", flush=True)
    with faults.open_for_writing(Path(sys.argv[1])) as database:
        store = faults.Store(database)
        for batch in faults.batches():
            store.add(batch)
            print("batch", flush=True)
"""


@pytest.mark.parametrize("after", [0.0, 0.005, 0.01, 0.02, 0.03, 0.05])
def test_a_writer_killed_at_any_instant_leaves_whole_batches_and_another_run_goes_on(
    path, undisturbed, after
):
    command = [sys.executable, "-B", "-c", textwrap.dedent(WRITER), str(path), __file__]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"ready\n"
    time.sleep(after)
    writer.kill()
    said = writer.communicate()[0].count(b"batch")
    assert writer.returncode in (-signal.SIGKILL, 0)

    found = decided(path)
    assert len(found) % 10 == 0
    assert len(found) >= said * 10
    assert found == undisturbed[: len(found)]

    assert run(WRITER, str(path), __file__).stdout.count(b"batch") == 6
    assert decided(path) == undisturbed


def test_pages_overwritten_with_rubbish_are_said_to_be_damage(path):
    with open_for_writing(path) as database:
        for batch in batches():
            Store(database).add(batch)
    size = path.stat().st_size
    with path.open("r+b") as raw:
        raw.seek(4096)
        raw.write(b"\xa5" * (size - 4096))

    with pytest.raises(ArchiveError) as failure:
        decided(path)

    assert "\n" not in str(failure.value)
    assert f"{path} is damaged" in str(failure.value)


@pytest.mark.parametrize("length", [1, 15, 16, 99, 100, 512, 4095, 4096, 10_000])
def test_an_archive_cut_short_is_refused_in_one_line(path, length):
    os.truncate(path, length)

    with pytest.raises(ArchiveError) as failure:
        decided(path)

    assert "\n" not in str(failure.value)


def test_a_database_replaced_under_a_reader_is_read_as_it_was_opened(path, empty, undisturbed):
    with open_for_writing(path) as database:
        for batch in batches():
            Store(database).add(batch)
    with open_for_reading(path) as reader, reader.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM disputed_items").scalar_one() == 60
        new = path.with_name("new.db")
        shutil.copy(empty, new)
        new.replace(path)
        assert connection.exec_driver_sql("SELECT count(*) FROM disputed_items").scalar_one() == 60
    assert decided(path) == []


def test_the_archive_locked_in_the_middle_of_a_run_ends_it_with_whole_batches(path, undisturbed):
    with open_for_writing(path, wait=0.05) as database:
        store = Store(database)
        first, second, *_ = batches()
        store.add(first)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveLockedError):
            store.add(second)
        other.execute("ROLLBACK")
        other.close()
        store.add(second)

    assert decided(path) == undisturbed[:20]


def test_an_interrupt_in_the_middle_of_a_batch_leaves_nothing_of_it(path, undisturbed, monkeypatch):
    first, second, *_ = batches()
    with open_for_writing(path) as database:
        store = Store(database)
        store.add(first)

        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr("imr_archive.archive.batch.page_rows", interrupted)
            patch.setattr("imr_archive.archive.batch.Batch.flush", interrupted)
            with pytest.raises(KeyboardInterrupt):
                store.add(second)
        store.add(second)

    assert decided(path) == undisturbed[:20]


def test_a_clock_that_goes_backwards_does_not_change_what_is_current(path):
    times = iter(["2026-05-05", "2020-01-01"])
    corrected = msgspec.structs.replace(file(2).letters[0].record, case_number="CM16-0000001")
    letter = msgspec.structs.replace(file(2).letters[0], record=corrected)

    with open_for_writing(path) as database:
        store = Store(database, clock=lambda: datetime.datetime.fromisoformat(next(times)))
        store.add([file(1)])
        store.add([msgspec.structs.replace(file(2), letters=(letter,))])
        with database.read() as connection:
            rows = connection.exec_driver_sql("SELECT version, is_current FROM letters ORDER BY version")
            assert [tuple(row) for row in rows] == [(1, 0), (2, 1)]
