"""Forecasts: intervals, open ends, and what gets none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_maturity.scoring.forecast import HORIZON, Forecast, forecast
from mlops_maturity.scoring.trend_series import Point

UNHURRIED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
"""A machine that does other work takes longer."""
SUNDAY = date(2026, 11, 22)


def ahead(values: Sequence[float | None], needs: float = 1.85, until: date = SUNDAY) -> Forecast:
    first = SUNDAY - timedelta(weeks=len(values) - 1)
    return forecast([Point(first + timedelta(weeks=week), value) for week, value in enumerate(values)], needs, until)


def rising(weeks: int, start: float, end: float, spread: float = 0.05, seed: int = 2) -> list[float]:
    noise = np.random.default_rng(seed).standard_normal(weeks) * spread
    return [float(value) for value in np.linspace(start, end, weeks) + noise]


def test_a_straight_line_is_foretold_to_the_week() -> None:
    found = ahead([0.02 * week for week in range(52)], needs=1.2)  # 1.02 now, 0.02 a week: nine weeks
    assert (found.outcome, found.first, found.last) == ("between", *[SUNDAY + timedelta(weeks=9)] * 2)
    assert (found.value, found.pace, found.weeks) == (pytest.approx(1.02), pytest.approx(0.02), 52)


def test_noise_widens_the_interval_around_the_true_week() -> None:
    found = ahead(rising(52, 0.5, 1.5))
    true = SUNDAY + timedelta(weeks=18)  # 0.35 to go at 1/51 a week
    assert found.outcome == "between"
    assert found.first is not None
    assert found.last is not None
    assert found.first < true < found.last


def test_repetition_makes_it_wider() -> None:
    chance = np.random.default_rng(8).standard_normal(52) * 0.06
    repeated = np.repeat(chance[::4], 4)
    line = np.linspace(0.5, 1.5, 52)
    single, blocks = ahead(list(map(float, line + chance))), ahead(list(map(float, line + repeated)))
    assert single.last is not None
    assert single.first is not None
    assert blocks.first is not None
    assert blocks.last is None or blocks.last - blocks.first > single.last - single.first


@pytest.mark.parametrize(("values", "needs", "outcome"), [
    (rising(25, 0.5, 1.5), 1.85, "too_short"),
    (rising(52, 1.5, 0.5), 1.85, "moving_away"),
    (rising(52, 1.84, 1.6, spread=0.1), 1.85, "moving_away"),
    (rising(52, 1.6, 1.58, spread=0.3), 1.85, "not_at_this_pace"),
    (rising(52, 0.5, 0.51, spread=0), 1.85, "not_at_this_pace"),
    ([1.0] * 52, 1.85, "not_at_this_pace"),
    (rising(52, 0.9, 1.2, spread=0.3), 1.85, "open"),
    (rising(52, 0.5, 1.9, spread=0), 1.85, "reached"),
    ([2.0] * 3, 1.85, "reached"),
    ([], 1.85, "not_current"),
    ([*rising(40, 0.5, 1.5), *[None] * 5], 1.85, "not_current"),
])  # fmt: skip
def test_every_other_end_is_named(values: Sequence[float | None], needs: float, outcome: str) -> None:
    found = ahead(values, needs)
    assert found.outcome == outcome
    assert found.last is None
    assert (found.first is None) == (outcome != "open")


def test_a_value_that_rounds_up_to_the_need_has_reached_it() -> None:
    assert ahead([1.85 - 1e-12], 1.85).outcome == "reached"


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="has to be None"):
        ahead([1.0, float("nan")])


@UNHURRIED
@given(st.lists(st.none() | st.floats(0, 3), min_size=1, max_size=60), st.floats(0, 3))
def test_any_series_gets_an_ordered_interval_within_the_horizon(values: list[float | None], needs: float) -> None:
    found = ahead(values, needs)
    ends = [end for end in (found.first, found.last) if end is not None]
    assert ends == sorted(ends)
    assert all(SUNDAY - timedelta(weeks=4) < end <= SUNDAY + timedelta(weeks=HORIZON) for end in ends)
    assert (found.outcome == "between") == (len(ends) == 2)
    assert not ends or (found.pace or 0) > 0
