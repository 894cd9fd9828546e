"""A disk that fills up during a run: one clear line, whole batches, and the same run goes on."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from imr_archive.archive.connection import open_for_writing
from imr_archive.archive.ingest import IngestOptions, ingest

LETTERS = 150

LIMITED = """
    import resource, sys
    limit = int(sys.argv.pop(1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    from imr_archive.cli import main
    main()
"""

LIMITED_BATCHES = """
    import resource, sys
    from pathlib import Path
    from imr_archive.archive.connection import open_for_writing
    from imr_archive.archive.ingest import IngestOptions, ingest
    from imr_archive.errors import ArchiveError
    limit, path, folder, workers = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    try:
        with open_for_writing(Path(path)) as database:
            ingest([folder], database, options=IngestOptions(workers=int(workers), batch=20))
    except ArchiveError as error:
        sys.exit(str(error))
"""


@pytest.fixture
def folder(letters):
    return letters(*[f"{number:04}.txt" for number in range(LETTERS)])


def undisturbed(path, folder):
    with open_for_writing(path) as database:
        ingest([folder], database, options=IngestOptions(workers=0))


def run(program, *arguments):
    """A program whose files may grow to so many bytes: to SQLite the same as a disk without room."""
    command = [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def is_said_in_one_line(said, path):
    return said in (
        f"no room left on the disk of {path}: the last batch was not stored",
        f"{path} cannot be read or written: disk I/O error",
    )


@pytest.mark.parametrize(("room", "workers"), [(0, 0), (400_000, 0), (800_000, 2)])
def test_a_full_disk_loses_one_batch_and_the_next_run_goes_on(
    path, empty, folder, tmp_path, contents, room, workers
):
    whole = Path(shutil.copy(empty, tmp_path / "undisturbed.db"))
    undisturbed(whole, folder)

    ran = run(LIMITED_BATCHES, 250_000 + room, path, folder, workers)

    assert is_said_in_one_line(ran.stderr.strip(), path), ran.stderr
    stored = len(contents(path)["letters"])
    assert stored < LETTERS
    assert stored > 0 or not room

    undisturbed(path, folder)
    assert contents(path) == contents(whole)


def test_the_command_says_it_without_a_traceback(path, folder):
    ran = run(LIMITED, 250_000, "ingest", folder, "--db", path, "--workers", 2)

    assert ran.returncode == 2
    assert is_said_in_one_line(ran.stderr.strip().removeprefix("imr-archive: "), path), ran.stderr
