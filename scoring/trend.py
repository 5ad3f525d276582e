"""Trends that don't cry wolf: a robust line, and a verdict only where chance, ageing and size are ruled out.

`measure` looks at one weekly series: Theil-Sen for the line, Mann-Kendall on the pre-whitened series for whether it
rises or falls. `judge` looks at all of them together: "rising" or "falling" takes a test that holds among so many
(Benjamini-Hochberg), a change of at least `LEAST` index points, and at least half of that change being new evidence.
Else no change is shown, and the reason is named.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeVar

from mlops_maturity.scoring.thresholds import reaches
from mlops_maturity.scoring.trend_series import LONGEST, Point, Weekly, weekly
from mlops_maturity.scoring.trend_statistics import (
    Line,
    autocorrelation,
    benjamini_hochberg,
    mann_kendall,
    pre_whitened,
    residuals,
    theil_sen,
)

Key = TypeVar("Key", bound=Hashable)
Verdict = Literal["rising", "falling", "no_change_shown"]
Reason = Literal[
    "too_short", "not_current", "small", "chance", "chance_among_many", "not_new_evidence", "cause_unknown"
]

FALSE_ALARMS = 0.05
"""p from which a series, and among many the expected share of false verdicts up to which all, count as moving."""
LEAST = 3.0
"""Index points that the line has to change over its weeks. Judgement (scoring design, trends)."""
NEW_EVIDENCE = 0.5
"""Share of the change that has to come from new evidence. Judgement (scoring design, trends)."""
BIAS = 7.0
"""Residuals of n weeks understate phi by up to this / n at phi 0.8: chosen by benchmarks/trends.py, so that false
alarms stay under 10 %."""
MOST = 0.95
"""phi is taken to be at most this; at 1 only the steps would be tested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    """What a change from one day to another is made of, in index points; the parts add up to it."""

    ageing: float
    new_evidence: float
    model: float = 0.0
    """Effect of a change of the catalogue; 0 in a past that is wholly re-scored."""

    @property
    def total(self) -> float:
        """The change itself."""
        return self.ageing + self.new_evidence + self.model


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The line through one series and the test of it, before any verdict."""

    since: date | None
    """The first known week of those looked at; None where nothing is known."""
    until: date | None
    """The last known one."""
    weeks: int
    """Known weeks."""
    short_of: Reason | None
    """Why it can't be judged at all: `too_short` or `not_current`."""
    slope: float | None = None
    """Index points a week."""
    start: float | None = None
    """Height of the line on `since`."""
    end: float | None = None
    """Height of the line on `until`."""
    p: float | None = None
    """Two-sided, of this series alone."""

    @property
    def change(self) -> float | None:
        """What the line changes by from `since` to `until`, in index points."""
        return None if self.start is None or self.end is None else self.end - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A verdict on one series, with what it rests on."""

    verdict: Verdict
    reason: Reason | None
    """Why no change is shown; None where one is."""
    measured: Measured
    p_adjusted: float | None
    """p among all series judged together; None where the series can't be judged."""
    causes: Causes | None = None
    """What the change is made of; None where nobody asked, as no other reason spoke for it."""


CauseOf = Callable[[Key, date, date], Causes | None]
"""What the change of a series between two of its days is made of; None = not known."""


def measure(points: Iterable[Point], until: date, longest: int = LONGEST) -> Measured:
    """Line and test of the known weeks of a series, at most `longest` weeks up to `until`.

    Raises ValueError for a number that is not finite.
    """
    series = weekly(points, until, longest)
    short_of: Reason | None = None if series.enough else "too_short"
    unjudged = Measured(
        since=series.days[0] if series.days else None,
        until=series.days[-1] if series.days else None,
        weeks=len(series.days),
        short_of=short_of if series.is_current(until) else "not_current",
    )
    if unjudged.short_of is not None:
        return unjudged
    line = theil_sen(series.weeks, series.values)
    return replace(
        unjudged,
        slope=line.slope,
        start=line.at(0.0),
        end=line.at(float(series.weeks[-1])),
        p=_chance(series, line),
    )


def judge(measured: Mapping[Key, Measured], cause_of: CauseOf[Key]) -> dict[Key, Trend]:
    """A verdict on each of the series, with respect to how many they are.

    `cause_of` is asked only of series that pass every other test: for most there is nothing to explain.
    """
    judged = [key for key, each in measured.items() if each.p is not None]
    adjusted = dict(zip(judged, benjamini_hochberg([measured[key].p or 0.0 for key in judged]), strict=True))
    return {key: _verdict(key, each, adjusted.get(key), cause_of) for key, each in measured.items()}


def _verdict(key: Key, measured: Measured, adjusted: float | None, cause_of: CauseOf[Key]) -> Trend:
    reason = measured.short_of or _unclear(measured, adjusted)
    if reason is not None or measured.since is None or measured.until is None or measured.change is None:
        return Trend(verdict="no_change_shown", reason=reason, measured=measured, p_adjusted=adjusted)
    causes = cause_of(key, measured.since, measured.until)
    reason = "cause_unknown" if causes is None else _unearned(measured.change, causes)
    verdict: Verdict = "no_change_shown" if reason else "rising" if measured.change > 0 else "falling"
    return Trend(verdict=verdict, reason=reason, measured=measured, p_adjusted=adjusted, causes=causes)


def _unclear(measured: Measured, adjusted: float | None) -> Reason | None:
    if abs(measured.change or 0.0) < LEAST:
        return "small"
    if measured.p is None or measured.p > FALSE_ALARMS:
        return "chance"
    return "chance_among_many" if adjusted is None or adjusted > FALSE_ALARMS else None


def _unearned(change: float, causes: Causes) -> Reason | None:
    """Whether less than half of the change, of the line and of the index itself, is new evidence of that direction."""
    earned = causes.new_evidence if change > 0 else -causes.new_evidence
    return None if reaches(earned, NEW_EVIDENCE * max(abs(change), abs(causes.total))) else "not_new_evidence"


def _chance(series: Weekly, line: Line) -> float:
    """p of a Mann-Kendall test on the series without what each week repeats of the one before.

    phi comes from what the line leaves: taken from the series itself, it would mistake a steady rise for repetition
    and whiten it away (docs/trends.md has the numbers).
    """
    left = residuals(line, series.weeks, series.values)
    phi = autocorrelation(left) + BIAS / len(left) if left.any() else 0.0
    return mann_kendall(pre_whitened(series.values, min(max(phi, 0.0), MOST))).p
