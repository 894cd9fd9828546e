"""Batches stored in a thread of their own, so that workers are attended to while SQLite writes.

SQLite lets other threads run while it works or waits for the disk. One batch is stored at a time, in the
order in which they come; who begins with another before it is stored waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from imr_archive.archive.batch import FileOutcome
from imr_archive.archive.prepared import Prepared

Store = Callable[[Sequence[Prepared]], list[FileOutcome]]


class Storing:
    """Stores batches by `store`; use it in a `with` statement, whose end waits for the batch under way.

    beside: in a thread of its own. Otherwise `begin` returns when the batch is stored: a thread that computes
    all the time, as this one does where it reads the letters itself, lets SQLite's go on only every few
    milliseconds (`sys.getswitchinterval`).
    """

    def __init__(self, store: Store, *, beside: bool) -> None:
        self._store = store
        self._thread = ThreadPoolExecutor(1, "storing letters") if beside else None
        self._under_way: Future[list[FileOutcome]] | None = None
        self._outcomes: list[FileOutcome] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread:
            self._thread.shutdown()

    def begin(self, batch: Sequence[Prepared]) -> None:
        """Store a batch, once the one before it is stored. Raises what storing either of them raised."""
        self._settle()
        if self._thread:
            self._under_way = self._thread.submit(self._store, batch)
        else:
            self._outcomes += self._store(batch)

    @property
    def is_busy(self) -> bool:
        """Whether a batch is being stored, so that `begin` would wait."""
        return self._under_way is not None and not self._under_way.done()

    def stored(self, *, wait: bool = False) -> list[FileOutcome]:
        """What became of the files that were stored since this was asked last; what storing raised is raised.

        wait: for the batch under way.
        """
        if wait or not self.is_busy:
            self._settle()
        outcomes, self._outcomes = self._outcomes, []
        return outcomes

    def _settle(self) -> None:
        """No batch is under way afterwards."""
        if self._under_way:
            under_way, self._under_way = self._under_way, None
            self._outcomes += under_way.result()
