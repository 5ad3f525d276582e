"""Words of the Trends page. Markdown unless it says otherwise."""

from __future__ import annotations

from mlops_maturity.dashboard.charts.trend import Week
from mlops_maturity.dashboard.facts.past import ENOUGH_FOR_QUARTERS
from mlops_maturity.dashboard.facts.trends import Panel, clear

SPAN_LABEL = "Length"
OLDER_CATALOGUE = (
    "Part of this past was scored under an earlier catalogue; the next `mlops-maturity collect` re-scores it."
)


def subtitle(teams: int, as_of: bool) -> str:
    """How to read the panels."""
    marker = "; dashed upright: the day shown" if as_of else ""
    if teams == 1:
        return f"Line: index, with the range it may lie in; dotted: confidence; ribbon: level of each week{marker}"
    shade = "; shade: the middle half" if teams >= ENOUGH_FOR_QUARTERS else ""
    return f"Line: median index of {teams} teams{shade}; dotted: mean confidence; ribbon: teams per level{marker}"


def span(months: int) -> str:
    """Plain text: the label of a length."""
    return f"{months} months"


def now(panel: Panel, months: int, teams: int) -> str:
    """The line under a panel's title: level, index, and what changed."""
    if panel.level is None or panel.index is None:
        return "no evidence"
    level, index = ("level", "index") if teams == 1 else ("usual level", "mean index")
    return f"{level} {panel.level} · {index} {panel.index:.0f} · {_change(panel.change, months)}"


def alt(panel: Panel, months: int) -> str:
    """Plain text: the panel in a sentence."""
    if panel.level is None or panel.index is None:
        return f"{panel.title}: no evidence"
    known = [week for week in panel.line if (week.index if isinstance(week, Week) else week.median) is not None]
    since = f" since {known[0].on.isoformat()}" if known else ""
    change = "" if panel.change is None else f", {panel.change:+.0f} points in {months} months"
    return f"{panel.title}: level {panel.level}, index {panel.index:.0f}{change}; weekly line{since}"


def _change(change: float | None, months: int) -> str:
    if change is None:
        return f"nothing to compare with {months} months ago"
    if not clear(change):
        return f"no change in {months} months"
    arrow, colour = ("▲", "green") if change > 0 else ("▼", "orange")
    return f":{colour}[{arrow} {abs(change):.0f}] in {months} months"
