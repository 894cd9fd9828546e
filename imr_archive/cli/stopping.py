"""Ctrl-C and a service manager's SIGTERM, as a wish to stop that is met after the batch."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Says whether the user wishes to stop; call it to ask."""

    def __init__(self) -> None:
        self._signal: int | None = None

    def __call__(self) -> bool:
        """Whether a signal has come."""
        return self._signal is not None

    @property
    def exit_status(self) -> int:
        """What a shell expects of a program that a signal has ended."""
        return 128 + (self._signal or signal.SIGINT)

    def note(self, number: int, _frame: FrameType | None) -> None:
        """Take the wish; at the second there is no waiting for the batch."""
        if self._signal is not None:
            raise KeyboardInterrupt
        self._signal = number


@contextmanager
def stoppable() -> Iterator[Stop]:
    """While the block runs, signals do not end it but are noted."""
    stop = Stop()
    before = {number: signal.signal(number, stop.note) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
