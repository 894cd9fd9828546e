"""Letters, and a stand-in for the work on each of them that misbehaves as the file's name says."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from imr_archive.archive.connection import open_for_writing
from imr_archive.archive.fulltext import check_full_text

STAND_IN = '''
"""What is done with a file in place of reading it, where the file's name asks for trouble."""

import ctypes
import os
import signal
import time
from pathlib import Path

from imr_archive.archive.prepare import prepare as truly
from imr_archive.archive.prepare import unread


def prepare(found, options):
    name = found.name
    if "pid" in name:
        Path(found.file + ".running").write_text(str(os.getpid()))
    if "hangs" in name:
        ctypes.CDLL(None).sleep(600)
    if "spins" in name:
        while True:
            pass
    if "segfault" in name:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "aborts" in name:
        ctypes.CDLL(None).abort()
    if "exits" in name:
        os._exit(7)
    if "once" in name and not os.path.exists(found.file + ".died"):
        Path(found.file + ".died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if "hungry" in name:
        bytearray(64 * 1024**3)
    if "defect" in name:
        raise RuntimeError("a defect of a reader")
    if "slow" in name:
        time.sleep(0.2)
    if "waits" in name:
        until = time.monotonic() + 20
        while not os.path.exists(found.file + ".go") and time.monotonic() < until:
            time.sleep(0.01)
    if "tells" in name:
        told = f"{os.getpid()} {len(options.dictionary)}"
        return unread(found, "not_a_letter", told)
    if "steps" in name:
        return in_steps(found, options)
    return truly(found, options)


def in_steps(found, options):
    for _ in range(5):
        time.sleep(0.3)
        yield
    while "stalls" in found.name:
        pass
    return truly(found, options)
'''


def letter_text(number: int) -> str:
    return textwrap.dedent(f"""\
        Case Number: CM16-{number:07}
        Decision Date: 12/05/2016

        HOW THE IMR FINAL DETERMINATION WAS MADE
        The reviewer bakes bread in Texas.

        CLINICAL CASE SUMMARY
        A 44 year old female baker number {number}.

        IMR ISSUES, DECISIONS AND RATIONALES

        Seat cushion: Upheld
        Decision rationale: A chair was not described by letter {number}.
        """)


@pytest.fixture
def letters(tmp_path: Path) -> Callable[..., Path]:
    """A function that makes a folder of letters of these names, numbered in their order."""

    def make(*names: str, folder: str = "letters") -> Path:
        made = tmp_path / folder
        made.mkdir(exist_ok=True)
        for number, name in enumerate(names, 1):
            (made / name).write_text(letter_text(number))
        return made

    return make


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """The stand-in's `prepare`, which workers can import too."""
    place = tmp_path / "stand_in"
    place.mkdir()
    (place / "misbehaving_reader.py").write_text(STAND_IN)
    monkeypatch.syspath_prepend(place)
    monkeypatch.delitem(sys.modules, "misbehaving_reader", raising=False)
    import misbehaving_reader

    return misbehaving_reader.prepare


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database made by the migrations, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "imr.db"
    open_for_writing(path, create=True).close()
    return path


@pytest.fixture
def path(empty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(empty, tmp_path / "imr.db"))


TIMES = frozenset({"ingested_at", "first_seen", "last_tried"})


@pytest.fixture
def contents() -> Callable[[Path], dict[str, list[tuple[object, ...]]]]:
    """A function that gives all rows of an archive but for times, after proof that it is whole."""

    def read(path: Path) -> dict[str, list[tuple[object, ...]]]:
        with open_for_writing(path) as database, database.write() as connection:
            assert check_full_text(connection) == []
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            tables = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
                "AND name NOT LIKE '%_fts%' ORDER BY name"
            ).scalars()
            found = {}
            for table in tables.all():
                columns = connection.exec_driver_sql(
                    f"SELECT name FROM pragma_table_info('{table}')"
                ).scalars()
                kept = ", ".join(column for column in columns if column not in TIMES)
                rows = connection.exec_driver_sql(f"SELECT {kept} FROM {table} ORDER BY {kept}")
                found[table] = [tuple(row) for row in rows]
            return found

    return read


@pytest.fixture
def aside() -> Callable[[Path], dict[str, tuple[str, str]]]:
    """A function that gives state and message of every file that is not stored, by its name."""

    def read(path: Path) -> dict[str, tuple[str, str]]:
        with open_for_writing(path) as database, database.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT path, reason, message FROM source_files WHERE state = 'set_aside' ORDER BY path"
            )
            return {row.path.rpartition("/")[2]: (row.reason, row.message) for row in rows}

    return read
