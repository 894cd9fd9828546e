"""A worker process: reads and parses files within bounds that the operating system itself enforces.

PDFium is native code that is fed whatever lies on the disk. A file may make it loop, crash or ask for all
memory; then this process dies and the archive's does not. Two things let the other side say which file it was
and why: the worker notes in shared memory which file of a task it is at, and a timer of the kernel (SIGALRM,
left to its default action) ends the process when one file takes too long. The timer needs nobody to watch it,
so a worker whose parent was killed cannot hang on either.
"""

from __future__ import annotations

import contextlib
import gc
import os
import re
import signal
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from imr_archive.archive.freed_memory import keep_freed_memory
from imr_archive.archive.prepare import OUT_OF_MEMORY, PrepareOptions, Work, unread
from imr_archive.archive.prepared import NOT_STORABLE, PARSER_ERROR, Prepared, reason_in_words, set_aside
from imr_archive.archive.running import OBJECTS_AT_ONCE
from imr_archive.parsing.steps import Steps
from imr_archive.sources.documents import Found
from imr_archive.sources.files import read_ahead
from imr_archive.sources.limits import Limits

if sys.platform != "win32":
    import resource

BETWEEN_FILES = -1
"""What the shared memory says while no file is being read."""

_RETIRE_AT = 0.5
"""The share of the allowed memory from which on a worker makes way for a new one, once its task is done."""

_NICENESS = 5
"""How much less urgent a worker is than the process that stores what it has read."""

_KIB = 1024

_PEAK = re.compile(r"^VmPeak:\s*(\d+) kB$", re.MULTILINE)


class Reply(msgspec.Struct, frozen=True):
    """The files of one task, in their order; `leaving` where the worker takes no other."""

    prepared: list[Prepared]
    leaving: bool


decode_reply = msgspec.msgpack.Decoder(Reply).decode
_encode = msgspec.msgpack.Encoder().encode


def serve(connection: Connection, place: Any, work: Work, options: PrepareOptions) -> None:  # noqa: ANN401
    """Do tasks until the other side closes the connection.

    A task is a list of Found, and the options that hold from it on, or None where they are as before.
    place: a C integer in shared memory; it says which file of the task is being read.
    """
    _leave_the_terminal()
    _give_way()
    _bound(options.limits)
    keep_freed_memory()
    _collect_less()
    with contextlib.suppress(EOFError, OSError):  # the other side is gone, and so is the need for a worker
        while True:
            task: tuple[Sequence[Found], PrepareOptions | None] = connection.recv()
            files, news = task
            options = news or options
            _read_ahead(files, place, options)
            prepared = _prepared(files, place, work, options)
            leaving = _has_grown(options.limits)
            connection.send_bytes(_encoded(prepared, leaving=leaving))
            if leaving:
                return


def _collect_less() -> None:
    """Have the collector of cycles leave alone what was loaded for good, and come by less often.

    Vocabulary and patterns are some hundred thousand objects, which it would go through time and again, and a
    letter makes some thousand that need no collector: a tenth of the time goes into it otherwise.
    """
    gc.freeze()
    gc.set_threshold(OBJECTS_AT_ONCE)


