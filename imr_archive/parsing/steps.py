"""Work that is done in steps, so that many letters can be taken through each step before the next.

A letter's parsing goes through some megabytes of patterns and automata, of which the processor keeps a part
at hand. Letter by letter, each step finds its own driven out by the others; where all letters of a task take
a step before any takes the next, that is so once a task: a fifth of the time is saved.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")

Steps = Generator[None, None, Result]
"""Stops after each step; what it returns after the last is the result."""


def to_end(steps: Steps[Result]) -> Result:
    """The result, all steps being taken at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
