"""Words of the Trends page. Markdown unless it says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from mlops_maturity.dashboard.charts.trend import Crowd, Mark, Week
from mlops_maturity.dashboard.facts.looks import Look
from mlops_maturity.dashboard.facts.trends import Change, Panel, clear
from mlops_maturity.dashboard.text import count, day, join, percent, plain, safe
from mlops_maturity.evidence.signals.interface import Signal

SPAN_LABEL = "Length"


SUBTITLE = "Every week re-scored under the model in force, from the evidence of that week"


def reading(panels: Sequence[Panel], teams: int, as_of: bool) -> str:
    """How to read the panels."""
    marker = "; dashed upright: the day shown" if as_of else ""
    marker += "; ◇: first look at a signal" if any(panel.looks for panel in panels) else ""
    if teams == 1:
        return f"Line: index, with the range it may lie in; dotted: confidence; ribbon: level of each week{marker}"
    quarters = any(isinstance(week, Crowd) and week.quarter is not None for panel in panels for week in panel.line)
    shade = "; shade: the middle half" if quarters else ""
    return f"Line: median index of the teams{shade}; dotted: mean confidence; ribbon: teams per level{marker}"


def left_out(known: int, teams: int, least: float) -> str:
    """How many teams the lines are of, where that is not all of them; empty where it is."""
    if known == teams:
        return ""
    return f"{known} of {teams} teams; of the others less than {percent(least)} of the evidence is there, or none"


def marks(looks: Sequence[Look], signals: Mapping[str, Signal], teams: int) -> list[Mark]:
    """The first looks with what they were at (plain text)."""
    return [Mark(on=look.on, says=_signals(look, signals, teams)) for look in looks]


def newest_look(looks: Sequence[Look], signals: Mapping[str, Signal], teams: int) -> str:
    """A warning under the line: why it may step at the newest of them. Empty without any."""
    if not looks:
        return ""
    at = looks[-1]
    when = f"on {day(at.on)}" if teams == 1 else f"in the week to {day(at.on)}"
    return f"◇ First look {when} at {safe(_signals(at, signals, teams))}: a step there may be seeing, not doing"


def _signals(look: Look, signals: Mapping[str, Signal], teams: int) -> str:
    titles = [plain(signals[each].title if each in signals else each, 80) for each in look.signals[:3]]
    more = [f"{count(len(look.signals) - 3, 'other signal')}"] if len(look.signals) > 3 else []
    of = f" ({count(look.teams, 'team')})" if teams > 1 else ""
    return f"{join([*titles, *more])}{of}"


def span(months: int) -> str:
    """Plain text: the label of a length."""
    return f"{months} months"


def now(panel: Panel, first: date, teams: int) -> str:
    """The line under a panel's title: level, index, and what changed."""
    if panel.level is None or panel.index is None:
        return "no evidence"
    level, index = ("level", "index") if teams == 1 else ("typical level", "median index")
    return f"{level} {panel.level} · {index} {panel.index:.0f} · {_change(panel.change, first, teams)}"


def alt(panel: Panel) -> str:
    """Plain text: the panel in a sentence."""
    if panel.level is None or panel.index is None:
        return f"{panel.title}: no evidence"
    known = [week for week in panel.line if (week.index if isinstance(week, Week) else week.median) is not None]
    since = f" since {known[0].on.isoformat()}" if known else ""
    change = "" if panel.change is None else f", {panel.change.points:+.0f} points since {day(panel.change.since)}"
    return f"{panel.title}: level {panel.level}, index {panel.index:.0f}{change}; weekly line{since}"


def _change(change: Change | None, first: date, teams: int) -> str:
    if change is None:
        return f"nothing known of {day(first)} to compare"
    begins = f", where {'its' if teams == 1 else 'the'} evidence begins" if change.begins else ""
    of = f" ({count(change.teams, 'team')} known then)" if teams > 1 and change.teams < teams else ""
    since = f"since {day(change.since)}{begins}{of}"
    if not clear(change.points):
        return f"no change {since}"
    arrow, colour = ("▲", "green") if change.points > 0 else ("▼", "orange")
    return f":{colour}[{arrow} {abs(change.points):.0f}] {since}"
