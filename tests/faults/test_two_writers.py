"""Two processes that would write to one archive: the second says who holds it, and waits or ends as told."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from imr_archive.archive.connection import open_for_reading, open_for_writing
from imr_archive.archive.ingest import IngestOptions, ingest
from imr_archive.archive.writer_lock import hold_archive, holder_of, lock_file
from imr_archive.errors import ArchiveLockedError, ArchiveReadOnlyError

HERE = IngestOptions(workers=0)

HOLDER = """
    import sys
    from pathlib import Path
    from imr_archive.archive.writer_lock import hold_archive
    with hold_archive(Path(sys.argv[1])):
        print("held", flush=True)
        sys.stdin.readline()
"""


@pytest.fixture
def other(path):
    """Another process that holds the archive until it is told to let go."""
    command = [sys.executable, "-c", textwrap.dedent(HOLDER), str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_the_second_names_the_first_and_ends(path, letters, other):
    folder = letters("1.txt")

    with open_for_writing(path) as database, pytest.raises(ArchiveLockedError) as failure:
        ingest([folder], database, options=HERE)

    assert re.fullmatch(
        rf"{re.escape(str(path))} is being written to by process {other.pid} on "
        rf"{re.escape(socket.gethostname())}, since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC: "
        "try again when it is done, or wait for it with --wait SECONDS",
        str(failure.value),
    )


def test_the_second_waits_as_long_as_it_is_told(path, letters, other):
    folder = letters("1.txt")
    started = time.monotonic()

    with open_for_writing(path) as database, pytest.raises(ArchiveLockedError):
        ingest([folder], database, options=IngestOptions(workers=0, wait=0.5))

    assert 0.5 <= time.monotonic() - started < 5


def test_the_second_goes_on_when_the_first_is_done(path, letters, other):
    folder = letters("1.txt")
    threading.Timer(0.3, other.kill).start()

    with open_for_writing(path) as database:
        assert ingest([folder], database, options=IngestOptions(workers=0, wait=20)).stored == 1


def test_a_holder_that_was_killed_holds_nothing(path, letters, other):
    other.kill()
    other.wait()
    assert lock_file(path).exists()

    with open_for_writing(path) as database:
        assert ingest([letters("1.txt")], database, options=HERE).stored == 1
    assert not lock_file(path).exists()


def test_the_wish_to_stop_ends_the_wait(path, letters, other):
    folder = letters("1.txt")

    with open_for_writing(path) as database, pytest.raises(KeyboardInterrupt):
        ingest([folder], database, options=IngestOptions(workers=0, wait=600), stop=lambda: True)


def test_one_holder_at_a_time_however_many_come_and_go(path, tmp_path):
    """Each adds its own turn to a count that would lose one if two held the archive at once."""
    program = """
        import sys, time
        from pathlib import Path
        from imr_archive.archive.writer_lock import hold_archive
        for _ in range(25):
            with hold_archive(Path(sys.argv[1]), wait=50):
                count = Path(sys.argv[2])
                before = int(count.read_text())
                time.sleep(0.0005)
                count.write_text(str(before + 1))
    """
    count = tmp_path / "count"
    count.write_text("0")
    command = [sys.executable, "-c", textwrap.dedent(program), str(path), str(count)]
    for process in [subprocess.Popen(command) for _ in range(3)]:
        assert process.wait(timeout=60) == 0

    assert count.read_text() == "75"
    assert not lock_file(path).exists()


def test_the_file_says_who_holds_the_archive(path):
    assert holder_of(path) is None
    with hold_archive(path):
        holder = holder_of(path)
        assert (holder.pid, holder.host) == (os.getpid(), socket.gethostname())
    assert holder_of(path) is None


def test_a_lock_file_of_rubbish_is_no_holder(path, other):
    lock_file(path).write_bytes(b"\xff\x00 rubbish")

    with pytest.raises(ArchiveLockedError, match="by another process:"), hold_archive(path):
        pass


def test_readers_go_on_undisturbed_while_letters_are_read_in(path, letters):
    folder = letters(*[f"{number:03}.txt" for number in range(120)])
    seen = []

    class Reads:
        def show(self, progress):
            with open_for_reading(path, wait=0) as reader, reader.read() as connection:
                counts = connection.exec_driver_sql(
                    "SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM disputed_items), "
                    "(SELECT count(*) FROM disputed_items_fts WHERE disputed_items_fts MATCH 'chair')"
                ).one()
                seen.append(tuple(counts))

    with open_for_writing(path) as database:
        ingest([folder], database, options=IngestOptions(workers=0, batch=20), progress=Reads())

    assert seen == [(count, count, count) for count in (20, 60, 80, 120, 120)]


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path, empty):
    with pytest.raises(ArchiveReadOnlyError, match="no permission for its folder"):
        _as_nobody(tmp_path)


def _as_nobody(folder):
    """Within a folder of somebody else's, where even root is made to feel it."""
    closed = folder / "closed"
    closed.mkdir(mode=0o555)
    if os.geteuid() != 0:
        with hold_archive(closed / "imr.db"):
            return
    for place in (folder, *folder.parents):
        if place.name.startswith(("pytest-", "popen-", folder.name)):
            place.chmod(place.stat().st_mode | 0o055)
    os.seteuid(65534)
    try:
        with hold_archive(closed / "imr.db"):
            return
    finally:
        os.seteuid(0)
