"""Words of the Trends page. Markdown unless it says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.plural import counted
from mlops_maturity.dashboard.charts.trend import Crowd, Week
from mlops_maturity.dashboard.charts.trend_marks import Mark
from mlops_maturity.dashboard.facts.breaks import Break
from mlops_maturity.dashboard.facts.looks import Look
from mlops_maturity.dashboard.facts.standing import clear
from mlops_maturity.dashboard.facts.trends import Panel, slope
from mlops_maturity.dashboard.text import day, join, percent, plain, safe
from mlops_maturity.evidence import kept_past
from mlops_maturity.evidence.signals.interface import Signal
from mlops_maturity.evidence.trends import TeamTrend
from mlops_maturity.scoring import trend_words
from mlops_maturity.scoring.silence import Silence

SPAN_LABEL = "Length"
SUBTITLE = "Every week re-scored under the model in force, from the evidence of that week"
_SILENT: Mapping[Silence, str] = {
    "waived": "not judged: every practice is waived",
    "not asked": "not judged: every practice is for other kinds of model",
    "no evidence": "no evidence",
}


def reading(panels: Sequence[Panel], teams: int, shown: date) -> str:
    """How to read the panels: a word for every mark that is drawn."""
    quarters = any(isinstance(week, Crowd) and week.quarter is not None for panel in panels for week in panel.line)
    one = teams == 1
    legend = {
        "Line: index, with the range it may lie in": one,
        "Line: median index of the teams": not one,
        "shade: the middle half of them": quarters,
        "dashed: its trend, where one is shown": any(slope(panel) for panel in panels),
        "thin with rings: as published at the time": any(panel.published for panel in panels),
        "dotted: confidence": one,
        "dotted: mean confidence": not one,
        "ribbon: confirmed level, the median of five weeks (? = not confirmed, or no level)": one,
        "ribbon: teams per level": not one,
        f"●: the day shown, {day(shown)}": True,
        "◇: first look at a signal": any(panel.looks for panel in panels),
        "▽: the model changed": any(panel.breaks for panel in panels),
    }
    return "; ".join(words for words, drawn in legend.items() if drawn)


def waits(weeks: Mapping[str, int]) -> str:
    """That lines are re-scored for this page, and what keeps them so; empty where they are kept so.

    `weeks` is by team how many.
    """
    return kept_past.waits(max(weeks.values()), len(weeks)) if weeks else ""


def left_out(known: int, teams: int, least: float) -> str:
    """How many teams the lines are of, where that is not all of them; empty where it is."""
    if known == teams:
        return ""
    return f"{known} of {teams} teams; of the others less than {percent(least)} of the evidence is there, or none"


def marks(panel: Panel, signals: Mapping[str, Signal], teams: int) -> list[Mark]:
    """First looks with what they were at, and changes of the model with what they brought (plain text)."""
    looks = [Mark(on=look.on, says=_signals(look, signals, teams)) for look in panel.looks]
    return looks + [Mark(on=each.on, says=_brought(each, teams), kind="model") for each in panel.breaks]


def model_changes(breaks: Sequence[Break], teams: int) -> list[str]:
    """A line for each change of the model that a line went through."""
    return [f"▽ The model of maturity changed on {day(each.on)}: {_brought(each, teams)}" for each in breaks]


def _brought(each: Break, teams: int) -> str:
    of = f" (median of {counted(each.teams, 'team')})" if teams > 1 else ""
    by = "what that brought by itself can't be told"
    if each.effect is not None:
        by = f"that by itself brought {each.effect:+.1f} points{of}, as published then"
    line = "moved to join it, as the past lacks what the new one asks for" if each.chained else ""
    return f"{by}; the line before it is of the old model, {line}" if line else f"{by}; the whole line is re-scored"


def newest_look(panels: Sequence[Panel], signals: Mapping[str, Signal], teams: int) -> str:
    """A warning for all panels at once: why their lines may step at the newest first look. Empty without any."""
    looks = [look for panel in panels for look in panel.looks]
    if not looks:
        return ""
    newest = max(look.on for look in looks)
    at = max((look for look in looks if look.on == newest), key=lambda look: (len(look.signals), look.teams))
    when = f"on {day(at.on)}" if teams == 1 else f"in the week to {day(at.on)}"
    others = len({look.on for look in looks}) - 1
    more = f"; {counted(others, 'earlier one')} {'is' if others == 1 else 'are'} marked in the charts" if others else ""
    return f"◇ First look {when} at {safe(_signals(at, signals, teams))}: a step there may be seeing, not doing{more}"


def _signals(look: Look, signals: Mapping[str, Signal], teams: int) -> str:
    titles = [plain(signals[each].title if each in signals else each, 80) for each in look.signals[:3]]
    more = [f"{counted(len(look.signals) - 3, 'other signal')}"] if len(look.signals) > 3 else []
    of = f" ({counted(look.teams, 'team')})" if teams > 1 else ""
    return f"{join([*titles, *more])}{of}"


def span(months: int) -> str:
    """Plain text: the label of a length."""
    return f"{months} months"


def now(panel: Panel, first: date, teams: int) -> str:
    """The line under a panel's title: level, index, and what changed."""
    if panel.level is None or panel.index is None:
        return _no_level(panel)
    level, index = ("level", "index") if teams == 1 else ("typical level", "median index")
    confirmed = panel.alone.confirmed if panel.alone is not None else panel.level
    doubt = f" (confirmed: {'none yet' if confirmed is None else confirmed})" if confirmed != panel.level else ""
    return f"{level} {panel.level}{doubt} · {index} {panel.index:.0f} · {_change(panel, first, teams)}"


