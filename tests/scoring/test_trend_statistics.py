"""The statistics of trends, against published values, brute force, and scipy."""

from __future__ import annotations

from itertools import combinations, permutations
from statistics import fmean, median

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, theilslopes

from mlops_maturity.scoring.trend_statistics import (
    autocorrelation,
    benjamini_hochberg,
    least_squares,
    mann_kendall,
    pre_whitened,
    theil_sen,
)

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A machine that does other work takes longer."""
SERIES = st.lists(st.integers(-5, 5).map(float), min_size=3, max_size=25).map(np.array)


def test_a_strict_rise_of_ten_has_the_textbook_values() -> None:
    found = mann_kendall(np.arange(10.0))
    assert (found.s, found.variance) == (45, 125)  # n(n-1)/2; 10 * 9 * 25 / 18
    assert found.z == pytest.approx(44 / 125**0.5)
    assert found.p == pytest.approx(8.303e-05, rel=1e-3)


def test_a_tie_by_hand() -> None:
    found = mann_kendall(np.array([5.0, 6.0, 6.0, 7.0, 9.0, 8.0, 10.0, 12.0, 11.0, 13.0]))
    pairs = combinations([5, 6, 6, 7, 9, 8, 10, 12, 11, 13], 2)
    assert found.s == sum((late > early) - (late < early) for early, late in pairs) == 40
    assert found.variance == 124  # 125 less 2 * 1 * 9 / 18 for the tied pair


@pytest.mark.parametrize("values", [(1, 2, 3, 4, 5, 6), (1, 1, 2, 3, 3, 3), (0, 0, 0, 1, 1, 1), (2, 2, 2, 2, 2, 9)])
def test_the_variance_is_that_of_all_orders(values: tuple[int, ...]) -> None:
    """Brute force: S over all 720 orders has mean 0 and exactly the variance of the formula with ties."""
    scores = [mann_kendall(np.array(order, dtype=float)).s for order in permutations(values)]
    assert fmean(scores) == 0
    assert fmean(score**2 for score in scores) == pytest.approx(
        mann_kendall(np.array(values, dtype=float)).variance, abs=1e-9
    )


@UNHURRIED
@given(SERIES)
def test_the_sign_and_size_of_s_are_those_of_kendalls_tau(values: np.ndarray) -> None:
    found, n = mann_kendall(values), len(values)
    if found.variance == 0:
        assert (found.s, found.p) == (0, 1)
        return
    tau = kendalltau(np.arange(n), values).statistic
    ties = sum(count * (count - 1) / 2 for count in np.unique(values, return_counts=True)[1])
    pairs = n * (n - 1) / 2
    assert found.s == pytest.approx(tau * np.sqrt(pairs * (pairs - ties)), abs=1e-6)


@UNHURRIED
@given(SERIES)
def test_turning_a_series_round_turns_the_test_round(values: np.ndarray) -> None:
    there, back = mann_kendall(values), mann_kendall(values[::-1])
    assert (there.s, there.p) == (-back.s, back.p)


@UNHURRIED
@given(SERIES, st.data())
def test_the_line_is_that_of_scipy_and_of_all_pairs(values: np.ndarray, data: st.DataObject) -> None:
    steps = data.draw(st.lists(st.integers(1, 4), min_size=len(values), max_size=len(values)))
    x = np.cumsum(steps).astype(float)
    line = theil_sen(x, values)
    places = combinations(range(len(values)), 2)
    assert line.slope == pytest.approx(median((values[b] - values[a]) / (x[b] - x[a]) for a, b in places))
    assert line.slope == pytest.approx(theilslopes(values, x)[0])


def test_a_quarter_of_wild_values_moves_the_line_little() -> None:
    x = np.arange(40.0)
    wild = 2 * x
    wild[::4] = 1e6
    assert theil_sen(x, wild).slope == pytest.approx(2, abs=0.5)
    assert abs(least_squares(x, wild).slope) > 100


@pytest.mark.parametrize(("values", "slope", "level"), [([], 0, 0), ([7.0], 0, 7), ([3.0, 3.0, 3.0], 0, 3)])
def test_a_line_of_hardly_anything_is_flat(values: list[float], slope: float, level: float) -> None:
    line = theil_sen(np.arange(float(len(values))), np.array(values))
    assert (line.slope, line.level) == (slope, level)


def test_autocorrelation_by_hand() -> None:
    assert autocorrelation(np.array([1.0, 2.0, 3.0, 4.0])) == pytest.approx(0.25)  # (1.5*.5 - .25 + 1.5*.5) / 5
    assert autocorrelation(np.array([1.0, -1.0] * 50)) == pytest.approx(-0.99)
    assert autocorrelation(np.full(9, 4.0)) == 0


def test_what_each_week_repeats_is_taken_out() -> None:
    chance = np.random.default_rng(1)
    values = np.zeros(4000)
    for week in range(1, 4000):
        values[week] = 0.8 * values[week - 1] + chance.standard_normal()
    assert autocorrelation(values) == pytest.approx(0.8, abs=0.03)
    assert autocorrelation(pre_whitened(values, 0.8)) == pytest.approx(0, abs=0.04)


def test_adjusted_p_of_the_paper() -> None:
    """Benjamini & Hochberg 1995, 3.2: of these 15, the four smallest are called at q = 0.05."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
         0.7590, 1.0]  # fmt: skip
    adjusted = benjamini_hochberg(p)
    assert sum(each <= 0.05 for each in adjusted) == 4
    assert adjusted[3] == pytest.approx(0.0095 * 15 / 4)
    assert benjamini_hochberg(p[::-1]) == adjusted[::-1]


@UNHURRIED
@given(st.lists(st.floats(0, 1), max_size=40), st.floats(0.001, 0.2))
def test_calls_are_those_of_the_step_up_rule(p: list[float], q: float) -> None:
    rank = max((k for k, each in enumerate(sorted(p), 1) if each * len(p) / k <= q), default=0)
    assert sum(each <= q for each in benjamini_hochberg(p)) == rank
    assert all(before <= after + 1e-12 for before, after in zip(p, benjamini_hochberg(p), strict=True))
