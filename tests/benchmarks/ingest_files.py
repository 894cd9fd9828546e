"""The files that the benchmarks of ingest read."""

from __future__ import annotations

import os
from pathlib import Path

from letters.output import Wanted, write_files

from imr_archive.archive.connection import open_for_writing

SEED = 7
A_FOLDER = 2_000
MAKERS = 2


def texts_to_read(work: Path, given: Path | None, count: int) -> Path:
    """The folder given, or one of generated letters as text, Markdown and HTML."""
    if given is not None:
        return given
    write_files(Wanted(SEED, count), work / "texts", None, MAKERS)
    return work / "texts"


def pdfs_to_read(work: Path, given: Path | None, real: Path, count: int, copies: int) -> Path:
    """The folder given, or one of generated PDFs with copies of the real ones beside them.

    A copy ends in a comment of its own, so that its bytes are no other file's.
    """
    if given is not None:
        return given
    folder = work / "pdfs"
    write_files(Wanted(SEED, count, suffix="pdf"), folder, None, MAKERS)
    (folder / "real").mkdir()
    originals = sorted(real.glob("*.pdf")) if real.is_dir() else []
    for number in range(len(originals) * copies):
        original = originals[number % len(originals)]
        data = original.read_bytes() + f"\n% copy {number}\n".encode()
        (folder / "real" / f"{original.stem}-copy{number:07}.pdf").write_bytes(data)
    return folder


def warm(folder: Path) -> int:
    """Reads every file once, so that nobody waits for the disk; how many there are."""
    number = 0
    for path in folder.rglob("*"):
        if path.is_file():
            path.read_bytes()
            number += 1
    return number


def known_tree(folder: Path, archive: Path, number: int) -> Path:
    """A tree of small files, and an archive that has the row for each of them that a run would have left."""
    rows = []
    for one in range(number):
        below = folder / f"{one // A_FOLDER:05}"
        if one % A_FOLDER == 0:
            below.mkdir(parents=True)
        path = f"{below}/CM16-{one:07}.txt"
        with open(path, "w") as file:  # noqa: PTH123 - 200,000 Path objects take longer than the files
            file.write("x")
        status = os.stat(path)  # noqa: PTH116
        rows.append((path, status.st_size, status.st_mtime_ns, f"{one:064x}"))
    with open_for_writing(archive, create=True) as database, database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO source_files (path, size, modified_ns, sha256, state, first_seen, last_tried) "
            "VALUES (?, ?, ?, ?, 'stored', '2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000')",
            rows,
        )
    return folder
