"""Trends and forecasts in plain text, for terminals, pages and reports alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.forecast import HORIZON, Forecast, Outcome
from mlops_maturity.scoring.outlook import Expected, Outlook
from mlops_maturity.scoring.percent import percent
from mlops_maturity.scoring.targets import Arrival
from mlops_maturity.scoring.thresholds import SLIP
from mlops_maturity.scoring.trend import LEAST, NEW_EVIDENCE, Reason, Trend
from mlops_maturity.scoring.trend_series import LONGEST, SHORTEST

NO_CHANGE = "no change shown"
NOT_JUDGED = "not judged"
SPAN = f"over the last {LONGEST} weeks"
"""What every verdict rests on, at most."""
_UNSTEADY = f"the latest can't be told, as the weeks vary too much for {HORIZON // 52} years ahead"
Tell = Callable[[date], str]
"""How a day is written."""


def verdict(trend: Trend, tell: Tell = date.isoformat) -> str:
    """`rising since 2025-11-30 (+12 points)`, or that no change is shown, or that too little is known to judge.

    The points are those of the trend's line.
    """
    measured = trend.measured
    if not judged(trend):
        return NOT_JUDGED
    if trend.verdict == "no_change_shown" or measured.since is None or measured.change is None:
        return NO_CHANGE
    return f"{trend.verdict} since {tell(measured.since)} ({_signed_points(measured.change)})"


def judged(trend: Trend) -> bool:
    """Whether enough is known for a verdict: else "no change shown" would pass for a finding."""
    return trend.reason not in UNJUDGED


def reason(trend: Trend) -> str:
    """Why no change is shown, as half a sentence; empty where one is."""
    return _REASONS[trend.reason](trend) if trend.reason is not None else ""


def when(forecast: Forecast, tell: Tell = date.isoformat) -> str:
    """When a value gets to what it needs, as half a sentence."""
    if forecast.first is not None and forecast.first == forecast.last:
        return f"in the week to {tell(forecast.first)} at the present pace (80 % interval)"
    return _OUTCOMES[forecast.outcome](forecast, tell)


def coming(arrival: Arrival, tell: Tell = date.isoformat) -> str:
    """When a level comes, as a sentence without its end."""
    level = f"level {arrival.level}"
    if arrival.falling:
        return f"{level} is moving away: what it waits for falls"
    if arrival.first is None:
        return f"{level} does not come at this pace"
    if arrival.last is not None:
        return f"{level} comes between {tell(arrival.first)} and {tell(arrival.last)} at this pace"
    why = _unforeseen(arrival.untold) if arrival.untold else _UNSTEADY
    return f"{level} comes not before {tell(arrival.first)} at this pace; {why}"


def next_level(outlook: Outlook, catalogue: Catalogue, tell: Tell = date.isoformat) -> list[str]:
    """What the next level waits for, in sentences; `tell` writes a day."""
    told = []
    if outlook.binding is not None:
        told.append(f"Level {outlook.level} waits longest for {expected(outlook.binding, catalogue, tell)}.")
    if outlook.untold:
        also = " also" if told else ""
        told.append(f"Level {outlook.level}{also} waits for {_untold(len(outlook.untold))}: no forecast.")
    return told


def expected(each: Expected, catalogue: Catalogue, tell: Tell = date.isoformat) -> str:
    """A practice, where it is and when it gets to where it has to."""
    block = each.blocking
    title = catalogue.by_id[block.practice].title
    return f"{title!r}, at {block.value:.2f} of {block.needs:.2f}: {when(each.forecast, tell)}"


def _untold(practices: int) -> str:
    amount = "one practice" if practices == 1 else f"{practices} practices"
    return f"{amount} known for fewer than {SHORTEST} weeks, or not of late"


def _unforeseen(practices: int) -> str:
    return f"the latest can't be told, as it waits for {_untold(practices)} as well"


def _weeks(number: int) -> str:
    return f"{number} week{' is' if number == 1 else 's are'}"


def _stale(newest: date | None) -> str:
    """Which week is the newest that counts: one of which enough is known to stand for the team."""
    told = "no week is known well enough" if newest is None else f"the newest week known well enough ends {newest}"
    return f"{told}, and it takes one of the last four"


def _signed_points(change: float) -> str:
    whole = f"{change:+z.0f}"
    return f"{whole} point{'' if whole in ('+1', '-1') else 's'}"


def _points(trend: Trend) -> str:
    return f"the line moves by {trend.measured.change or 0.0:+z.1f} points"


def _earned(trend: Trend) -> str:
    if trend.causes is None:
        return "it is not mainly new evidence"
    return (
        f"{_points(trend)}, new evidence by {trend.causes.new_evidence:+.1f}: less than {percent(NEW_EVIDENCE)} of it"
    )


UNJUDGED: Mapping[Reason, str] = {
    "too_short": f"known for fewer than {SHORTEST} weeks",
    "not_current": "too little known of the last four weeks",
}
"""Reasons that say nothing of the team, with how many teams of that are told."""
_REASONS: Mapping[Reason, Callable[[Trend], str]] = {
    "too_short": lambda trend: f"{_weeks(trend.measured.weeks)} known, at least {SHORTEST} are needed",
    "not_current": lambda trend: _stale(trend.measured.until),
    "small": lambda trend: f"{_points(trend)}, and less than {LEAST:.0f} is taken for none",
    "chance": lambda trend: f"{_points(trend)}, but not steadily; figures like these do that by chance",
    "chance_among_many": lambda trend: f"{_points(trend)}, which happens by chance somewhere among so many figures",
    "not_new_evidence": _earned,
    "cause_unknown": lambda trend: f"{_points(trend)}, and what that is made of can't be told",
}
_OUTCOMES: Mapping[Outcome, Callable[[Forecast, Tell], str]] = {
    "reached": lambda found, tell: "the value is there, what it lacks is evidence",
    "between": lambda found, tell: (
        f"between {_day(found.first, tell)} and {_day(found.last, tell)} at the present pace (80 % interval)"
    ),
    "open": lambda found, tell: (
        f"not before {_day(found.first, tell)} at the present pace (80 % interval); {_UNSTEADY}"
    ),
    "not_at_this_pace": lambda found, tell: (
        f"not at this pace, it {'rises too slowly' if (found.pace or 0.0) > SLIP else 'does not rise'}"
    ),
    "moving_away": lambda found, tell: f"moving away from it, by {-52 * (found.pace or 0.0):.2f} a year",
    "too_short": lambda found, tell: f"no forecast, {_weeks(found.weeks)} known of at least {SHORTEST}",
    "not_current": lambda found, tell: "no forecast, nothing is known of the last four weeks",
}


def _day(day: date | None, tell: Tell) -> str:
    return "" if day is None else tell(day)
