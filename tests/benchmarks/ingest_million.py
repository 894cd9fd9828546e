"""Generated letters straight into an archive: the rate and the memory at every size on the way."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generated_work import generated, generated_name
from ingest_timing import archive_size
from letters import generate

from imr_archive.archive.connection import ArchiveDatabase, open_for_writing
from imr_archive.archive.ingest import IngestOptions, IngestProgress, Inputs, ingest
from imr_archive.parsing import BUILD
from imr_archive.sources import Found

LOOKS = (10_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000)
"""Letters at which a row of the table is written."""

GENERATOR_SECONDS = 3.0
MB = 1e6

HEADINGS = (
    "letters", "seconds", "letters/s since", "letters/s", "letters/CPU s since", "writer MB", "workers MB",
    "archive MB",
)  # fmt: skip


def run_million(count: int, keep: Path | None, seed: int, workers: int) -> list[dict[str, Any]]:
    """Stores `count` generated letters and prints a row at each of `LOOKS`, and at the end.

    keep: the archive; where it holds some of the letters already, the run goes on behind them. Without it the
    archive goes away. Raises RuntimeError where letters are missing at the end.
    """
    print(
        f"the generator alone: {generator_rate(seed):,.0f} letters a second and core; the parser: {BUILD}",
        flush=True,
    )
    print(f"| {' | '.join(HEADINGS)} |\n|{'--:|' * len(HEADINGS)}", flush=True)
    if keep is not None:
        return _run(count, keep, seed, workers)
    with tempfile.TemporaryDirectory(prefix="ingest-million-") as folder:
        return _run(count, Path(folder) / "million.db", seed, workers)


def generator_rate(seed: int) -> float:
    """Letters that one process makes in a second, without reading or storing them."""
    start, made = time.perf_counter(), 0
    while time.perf_counter() < start + GENERATOR_SECONDS:
        generate(seed, made).data  # noqa: B018 - the bytes are made when they are asked for
        made += 1
    return made / (time.perf_counter() - start)


def _run(count: int, archive: Path, seed: int, workers: int) -> list[dict[str, Any]]:
    found = (Found(generated_name(seed, index), 0, 0, "text") for index in range(count))
    with open_for_writing(archive, create=True) as database:
        table = _Table(database, count)
        options = IngestOptions(workers=workers, work=generated)
        summary = ingest(Inputs([], found), database, options=options, progress=table)
        table.look(summary.letters)
        with database.read() as connection:
            stored = connection.exec_driver_sql("SELECT count(*) FROM letters").scalar_one()
    if stored < count:
        raise RuntimeError(f"of {count} letters not all are stored: {summary.to_dict()}")
    print(f"closed: {archive_size(archive) / MB:,.0f} MB", flush=True)
    return table.rows


class _Table:
    """Writes a row at each look; it is told how the run goes."""

    def __init__(self, database: ArchiveDatabase, count: int) -> None:
        self.rows: list[dict[str, Any]] = []
        self._path = database.path
        self._looks = [look for look in LOOKS if look < count]
        self._start = time.perf_counter()
        self._spent = processor_seconds(os.getpid())

    def show(self, progress: IngestProgress) -> None:
        """A row where the next size is reached."""
        if self._looks and progress.summary.letters >= self._looks[0]:
            self._looks.pop(0)
            self.look(progress.summary.letters)

    def look(self, letters: int) -> None:
        """A row of what there is now; rates are those of this run."""
        seconds = time.perf_counter() - self._start
        before = self.rows[-1] if self.rows else {"letters": 0, "seconds": 0.0}
        processes = (os.getpid(), *descendants(os.getpid()))
        spent_before, processor = self._spent, sum(map(processor_seconds, processes))
        self._spent = processor
        workers = [resident(process) for process in processes[1:]]
        log = self._path.with_name(f"{self._path.name}-wal")
        size = self._path.stat().st_size + (log.stat().st_size if log.exists() else 0)
        row = {
            "letters": letters,
            "seconds": round(seconds, 1),
            "rate_since": round((letters - before["letters"]) / max(seconds - before["seconds"], 1e-9)),
            "rate": round(letters / seconds),
            "processor_rate_since": round(
                (letters - before["letters"]) / max(processor - spent_before, 1e-9)
            ),
            "writer_mb": round(resident(os.getpid()) / MB),
            "workers_mb": round(sum(workers) / MB),
            "archive_mb": round(size / MB),
        }
        self.rows.append(row)
        print(f"| {' | '.join(f'{value:,}' for value in row.values())} |", flush=True)


def resident(process: int) -> int:
    """Bytes of memory that a process holds; 0 where it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    found = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(next(found, 0)) * 1024


def processor_seconds(process: int) -> float:
    """Seconds of processor time that a process and its ended children took; 0 where it has ended.

    On a machine that others use as well the rate in processor time is the one that can be compared.
    """
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    return sum(map(int, stat.rpartition(")")[2].split()[11:15])) / os.sysconf("SC_CLK_TCK")


def descendants(process: int) -> Iterator[int]:
    """The processes that this one started, and those that they did."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text(encoding="ascii", errors="replace")
            except OSError:  # it has ended meanwhile
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(folder.name))
    waiting = [process]
    while waiting:
        children = parents.get(waiting.pop(), [])
        waiting += children
        yield from children
