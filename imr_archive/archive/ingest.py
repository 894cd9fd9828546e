"""Files into the archive: discovery, preparing, storing, and an account of what became of every file."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from imr_archive.archive.connection import ArchiveDatabase
from imr_archive.archive.prepare import prepare, prepare_refusal
from imr_archive.archive.prepared import Prepared
from imr_archive.archive.store import FileOutcome, Store
from imr_archive.errors import NothingToReadError
from imr_archive.sources.discovery import discover
from imr_archive.sources.documents import Found, Ignored, Refused

BATCH = 200
"""Files in one transaction: enough that a commit costs little, few enough that little is read again."""


@dataclass
class IngestSummary:
    """What became of the files that one run met.

    `found` is the sum of stored, new_versions, known and all that was set aside or ignored. A file counts
    once, however many letters it holds; `letters` and `items` count what was added to the archive.
    """

    stored: int = 0
    new_versions: int = 0
    known: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    letters: int = 0
    items: int = 0
    seconds: float = 0.0

    @property
    def found(self) -> int:
        """How many files were met."""
        return self.read + self.ignored.total()

    @property
    def read(self) -> int:
        """How many files were tried."""
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

    def to_dict(self) -> dict[str, object]:
        """The summary as plain JSON types."""
        return {
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


class Progress(Protocol):
    """Is told how a run goes; a command draws it."""

    def start(self, files: int) -> None:
        """Discovery is done: so many files are to be read."""

    def advance(self, path: str, summary: IngestSummary) -> None:
        """Another file was read, `path`; the summary counts all that was stored so far."""


class _Silent:
    """A progress that nobody watches."""

    def start(self, files: int) -> None:
        """Say nothing."""

    def advance(self, path: str, summary: IngestSummary) -> None:
        """Say nothing."""


@dataclass
class Inputs:
    """What there is to read at and under some paths; what is ignored is counted by the reason why."""

    files: list[Found | Refused] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)


def find_inputs(paths: Iterable[Path | str]) -> Inputs:
    """Walk the paths, without an archive: so that none is made where there is nothing to put into it.

    Raises PathNotFoundError where a path does not exist and NothingToReadError where there is not one file
    to read.
    """
    named = list(paths)
    inputs = Inputs()
    for thing in discover(named):
        if isinstance(thing, Ignored):
            inputs.ignored[thing.why] += 1
        else:
            inputs.files.append(thing)
    if not inputs.files:
        where = ", ".join(str(path) for path in named[:3]) + (" ..." if len(named) > 3 else "")
        passed_over = f" ({inputs.ignored.total()} files of other types)" if inputs.ignored else ""
        raise NothingToReadError(f"no letters in {where}{passed_over}: name files, folders or zips of them")
    return inputs


def ingest(
    paths: Iterable[Path | str] | Inputs,
    database: ArchiveDatabase,
    *,
    batch: int = BATCH,
    progress: Progress | None = None,
) -> IngestSummary:
    """Read all letters at and under `paths` into an archive that was opened for writing.

    Each batch is one transaction: after an interruption all earlier ones are there, and the same call goes
    on from them. A file that cannot be read or is no letter is set aside and the run goes on.

    paths: or what `find_inputs` made of them. Raises as `find_inputs` does, before anything is written; an
    ArchiveError where the database fails.
    """
    started = time.monotonic()
    inputs = paths if isinstance(paths, Inputs) else find_inputs(paths)
    summary = IngestSummary(ignored=inputs.ignored.copy())
    watcher = progress or _Silent()
    watcher.start(len(inputs.files))
    store = Store(database)
    for some in _batches(_prepared(inputs.files, watcher, summary), batch):
        for outcome in store.add(some):
            summary.count(outcome)
    if summary.letters:
        _settle(database)
    summary.seconds = time.monotonic() - started
    return summary


def _prepared(
    inputs: Iterable[Found | Refused], progress: Progress, summary: IngestSummary
) -> Iterator[Prepared]:
    for one in inputs:
        yield prepare(one) if isinstance(one, Found) else prepare_refusal(one)
        progress.advance(one.path, summary)


def _batches(files: Iterator[Prepared], size: int) -> Iterator[list[Prepared]]:
    while some := list(itertools.islice(files, size)):
        yield some


def _settle(database: ArchiveDatabase) -> None:
    """Let SQLite's planner learn the sizes of tables that have grown."""
    with database.write() as connection:
        connection.exec_driver_sql("PRAGMA analysis_limit = 400")
        connection.exec_driver_sql("PRAGMA optimize")
