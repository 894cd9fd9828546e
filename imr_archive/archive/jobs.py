"""The way of files through a run: some at a time, in the order in which they were found."""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Self

from imr_archive.archive.known_files import Answer, KnownFiles
from imr_archive.archive.prepare import prepare_refusal
from imr_archive.archive.prepared import Prepared
from imr_archive.sources.documents import Discovered, Found, Ignored, Passed, Refused

FILES = 32
"""Most files of a job: reading them takes a hundred times as long as sending them to another process."""

BYTES = 2 * 1024 * 1024
"""Bytes of files from which on a job is full: large files are shared out among the workers."""

LOOKED_UP = 512
"""Things found whose rows are looked up in one question to the database."""


@dataclass
class PassedOver:
    """Files that are not read: those of other types by why, and those that the archive has an answer for."""

    known: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)

    def add(self, answer: Answer) -> None:
        """A file that the archive has this answer for."""
        if answer.reason is None:
            self.known += 1
        else:
            self.set_aside[answer.reason] += 1


class Job:
    """Some files, which keep their places, and what was passed over on the way to them."""

    def __init__(self) -> None:
        self.passed_over = PassedOver()
        self.last_path = ""
        """The path of the last thing found of this job."""
        self.open_places: list[int] = []
        """The files still to be read when the job was made."""
        self._inputs: list[Found | Prepared] = []
        self._missing = 0

    def add(self, found: Found) -> None:
        """One more file to be read."""
        self.open_places.append(len(self._inputs))
        self._inputs.append(found)
        self._missing += 1

    def add_refused(self, refused: Refused) -> None:
        """One more thing that discovery refused."""
        self._inputs.append(prepare_refusal(refused))

    def file(self, place: int) -> Found:
        """A file that is still to be read; LookupError where it was read already."""
        found = self._inputs[place]
        if not isinstance(found, Found):
            raise LookupError(f"file {place} of the job was read already")
        return found

    def fill(self, place: int, prepared: Prepared) -> None:
        """What became of the file at this place."""
        self._inputs[place] = prepared
        self._missing -= 1

    @property
    def done(self) -> bool:
        """Whether every file was read."""
        return not self._missing

    def results(self) -> list[Prepared]:
        """What became of each file, in their order; of a job that is done."""
        return [one for one in self._inputs if isinstance(one, Prepared)]


Jobs = Iterator[Job]


class JobsAhead:
    """The jobs of a run in their order, some of them found ahead of need: the end is known before it comes.

    Two are found for each that is taken, until `number` are ahead, so the first need not wait for the others.
    Between finding a file and reading it may lie the time that so many jobs take.
    """

    def __init__(self, jobs: Jobs, number: int) -> None:
        self._jobs = jobs
        self._number = number
        self._ahead: deque[Job] = deque()
        self._all_found = False

    @property
    def files_left(self) -> int | None:
        """How many files the jobs that are yet to be taken have at most, once all are found; None before."""
        return len(self._ahead) * FILES if self._all_found else None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Job:
        for _ in range(min(2, self._number + 1 - len(self._ahead))):
            self._find()
        if not self._ahead:
            raise StopIteration
        return self._ahead.popleft()

    def _find(self) -> None:
        job = next(self._jobs, None)
        if job is None:
            self._all_found = True
        else:
            self._ahead.append(job)


def plan_jobs(discovered: Iterable[Discovered | Passed], known: KnownFiles) -> Jobs:
    """What is to be read, of all that was found; a part of it that holds no such file is a job of none."""
    things = iter(discovered)
    while some := list(itertools.islice(things, LOOKED_UP)):
        yield from _jobs_of(some, known)


def _jobs_of(some: list[Discovered | Passed], known: KnownFiles) -> Jobs:
    answers = iter(known.look_up([thing for thing in some if isinstance(thing, Found)]))
    job, size = Job(), 0
    for thing in some:
        if isinstance(thing, Found):
            answer = next(answers)
            if answer is None:
                job.add(thing)
                size += thing.size
            else:
                job.passed_over.add(answer)
        elif isinstance(thing, Ignored):
            job.passed_over.ignored[thing.why] += 1
        elif isinstance(thing, Passed):
            job.passed_over.known += thing.files
        else:
            job.add_refused(thing)
        if size >= BYTES or len(job.open_places) >= FILES:
            job.last_path = thing.path
            yield job
            job, size = Job(), 0
    job.last_path = some[-1].path
    yield job
