"""When a file that has arrived counts as written whole."""

from __future__ import annotations

import os
import sys
import time

import pytest

from imr_archive.archive.arrivals import Arrivals, is_open_for_writing
from imr_archive.sources.discovery import discover
from imr_archive.sources.documents import Found


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def arrivals(clock):
    return Arrivals(2.0, clock)


def test_a_file_is_whole_once_it_has_stood_still(arrivals, clock, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("first part")
    arrivals.note(str(path))

    assert arrivals.whole() == []
    clock.now += 1.9
    assert arrivals.whole() == []
    clock.now += 0.2
    assert arrivals.whole() == [str(path)]
    assert len(arrivals) == 0
    assert arrivals.whole() == []


def test_a_file_that_grows_is_waited_for_from_its_last_change(arrivals, clock, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("first part")
    arrivals.note(str(path))
    arrivals.whole()
    clock.now += 1.5
    path.write_text("first part and another")
    assert arrivals.whole() == []
    clock.now += 1.5
    assert arrivals.whole() == []
    clock.now += 0.6
    assert arrivals.whole() == [str(path)]


def test_a_file_that_is_gone_again_is_forgotten(arrivals, clock, tmp_path):
    path = tmp_path / "a.txt"
    path.touch()
    arrivals.note(str(path))
    arrivals.whole()
    path.unlink()
    clock.now += 5

    assert arrivals.whole() == []
    assert len(arrivals) == 0


@pytest.mark.parametrize("name", ["a.jpg", ".a.txt", "~$a.docx", "a.txt.part", "Thumbs.db", ".cache/a.txt"])
def test_what_is_no_input_does_not_wait(arrivals, tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.touch()

    arrivals.note(str(path), str(tmp_path))

    assert len(arrivals) == 0


def test_a_hidden_folder_above_the_one_that_is_watched_hides_nothing(arrivals, tmp_path):
    watched = tmp_path / ".incoming"
    watched.mkdir()
    (watched / "a.txt").touch()

    arrivals.note(str(watched / "a.txt"), str(watched))

    assert len(arrivals) == 1


def test_of_a_folder_that_arrives_all_files_wait(arrivals, clock, tmp_path):
    folder = tmp_path / "moved" / "inner"
    folder.mkdir(parents=True)
    for name in ("b.txt", "a.pdf", "c.jpg"):
        (folder / name).touch()

    arrivals.note(str(tmp_path / "moved"))
    arrivals.whole()
    clock.now += 3

    assert arrivals.whole() == [str(folder / "a.pdf"), str(folder / "b.txt")]


linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who has a file open")


@linux
def test_a_file_that_somebody_has_open_to_write_is_waited_for_however_long_it_pauses(
    arrivals, clock, tmp_path
):
    path = tmp_path / "a.txt"
    with path.open("w") as writer:
        writer.write("first part")
        writer.flush()
        arrivals.note(str(path))
        arrivals.whole()
        clock.now += 3600
        assert is_open_for_writing(str(path))
        assert arrivals.whole() == []

    assert not is_open_for_writing(str(path))
    assert arrivals.whole() == [str(path)]


@linux
def test_a_reader_is_no_writer_and_what_is_not_there_has_none(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("all of it")
    with path.open() as reader:
        assert reader.read(3) == "all"
        assert not is_open_for_writing(str(path))
    assert not is_open_for_writing(str(tmp_path / "none.txt"))


def test_in_a_folder_old_files_are_whole_and_young_ones_wait(arrivals, clock, tmp_path):
    for name, age in (("old.txt", 60), ("young.txt", 0), ("tomorrow.txt", -86400)):
        (tmp_path / name).touch()
        then = time.time() - age
        os.utime(tmp_path / name, (then, then))

    older = [thing.name for thing in arrivals.older(discover([tmp_path])) if isinstance(thing, Found)]

    assert older == ["old.txt"]
    arrivals.whole()
    clock.now += 3
    assert arrivals.whole() == [str(tmp_path / "tomorrow.txt"), str(tmp_path / "young.txt")]
