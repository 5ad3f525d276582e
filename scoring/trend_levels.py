"""The confirmed level: what a level has been for most of five weeks, so that a single week moves nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median_low

from mlops_maturity.scoring.trend_series import week_of

WEEKS = 5
"""Weeks whose median is the confirmed level (scoring design, rejected alternatives: hysteresis)."""
ENOUGH = 3
"""Known weeks among them that it takes: more than half."""


@dataclass(frozen=True, slots=True)
class LevelOn:
    """The level of one day; None = nothing is judged: a waived aspect has none. An unknown day has no entry."""

    on: date
    level: int | None


def confirmed_levels(levels: Iterable[LevelOn]) -> tuple[LevelOn, ...]:
    """For each week with a level: the median of the newest levels of that week and the four before.

    The lower of two middle ones; None where fewer than three of the five weeks are known, and where nothing is judged
    in the week itself: what is waived is at no level, whatever it was at before. Only the newest entry of
    a calendar week counts, the order of the entries does not.
    """
    newest = _by_week(levels)
    return tuple(LevelOn(each.on, _median(newest, week)) for week, each in newest.items())


def confirmed_level(levels: Iterable[LevelOn], until: date) -> int | None:
    """The confirmed level in the week of `until`; None where too little of the last five weeks is known, or nothing is
    judged any more."""
    return _median(_by_week(each for each in levels if each.on <= until), week_of(until))


def _by_week(levels: Iterable[LevelOn]) -> dict[int, LevelOn]:
    return {week_of(each.on): each for each in sorted(levels, key=lambda each: each.on)}


def _median(newest: Mapping[int, LevelOn], week: int) -> int | None:
    if week in newest and newest[week].level is None:
        return None
    around = [newest[each].level for each in range(week - WEEKS + 1, week + 1) if each in newest]
    known = [level for level in around if level is not None]
    return median_low(known) if len(known) >= ENOUGH else None
