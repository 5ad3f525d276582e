"""Which teams the means of many are of, week by week: a mean also moves when a team comes or goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from types import MappingProxyType

from mlops_maturity.dashboard.facts.past import Point

_INDEX, _CONFIDENCE = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnover:
    """Who came and who went within a line, by team; each with the day of the first week that shows it."""

    joined: tuple[tuple[str, date], ...]
    """Those at the line's end that have not been there all along: since when they have."""
    left: tuple[tuple[str, date], ...]
    """Those no longer there at its end: since when."""


def turnover(line: Sequence[Point]) -> Turnover:
    """Who came and who went, the earliest first."""
    seen = {team for point in line for team in point.members}
    here = line[-1].members.keys() if line else set()
    joined = {team: _back(line, team, present=True) for team in seen & here}
    left = {team: _back(line, team, present=False) for team in seen - here}
    first = line[0].on if line else None
    return Turnover(joined=_by_day({team: day for team, day in joined.items() if day != first}), left=_by_day(left))


def same_teams(
    then: Point, now: Point, weights: Mapping[str, float] = MappingProxyType({})
) -> tuple[float, float] | None:
    """What changed between two weeks, in mean index (by `weights`, 1 if left out) and in mean confidence (0 to 1).

    Of the teams known in both weeks only; None where there is none.
    """
    both = sorted(then.members.keys() & now.members.keys())
    if not both:
        return None
    by_weight = [weights.get(team, 1.0) for team in both]
    index = fmean((now.members[team][_INDEX] - then.members[team][_INDEX] for team in both), by_weight)
    return index, fmean(now.members[team][_CONFIDENCE] - then.members[team][_CONFIDENCE] for team in both)


def _back(line: Sequence[Point], team: str, *, present: bool) -> date:
    """The first week of the stretch at the line's end in which a team is there, or is not."""
    since = line[-1].on
    for point in reversed(line):
        if (team in point.members) is not present:
            break
        since = point.on
    return since


def _by_day(days: Mapping[str, date]) -> tuple[tuple[str, date], ...]:
    return tuple(sorted(days.items(), key=lambda entry: (entry[1], entry[0])))
