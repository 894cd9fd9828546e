"""Timings: each way to answer a question in turns, the median of a few rounds, percentiles over questions."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence

Clock = Callable[[], float]

Ways = Mapping[str, Callable[[], object]]
"""The ways to answer one question, by name."""


def milliseconds(
    ways: Ways, rounds: int, clock: Clock = time.perf_counter, slow: float = 2_000.0
) -> dict[str, float]:
    """The median time of each way, warm: after one run that does not count, all in turns in each round.

    A way whose first run is slower than `slow` runs once more and not again.
    """
    first = {name: _timed(way, clock) for name, way in ways.items()}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        for name, way in ways.items():
            if number == 0 or first[name] < slow:
                taken[name].append(_timed(way, clock))
    return {name: statistics.median(times) for name, times in taken.items()}


def _timed(way: Callable[[], object], clock: Clock) -> float:
    start = clock()
    way()
    return 1000 * (clock() - start)


def percentile(times: Sequence[float], share: float) -> float:
    """The smallest of the times within which this share of them is; NaN of none."""
    if not times:
        return math.nan
    return sorted(times)[max(0, math.ceil(share * len(times)) - 1)]
