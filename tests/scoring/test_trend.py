"""Verdicts on trends: what is called rising or falling, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_maturity.scoring.trend import Causes, Measured, Trend, judge, measure
from mlops_maturity.scoring.trend_series import Point, weekly

UNHURRIED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
"""A machine that does other work takes longer."""
SUNDAY = date(2026, 11, 22)


def points(values: Sequence[float | None], last: date = SUNDAY) -> list[Point]:
    """One value a week, the last one on `last`."""
    first = last - timedelta(weeks=len(values) - 1)
    return [Point(first + timedelta(weeks=week), value) for week, value in enumerate(values)]


def noisy(weeks: int, rise: float, spread: float = 0.5, seed: int = 3) -> list[float]:
    """A straight line that rises by `rise` in all, with independent noise."""
    noise = np.random.default_rng(seed).standard_normal(weeks) * spread
    return [float(value) for value in 40 + np.linspace(0, rise, weeks) + noise]


def earned(change: float) -> Causes:
    return Causes(ageing=0.0, new_evidence=change)


def verdict(values: Sequence[float | None], causes: Causes | None = None, until: date = SUNDAY) -> Trend:
    measured = measure(points(values), until)
    made_of = causes or earned(measured.change or 0.0)
    return judge({"only": measured}, lambda key, since, to: made_of)["only"]


@pytest.mark.parametrize(("rise", "told"), [(10, "rising"), (-10, "falling"), (60, "rising"), (4, "rising")])
@pytest.mark.parametrize("weeks", [26, 52])
def test_a_steady_change_is_shown(weeks: int, rise: float, told: str) -> None:
    found = verdict(noisy(weeks, rise))
    assert (found.verdict, found.reason) == (told, None)
    assert found.measured.change == pytest.approx(rise, abs=1)
    assert found.measured.since == SUNDAY - timedelta(weeks=weeks - 1)


@pytest.mark.parametrize(("values", "why"), [
    (noisy(25, 20), "too_short"),
    (noisy(52, 2.5, spread=0.1), "small"),
    ([50.0] * 52, "small"),
    ([float(10 * (week % 2)) for week in range(52)], "small"),
    ([], "not_current"),
    ([None] * 52, "not_current"),
    ([*noisy(40, 20), *[None] * 5], "not_current"),
])  # fmt: skip
def test_what_is_no_trend_says_why(values: Sequence[float | None], why: str) -> None:
    found = verdict(values)
    assert (found.verdict, found.reason) == ("no_change_shown", why)
    assert found.causes is None


def test_a_random_walk_is_chance() -> None:
    """Steps up and down at random: the line falls by 20 points, and foretells nothing."""
    found = verdict([float(40 + value) for value in np.cumsum(np.random.default_rng(7).standard_normal(52))])
    assert abs(found.measured.change or 0) > 3
    assert (found.verdict, found.reason) == ("no_change_shown", "chance")


def test_one_jump_is_no_trend() -> None:
    """A jump has a named cause, which `explain` tells; it foretells nothing."""
    noise = np.random.default_rng(5).standard_normal(52)
    assert verdict([40 + 15 * (week >= 26) + float(noise[week]) for week in range(52)]).reason == "chance"


@pytest.mark.parametrize(("causes", "told"), [
    (Causes(ageing=0, new_evidence=10), "rising"),
    (Causes(ageing=5, new_evidence=5), "rising"),
    (Causes(ageing=5.5, new_evidence=4.5), None),
    (Causes(ageing=0, new_evidence=4, model=6), None),
    (Causes(ageing=12, new_evidence=-2), None),
    (Causes(ageing=12, new_evidence=6), None),
])  # fmt: skip
def test_half_of_the_change_has_to_be_new_evidence(causes: Causes, told: str | None) -> None:
    values = [40 + 10 * week / 51 for week in range(52)]
    found = verdict(values, causes)
    assert (found.verdict, found.reason) == ((told, None) if told else ("no_change_shown", "not_new_evidence"))
    assert found.causes == causes
    falling = verdict([100 - value for value in values], Causes(
        ageing=-causes.ageing, new_evidence=-causes.new_evidence, model=-causes.model,
    ))  # fmt: skip
    assert falling.verdict == ("falling" if told else "no_change_shown")


def test_an_unknown_cause_is_no_verdict() -> None:
    measured = measure(points(noisy(52, 10)), SUNDAY)
    found = judge({"only": measured}, lambda key, since, until: None)["only"]
    assert (found.verdict, found.reason) == ("no_change_shown", "cause_unknown")


def test_causes_are_asked_only_where_they_decide() -> None:
    asked = []

    def cause_of(key: str, since: date, until: date) -> Causes:
        asked.append((key, since, until))
        return earned(10)

    series = {"flat": noisy(52, 0), "short": noisy(10, 30), "rising": noisy(52, 10)}
    judge({name: measure(points(values), SUNDAY) for name, values in series.items()}, cause_of)
    assert asked == [("rising", SUNDAY - timedelta(weeks=51), SUNDAY)]


def test_among_many_a_weak_one_is_chance() -> None:
    def known(p: float) -> Measured:
        return Measured(since=SUNDAY - timedelta(weeks=51), until=SUNDAY, weeks=52, short_of=None, slope=0.1,
                        start=40, end=45, p=p)  # fmt: skip

    many = {0: known(0.04)} | {number: known(0.9) for number in range(1, 20)}
    found = judge(many, lambda key, since, until: earned(5))
    assert (found[0].reason, found[0].p_adjusted) == ("chance_among_many", pytest.approx(0.8))
    assert judge({0: many[0]}, lambda key, since, until: earned(5))[0].verdict == "rising"
    strong = judge(many | {0: known(0.0004)}, lambda key, since, until: earned(5))
    assert strong[0].verdict == "rising"


def test_a_series_that_cannot_be_judged_counts_against_nobody() -> None:
    short = {number: measure(points(noisy(5, 1)), SUNDAY) for number in range(500)}
    found = judge(short | {-1: measure(points(noisy(52, 10)), SUNDAY)}, lambda key, since, until: earned(10))
    assert found[-1].verdict == "rising"
    assert found[0].p_adjusted is None


def test_gaps_are_gaps() -> None:
    values: list[float | None] = list(noisy(52, 12))
    values[10:15] = [None] * 5
    values[30::3] = [None] * len(values[30::3])
    found = verdict([*values[:-1], 52.0])
    assert found.verdict == "rising"
    assert found.measured.weeks == sum(value is not None for value in values[:-1]) + 1
    assert found.measured.change == pytest.approx(12, abs=1.5)


def test_only_the_last_year_counts_and_nothing_after_the_day() -> None:
    long_ago = [0.0] * 60 + noisy(52, 10)
    assert measure(points(long_ago), SUNDAY) == measure(points(noisy(52, 10)), SUNDAY)
    later = [*points(noisy(52, 10)), Point(SUNDAY + timedelta(days=1), 0.0)]
    assert measure(later, SUNDAY) == measure(points(noisy(52, 10)), SUNDAY)


def test_the_newest_value_of_a_week_stands_for_it() -> None:
    thursday = SUNDAY - timedelta(days=3)
    series = weekly([Point(thursday, 1.0), Point(SUNDAY, 2.0), Point(SUNDAY + timedelta(days=1), 3.0)],
                    SUNDAY + timedelta(days=1))  # fmt: skip
    assert list(series.values) == [2, 3]
    assert series.days == (SUNDAY, SUNDAY + timedelta(days=1))
    assert list(weekly([Point(thursday, 1.0), Point(SUNDAY, None)], SUNDAY).values) == []


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused(wrong: float) -> None:
    with pytest.raises(ValueError, match=r"2026-11-22.*has to be None"):
        measure(points([1.0, wrong]), SUNDAY)


def test_rounding_makes_no_trend() -> None:
    dust = [50 + 1e-12 * week for week in range(52)]
    assert measure(points(dust), SUNDAY).p == 1


@UNHURRIED
@given(st.lists(st.none() | st.floats(0, 100), min_size=1, max_size=60), st.randoms())
def test_any_series_gets_a_verdict_that_order_does_not_change(values: list[float | None], chance: object) -> None:
    given_points = points(values)
    found = measure(given_points, SUNDAY)
    chance.shuffle(given_points)  # type: ignore[attr-defined]
    assert measure(given_points, SUNDAY) == found
    assert found.p is None or 0 <= found.p <= 1
    mirrored = measure(points([None if value is None else 100 - value for value in values]), SUNDAY)
    assert mirrored.slope == pytest.approx(None if found.slope is None else -found.slope, abs=1e-6)
