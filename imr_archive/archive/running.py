"""What every long run takes: whom to tell how far it is, and whom to ask whether to stop."""

from __future__ import annotations

from typing import Protocol


class StepProgress(Protocol):
    """Is told how far a step of a run is; total is None where that is not known."""

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Some more is done."""


def silent(step: str, done: int, total: int | None) -> None:
    """Say nothing."""


def never() -> bool:
    """Do not stop."""
    return False
