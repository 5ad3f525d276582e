"""When a series reaches a value at its pace of the last weeks: an interval, with honest open ends.

A least-squares line with a band for an effective sample size of n(1 - phi)/(1 + phi): weekly values repeat much of
each other, and a band that ignores it is far too narrow. Levels are gated, so what is forecast is the value of the
practice that holds a level back, never the index.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
from scipy.special import stdtrit

from mlops_maturity.scoring.thresholds import SLIP, reaches
from mlops_maturity.scoring.trend_series import LONGEST, Numbers, Point, Weekly, weekly
from mlops_maturity.scoring.trend_statistics import autocorrelation, least_squares, residuals

COVERAGE = 0.80
"""Nominal share of intervals that hold the true week; benchmarks/trends.py measures it."""
HORIZON = 156
"""Weeks ahead after which a crossing counts as not in sight: three years. Judgement."""
BIAS = 4.0
"""Residuals of n weeks understate phi by about this / n."""
MOST = 0.9
"""phi is taken to be at most this: beyond, hardly any of a year's weeks would count."""

Outcome = Literal["reached", "between", "open", "not_at_this_pace", "moving_away", "too_short", "not_current"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """When a value is reached at the pace of the last weeks."""

    outcome: Outcome
    """`between` two days; `open` = rising, not before `first`, and too widely spread to tell the latest;
    `not_at_this_pace` = not rising, or too slowly even at best; `moving_away` = falling beyond doubt."""
    needs: float
    value: float | None
    """The newest known value; None where there is none."""
    pace: float | None
    """Change a week; None where there are too few weeks."""
    weeks: int
    """Known weeks it rests on."""
    first: date | None = None
    """The first week's end at which the upper band reaches it."""
    last: date | None = None
    """The first week's end at which the lower band reaches it; None = open."""


def forecast(points: Iterable[Point], needs: float, until: date, longest: int = LONGEST) -> Forecast:
    """When the series reaches `needs`: the nominal 80 % interval of the week in which its line does.

    Raises ValueError for a number that is not finite.
    """
    series = weekly(points, until, longest)
    value = float(series.values[-1]) if series.days else None
    if not series.is_current(until):
        return Forecast(outcome="not_current", needs=needs, value=value, pace=None, weeks=len(series.days))
    if value is not None and reaches(value, needs):
        return Forecast(outcome="reached", needs=needs, value=value, pace=None, weeks=len(series.days))
    if not series.enough:
        return Forecast(outcome="too_short", needs=needs, value=value, pace=None, weeks=len(series.days))
    return _ahead(series, needs)


def _ahead(series: Weekly, needs: float) -> Forecast:
    ahead = np.arange(1, HORIZON + 1, dtype=np.float64)
    band = _band(series, series.weeks[-1] + ahead)
    # Edges of a line that does not rise get there as well, as they part from it: that is doubt, and no pace.
    rises = band.pace > SLIP
    first = _crossing(band.middle + band.half, needs) if rises else None
    last = _crossing(band.middle - band.half, needs) if rises else None
    falls = band.pace + band.pace_half < -SLIP
    return Forecast(
        outcome="moving_away" if falls else "not_at_this_pace" if first is None else "between" if last else "open",
        needs=needs,
        value=float(series.values[-1]),
        pace=band.pace,
        weeks=len(series.days),
        first=None if first is None else _week(series, first),
        last=None if last is None else _week(series, last),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Band:
    """A line ahead, and how far off it may be."""

    middle: Numbers
    half: Numbers
    """Half the width of the band, week by week."""
    pace: float
    """Change a week."""
    pace_half: float
    """How far off the pace may be, by the same measure."""


def _band(series: Weekly, at: Numbers) -> _Band:
    """The line at these weeks, and the band around it."""
    line = least_squares(series.weeks, series.values)
    left = residuals(line, series.weeks, series.values)
    n = len(left)
    phi = min(max(autocorrelation(left) + BIAS / n, 0.0), MOST)
    effective = n * (1 - phi) / (1 + phi)
    variance = float(left @ left) / (n - 2)
    away = series.weeks - series.weeks.mean()
    spread = float((away @ away) / n)
    distance = (at - series.weeks.mean()) ** 2 / spread
    quantile = float(stdtrit(max(effective - 2, 1.0), (1 + COVERAGE) / 2))
    half: Numbers = quantile * np.sqrt(variance * (1 + distance) / effective)
    off = quantile * float(np.sqrt(variance / (effective * spread)))
    return _Band(middle=line.level + line.slope * at, half=half, pace=line.slope, pace_half=off)


def _crossing(ahead: Numbers, needs: float) -> int | None:
    """How many weeks ahead a series first reaches a value."""
    there = np.flatnonzero(ahead >= needs - SLIP)
    return int(there[0]) + 1 if len(there) else None


def _week(series: Weekly, ahead: int) -> date:
    return series.days[-1] + timedelta(weeks=ahead)
