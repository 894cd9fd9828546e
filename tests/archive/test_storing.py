"""Batches on their way into the archive: one at a time, in their order, beside the reading."""

from __future__ import annotations

import contextlib
import threading

import pytest

from imr_archive.archive.batch import FileOutcome
from imr_archive.archive.storing import Storing
from imr_archive.errors import ArchiveError

SECONDS = 10.0


class SlowStore:
    """Stores nothing, and each batch only when it is let; says what it was given."""

    def __init__(self):
        self.begun = []
        self.done = []
        self.let = threading.Event()
        self.threads = set()

    def __call__(self, batch):
        self.begun.append(list(batch))
        self.threads.add(threading.current_thread())
        assert self.let.wait(SECONDS)
        if "torn" in batch:
            raise ArchiveError("no room left")
        self.done.append(list(batch))
        return [FileOutcome(path, "stored") for path in batch]


@pytest.fixture
def slow():
    return SlowStore()


def paths(outcomes):
    return [outcome.path for outcome in outcomes]


def test_one_batch_is_stored_while_the_next_is_gathered(slow):
    with Storing(slow, beside=True) as storing:
        storing.begin(["a", "b"])
        assert (storing.stored(), slow.done) == ([], [])
        slow.let.set()
        assert paths(storing.stored(wait=True)) == ["a", "b"]
        assert storing.stored(wait=True) == []
    assert threading.current_thread() not in slow.threads


def test_it_is_busy_until_the_batch_is_stored(slow):
    with Storing(slow, beside=True) as storing:
        before = storing.is_busy
        storing.begin(["a"])
        during = storing.is_busy
        slow.let.set()
        storing.stored(wait=True)
        assert (before, during, storing.is_busy) == (False, True, False)


def test_a_batch_waits_for_the_one_before_it(slow):
    with Storing(slow, beside=True) as storing:
        storing.begin(["a"])
        threading.Timer(0.1, slow.let.set).start()
        storing.begin(["b"])
        assert slow.done[0] == ["a"]
        assert paths(storing.stored(wait=True)) == ["a", "b"]
    assert len(slow.threads) == 1


@pytest.mark.parametrize("ask", [lambda one: one.stored(wait=True), lambda one: one.begin(["c"])])
def test_what_storing_raised_is_raised_where_it_is_asked_for_and_nothing_is_stored_after_it(slow, ask):
    slow.let.set()
    with Storing(slow, beside=True) as storing:
        storing.begin(["torn"])
        with pytest.raises(ArchiveError, match="no room left"):
            ask(storing)
    assert slow.begun == [["torn"]]


def test_the_end_waits_for_the_batch_under_way_though_it_is_an_error_that_ends_it(slow):
    threading.Timer(0.1, slow.let.set).start()
    with contextlib.suppress(KeyboardInterrupt), Storing(slow, beside=True) as storing:
        storing.begin(["a"])
        raise KeyboardInterrupt
    assert slow.done == [["a"]]


def test_without_a_thread_a_batch_is_stored_when_begin_returns(slow):
    slow.let.set()
    with Storing(slow, beside=False) as storing:
        storing.begin(["a"])
        storing.begin(["b"])
        assert paths(storing.stored()) == ["a", "b"]
        with pytest.raises(ArchiveError, match="no room left"):
            storing.begin(["torn"])
    assert slow.threads == {threading.current_thread()}
