"""Differences of two rates: their interval, a test of whether there is one, the correction for many tests.

Formulas of a few lines each, so that asking a question waits for no statistics library; the tests hold every
one of them to statsmodels and scipy.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import NormalDist

from imr_archive.query.intervals import Z_95, wilson

LEAST_EXPECTED = 5.0
"""Where a cell of the table is expected to hold fewer, the exact test stands in for the approximate one
(W. G. Cochran, "Some methods for strengthening the common chi-squared tests", Biometrics 10, 1954)."""

_ALIKE = 1 + 1e-7
"""Tables within this factor of the observed one's probability are as likely: the rest is rounding."""


def newcombe(first: tuple[int, int], second: tuple[int, int], z: float = Z_95) -> tuple[float, float] | None:
    """The interval of the difference of two proportions (successes, trials), or None where one has no trials.

    R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in
    Medicine 17 (1998), 873-890, method 10: it is made of the two Wilson intervals, and keeps its coverage for
    small groups and rates near 0 and 1.
    """
    one, other = wilson(*first, z), wilson(*second, z)
    if one is None or other is None:
        return None
    rate, other_rate = first[0] / first[1], second[0] / second[1]
    difference = rate - other_rate
    below = math.hypot(rate - one[0], other[1] - other_rate)
    above = math.hypot(one[1] - rate, other_rate - other[0])
    return max(-1.0, difference - below), min(1.0, difference + above)


def two_proportions(first: tuple[int, int], second: tuple[int, int]) -> float | None:
    """The two-sided p-value of two proportions (successes, trials) being the same; None without trials.

    The score test (pooled variance, no continuity correction), which is the chi-squared test of the two by
    two table; Fisher's exact test where a cell is expected to hold fewer than five.
    """
    successes, trials = first[0] + second[0], first[1] + second[1]
    if not first[1] or not second[1]:
        return None
    pooled = successes / trials
    least = min(pooled, 1 - pooled) * min(first[1], second[1])
    if least < LEAST_EXPECTED:
        return _fisher(first, second)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / first[1] + 1 / second[1]))
    z = (first[0] / first[1] - second[0] / second[1]) / spread
    return 2 * NormalDist().cdf(-abs(z))


def _fisher(first: tuple[int, int], second: tuple[int, int]) -> float:
    """Fisher's exact test: the probability of all tables with these margins no likelier than this one."""
    successes, trials = first[0] + second[0], first[1] + second[1]
    low, high = max(0, successes - second[1]), min(successes, first[1])

    def likelihood(count: int) -> float:
        return _log_choose(first[1], count) + _log_choose(second[1], successes - count)

    whole = _log_choose(trials, successes)
    observed = likelihood(first[0]) - whole
    tables = (likelihood(count) - whole for count in range(low, high + 1))
    return min(1.0, math.fsum(math.exp(one) for one in tables if one <= observed + math.log(_ALIKE)))


def _log_choose(among: int, chosen: int) -> float:
    return math.lgamma(among + 1) - math.lgamma(chosen + 1) - math.lgamma(among - chosen + 1)


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """P-values corrected for their number, in the same order; None stays None and does not count.

    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6
    (1979), 65-70: it keeps the chance of any false finding at the level chosen, whatever the tests share.
    """
    corrected: list[float | None] = [None] * len(p_values)
    for place, value in _stepped(p_values):
        corrected[place] = value
    return tuple(corrected)


def _stepped(p_values: Sequence[float | None]) -> Iterator[tuple[int, float]]:
    given = sorted((value, place) for place, value in enumerate(p_values) if value is not None)
    greatest = 0.0
    for rank, (value, place) in enumerate(given):
        greatest = max(greatest, min(1.0, value * (len(given) - rank)))
        yield place, greatest
