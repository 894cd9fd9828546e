"""Worker processes and the one who watches over them: every file comes back, whatever it did to its worker.

Python's ProcessPoolExecutor gives up the whole pool when one process dies, and cannot end a single task. Here
a dead worker costs its file alone: the file that it was at is tried once more by itself in a new process (the
fault may have been another file's before it, or somebody's `kill`), and set aside if it kills that one too.
The other files of the task are simply read again.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing import connection as channels
from types import TracebackType
from typing import Any, Self

from imr_archive.archive.jobs import Job, Jobs
from imr_archive.archive.prepare import OUT_OF_MEMORY, PrepareOptions, Work, finish, unread
from imr_archive.archive.prepared import reason_in_words
from imr_archive.archive.worker import BETWEEN_FILES, decode_reply, most_memory_of, serve
from imr_archive.archive.worker_server import starting, worker_context
from imr_archive.errors import ImrArchiveError
from imr_archive.sources.documents import Found

_AHEAD = 2
"""Tasks that a worker has: one in hand, and the next, so that it need not wait for this process."""

_WINDOW = 6
"""Jobs under way for each worker. Results come out in order, so one slow file holds up at most these."""

_LONGEST_SENT_AHEAD = 32 * 1024
"""Bytes of names in a task that is sent to a busy worker: less than any pipe holds, so sending never waits
for a worker that waits to be read itself."""

_TICK = 0.25
"""Seconds after which the caller gets the word at the latest."""

_LOOK_AT_MEMORY = 0.02
"""Seconds between two looks at the memory of a worker with a suspected file."""

_MUCH_MEMORY = 1 / 3
"""The share of the allowed memory that a worker had, if it was the lack of memory that ended it: a buffer
that doubles, and is copied to its new place, needs three times its size."""

_MOST_DEATHS = 3
"""Deaths of a worker between two files before each file of its task is tried alone."""

_MOST_STILLBORN = 3
"""Workers in a row that die without having answered once, before it is given up."""


@dataclass
class _Task:
    """Some files of a job, by their places in it."""

    job: Job
    places: list[int]
    suspected: bool = False
    deaths: int = 0

    def files(self) -> list[Found]:
        return [self.job.file(place) for place in self.places]


@dataclass
class _Worker:
    process: Any
    channel: channels.Connection
    place: Any
    options: PrepareOptions
    tasks: deque[_Task] = field(default_factory=deque)
    leaving: bool = False
    answered: bool = False
    memory: int = 0

    @property
    def has_suspect(self) -> bool:
        return bool(self.tasks) and self.tasks[0].suspected


class WorkerPool:
    """Up to `workers` processes that do `work`; use it in a `with` statement, which ends them."""

    def __init__(self, workers: int, work: Work, options: PrepareOptions) -> None:
        self._most = workers
        self._work = work
        self._options = options
        self._workers: list[_Worker] = []
        self._waiting: deque[_Task] = deque()
        self._stillborn = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.process.kill()
        while self._workers:
            self._end(self._workers[-1])

    def run(self, jobs: Jobs) -> Iterator[Job | None]:
        """Every job, done, in the order of `jobs`; None now and then while there is none, to give the word.

        Raises ImrArchiveError where worker processes cannot be started at all.
        """
        order: deque[Job] = deque()
        exhausted = False
        while True:
            while not exhausted and len(order) < self._most * _WINDOW:
                job = next(jobs, None)
                if job is None:
                    exhausted = True
                    break
                order.append(job)
                if job.open_places:
                    self._waiting.append(_Task(job, list(job.open_places)))
                self._hand_out()
            while order and order[0].done:
                yield order.popleft()
            if not order:
                if exhausted:
                    return
                continue
            self._hand_out()
            if not self._collect():
                yield None

    def renew(self, options: PrepareOptions) -> None:
        """Do with these options what is not yet in a worker's hands."""
        self._options = options

    def _hand_out(self) -> None:
        """Give tasks to workers that have none, then to those that have one."""
        while self._waiting:
            task = self._waiting[0]
            worker = self._taker(task)
            if worker is None:
                return
            self._waiting.popleft()
            worker.tasks.append(task)
            news = None if worker.options is self._options else self._options
            worker.options = self._options
            with contextlib.suppress(OSError):  # it has died; reading from it says so, and the task returns
                worker.channel.send((task.files(), news))

    def _taker(self, task: _Task) -> _Worker | None:
        idle = [one for one in self._workers if not one.tasks and not one.leaving]
        if idle:
            return idle[0]
        if len(self._workers) < self._most:
            return self._start()
        if task.suspected or task.deaths or _bytes_of_names(task) > _LONGEST_SENT_AHEAD:
            return None
        staying = [
            one
            for one in self._workers
            if not one.leaving
            and len(one.tasks) < _AHEAD
            and not one.has_suspect
            and one.options is self._options  # a dictionary is more than a pipe holds
        ]
        return min(staying, key=lambda one: len(one.tasks), default=None)

    def _start(self) -> _Worker:
        with starting():
            context = worker_context()
            ours, theirs = context.Pipe()
            place = context.RawValue("q", BETWEEN_FILES)
            process = context.Process(
                target=serve, args=(theirs, place, self._work, self._options), daemon=True
            )
            process.start()
        theirs.close()
        worker = _Worker(process, ours, place, self._options)
        self._workers.append(worker)
        return worker

    def _collect(self) -> bool:
        """Take in what workers have done; whether any of them had something to say."""
        suspects = [one for one in self._workers if one.has_suspect]
        for worker in suspects:
            worker.memory = max(worker.memory, most_memory_of(worker.process.pid))
        ready = channels.wait([one.channel for one in self._workers], _LOOK_AT_MEMORY if suspects else _TICK)
        for worker in [one for one in self._workers if one.channel in ready]:
            try:
                reply = decode_reply(worker.channel.recv_bytes())
            except (EOFError, OSError):
                self._bury(worker)
                continue
            worker.answered = True
            self._stillborn = 0
            worker.leaving = reply.leaving
            task = worker.tasks.popleft()
            for place, prepared in zip(task.places, reply.prepared, strict=True):
                task.job.fill(place, prepared)
        return bool(ready)

    def _bury(self, worker: _Worker) -> None:
        """A worker has ended: what it had not done is done by others."""
        at = worker.place.value
        exit_code = self._end(worker)
        if not worker.answered and at == BETWEEN_FILES:
            self._count_stillborn(exit_code)
        if not worker.tasks:
            return
        current = worker.tasks.popleft()
        self._waiting.extendleft(reversed(worker.tasks))
        if worker.leaving:
            self._waiting.appendleft(current)
        elif at == BETWEEN_FILES:
            self._again(current, exit_code)
        else:
            self._blame(current, at, exit_code, worker.memory)

    def _again(self, task: _Task, exit_code: int | None) -> None:
        """A worker died with this task, but between two files."""
        deaths = task.deaths + 1
        if deaths < _MOST_DEATHS:
            self._waiting.appendleft(_Task(task.job, task.places, task.suspected, deaths))
        elif len(task.places) > 1:
            self._waiting.extendleft(_Task(task.job, [place], True) for place in reversed(task.places))
        else:
            self._set_aside(task.job, task.places[0], "crashed", _manner(exit_code))

    def _blame(self, task: _Task, at: int, exit_code: int | None, memory: int) -> None:
        """A worker died at the file `at` of the task; PDFium ends its process where memory is refused."""
        place = task.places[at]
        others = [one for one in task.places if one != place]
        if others:
            self._waiting.appendleft(_Task(task.job, others, deaths=task.deaths))
        if sys.platform != "win32" and exit_code == -signal.SIGALRM:
            limit = f"limit {self._options.seconds:g} seconds"
            self._set_aside(task.job, place, "timeout", limit)
        elif task.suspected and memory > self._options.limits.memory_bytes * _MUCH_MEMORY:
            self._set_aside(task.job, place, OUT_OF_MEMORY, _manner(exit_code))
        elif task.suspected:
            self._set_aside(task.job, place, "crashed", _manner(exit_code))
        else:
            self._waiting.appendleft(_Task(task.job, [place], suspected=True))

    def _set_aside(self, job: Job, place: int, reason: str, detail: str) -> None:
        message = f"{reason_in_words(reason)} ({detail})"
        job.fill(place, unread(job.file(place), reason, message))

    def _count_stillborn(self, exit_code: int | None) -> None:
        self._stillborn += 1
        if self._stillborn >= _MOST_STILLBORN:
            raise ImrArchiveError(
                f"the processes that read files end at once ({_manner(exit_code)}): allow them more memory, "
                "or read with 0 workers, in this process"
            )

    def _end(self, worker: _Worker) -> int | None:
        """End a process, if it has not ended by itself; its exit status, less than 0 for a signal."""
        self._workers.remove(worker)
        worker.channel.close()
        worker.process.join(_TICK)
        worker.process.kill()
        worker.process.join()
        exit_code: int | None = worker.process.exitcode
        worker.process.close()
        return exit_code


def work_here(jobs: Jobs, work: Work, options: Callable[[], PrepareOptions]) -> Iterator[Job]:
    """Every job, done in this process: without its bounds of time and memory, which a process sets itself.

    options: is asked before each job.
    """
    for job in jobs:
        now = options()
        for place in job.open_places:
            job.fill(place, finish(work(job.file(place), now)))
        yield job


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _bytes_of_names(task: _Task) -> int:
    return sum(len(found.file) + 200 + sum(map(len, found.members)) for found in task.files())


def _manner(exit_code: int | None) -> str:
    """How a process ended, in a word or two."""
    if exit_code is not None and exit_code < 0:
        with contextlib.suppress(ValueError):
            return f"signal {signal.Signals(-exit_code).name}"
    return f"exit status {exit_code}"
