"""Folders watched: what arrives in them is read into the archive as soon as it has been written whole.

Watching begins before the folders are gone through, so nothing falls between the two: what came while nobody
watched is found in the folders, as by any ingest, and what comes meanwhile is told by the system. Folders are
gone through again from time to time, for a system under load may drop what it would have told. The archive is
opened for each batch anew: it may be restored from a backup or upgraded while its folders are watched.
"""

from __future__ import annotations

import datetime
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from imr_archive.archive.arrivals import SETTLE, Arrivals, discover_still
from imr_archive.archive.clusters import cluster_rationales
from imr_archive.archive.connection import ArchiveDatabase, open_for_writing
from imr_archive.archive.folders import WatchedFolders
from imr_archive.archive.ingest import (
    DEFAULT_INGEST,
    IngestOptions,
    IngestSummary,
    Inputs,
    Progress,
    ingest,
)
from imr_archive.archive.jobs import FILES
from imr_archive.archive.running import never
from imr_archive.archive.worker_pool import processors
from imr_archive.errors import ArchiveLockedError
from imr_archive.sources.documents import Discovered

SWEEP = 3600.0
"""Seconds after which the folders are gone through again."""

_TRY_AGAIN = 5.0
"""Seconds after which an archive that another process is writing to is tried again."""

_KEEP_AGAIN = 600.0
"""Seconds that are let pass before columns and sets of words are brought up to date again: SQL answers for
what came meanwhile."""

Kind = Literal["watching", "read", "waiting", "stopped"]


class WatchEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened.

    watching: `folders` are watched, `absent` are not there yet. read: files were read, with what became of
    them. waiting: another process is writing to the archive, as `message` says. stopped: the watch is over,
    with the sum of all that was read. files: how many wait to be whole, or to be read.
    """

    event: Kind
    at: datetime.datetime
    folders: list[str] = []
    absent: list[str] = []
    files: int = 0
    summary: dict[str, object] | None = None
    message: str | None = None

    def to_dict(self) -> dict[str, object]:
        """The event as plain JSON types, what it lacks left out; a summary's counts stand beside the rest."""
        plain = {name: value for name, value in msgspec.to_builtins(self).items() if value not in (None, [])}
        plain.pop("summary", None)
        return plain | (self.summary or {})


class Listener(Protocol):
    """Is told what happens."""

    def tell(self, event: WatchEvent) -> None:
        """Something happened."""

    @property
    def progress(self) -> Progress | None:
        """Who is told how it goes while folders are gone through; None where nobody is."""


class Keep(Protocol):
    """Brings up to date what an archive keeps beside its rows."""

    def __call__(self, database: ArchiveDatabase, *, stop: Callable[[], bool]) -> object:
        """Do so, until `stop` says yes."""


@dataclass(frozen=True)
class WatchOptions:
    """How folders are watched.

    settle: seconds for which a file must stand still to count as whole. sweep: seconds after which the
    folders are gone through again. poll: look at all files time and again, for network drives. ingest: how
    files are read. keep: brings what makes queries quick up to date, now and then when nothing else is to do.
    """

    settle: float = SETTLE
    sweep: float = SWEEP
    poll: bool = False
    ingest: IngestOptions = DEFAULT_INGEST
    keep: Keep | None = None


DEFAULT_WATCH = WatchOptions()


def watch_folders(
    archive: Path,
    folders: Sequence[Path],
    listener: Listener,
    *,
    options: WatchOptions = DEFAULT_WATCH,
    stop: Callable[[], bool] = never,
) -> IngestSummary:
    """Read what is in the folders, and what arrives in them, into an archive until `stop` says yes.

    The archive is made where there is none. A folder may come later. Gives the sum of all that was read.
    Raises UsageError where a path is a file, ImrArchiveError where the system cannot watch, an ArchiveError
    where the archive cannot be used; what has not been read is found when the watch is started again.
    """
    watched = WatchedFolders(folders, poll=options.poll)
    run = _Watch(archive, watched, listener, options, stop)
    try:
        run.go()
    finally:
        watched.close()
    return run.total


