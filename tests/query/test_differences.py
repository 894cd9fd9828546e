"""Intervals and tests of differences, held to statsmodels and scipy."""

from __future__ import annotations

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.proportion import test_proportions_2indep as proportions_test

from imr_archive.query.differences import holm, newcombe, two_proportions


def _expected(first: tuple[int, int], second: tuple[int, int]) -> float:
    pooled = (first[0] + second[0]) / (first[1] + second[1])
    return min(pooled, 1 - pooled) * min(first[1], second[1])


PROPORTION = st.integers(1, 2000).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))


@given(PROPORTION, PROPORTION)
def test_the_interval_is_newcombe_s(first: tuple[int, int], second: tuple[int, int]) -> None:
    low, high = confint_proportions_2indep(*first, *second, method="newcomb")
    assert newcombe(first, second) == pytest.approx((low, high), abs=1e-9)


@given(PROPORTION, PROPORTION)
def test_the_p_value_is_that_of_the_score_test_or_of_fisher_s(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    found = two_proportions(first, second)
    if _expected(first, second) >= 5:
        with numpy.errstate(divide="ignore"):  # nothing spreads where all or none succeed
            oracle = proportions_test(*first, *second, method="score", correction=False).pvalue
    else:
        oracle = fisher_exact([[first[0], first[1] - first[0]], [second[0], second[1] - second[0]]]).pvalue
    assert found == pytest.approx(oracle, abs=1e-6)


@pytest.mark.parametrize(
    ("first", "second", "interval", "p_value"),
    [
        # Newcombe 1998, table II, rows (a) and (h) of method 10.
        ((56, 70), (48, 80), (0.0524, 0.3339), 0.0082),
        ((10, 10), (0, 10), (0.6075, 1.0), 0.00001),
    ],
)
def test_published_examples(
    first: tuple[int, int], second: tuple[int, int], interval: tuple[float, float], p_value: float
) -> None:
    assert newcombe(first, second) == pytest.approx(interval, abs=0.0001)
    assert two_proportions(first, second) == pytest.approx(p_value, abs=0.0002)


def test_an_empty_group_has_neither() -> None:
    assert newcombe((0, 0), (1, 2)) is None
    assert two_proportions((1, 2), (0, 0)) is None


@settings(max_examples=30)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_the_correction_is_holm_s(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(tuple(multipletests(p_values, method="holm")[1]), abs=1e-12)


def test_a_test_that_could_not_be_made_does_not_count() -> None:
    assert holm([0.01, None, 0.04]) == (0.02, None, 0.04)