def most_memory_of(process: int) -> int:
    """The most bytes of address space that a process has had so far; 0 where the system does not say."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    peak = _PEAK.search(status)
    return int(peak[1]) * _KIB if peak else 0


def _read_ahead(files: Sequence[Found], place: Any, options: PrepareOptions) -> None:  # noqa: ANN401
    """Have the files of a task fetched from the disk all at once, and not each when its turn comes.

    A disk gives many in little more than the time of one, and meanwhile the first are parsed. Zips are
    left alone: only some of their bytes are needed. A file system that hangs is met here first.
    """
    _set_timer(options.seconds)
    for index, found in enumerate(files):
        place.value = index
        if not found.members:
            read_ahead(found.file)
    place.value = BETWEEN_FILES
    _set_timer(0)


def _prepared(files: Sequence[Found], place: Any, work: Work, options: PrepareOptions) -> list[Prepared]:  # noqa: ANN401
    """Read all files of a task, then parse them side by side; each step of each file is timed."""
    timer = _StepTimer(options.seconds)
    begun: list[Prepared | Steps[Prepared]] = []
    for index, found in enumerate(files):
        place.value = index
        timer.begin()
        begun.append(_begun(found, work, options))
    under_way = {index: one for index, one in enumerate(begun) if not isinstance(one, Prepared)}
    while under_way:
        for index, steps in list(under_way.items()):
            place.value = index
            timer.begin()
            prepared = _next(files[index], steps)
            if prepared is not None:
                begun[index] = prepared
                del under_way[index]
    _set_timer(0)
    place.value = BETWEEN_FILES
    return [one for one in begun if isinstance(one, Prepared)]


class _StepTimer:
    """Ends this process where a step takes longer than `seconds`, by at most a fiftieth longer.

    The kernel's timer is set with that fiftieth to spare, and set again only when it has been used up: steps
    are short, and there are eighteen of them for a letter.
    """

    def __init__(self, seconds: float) -> None:
        self._spare = seconds / 50
        self._most = seconds + self._spare
        self._set_again_at = 0.0

    def begin(self) -> None:
        """A step begins."""
        now = time.monotonic()
        if now >= self._set_again_at:
            _set_timer(self._most)
            self._set_again_at = now + self._spare


def _begun(found: Found, work: Work, options: PrepareOptions) -> Prepared | Steps[Prepared]:
    """What the work on a file begins with; a defect of a reader costs one file, not the worker."""
    try:
        return work(found, options)
    except Exception as error:  # noqa: BLE001 - whatever it is, the file is set aside for it
        return _failed(found, error)


def _next(found: Found, steps: Steps[Prepared]) -> Prepared | None:
    """Take the next step of a file; what the last one gives, or what the file is set aside for."""
    try:
        next(steps)
    except StopIteration as end:
        prepared: Prepared = end.value
        return prepared
    except Exception as error:  # noqa: BLE001 - whatever it is, the file is set aside for it
        return _failed(found, error)
    return None


def _failed(found: Found, error: Exception) -> Prepared:
    if isinstance(error, MemoryError):
        return unread(found, OUT_OF_MEMORY, reason_in_words(OUT_OF_MEMORY))
    message = f"{reason_in_words(PARSER_ERROR)} ({type(error).__name__}: {error})"
    return unread(found, PARSER_ERROR, message)


def _encoded(prepared: list[Prepared], *, leaving: bool) -> bytes:
    """The reply as bytes; a file whose values no UTF-8 can hold is set aside, not the others."""
    try:
        return _encode(Reply(prepared, leaving))
    except (UnicodeEncodeError, OverflowError):
        return _encode(Reply([_encodable(one) for one in prepared], leaving))


def _encodable(prepared: Prepared) -> Prepared:
    try:
        _encode(prepared)
    except (UnicodeEncodeError, OverflowError):
        return set_aside(prepared, NOT_STORABLE)
    return prepared


def _give_way() -> None:
    """Let the process that stores run when it can, for all workers wait for it in the end.

    There is one more of these processes than there are processors: taking turns with its workers, which drive
    what it uses out of the caches, it takes half as long again for a letter.
    """
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):  # where that is not allowed, the run only takes longer
            os.nice(_NICENESS)


def _leave_the_terminal() -> None:
    """Ctrl-C is for the process that stores: it ends after its batch, and this one with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setpgid"):
        with contextlib.suppress(PermissionError):  # it leads a session already, away from the terminal
            os.setpgid(0, 0)


if sys.platform == "win32":

    def _bound(limits: Limits) -> None:
        """Windows has no such limits; a file is bounded there by its size, pages and text."""

    def _set_timer(seconds: float) -> None:
        """Windows has no such timer."""

    def _has_grown(limits: Limits) -> bool:  # noqa: ARG001
        return False

else:

    def _bound(limits: Limits) -> None:
        """Memory beyond the limit is refused to this process, and a crash leaves no core file."""
        _lower(resource.RLIMIT_AS, limits.memory_bytes)
        _lower(resource.RLIMIT_CORE, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def _lower(kind: int, wanted: int) -> None:
        _, most = resource.getrlimit(kind)
        if most == resource.RLIM_INFINITY or wanted < most:
            resource.setrlimit(kind, (wanted, most))

    def _set_timer(seconds: float) -> None:
        signal.setitimer(signal.ITIMER_REAL, seconds)

    def _has_grown(limits: Limits) -> bool:
        """Whether a file has left so much memory behind that the next would have little."""
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        kept = most if sys.platform == "darwin" else most * _KIB
        return kept > limits.memory_bytes * _RETIRE_AT
