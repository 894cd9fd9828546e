"""What there is to read at and under some paths, met while it is read: never a list of a million files."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from imr_archive.errors import NothingToReadError
from imr_archive.sources.discovery import AskUnchanged, Walk, discover
from imr_archive.sources.documents import Discovered, Ignored, Passed


class Inputs:
    """All that is found at and under some paths; it can be gone through once."""

    def __init__(
        self, paths: Iterable[Path | str], found: Iterator[Discovered | Passed], walk: Walk | None = None
    ) -> None:
        self.paths = list(paths)
        self._found = found
        self._walk = walk

    def __iter__(self) -> Iterator[Discovered | Passed]:
        return self._found

    def pass_unchanged(self, ask: AskUnchanged) -> None:
        """From now on, pass over files in folders that are as `ask` says; where a walk finds them."""
        if self._walk:
            self._walk.ask_unchanged = ask


def find_inputs(paths: Iterable[Path | str]) -> Inputs:
    """Walk the paths up to the first file that can be read: no archive is made where there is none.

    Raises PathNotFoundError where a path does not exist and NothingToReadError where there is not one file
    to read.
    """
    named = list(paths)
    walk = Walk(named)
    found = iter(walk)
    passed: list[Discovered | Passed] = []
    for thing in found:
        passed.append(thing)
        if not isinstance(thing, Ignored):
            return Inputs(named, itertools.chain(passed, found), walk)
    where = ", ".join(str(path) for path in named[:3]) + (" ..." if len(named) > 3 else "")
    passed_over = f" ({len(passed)} files of other types)" if passed else ""
    raise NothingToReadError(f"no letters in {where}{passed_over}: name files, folders or zips of them")


class InputCount:
    """How many things there are at and under some paths, counted ahead of their reading by a thread.

    It is a second walk: a few seconds for a million files, whose reading takes hours. It begins when the
    first file is to be read, for files that are known are passed faster than they could be counted.
    """

    def __init__(self, paths: Iterable[Path | str]) -> None:
        self.files = 0
        self.final = False
        self._started = False
        self._stopped = False
        self._paths = list(paths)
        self._thread = threading.Thread(target=self._count, name="counting files", daemon=True)

    def start(self) -> None:
        """Begin to count, unless that was begun before."""
        if not self._started:
            self._started = True
            self._thread.start()

    def stop(self) -> None:
        """Count no further, and wait for the thread to end."""
        self._stopped = True
        if self._started:
            self._thread.join()

    def _count(self) -> None:
        for _ in discover(self._paths):
            self.files += 1
            if self._stopped:
                return
        self.final = True
