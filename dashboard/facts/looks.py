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
from mlops_maturity.scoring.trend_series import week_of

FILLING = timedelta(weeks=8)
"""From a team's first reading on: while the first windows fill, new signals come every week. Judgement."""
SHARE = 0.25
"""Of many teams, the share that must have had a first look in a week before that can move the median. Judgement."""

FirstSeen = Mapping[str, Mapping[str, date]]
"""Team id to signal id to the day of the signal's first measured reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One day (of many teams: one week, by the last such day) on which signals spoke for the first time."""

    on: date
    signals: tuple[str, ...]
    """Ids, those of the most teams first."""
    teams: int


def looks(catalogue: Catalogue, teams: Sequence[Team], seen: FirstSeen, scope: str) -> tuple[Look, ...]:
    """The first looks at signals that count in a scope (`overall` or an aspect's id), in the order of their days."""
    together: dict[int, dict[str, dict[str, date]]] = defaultdict(lambda: defaultdict(dict))
    for team in teams:
        own = seen.get(team.id, {})
        counting = _signals(catalogue, team, scope)
        start = min(own.values(), default=date.max)
        for signal, day in own.items():
            if signal in counting and day - start >= FILLING:
                together[week_of(day) if len(teams) > 1 else day.toordinal()][signal][team.id] = day
    found = (_look(signals) for _, signals in sorted(together.items()))
    return tuple(look for look in found if look.teams >= SHARE * len(teams))


def _look(signals: Mapping[str, Mapping[str, date]]) -> Look:
    """Those of one day or week; signal to team to the day."""
    order = sorted(signals, key=lambda signal: (-len(signals[signal]), signal))
    last = max(day for teams in signals.values() for day in teams.values())
    return Look(on=last, signals=tuple(order), teams=len(set().union(*signals.values())))


def _signals(catalogue: Catalogue, team: Team, scope: str) -> set[str]:
    asked = catalogue.practices if scope == OVERALL else catalogue.of_aspect(scope)
    kinds = frozenset(team.kinds)
    return {use.id for practice in asked if practice.concerns(kinds) for use in practice.signals}