class _Watch:
    """One watch, from its start to its end."""

    def __init__(
        self,
        archive: Path,
        watched: WatchedFolders,
        listener: Listener,
        options: WatchOptions,
        stop: Callable[[], bool],
    ) -> None:
        self.total = IngestSummary()
        self._archive = archive
        self._watched = watched
        self._listener = listener
        self._options = options
        self._stop = stop
        self._arrivals = Arrivals(options.settle)
        self._ready: list[str] = []
        self._to_sweep: list[str] = []
        self._swept_at = time.monotonic()
        self._not_before = 0.0
        self._uncompared = True
        self._unkept = True
        self._kept_until = 0.0

    def go(self) -> None:
        """Watch until asked to stop."""
        open_for_writing(self._archive, create=True).close()
        first = True
        while not self._stop():
            fresh = self._watched.refresh(self._stop)
            if fresh is not None or first:
                self._to_sweep += fresh or []
                self._tell("watching", folders=self._watched.present, absent=self._watched.absent)
                first = False
            self._work()
            for path, folder in self._watched.changed():
                self._arrivals.note(path, folder)
        self._tell("stopped", summary=self.total.to_dict())

    def _work(self) -> None:
        """Read what is there to be read, unless another process is writing."""
        if time.monotonic() - self._swept_at > self._options.sweep:
            self._to_sweep = list(self._watched.present)
        self._ready += self._arrivals.whole()
        if time.monotonic() < self._not_before:
            return
        try:
            self._sweep()
            self._read_ready()
            self._compare()
            self._keep_ready()
        except ArchiveLockedError as error:
            self._not_before = time.monotonic() + _TRY_AGAIN
            self._tell("waiting", message=str(error))

    def _sweep(self) -> None:
        """Go through folders as a whole, as ingest does."""
        if not self._to_sweep:
            return
        self._swept_at = time.monotonic()
        folders = [folder for folder in self._to_sweep if folder in self._watched.present]
        found = (thing for folder in folders for thing in discover_still(folder))
        inputs = Inputs(folders, self._arrivals.older(found))
        self._read(inputs, self._options.ingest, self._listener.progress)
        self._to_sweep = []

    def _read_ready(self) -> None:
        """Read the files that are whole."""
        if not self._ready:
            return
        paths = list(dict.fromkeys(self._ready))
        workers = self._options.ingest.workers
        most = processors() if workers is None else workers
        few = min(most, 1 + len(paths) // FILES)
        self._read(Inputs(paths, _each(paths)), replace(self._options.ingest, workers=few))
        self._ready = []

    def _read(self, inputs: Inputs, options: IngestOptions, progress: Progress | None = None) -> None:
        with open_for_writing(self._archive, create=True) as database:
            summary = ingest(inputs, database, options=options, progress=progress, stop=self._stop)
        summary.stopped = False
        _add(self.total, summary)
        if summary.letters:
            self._uncompared = True
        self._tell("read", summary=summary.to_dict())

    def _compare(self) -> None:
        """Compare new rationales, once nothing else is to be done."""
        if self._uncompared and not self._arrivals and not self._stop():
            with open_for_writing(self._archive) as database:
                self._uncompared = cluster_rationales(database, stop=self._stop).stopped
            self._unkept = True

    def _keep_ready(self) -> None:
        """Bring what makes queries quick up to date, unless that was done a moment ago."""
        keep = self._options.keep
        if keep and self._unkept and not self._uncompared and time.monotonic() >= self._kept_until:
            with open_for_writing(self._archive) as database:
                keep(database, stop=self._stop)
            self._unkept = False
            self._kept_until = time.monotonic() + _KEEP_AGAIN

    def _tell(
        self,
        kind: Kind,
        *,
        folders: Sequence[str] = (),
        absent: Sequence[str] = (),
        summary: dict[str, object] | None = None,
        message: str | None = None,
    ) -> None:
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
        self._listener.tell(
            WatchEvent(
                event=kind,
                at=now,
                folders=list(folders),
                absent=list(absent),
                files=len(self._arrivals) + len(self._ready),
                summary=summary,
                message=message,
            )
        )


def _each(paths: Iterable[str]) -> Iterator[Discovered]:
    """What is at each of the paths; those that are gone again are passed over."""
    for path in paths:
        yield from discover_still(path)


def _add(total: IngestSummary, summary: IngestSummary) -> None:
    """Add what one run did to the sum."""
    for name in ("stored", "new_versions", "known", "letters", "items", "seconds"):
        setattr(total, name, getattr(total, name) + getattr(summary, name))
    for name in ("set_aside", "ignored"):
        counts: Counter[str] = getattr(total, name)
        counts.update(getattr(summary, name))
