"""A run with workers: batches are stored while the next is read, and everything else is as without."""

from __future__ import annotations

import multiprocessing
import threading

import pytest

from imr_archive.archive.ingest import IngestOptions, ingest
from imr_archive.archive.store import Store
from imr_archive.errors import ArchiveError

SECONDS = 20.0
LETTERS = 240


def letter(number: int) -> str:
    return f"""Case Number: CM16-{number:07}
Decision Date: 12/05/2016

IMR ISSUES, DECISIONS AND RATIONALES

Seat cushion: Upheld
Decision rationale: A chair was not described by letter {number}.
"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "letters"
    folder.mkdir()
    for number in range(LETTERS):
        (folder / f"{number:03}.txt").write_text(letter(number))
    return folder


@pytest.fixture
def held(monkeypatch):
    """The second batch is being stored from when `begun` is set until `let` is; 8 jobs make a batch."""
    monkeypatch.setattr("imr_archive.archive.jobs.FILES", 8)

    class Held:
        def __init__(self):
            self.begun, self.let = threading.Event(), threading.Event()
            self.batches = 0

        def is_storing(self):
            """Asked after each job; the other thread is given a moment to begin with a batch that it has."""
            return self.begun.wait(0.05)

    state = Held()
    add = Store.add

    def hold(store, files):
        state.batches += 1
        if state.batches == 2:
            state.begun.set()
            assert state.let.wait(SECONDS)
        return add(store, files)

    monkeypatch.setattr(Store, "add", hold)
    return state


class Watcher:
    def __init__(self, see):
        self.see = see

    def show(self, progress):
        self.see(progress)


def test_workers_are_attended_to_while_a_batch_is_being_stored(folder, archive, rows, held):
    """The batch waits for letters that are read after it: in vain, if they would wait for the batch."""
    waited_for = []

    def see(progress):
        assert progress.summary.letters <= rows("SELECT count(*) FROM letters")[0][0]
        if held.is_storing():
            waited_for.append((progress.path, progress.summary.letters))
            if len(waited_for) == 2:
                held.let.set()

    summary = ingest([folder], archive, options=IngestOptions(workers=2, batch=64), progress=Watcher(see))

    assert summary.stored == LETTERS
    assert waited_for[0][0] < waited_for[1][0]
    assert [letters for _, letters in waited_for[:2]] == [64, 64]


def test_workers_wait_when_two_batches_are_gathered_while_one_is_being_stored(folder, archive, held):
    """The second batch ends with file 63, and the job that ends with file 127 is the last of two more."""
    seen = []

    def see(progress):
        if held.is_storing() and not held.let.is_set():
            seen.append(progress.path[-7:])
            if seen[-1] == "119.txt":
                threading.Timer(0.3, held.let.set).start()

    summary = ingest([folder], archive, options=IngestOptions(workers=2, batch=32), progress=Watcher(see))

    assert seen[-3:] == ["103.txt", "111.txt", "119.txt"]
    assert summary.stored == LETTERS


def test_what_storing_raises_ends_the_run_and_the_next_goes_on(folder, archive, rows, monkeypatch):
    add = Store.add
    batches = []

    def full(store, files):
        batches.append(len(files))
        if len(batches) == 2:
            raise ArchiveError("no room left on the disk")
        return add(store, files)

    monkeypatch.setattr(Store, "add", full)
    with pytest.raises(ArchiveError, match="no room left on the disk"):
        ingest([folder], archive, options=IngestOptions(workers=2, batch=64))

    assert len(batches) == 2
    assert rows("SELECT count(*) FROM source_files") == [(64,)]
    assert multiprocessing.active_children() == []
    assert [one.name for one in threading.enumerate() if "storing" in one.name] == []

    again = ingest([folder], archive, options=IngestOptions(workers=2, batch=64))
    assert (again.stored, again.known) == (LETTERS - 64, 64)


def test_a_stop_while_a_batch_is_being_stored_keeps_it_and_what_was_read_since(folder, archive, rows, held):
    def stop():
        if held.is_storing():
            threading.Timer(0.1, held.let.set).start()
        return held.begun.is_set()

    summary = ingest([folder], archive, options=IngestOptions(workers=2, batch=64), stop=stop)

    stored = rows("SELECT count(*) FROM letters")[0][0]
    assert summary.stopped
    assert 128 <= stored == summary.stored == summary.letters < LETTERS
    assert rows("SELECT id, source FROM letters ORDER BY id") == [
        (number + 1, f"{number:03}.txt") for number in range(stored)
    ]


def test_an_interruption_while_a_batch_is_being_stored_keeps_it_whole(folder, archive, rows, held):
    def see(_progress):
        if held.is_storing():
            threading.Timer(0.1, held.let.set).start()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest([folder], archive, options=IngestOptions(workers=2, batch=64), progress=Watcher(see))

    assert rows("SELECT count(*) FROM letters") == rows("SELECT count(*) FROM source_files") == [(128,)]
