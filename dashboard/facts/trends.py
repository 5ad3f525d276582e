"""What Trends tells: one panel for the whole and one for each aspect, all on one scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from statistics import median
from types import MappingProxyType

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.dashboard.charts.trend import Crowd, Week
from mlops_maturity.dashboard.charts.trend_marks import Shown, Slope
from mlops_maturity.dashboard.facts.breaks import Break, breaks, published
from mlops_maturity.dashboard.facts.looks import Look
from mlops_maturity.dashboard.facts.past import crowd, weeks
from mlops_maturity.dashboard.facts.standing import Level, level_of, telling, usual_level
from mlops_maturity.dashboard.text import day as written
from mlops_maturity.evidence.baseline import Past, baseline
from mlops_maturity.evidence.store.history import HistoryRow
from mlops_maturity.evidence.trends import TeamTrend
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.history import OVERALL
from mlops_maturity.scoring.outlook import Outlook
from mlops_maturity.scoring.rollup import enough
from mlops_maturity.scoring.silence import Silence, silence
from mlops_maturity.scoring.trend_words import verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What the index did, of many teams the median of those known at both ends."""

    points: float
    since: date
    begins: bool
    """Whether the evidence begins there, later than the span does."""
    teams: int
    """How many teams are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One small multiple."""

    scope: str
    """`overall` or the id of an aspect."""
    title: str
    level: int | None
    """On the day shown: the level, of many teams the typical one; None = no evidence."""
    index: float | None
    """On the day shown; of many teams the median, as the line is."""
    change: Change | None
    """None where nothing can be compared."""
    line: tuple[Week, ...] | tuple[Crowd, ...]
    looks: tuple[Look, ...] = ()
    """Where signals spoke for the first time, within the span."""
    breaks: tuple[Break, ...] = ()
    """Where the model of maturity changed, within the span."""
    published: tuple[Shown, ...] = ()
    """Of one team: what was shown at the time."""
    trends: Mapping[str, TeamTrend] = field(default_factory=dict)
    """Team to its verdict over the last year, whatever the span."""
    silent: Mapping[str, Silence] = field(default_factory=dict)
    """Team to why it has no level on the day shown."""
    ahead: Outlook | None = None
    """What the next level waits for, of one team; None at the top."""

    @property
    def alone(self) -> TeamTrend | None:
        """The verdict on the one team, if it is one."""
        return next(iter(self.trends.values())) if len(self.trends) == 1 else None


def first_day(day: date, months: int) -> date:
    """The beginning of a span that ends on `day`: whole weeks back, and there the Sunday that stands for that day."""
    begin = day - timedelta(weeks=round(months * 52 / 12))
    return begin - timedelta(days=begin.isoweekday() % 7)


def panels(
    catalogue: Catalogue,
    assessments: Mapping[str, Assessment],
    pasts: Mapping[str, Past],
    day: date,
    first: date,
    first_looks: Callable[[str], tuple[Look, ...]] = lambda scope: (),
    trends: Mapping[str, Mapping[str, TeamTrend]] = MappingProxyType({}),
    ahead: Mapping[str, Outlook | None] = MappingProxyType({}),
    shown_then: Sequence[HistoryRow] = (),
) -> tuple[Panel, ...]:
    """The whole first, then the aspects in their order. `pasts` may go on after `day`.

    `first_looks` gives those of a scope; `trends` are by team and scope, `ahead` by scope,
    `shown_then` what was published of the one team. Of many teams, those known too little to count are left out.
    """
    steady = enough(catalogue)
    titles = {OVERALL: "Overall"} | {aspect.id: aspect.name for aspect in catalogue.aspects}
    return tuple(
        replace(
            _panel(scope, title, assessments, pasts, day, first, steady),
            looks=tuple(look for look in first_looks(scope) if look.on >= first),
            breaks=breaks(pasts, scope, first),
            published=published(shown_then, first, scope),
            trends={team: found[scope] for team, found in trends.items()},
            silent=_silent(assessments, None if scope == OVERALL else scope),
            ahead=ahead.get(scope),
        )
        for scope, title in titles.items()
    )


def _panel(
    scope: str,
    title: str,
    assessments: Mapping[str, Assessment],
    pasts: Mapping[str, Past],
    day: date,
    first: date,
    steady: float,
) -> Panel:
    least = steady if len(assessments) > 1 else 0.0
    levels = {team: _level(assessment, scope) for team, assessment in assessments.items()}
    counting = telling(levels.values(), least)
    shown = [[row for row in past if row.on >= first] for past in pasts.values()]
    own = weeks(next(iter(pasts.values())), scope) if len(pasts) == 1 else ()
    return Panel(
        scope=scope,
        title=title,
        level=usual_level(counting),
        index=median(level.index for level in counting) if counting else None,
        change=_change(scope, levels, pasts, day, first, steady),
        line=tuple(week for week in own if week.on >= first) if own else crowd(shown, scope, least),
    )


def _silent(assessments: Mapping[str, Assessment], aspect: str | None) -> dict[str, Silence]:
    found = {team: silence(assessment, aspect) for team, assessment in assessments.items()}
    return {team: why for team, why in found.items() if why is not None}


def _level(assessment: Assessment, scope: str) -> Level | None:
    return level_of(assessment.overall if scope == OVERALL else assessment.aspects[scope])


def _change(
    scope: str, levels: Mapping[str, Level | None], pasts: Mapping[str, Past], day: date, first: date, steady: float
) -> Change | None:
    """Of the teams that count on both days."""
    now = {team: level.index for team, level in levels.items() if level is not None and level.confidence >= steady}
    before = baseline({team: pasts[team] for team in now}, first, day, scope, steady)
    if before is None:
        return None
    points = median(now[team] for team in before.rows) - median(row.index or 0.0 for row in before.rows.values())
    return Change(points=points, since=before.on, begins=before.short, teams=len(before.rows))


def slope(panel: Panel) -> Slope | None:
    """The line through one team's past, where it shows a change: else it would suggest one."""
    found = panel.alone
    if found is None or found.trend.reason is not None or panel.silent:
        return None
    measured = found.trend.measured
    if measured.since is None or measured.until is None or measured.start is None or measured.end is None:
        return None
    return Slope(start=measured.since, low=measured.start, end=measured.until, high=measured.end,
                 says=verdict(found.trend, written))  # fmt: skip


def is_crowd(teams: Sequence[object]) -> bool:
    """Whether lines are those of many teams."""
    return len(teams) > 1
