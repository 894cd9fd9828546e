"""What is remembered of the letters already read: headings, citations, credentials, wordings.

Thousands of letters share them, so each is read once and looked up from then on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")

REMEMBERING: list[Any] = []
"""Every function that remembers its results, as `lru_cache` wraps it."""


def remembered(size: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A decorator: the function's last `size` results are kept. Its arguments must be hashable."""

    def remembering(function: Callable[P, T]) -> Callable[P, T]:
        kept = lru_cache(maxsize=size)(function)
        REMEMBERING.append(kept)
        return cast("Callable[P, T]", kept)

    return remembering


def forget_letters() -> None:
    """Makes the parser read the next letter as if it were its first; what it reads stays the same."""
    for function in REMEMBERING:
        function.cache_clear()
