"""What the benchmarks of ingest measure: our runs, and what each is held against."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pypdfium2
import sqlite_utils

from imr_archive import open_archive
from imr_archive.archive.connection import open_for_reading, open_for_writing
from imr_archive.archive.ingest import IngestOptions, ingest
from imr_archive.archive.prepare import Work, begin
from imr_archive.archive.worker_server import load_ahead

AT_ONCE = 32


def without(archive: Path) -> Path:
    """The path, with no archive at it."""
    for suffix in ("", "-wal", "-shm", "-writer"):
        archive.with_name(archive.name + suffix).unlink(missing_ok=True)
    return archive


class Ingested(NamedTuple):
    """Seconds of one run until all was stored and searchable, and after that for making questions quick."""

    stored: float
    made_ready: float


def ingest_seconds(
    paths: Sequence[Path], archive: Path, *, workers: int, letters: int, work: Work = begin
) -> Ingested:
    """One run into a new archive, from its making to its closing.

    Raises RuntimeError where the archive lacks letters.
    """
    without(archive)
    start = time.perf_counter()
    load_ahead()
    with open_archive(archive, write=True) as opened:
        summary = opened.ingest(*paths, options=IngestOptions(workers=workers, work=work))
    seconds = time.perf_counter() - start
    if summary.stored + summary.new_versions != letters:
        raise RuntimeError(f"of {letters} letters not all were stored: {summary.to_dict()}")
    return Ingested(seconds - summary.seconds_making_ready, summary.seconds_making_ready)


def resume_seconds(folder: Path, archive: Path, files: int) -> float:
    """A run over files that are all known, on an archive that is open."""
    with open_for_writing(archive) as database:
        start = time.perf_counter()
        summary = ingest([folder], database)
        seconds = time.perf_counter() - start
    if summary.known != files:
        raise RuntimeError(f"of {files} files not all were known: {summary.to_dict()}")
    return seconds


def find_seconds(folder: Path) -> float:
    """The system's own walk."""
    start = time.perf_counter()
    subprocess.run(["find", str(folder), "-type", "f"], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def sqlite_utils_seconds(folder: Path, archive: Path) -> float:
    """The same files as one row each, whole, and a full-text index of them."""
    without(archive)
    start = time.perf_counter()
    database = sqlite_utils.Database(archive)
    database["files"].insert_all(
        ({"path": path, "text": Path(path).read_text(encoding="utf-8")} for path in _files(folder)), pk="path"
    )
    database["files"].enable_fts(["text"])
    database.conn.close()
    return time.perf_counter() - start


def pdfium_seconds(folder: Path, processes: int) -> float:
    """PDFium giving the text of every page of the same files, in processes that are there already."""
    paths = list(_files(folder))
    some = [paths[start : start + AT_ONCE] for start in range(0, len(paths), AT_ONCE)]
    # Not forked by a server: there is one in a program, which would lack what our workers need.
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.map(extract, [[]] * processes, 1)
        start = time.perf_counter()
        for _ in pool.imap(extract, some):
            pass
        return time.perf_counter() - start


def extract(paths: Iterable[str]) -> list[str]:
    """The text of each PDF, as PDFium gives it."""
    texts = []
    for path in paths:
        document = pypdfium2.PdfDocument(Path(path).read_bytes())
        pages = []
        for page in document:
            text_page = page.get_textpage()
            pages.append(text_page.get_text_range())
            text_page.close()
            page.close()
        document.close()
        texts.append("\f".join(pages))
    return texts


def archive_size(archive: Path) -> int:
    """Bytes of an archive that was closed."""
    return archive.stat().st_size


def text_size(archive: Path) -> int:
    """Bytes of the text, in UTF-8, of all letters of an archive."""
    with open_for_reading(archive) as database, database.read() as connection:
        query = "SELECT sum(length(CAST(letter_text(packed_text) AS BLOB))) FROM letters"
        return int(connection.exec_driver_sql(query).scalar_one())


def _files(folder: Path) -> Iterator[str]:
    for where, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            yield f"{where}/{name}"
