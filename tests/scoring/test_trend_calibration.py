"""A small seeded run of what benchmarks/trends.py measures at length: false alarms, and intervals that hold."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from mlops_maturity.scoring.forecast import forecast
from mlops_maturity.scoring.trend import FALSE_ALARMS, measure
from mlops_maturity.scoring.trend_series import Numbers, Point

LAST = date(2026, 11, 22)
RUNS = 400


def repeating(weeks: int, phi: float, chance: np.random.Generator) -> Numbers:
    """AR(1) noise of standard deviation 1, in equilibrium from the first week on."""
    values = chance.standard_normal((weeks + 60, 1))[:, 0] * np.sqrt(1 - phi**2)
    for week in range(1, len(values)):
        values[week] += phi * values[week - 1]
    return values[60:]


def points(values: Numbers) -> list[Point]:
    first = LAST - timedelta(weeks=len(values) - 1)
    return [Point(first + timedelta(weeks=week), float(value)) for week, value in enumerate(values)]


@pytest.mark.parametrize(("phi", "most"), [(0.0, 0.07), (0.5, 0.08), (0.8, 0.11)])
def test_a_year_without_trend_seldom_raises_a_false_alarm(phi: float, most: float) -> None:
    chance = np.random.default_rng(52)
    alarms = [(measure(points(repeating(52, phi, chance)), LAST).p or 0) <= FALSE_ALARMS for _ in range(RUNS)]
    assert 0.01 <= np.mean(alarms) <= most


@pytest.mark.parametrize("phi", [0.0, 0.5])
def test_a_clear_rise_is_seldom_missed(phi: float) -> None:
    chance = np.random.default_rng(6)
    rises = [repeating(52, phi, chance) + np.linspace(0, 6, 52) for _ in range(100)]
    assert np.mean([(measure(points(rise), LAST).p or 0) <= FALSE_ALARMS for rise in rises]) > 0.95


@pytest.mark.parametrize("phi", [0.0, 0.6, 0.8])
def test_four_in_five_intervals_hold_the_true_week(phi: float) -> None:
    chance = np.random.default_rng(80)
    true = LAST + timedelta(weeks=30)
    held = 0
    for _ in range(RUNS):
        found = forecast(points(repeating(52, phi, chance) + 0.2 * np.arange(52)), 0.2 * 81, LAST)
        held += found.first is not None and found.first <= true and (found.last is None or true <= found.last)
    assert 0.72 <= held / RUNS <= 0.92
