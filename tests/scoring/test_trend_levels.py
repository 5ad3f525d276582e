"""The confirmed level."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_maturity.scoring.trend_levels import LevelOn, confirmed_level, confirmed_levels

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A machine that does other work takes longer."""
SUNDAY = date(2026, 11, 22)


def weeks(levels: list[int | None]) -> list[LevelOn]:
    first = SUNDAY - timedelta(weeks=len(levels) - 1)
    return [LevelOn(first + timedelta(weeks=week), level) for week, level in enumerate(levels)]


@pytest.mark.parametrize(("levels", "confirmed"), [
    ([1, 1, 1, 1, 2], 1), ([1, 1, 2, 2, 2], 2), ([2, 2, 0, 2, 2], 2), ([0, 1, 2, 3, 3], 2),
    ([3, 3, 3, 1, 1, 1], 1), ([1, 1, 2, 2], 1), ([2, 2, None, None, 2], 2), ([None, None, None, 2, 2], None),
    ([2, 2, 2, 2, None], None), ([2, None, 2, 2, 2], 2), ([2], None), ([], None), ([None] * 5, None),
    ([3] * 10 + [None] * 5, None),
])  # fmt: skip
def test_the_median_of_the_last_five_known_weeks(levels: list[int | None], confirmed: int | None) -> None:
    assert confirmed_level(weeks(levels), SUNDAY) == confirmed


def test_weeks_that_are_not_there_are_unknown() -> None:
    assert confirmed_level(weeks([2] * 10), SUNDAY + timedelta(weeks=2)) == 2
    assert confirmed_level(weeks([2] * 10), SUNDAY + timedelta(weeks=3)) is None


def test_one_week_counts_once_by_its_newest_level() -> None:
    many = [*weeks([1, 1, 1, 1, 1]), *(LevelOn(SUNDAY - timedelta(days=day), 3) for day in range(1, 6))]
    assert confirmed_level(many, SUNDAY) == 1
    assert len(confirmed_levels(many)) == 5


@UNHURRIED
@given(st.lists(st.none() | st.integers(0, 3), max_size=30))
def test_steps_agree_with_the_level_of_each_day_and_never_leave_what_was_seen(levels: list[int | None]) -> None:
    entries = weeks(levels)
    for step in confirmed_levels(entries):
        assert step.level == confirmed_level(entries, step.on)
        assert step.level is None or step.level in levels
