"""Running the command line in this process, as a shell would."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from imr_archive.cli import main


class Ran(NamedTuple):
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs `imr-archive ARGUMENTS` in an empty folder, without an archive named by the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IMR_ARCHIVE_DB", raising=False)

    def call(*arguments: str | Path) -> Ran:
        monkeypatch.setattr("sys.argv", ["imr-archive", *map(str, arguments)])
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        else:
            status = 0
        printed = capsys.readouterr()
        return Ran(status, printed.out, printed.err)

    return call


@pytest.fixture(scope="session")
def sample_archive(tmp_path_factory: pytest.TempPathFactory, sample_letters: Path) -> Path:
    """An archive of the fictional letters; read only."""
    from imr_archive import open_archive

    path = tmp_path_factory.mktemp("archive") / "sample.db"
    with open_archive(path, write=True) as archive:
        archive.ingest(sample_letters)
    return path
