"""Words of the Overview page. Markdown unless it says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from mlops_maturity.config.plural import counted
from mlops_maturity.dashboard.charts.heatmap import Cell
from mlops_maturity.dashboard.charts.ladder import Standing
from mlops_maturity.dashboard.text import day, safe
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.silence import silence

SEE_GAPS = "See what closes the gap"
SEE_PROOF = "See what it rests on"
MAP_TITLE = "Where are we strong, and where not?"
MAP_UNPROVEN = (
    "**?** and a dashed edge: held at that level because evidence is missing, not because of anything that was found"
)
MAP_LINKS = "Show as a list of links"


def map_note(teams: int) -> str:
    """What the map holds, and what can be done with it."""
    levels = "Level in each aspect" if teams == 1 else "Level of each team in each aspect, the lowest first"
    return f"{levels}. Select a cell to see its gaps"


def subtitle(organisation: str, scope: str, assessments: Mapping[str, Assessment], practices: int, shown: date) -> str:
    """Who it is about, how much of it is known, and for which day."""
    silences = [silence(assessment) for assessment in assessments.values()]
    silent, left_out = silences.count("no evidence"), silences.count("waived") + silences.count("not asked")
    missing = f" · {silent} without evidence" if silent else ""
    missing += f" · {left_out} with everything waived" if left_out else ""
    teams = f" · {counted(len(silences), 'team')}{missing}" if len(silences) != 1 else ""
    whose = f"{safe(organisation, 60)}{f' · {safe(scope, 60)}' if scope else ''}"
    return f"{whose}{teams} · {counted(practices, 'practice')} · {day(shown)}"


def ladder_alt(title: str, standing: Standing) -> str:
    """Plain text: where the team stands."""
    if standing.level is None:
        return f"{title}: no evidence, so no level"
    target = f", target level {standing.target}" if standing.target is not None else ""
    before = f", a year ago level {standing.year_ago}" if standing.year_ago is not None else ""
    span = f"between {standing.level_lo} and {standing.level_hi}"
    return f"{title}: {standing.headline}, may lie {span}{target}{before}"


def spread_alt(amounts: Sequence[int]) -> str:
    """Plain text: teams on each level."""
    return "Teams on each level: " + ", ".join(f"level {level} {amount}" for level, amount in enumerate(amounts))


def map_alt(cells: Sequence[Cell]) -> str:
    """Plain text: the overall level of each row; the aspects are in the tooltips and on the team's own page."""
    told = [f"{cell.title} {cell.mark}" for cell in cells if not cell.aspect]
    return f"Level of each team in each aspect. Overall: {', '.join(told)}"
