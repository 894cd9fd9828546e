"""Files of the disk, read whole although they change meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imr_archive.errors import SourceError
from imr_archive.sources.files import read_ahead, read_whole


def say_size(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the system tell `size` for every open file, as it does when the file changes a moment later."""
    told = os.fstat

    def fstat(descriptor: int) -> os.stat_result:
        status = list(told(descriptor))
        status[6] = size
        return os.stat_result(status)

    monkeypatch.setattr(os, "fstat", fstat)


@pytest.mark.parametrize("told", [0, 1, 5, 6, 7, 100])
def test_a_file_that_grows_or_shrinks_is_read_as_it_is(
    told: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"Upheld")
    say_size(told, monkeypatch)

    assert read_whole(str(path), 100) == b"Upheld"


def test_a_file_that_grows_beyond_the_limit_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 101)
    say_size(10, monkeypatch)

    assert len(read_whole(str(path), 101)) == 101
    with pytest.raises(SourceError, match="more than 100 bytes") as caught:
        read_whole(str(path), 100)
    assert caught.value.reason == "too_large"


def test_reading_leaves_no_file_open(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 101)
    (before := os.open(path, os.O_RDONLY), os.close(before))

    for limit in (10, 200):
        try:
            read_whole(str(path), limit)
        except SourceError as error:
            assert error.reason == "too_large"  # noqa: PT017 (of the first limit)

    (after := os.open(path, os.O_RDONLY), os.close(after))
    assert after == before


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="the system cannot be asked")
def test_the_system_is_asked_for_a_file_that_will_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"Upheld")
    asked: list[tuple[int, int, int, int]] = []
    monkeypatch.setattr(os, "posix_fadvise", lambda *call: asked.append(call))

    read_ahead(str(path))

    assert [call[1:] for call in asked] == [(0, 0, os.POSIX_FADV_WILLNEED)]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(asked[0][0])


def test_what_cannot_be_read_ahead_is_passed_in_silence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    for name in ("missing", "pipe", "."):
        read_ahead(str(tmp_path / name))
