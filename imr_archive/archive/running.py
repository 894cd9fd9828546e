"""What every long run takes: whom to tell how far it is, whom to ask whether to stop; rare collections."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

OBJECTS_AT_ONCE = 50_000
"""New objects after which the collector of cycles comes by: those of some 20 letters that are parsed."""


class StepProgress(Protocol):
    """Is told how far a step of a run is; total is None where that is not known."""

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Some more is done."""


def silent(step: str, done: int, total: int | None) -> None:
    """Say nothing."""


def never() -> bool:
    """Do not stop."""
    return False


@contextmanager
def rare_collections() -> Iterator[None]:
    """While the block runs, the collector of cycles comes by less often, unless it does not come at all.

    It would go through the letters of a batch, which are in no cycle, dozens of times while it is gathered.
    """
    before = gc.get_threshold()
    ours = (max(before[0], OBJECTS_AT_ONCE), *before[1:])
    if before[0]:
        gc.set_threshold(*ours)
    try:
        yield
    finally:
        if gc.get_threshold() == ours:  # nobody has set it otherwise meanwhile
            gc.set_threshold(*before)