def _no_level(panel: Panel) -> str:
    """Why there is no level, where that is the same of all teams."""
    reasons = set(panel.silent.values())
    return _SILENT[reasons.pop()] if len(reasons) == 1 else "no team with a level"


def verdicts(panel: Panel, titles: Mapping[str, str]) -> str:
    """What rises, falls, shows no change, or can't be judged, and over which weeks; of one team with the reason."""
    if not panel.trends or panel.trends.keys() == panel.silent.keys():
        return ""
    told = _crowd_verdicts(panel, titles) if panel.alone is None else _verdict(panel.alone)
    return f"{told} ({trend_words.SPAN})"


def _verdict(team: TeamTrend) -> str:
    trend = team.trend
    if trend.reason is not None or trend.measured.since is None:
        return f"**{trend_words.verdict(trend).capitalize()}**: {safe(trend_words.reason(trend))}"
    since, change = trend.measured.since, trend.measured.change or 0.0
    return f"**{trend.verdict.capitalize()} since {day(since)}**: {change:+.0f} points along its dashed line"


def _crowd_verdicts(panel: Panel, titles: Mapping[str, str]) -> str:
    trends = {team: each.trend for team, each in panel.trends.items() if team not in panel.silent}
    parts = []
    for kind in ("rising", "falling"):
        teams = [titles[team] for team, trend in trends.items() if trend.verdict == kind]
        parts += [f"{kind}: {_names(teams)}"] if teams else []
    still = sum(trend.verdict == "no_change_shown" and trend_words.judged(trend) for trend in trends.values())
    parts += [f"{trend_words.NO_CHANGE}: {counted(still, 'team')}"] if still else []
    for reason, why in trend_words.UNJUDGED.items():
        amount = sum(trend.reason == reason for trend in trends.values())
        parts += [f"{trend_words.NOT_JUDGED}: {counted(amount, 'team')}, {why}"] if amount else []
    return " · ".join(f"**{part[:1].upper()}{part[1:].replace(':', ':**', 1)}" for part in parts)


def ahead(panel: Panel, catalogue: Catalogue) -> str:
    """When the next level comes at the present pace; empty at the top."""
    return "" if panel.ahead is None else safe(" ".join(trend_words.next_level(panel.ahead, catalogue, day)))


def _names(teams: Sequence[str], most: int = 5) -> str:
    more = [counted(len(teams) - most, "other team")] if len(teams) > most else []
    return join([safe(plain(each, 40)) for each in teams[:most]] + more)


def alt(panel: Panel) -> str:
    """Plain text: the panel in a sentence."""
    if panel.level is None or panel.index is None:
        return f"{panel.title}: {_no_level(panel)}"
    known = [week for week in panel.line if (week.index if isinstance(week, Week) else week.median) is not None]
    since = f" since {known[0].on.isoformat()}" if known else ""
    change = "" if panel.change is None else f", {panel.change.points:+.0f} points since {day(panel.change.since)}"
    return f"{panel.title}: level {panel.level}, index {panel.index:.0f}{change}; weekly line{since}"


def _change(panel: Panel, first: date, teams: int) -> str:
    change = panel.change
    if change is None:
        return f"nothing known of {day(first)} to compare"
    begins = f", where {'its' if teams == 1 else 'the'} evidence begins" if change.begins else ""
    of = f" ({counted(change.teams, 'team')} known then)" if teams > 1 and change.teams < teams else ""
    since = f"since {day(change.since)}{begins}{of}"
    if not clear(change.points):
        return f"as it was {since}" if panel.alone else f"no change {since}"
    up = change.points > 0
    # An arrow is a claim: only where the whole line bears it out, else the plain difference of two weeks.
    if panel.alone is None or panel.alone.trend.verdict != ("rising" if up else "falling"):
        return f"{change.points:+.0f} {since}"
    arrow, colour = ("▲", "green") if up else ("▼", "orange")
    return f":{colour}[{arrow} {abs(change.points):.0f}] {since}"
