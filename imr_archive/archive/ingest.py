"""Files into the archive: discovery, preparing, storing, and an account of what became of every file."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec

from imr_archive.archive.batch import FileOutcome
from imr_archive.archive.connection import ArchiveDatabase, open_for_reading
from imr_archive.archive.freed_memory import keep_freed_memory
from imr_archive.archive.gathering import BATCH, Gathering
from imr_archive.archive.inputs import InputCount, Inputs, find_inputs
from imr_archive.archive.jobs import FILES, Job, JobsAhead, PassedOver, plan_jobs
from imr_archive.archive.known_files import KnownFiles
from imr_archive.archive.prepare import DEFAULT_OPTIONS, PrepareOptions, Work, begin
from imr_archive.archive.prepared import Prepared
from imr_archive.archive.running import never, rare_collections
from imr_archive.archive.source_files import forget_entered
from imr_archive.archive.store import Store
from imr_archive.archive.storing import Storing
from imr_archive.archive.worker_pool import WorkerPool, processors, work_here
from imr_archive.archive.writer_lock import hold_archive
from imr_archive.errors import ArchiveError

__all__ = ["IngestOptions", "IngestProgress", "IngestSummary", "Inputs", "Progress", "find_inputs", "ingest"]

_JOBS_AHEAD = BATCH // FILES
"""Jobs that are found before a worker is free for them."""


@dataclass(frozen=True)
class IngestOptions:
    """How a run goes about its files.

    workers: processes that read and parse; None is one for each processor, 0 does it in this process, without
    bounds of time and memory. reading: how files are read, and within which limits. rehash: read files again
    that have the path, size and time of a known one. retry: try files again that were set aside for these
    reasons, though they have not changed. wait: seconds to wait for another process that is writing. batch:
    letters in one transaction. work: what is done with each file.
    """

    workers: int | None = None
    reading: PrepareOptions = DEFAULT_OPTIONS
    rehash: bool = False
    retry: frozenset[str] = frozenset()
    wait: float = 0.0
    batch: int = BATCH
    work: Work = begin


@dataclass
class IngestSummary:
    """What became of the files that one run met.

    `found` is the sum of stored, new_versions, known and all that was set aside or ignored. A file counts
    once, however many letters it holds; `letters` and `items` count what was added to the archive.
    passed_over: how many files, known or set aside before, needed no reading. seconds: until all was stored
    and could be searched. seconds_making_ready: spent after that on what makes queries quick in a large
    archive. stopped: the run was asked to end before it had met all files.
    """

    stored: int = 0
    new_versions: int = 0
    known: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    letters: int = 0
    items: int = 0
    seconds: float = 0.0
    seconds_making_ready: float = 0.0
    passed_over: int = 0
    stopped: bool = False

    @property
    def found(self) -> int:
        """How many files were met."""
        return self.read + self.ignored.total()

    @property
    def read(self) -> int:
        """How many files were of a kind that is read; those known or set aside before count too."""
        return self.stored + self.new_versions + self.known + self.set_aside.total()

    def count(self, outcome: FileOutcome) -> None:
        """Count one file that was tried."""
        match outcome.became:
            case "stored":
                self.stored += 1
            case "new_version":
                self.new_versions += 1
            case "known":
                self.known += 1
            case "set_aside":
                self.set_aside[outcome.reason or ""] += 1
        self.letters += outcome.letters
        self.items += outcome.items

    def count_passed_over(self, passed_over: PassedOver) -> None:
        """Count files that needed no reading."""
        self.passed_over += passed_over.known + passed_over.set_aside.total()
        self.known += passed_over.known
        self.set_aside += passed_over.set_aside
        self.ignored += passed_over.ignored

    def to_dict(self) -> dict[str, object]:
        """The summary as plain JSON types; `stopped` and `seconds_making_ready` are there where it is so."""
        plain: dict[str, object] = {
            "found": self.found,
            "stored": self.stored,
            "new_versions": self.new_versions,
            "known": self.known,
            "set_aside": dict(sorted(self.set_aside.items())),
            "ignored": dict(sorted(self.ignored.items())),
            "letters": self.letters,
            "items": self.items,
            "seconds": round(self.seconds, 3),
        }
        if self.seconds_making_ready:
            plain["seconds_making_ready"] = round(self.seconds_making_ready, 3)
        if self.stopped:
            plain["stopped"] = True
        return plain


@dataclass(frozen=True)
class IngestProgress:
    """How far a run has come.

    path: the last file that is done with. summary: all that is done with, and stored. total: files found so
    far by the count that goes ahead; total_is_final: it has found all of them.
    """

    path: str
    summary: IngestSummary
    total: int
    total_is_final: bool


class Progress(Protocol):
    """Is told how a run goes; a command draws it."""

    def show(self, progress: IngestProgress) -> None:
        """Some more files are done with."""


DEFAULT_INGEST = IngestOptions()


def ingest(
    paths: Iterable[Path | str] | Inputs,
    database: ArchiveDatabase,
    *,
    options: IngestOptions = DEFAULT_INGEST,
    progress: Progress | None = None,
    stop: Callable[[], bool] = never,
) -> IngestSummary:
    """Read all letters at and under `paths` into an archive that was opened for writing.

    Each batch is one transaction: after an interruption all earlier ones are there, and the same call goes
    on from them. A file that cannot be read or is no letter is set aside and the run goes on. Letters are
    stored in the order in which they were found, whichever worker is done first.

    paths: or what `find_inputs` made of them. stop: is asked time and again; once it says yes, what has been
    read is stored and the run ends. Raises as `find_inputs` does, before anything is written; an
    ArchiveLockedError where another process is reading letters into the archive; an ArchiveError where the
    database fails.
    """
    inputs = paths if isinstance(paths, Inputs) else find_inputs(paths)
    with hold_archive(database.path, wait=options.wait, stop=stop), _counted(inputs) as count:
        run = _Run(database, options, progress, count)
        keep_freed_memory()
        with rare_collections():
            run.go(inputs, stop)
    return run.summary


@contextlib.contextmanager
def _counted(inputs: Inputs) -> Iterator[InputCount]:
    """The count of all inputs, which the run begins where it is watched."""
    count = InputCount(inputs.paths)
    try:
        yield count
    finally:
        count.stop()


class _Run:
    """One run over some inputs, which are stored batch by batch."""

    def __init__(
        self, database: ArchiveDatabase, options: IngestOptions, progress: Progress | None, count: InputCount
    ) -> None:
        self.summary = IngestSummary()
        self._database = database
        self._store = Store(database)
        self._options = options
        self._workers = processors() if options.workers is None else options.workers
        self._reading = msgspec.structs.replace(options.reading, dictionary=self._store.dictionary)
        self._pool: WorkerPool | None = None
        self._jobs: JobsAhead | None = None
        self._progress = progress
        self._count = count
        self._identity = _identity(database.path)
        self._gathering = Gathering(options.batch)
        self._last_path = ""

    def go(self, inputs: Inputs, stop: Callable[[], bool]) -> None:
        """Read and store all inputs."""
        started = time.monotonic()
        with Storing(self._store_batch, beside=self._workers > 0) as storing:
            with contextlib.closing(self._prepared(inputs)) as jobs:
                for job in jobs:
                    if job is not None:
                        self._take(job)
                    while self._is_batch_due(busy=storing.is_busy):
                        storing.begin(self._gathering.take())
                    self._count_stored(storing.stored())
                    if job is not None:
                        self._show()
                    if stop():
                        self.summary.stopped = True
                        break
            while self._gathering:
                storing.begin(self._gathering.take())
            self._count_stored(storing.stored(wait=True))
        self._show()
        self._finish()
        self.summary.seconds = time.monotonic() - started

    def _prepared(self, inputs: Inputs) -> Generator[Job | None, None, None]:
        options = self._options
        # By a connection of its own: the store remembers things by the one that it has written with.
        with open_for_reading(self._database.path) as reading:
            known = KnownFiles(reading, rehash=options.rehash, retry=options.retry)
            inputs.pass_unchanged(known.unchanged)
            self._jobs = JobsAhead(plan_jobs(inputs, known), _JOBS_AHEAD)
            if self._workers:
                with WorkerPool(self._workers, options.work, self._reading) as self._pool:
                    yield from self._pool.run(self._jobs)
            else:
                yield from work_here(self._jobs, options.work, lambda: self._reading)

    def _take(self, job: Job) -> None:
        self.summary.count_passed_over(job.passed_over)
        self._gathering.add(job.results())
        self._last_path = job.last_path
        if self._progress and job.open_places:
            self._count.start()

    def _is_batch_due(self, *, busy: bool) -> bool:
        left = self._jobs.files_left if self._jobs else None
        return self._gathering.is_batch_due(busy=busy, left=left)

    def _store_batch(self, batch: Sequence[Prepared]) -> list[FileOutcome]:
        if _identity(self._database.path) != self._identity:
            raise ArchiveError(
                f"{self._database.path} was moved or replaced by another file during the run: "
                "start the same command again to store what is missing from it"
            )
        return self._store.add(batch)

    def _count_stored(self, outcomes: Sequence[FileOutcome]) -> None:
        for outcome in outcomes:
            self.summary.count(outcome)
        if outcomes:
            self._take_dictionary(self._store.dictionary)

    def _show(self) -> None:
        if self._progress:
            count = self._count
            self._progress.show(IngestProgress(self._last_path, self.summary, count.files, count.final))

    def _take_dictionary(self, dictionary: bytes) -> None:
        """Have texts compressed with this dictionary from now on."""
        if dictionary is not self._reading.dictionary:
            self._reading = msgspec.structs.replace(self._reading, dictionary=dictionary)
            if self._pool:
                self._pool.renew(self._reading)

    def _finish(self) -> None:
        """Forget what is no longer true of folders, zips and shared rows; let the planner learn sizes."""
        if self.summary.new_versions:
            self._store.tidy()
        with self._database.write() as connection:
            forget_entered(connection)
            if self.summary.letters:
                connection.exec_driver_sql("PRAGMA analysis_limit = 400")
                connection.exec_driver_sql("PRAGMA optimize")


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file lies at the path; None where there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
