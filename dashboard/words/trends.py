"""Words of the Trends page. Markdown unless it says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from mlops_maturity.dashboard.charts.trend import Crowd, Week
from mlops_maturity.dashboard.facts.trends import Panel, clear
from mlops_maturity.dashboard.text import day

SPAN_LABEL = "Length"
OLDER_CATALOGUE = (
    "Part of this past was scored under an earlier catalogue; the next `mlops-maturity collect` re-scores it."
)


SUBTITLE = "Every week re-scored under the model in force, from the evidence of that week"


def reading(panels: Sequence[Panel], teams: int, as_of: bool) -> str:
    """How to read the panels."""
    marker = "; dashed upright: the day shown" if as_of else ""
    if teams == 1:
        return f"Line: index, with the range it may lie in; dotted: confidence; ribbon: level of each week{marker}"
    quarters = any(isinstance(week, Crowd) and week.quarter is not None for panel in panels for week in panel.line)
    shade = "; shade: the middle half" if quarters else ""
    return f"Line: median index of {teams} teams{shade}; dotted: mean confidence; ribbon: teams per level{marker}"


def span(months: int) -> str:
    """Plain text: the label of a length."""
    return f"{months} months"


def now(panel: Panel, first: date, teams: int) -> str:
    """The line under a panel's title: level, index, and what changed."""
    if panel.level is None or panel.index is None:
        return "no evidence"
    level, index = ("level", "index") if teams == 1 else ("usual level", "mean index")
    return f"{level} {panel.level} · {index} {panel.index:.0f} · {_change(panel.change, first)}"


def alt(panel: Panel, first: date) -> str:
    """Plain text: the panel in a sentence."""
    if panel.level is None or panel.index is None:
        return f"{panel.title}: no evidence"
    known = [week for week in panel.line if (week.index if isinstance(week, Week) else week.median) is not None]
    since = f" since {known[0].on.isoformat()}" if known else ""
    change = "" if panel.change is None else f", {panel.change:+.0f} points since {day(first)}"
    return f"{panel.title}: level {panel.level}, index {panel.index:.0f}{change}; weekly line{since}"


def _change(change: float | None, first: date) -> str:
    if change is None:
        return f"nothing known of {day(first)} to compare"
    if not clear(change):
        return f"no change since {day(first)}"
    arrow, colour = ("▲", "green") if change > 0 else ("▼", "orange")
    return f":{colour}[{arrow} {abs(change):.0f}] since {day(first)}"
