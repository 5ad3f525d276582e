"""What Trends tells: one panel for the whole and one for each aspect, all on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.dashboard.charts.trend import Crowd, Week
from mlops_maturity.dashboard.facts.past import Past, crowd, standing_on, weeks
from mlops_maturity.dashboard.facts.standing import Level, level_of, usual_level
from mlops_maturity.evidence.history import OVERALL
from mlops_maturity.scoring.assessment import Assessment

SPANS = (3, 12, 24)
"""The lengths to choose from, in months."""
_CLEAR = 1.0
"""Index points under which a change is not worth an arrow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One small multiple."""

    scope: str
    """`overall` or the id of an aspect."""
    title: str
    level: int | None
    """On the day shown: the level, of many teams the usual one; None = no evidence."""
    index: float | None
    """On the day shown; of many teams the mean."""
    change: float | None
    """Index points since the beginning of the span, for the same teams; None where nothing can be compared."""
    line: tuple[Week, ...] | tuple[Crowd, ...]


def first_day(day: date, months: int) -> date:
    """The beginning of a span that ends on `day`; whole weeks."""
    return day - timedelta(weeks=round(months * 52 / 12))


def panels(
    catalogue: Catalogue, assessments: Mapping[str, Assessment], pasts: Mapping[str, Past], day: date, first: date
) -> tuple[Panel, ...]:
    """The whole first, then the aspects in their order. `pasts` may go on after `day`."""
    titles = {OVERALL: "Overall"} | {aspect.id: aspect.name for aspect in catalogue.aspects}
    return tuple(_panel(scope, title, assessments, pasts, day, first) for scope, title in titles.items())


def older_catalogue(catalogue: Catalogue, pasts: Mapping[str, Past]) -> bool:
    """Whether some of the past was scored under another catalogue than the one in force."""
    return any(row.catalogue_hash != catalogue.hash for past in pasts.values() for row in past)


def _panel(
    scope: str, title: str, assessments: Mapping[str, Assessment], pasts: Mapping[str, Past], day: date, first: date
) -> Panel:
    levels = {team: _level(assessment, scope) for team, assessment in assessments.items()}
    known = [level for level in levels.values() if level is not None]
    shown = [[row for row in past if row.on >= first] for past in pasts.values()]
    return Panel(
        scope=scope,
        title=title,
        level=usual_level(levels.values()),
        index=fmean(level.index for level in known) if known else None,
        change=_change(scope, levels, pasts, first),
        line=weeks(shown[0], scope) if len(shown) == 1 else crowd(shown, scope),
    )


def _level(assessment: Assessment, scope: str) -> Level | None:
    return level_of(assessment.overall if scope == OVERALL else assessment.aspects[scope])


def _change(scope: str, levels: Mapping[str, Level | None], pasts: Mapping[str, Past], first: date) -> float | None:
    changes = [
        level.index - before.index
        for team, level in levels.items()
        if level is not None
        and (before := standing_on(pasts[team], first + timedelta(days=6), scope)) is not None
        and before.index is not None
    ]
    return fmean(changes) if changes else None


def clear(change: float) -> bool:
    """Whether a change is large enough for an arrow."""
    return abs(change) >= _CLEAR


def last_day(pasts: Mapping[str, Past], day: date) -> date:
    """The last day that a line reaches, at least the day shown."""
    return max((row.on for past in pasts.values() for row in past[-1:]), default=day)


def is_crowd(teams: Sequence[object]) -> bool:
    """Whether lines are those of many teams."""
    return len(teams) > 1
