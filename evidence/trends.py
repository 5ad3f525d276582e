"""From the weekly past of teams to verdicts, confirmed levels, and the past of a group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.evidence.baseline import Past
from mlops_maturity.evidence.store.history import HistoryRow
from mlops_maturity.scoring.history import OVERALL
from mlops_maturity.scoring.rollup import Stand, enough, stand
from mlops_maturity.scoring.trend import Causes, Measured, Trend, judge, measure
from mlops_maturity.scoring.trend_levels import LevelOn, confirmed_level
from mlops_maturity.scoring.trend_series import LONGEST, Point, week_of

SPAN = timedelta(weeks=LONGEST)
"""How far back a trend looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamTrend:
    """A team, or one of its aspects, over the last year."""

    trend: Trend
    confirmed: int | None
    """The confirmed level; None where too little of the last five weeks is known."""


def trends_of(
    catalogue: Catalogue,
    pasts: Mapping[str, Past],
    until: date,
    causes_of: Callable[[str, date, date], Mapping[str, Causes | None]],
    teams: Iterable[str],
) -> dict[str, dict[str, TeamTrend]]:
    """Team to scope to its trend, for the `teams` asked for.

    `pasts` holds those of all teams of the organisation: verdicts are judged among all of them, whoever is shown, the
    aspects in one lot and the overall indices in another. `causes_of` tells by scope what a change of a team between
    two days is made of, as `trend_causes.causes` does; it is asked only of teams that seem to move.
    """
    asked = set(teams)
    least = enough(catalogue)

    @cache
    def split(team: str, since: date, to: date) -> Mapping[str, Causes | None]:
        return causes_of(team, since, to)

    def cause_of(key: tuple[str, str], since: date, to: date) -> Causes | None:
        team, scope = key
        return split(team, since, to)[scope] if team in asked else None

    judged: dict[tuple[str, str], Trend] = {}
    for lot in ((OVERALL,), tuple(aspect.id for aspect in catalogue.aspects)):
        judged |= judge(_measured(pasts, lot, until, least), cause_of)
    return {
        team: {
            scope: TeamTrend(trend=judged[team, scope], confirmed=confirmed_level(levels_of(pasts[team], scope), until))
            for scope in (OVERALL, *(aspect.id for aspect in catalogue.aspects))
        }
        for team in pasts
        if team in asked
    }


def points_of(past: Past, scope: str, least: float) -> list[Point]:
    """The index of each day; unknown where it is known with less confidence than `least`."""
    return [
        Point(row.on, row.index if (row.confidence or 0.0) >= least else None) for row in past if row.scope == scope
    ]


def levels_of(past: Past, scope: str) -> list[LevelOn]:
    """The level of each day."""
    return [LevelOn(row.on, row.level) for row in past if row.scope == scope]


def weekly_stands(
    catalogue: Catalogue, pasts: Mapping[str, Past], weights: Mapping[str, float], since: date, until: date,
    scope: str = OVERALL,
) -> dict[date, list[Stand]]:  # fmt: skip
    """Where each team stood by its newest row of each calendar week, by the newest day of these rows.

    A team without a row is unknown. Only weeks of which some team has one.
    """
    least = enough(catalogue)
    newest: dict[int, dict[str, HistoryRow]] = {}
    for team, past in pasts.items():
        for row in past:
            if row.scope == scope and since <= row.on <= until:
                newest.setdefault(week_of(row.on), {})[team] = row
    return {
        max(row.on for row in rows.values()): [
            stand(team, weights[team], rows[team], least) if team in rows
            else Stand(team=team, weight=weights[team], level=None, index=None)
            for team in pasts
        ]
        for _, rows in sorted(newest.items())
    }  # fmt: skip


def _measured(
    pasts: Mapping[str, Past], scopes: Iterable[str], until: date, least: float
) -> dict[tuple[str, str], Measured]:
    return {
        (team, scope): measure(points_of(past, scope, least), until) for team, past in pasts.items() for scope in scopes
    }
