"""The weekly past of teams: one team's line, and the middle of many.

A point carries the day that it was scored as of, which is never later than the day shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, median, quantiles
from types import MappingProxyType

from mlops_maturity.dashboard.charts.trend import Crowd, Week
from mlops_maturity.evidence.baseline import Past, known
from mlops_maturity.evidence.store.history import HistoryRow
from mlops_maturity.evidence.trends import levels_of
from mlops_maturity.scoring.history import OVERALL
from mlops_maturity.scoring.trend_levels import confirmed_levels
from mlops_maturity.scoring.trend_series import week_of

ENOUGH_FOR_QUARTERS = 5
"""Fewer teams than this have no middle half worth drawing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The whole of a scope in one week: what the numbers above the charts are drawn from."""

    on: date
    index: float
    """Mean by declared weights, of the teams of which something is known."""
    confidence: float
    at_target: int
    members: Mapping[str, tuple[float, float]]
    """Index and confidence of each team that the means are of."""


def weeks(past: Past, scope: str = OVERALL) -> tuple[Week, ...]:
    """One team's line for an aspect, or overall."""
    confirmed = {each.on: each.level for each in confirmed_levels(levels_of(past, scope))}
    return tuple(_week(row, confirmed.get(row.on)) for row in past if row.scope == scope)


def crowd(pasts: Iterable[Past], scope: str = OVERALL, least: float = 0.0) -> tuple[Crowd, ...]:
    """The middle of many teams, week by week; a team counts as unknown until its own past begins.

    So does one that is known with less confidence (0 to 1) than `least`: it would stand for an index of nearly 0.
    """
    by_week = _by_week(pasts, scope)
    teams = max((len(rows) for _, rows in by_week), default=0)
    return tuple(_crowd(on, rows, teams, least) for on, rows in by_week)


def points(
    pasts: Mapping[str, Past],
    targets: Mapping[str, int],
    least: float = 0.0,
    weights: Mapping[str, float] = MappingProxyType({}),
) -> tuple[Point, ...]:
    """Mean index and confidence and the teams at their target, for each week of which something is known.

    The means leave out teams known with less confidence than `least`; that of the index is by `weights`, 1 if left
    out.
    """
    by_week = _by_week(pasts.values(), OVERALL)
    found = []
    for on, rows in by_week:
        if judged := [row for row in rows if known(row, least)]:
            found.append(
                Point(
                    on=on,
                    index=fmean((row.index or 0.0 for row in judged), [weights.get(row.team, 1.0) for row in judged]),
                    confidence=fmean(row.confidence or 0.0 for row in judged),
                    at_target=sum((row.level or 0) >= targets.get(row.team, 9) for row in judged),
                    members={row.team: (row.index or 0.0, row.confidence or 0.0) for row in judged},
                )
            )
    return tuple(found)


def _week(row: HistoryRow, confirmed: int | None) -> Week:
    if not known(row):
        return Week(
            on=row.on, index_lo=None, index=None, index_hi=None, confidence=None, level=None, confirmed=confirmed
        )
    return Week(
        on=row.on,
        index_lo=row.index_lo,
        index=row.index,
        index_hi=row.index_hi,
        confidence=row.confidence,
        level=row.level,
        confirmed=confirmed,
    )


def _by_week(pasts: Iterable[Past], scope: str) -> list[tuple[date, list[HistoryRow]]]:
    """The newest row of each team in each calendar week, by the newest day of them."""
    newest: dict[int, dict[str, HistoryRow]] = defaultdict(dict)
    for past in pasts:
        for row in past:
            if row.scope == scope:
                newest[week_of(row.on)][row.team] = row
    return [(max(row.on for row in rows.values()), list(rows.values())) for _, rows in sorted(newest.items())]


def _crowd(on: date, rows: Sequence[HistoryRow], teams: int, least: float) -> Crowd:
    judged = [row for row in rows if known(row, least)]
    levels = [row.level for row in judged]
    indices = [row.index or 0.0 for row in judged]
    quarters = quantiles(indices, n=4, method="inclusive") if len(indices) >= ENOUGH_FOR_QUARTERS else None
    return Crowd(
        on=on,
        quarter=quarters[0] if quarters else None,
        median=median(indices) if indices else None,
        three_quarters=quarters[2] if quarters else None,
        confidence=fmean(row.confidence or 0.0 for row in judged) if judged else None,
        counts=(levels.count(0), levels.count(1), levels.count(2), levels.count(3)),
        unknown=teams - len(judged),
    )
