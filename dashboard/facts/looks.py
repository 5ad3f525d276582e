"""When a signal was first looked at: where a line may step because more was seen, not because more was done.

A signal that only a snapshot can show begins on the day its source was first read; so does everything from a source
that keeps no past.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Team
from mlops_maturity.scoring.history import OVERALL

FILLING = timedelta(weeks=8)
"""From a team's first reading on: while the first windows fill, new signals come every week. Judgement."""
SHARE = 0.25
"""Of many teams, the share that must have had a first look in a week before that can move the median. Judgement."""

FirstSeen = Mapping[str, Mapping[str, date]]
"""Team id to signal id to the day of the signal's first measured reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One day (of many teams: one week, by its Sunday) on which signals spoke for the first time."""

    on: date
    signals: tuple[str, ...]
    """Ids, those of the most teams first."""
    teams: int


def looks(catalogue: Catalogue, teams: Sequence[Team], seen: FirstSeen, scope: str) -> tuple[Look, ...]:
    """The first looks at signals that count in a scope (`overall` or an aspect's id), in the order of their days."""
    by_day: dict[date, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for team in teams:
        own = seen.get(team.id, {})
        counting = _signals(catalogue, team, scope)
        start = min(own.values(), default=date.max)
        for signal, day in own.items():
            if signal in counting and day - start >= FILLING:
                by_day[_point(day, len(teams))][signal].add(team.id)
    found = (_look(day, signals) for day, signals in sorted(by_day.items()))
    return tuple(look for look in found if look.teams >= SHARE * len(teams))


def _look(day: date, signals: Mapping[str, set[str]]) -> Look:
    order = sorted(signals, key=lambda signal: (-len(signals[signal]), signal))
    return Look(on=day, signals=tuple(order), teams=len(set().union(*signals.values())))


def _signals(catalogue: Catalogue, team: Team, scope: str) -> set[str]:
    asked = catalogue.practices if scope == OVERALL else catalogue.of_aspect(scope)
    kinds = frozenset(team.kinds)
    return {use.id for practice in asked if practice.concerns(kinds) for use in practice.signals}


def _point(day: date, teams: int) -> date:
    """Where the line has the point for a day: many teams are drawn by the week."""
    return day if teams == 1 else day + timedelta(days=7 - day.isoweekday())
