"""How what was read becomes batches."""

from __future__ import annotations

import pytest

from imr_archive.archive.gathering import Gathering


@pytest.fixture
def files(file_of, cushion):
    """Some files, each with so many letters."""
    return lambda *letters: [file_of(*[cushion] * number, path=f"/{number}") for number in letters]


def paths(batch):
    return [one.path for one in batch]


def test_a_batch_has_no_more_letters_than_it_may_and_the_others_wait(files):
    gathering = Gathering(4)
    gathering.add(files(1, 2, 3))
    gathering.add(files(0))

    assert [paths(gathering.take()) for _ in range(2)] == [["/1", "/2"], ["/3", "/0"]]
    assert not gathering


def test_a_file_with_more_letters_than_a_batch_is_a_batch_of_its_own(files):
    gathering = Gathering(4)
    gathering.add(files(1, 9, 1))

    assert [paths(gathering.take()) for _ in range(3)] == [["/1"], ["/9"], ["/1"]]


@pytest.mark.parametrize(
    ("letters", "busy", "left", "due"),
    [
        ([100], False, None, False),
        ([499, 0], False, None, True),
        ([500], True, None, False),
        ([1_999], True, None, False),
        ([1_999, 0], True, None, True),
        ([399], False, 0, False),
        ([400], False, 0, True),
        ([449], False, 1_800, False),
        ([450], False, 1_800, True),
    ],
)
def test_a_batch_is_due_by_its_letters_by_what_is_left_and_by_what_is_being_stored(
    files, letters, busy, left, due
):
    gathering = Gathering(1_000)
    gathering.add(files(*letters))

    assert gathering.is_batch_due(busy=busy, left=left) is due


def test_batches_grow_to_the_largest(files):
    gathering = Gathering(1_500)
    due = []
    for number in (500, 1_000, 1_500, 1_500):
        gathering.add(files(number - 1))
        before = gathering.is_batch_due(busy=False, left=None)
        gathering.add(files(1))
        due.append((before, gathering.is_batch_due(busy=False, left=None)))
        gathering.take()

    assert due == [(False, True)] * 4


def test_what_waits_for_long_is_due_and_nothing_never_is(files, monkeypatch):
    monkeypatch.setattr("imr_archive.archive.gathering.LONGEST_BATCH", -1.0)
    gathering = Gathering(1_000)
    nothing = gathering.is_batch_due(busy=False, left=0)
    gathering.add(files(1))

    assert (nothing, gathering.is_batch_due(busy=False, left=None)) == (False, True)
