"""A weekly series as trends need it: one known number a week, at most so many weeks back, gaps left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

LONGEST = 52
"""Weeks that a trend looks back: a year, so that seasons even out."""
SHORTEST = 26
"""Known weeks under which there is neither a trend nor a forecast (reference: scoring design, trends)."""
CURRENT = timedelta(weeks=4)
"""How old the newest known number may be. A series that ended earlier says nothing of today. Judgement."""
DECIMALS = 9
"""Digits that are kept: what floating-point sums may lose is a tie, not a change."""


@dataclass(frozen=True, slots=True)
class Point:
    """One number of one day; None = unknown."""

    on: date
    value: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Weekly:
    """The known weeks of a series, oldest first."""

    days: tuple[date, ...]
    weeks: Numbers
    """Weeks since the first of `days`; rising, with gaps where nothing was known."""
    values: Numbers

    @property
    def enough(self) -> bool:
        """Whether there are enough weeks to judge by."""
        return len(self.days) >= SHORTEST

    def is_current(self, until: date) -> bool:
        """Whether something is known of the last weeks."""
        return bool(self.days) and until - self.days[-1] <= CURRENT


def weekly(points: Iterable[Point], until: date, longest: int = LONGEST) -> Weekly:
    """The newest known number of each of the last `longest` calendar weeks (Monday to Sunday) up to `until`.

    The order of the points is irrelevant; later ones play no part. A week whose newest number is None is a gap.
    Raises ValueError for a number that is not finite, naming its day: unknown is None, never NaN.
    """
    newest: dict[int, Point] = {}
    last = week_of(until)
    for point in sorted(points, key=lambda point: point.on):
        if point.value is not None and not isfinite(point.value):
            raise ValueError(f"the value of {point.on} is {point.value}; what is not known has to be None")
        if point.on <= until and week_of(point.on) > last - longest:
            newest[week_of(point.on)] = point
    known = [(point.on, point.value) for point in newest.values() if point.value is not None]
    days = tuple(on for on, _ in known)
    return Weekly(
        days=days,
        weeks=np.array([(on - days[0]).days / 7 for on in days], dtype=np.float64),
        values=np.array([round(value, DECIMALS) for _, value in known], dtype=np.float64),
    )


def week_of(day: date) -> int:
    """The number of a calendar week, Monday to Sunday; neighbours differ by one."""
    return (day.toordinal() - 1) // 7
