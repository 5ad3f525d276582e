"""Whether a target is on course: the day it is wanted by against the interval in which its level is expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from mlops_maturity.scoring.outlook import Outlook

Verdict = Literal["met", "on course", "possible", "not at this pace", "missed", "unknown"]
"""`on course`: even the late end of the interval lies before the day; `possible`: only the early end does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A level wanted by a day."""

    level: int
    by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """When a level is expected at the pace of the last weeks, as an interval with open ends."""

    level: int
    first: date | None
    """None: not in sight, even at best."""
    last: date | None
    """None: the latest can't be told."""
    falling: bool = False
    """Whether what it waits for falls, away from what it has to reach."""
    untold: int = 0
    """Practices in its way that are known too little for a forecast; with any, `last` is None."""


def on_course(goal: Goal, arrival: Arrival | None, level: int | None, as_of: date) -> Verdict:
    """How a goal stands on a day. `level` is the present one, None where nothing is known.

    `arrival` may be of a lower level than the goal, as no forecast looks beyond the next one: what comes too late
    for that is too late for the goal; in time for it says nothing of the goal yet.
    """
    if level is None:
        return "unknown"
    if level >= goal.level:
        return "met"
    if goal.by < as_of:
        return "missed"
    if arrival is None:
        return "unknown"
    if arrival.first is None or arrival.first > goal.by:
        return "not at this pace"
    if arrival.level < goal.level:
        return "unknown"
    return "on course" if arrival.last is not None and arrival.last <= goal.by else "possible"


def arrival_of(outlook: Outlook | None) -> Arrival | None:
    """The interval in which the practice that binds gets there; None where none can be foretold.

    Nor can it where only evidence is missing: no pace tells when somebody will gather it. Of practices too little is
    known of for a forecast the late end is open.
    """
    if outlook is None or outlook.binding is None or outlook.binding.forecast.outcome == "reached":
        return None
    found = outlook.binding.forecast
    return Arrival(
        level=outlook.level,
        first=found.first,
        last=None if outlook.untold else found.last,
        falling=found.outcome == "moving_away",
        untold=len(outlook.untold),
    )
