"""What the Overview tells: the four numbers with their lines, the cells of the heat map, the marks on the ladder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.charts.heatmap import Cell
from mlops_maturity.dashboard.charts.ladder import Standing
from mlops_maturity.dashboard.facts.past import Past, Point, a_year_before, standing_on
from mlops_maturity.dashboard.facts.standing import Disagreement, Level, level_of, usual_level
from mlops_maturity.scoring.assessment import Assessment

WEEKS = 52
"""How long the lines in the cards are."""
_CHANGE_OVER = timedelta(weeks=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One of the few numbers on top: its label, its value as text, what changed, and its line."""

    label: str
    value: str
    change: str = ""
    """Signed, over twelve weeks; empty where nothing can be compared."""
    note: str = ""
    line: tuple[float, ...] = ()
    better: bool = True
    """Whether more is better."""


def marks(team: Team, assessment: Assessment, past: Past) -> Standing:
    """A team on the ladder."""
    level = level_of(assessment.overall)
    before = standing_on(past, a_year_before(assessment.as_of))
    return Standing(
        level=level.level if level else None,
        level_lo=level.low if level else None,
        level_hi=level.high if level else None,
        headline=f"Level {level.level} · index {level.index:.0f}" if level else "",
        target=team.target.level if team.target else None,
        target_label=f"target by {text.month(team.target.by)}" if team.target else "",
        year_ago=before.level if before else None,
    )


def numbers(
    teams: Sequence[Team],
    assessments: Mapping[str, Assessment],
    past_points: Sequence[Point],
    open_disagreements: Sequence[Disagreement],
) -> tuple[Number, ...]:
    """Index with its level, confidence, contradictions, and targets or what stands before the next level."""
    levels = [level_of(assessment.overall) for assessment in assessments.values()]
    known = [level for level in levels if level is not None]
    line = past_points[-WEEKS:]
    last = _number(teams, known, assessments, line) if len(teams) > 1 else _steps(next(iter(assessments.values())))
    return (_index(known, line), _confidence(known, line), _contradictions(open_disagreements), last)


def cells(catalogue: Catalogue, teams: Iterable[Team], assessments: Mapping[str, Assessment]) -> list[Cell]:
    """A row a team: overall first, then each aspect."""
    found = []
    for team in teams:
        assessment = assessments[team.id]
        found.append(_cell(team, "", "Overall", level_of(assessment.overall)))
        found += [_cell(team, each.id, each.name, level_of(assessment.aspects[each.id])) for each in catalogue.aspects]
    return found


def _cell(team: Team, aspect: str, column: str, level: Level | None) -> Cell:
    return Cell(
        team=team.id,
        title=team.title,
        aspect=aspect,
        column=column,
        level=level.level if level else None,
        range=f"{level.low} and {level.high}" if level else "0 and 3",
        index=f"{level.index:.0f}" if level else "–",
        confidence=text.percent(level.confidence if level else 0.0),
    )


def _index(known: Sequence[Level], line: Sequence[Point]) -> Number:
    if not known:
        return Number(label="Index", value="–", note="no evidence yet")
    usual = usual_level(known)
    label = f"Index · level {known[0].level}" if len(known) == 1 else f"Mean index · usual level {usual}"
    now = fmean(level.index for level in known)
    values = tuple(point.index for point in line)
    return Number(
        label=label, value=f"{now:.0f}", change=_change(line, values, "{:+.0f}"), note="12 weeks", line=values
    )


def _confidence(known: Sequence[Level], line: Sequence[Point]) -> Number:
    if not known:
        return Number(label="Confidence", value="0 %", note="no evidence yet")
    values = tuple(point.confidence * 100 for point in line)
    now = fmean(level.confidence for level in known)
    change = _change(line, values, "{:+.0f} points")
    return Number(label="Confidence", value=text.percent(now), change=change, note="12 weeks", line=values)


def _contradictions(found: Sequence[Disagreement]) -> Number:
    over = sum(each.kind == "overclaim" for each in found)
    note = f"{over} overclaim, {len(found) - over} underclaim" if found else "none found"
    return Number(label="Open contradictions", value=str(len(found)), note=note, better=False)


def _number(
    teams: Sequence[Team], known: Sequence[Level], assessments: Mapping[str, Assessment], line: Sequence[Point]
) -> Number:
    aimed = [team for team in teams if team.target is not None]
    if not aimed:
        return Number(label="Teams with evidence", value=f"{len(known)} of {len(teams)}", note="no targets are set")
    reached = 0
    for team in aimed:
        level = level_of(assessments[team.id].overall)
        reached += level is not None and team.target is not None and level.level >= team.target.level
    values = tuple(float(point.at_target) for point in line)
    change = _change(line, values, "{:+.0f}")
    return Number(
        label="Teams at their target", value=f"{reached} of {len(aimed)}", change=change, note="12 weeks", line=values
    )


def _steps(assessment: Assessment) -> Number:
    level = level_of(assessment.overall)
    if level is None:
        return Number(label="In the way of level 1", value="–", note="no evidence yet")
    if level.level == 3:
        return Number(label="In the way of a higher level", value="0", note="there is no higher level")
    holding = [aspect for aspect in assessment.aspects.values() if aspect.level == level.level]
    amount = sum(len(aspect.blocking) for aspect in holding)
    note = f"in {text.count(len(holding), 'aspect')}"
    return Number(label=f"Practices in the way of level {level.level + 1}", value=str(amount), note=note, better=False)


def _change(line: Sequence[Point], values: Sequence[float], form: str) -> str:
    """What twelve weeks changed, signed; empty where the line is shorter, or the change rounds to nothing."""
    if not line:
        return ""
    then = _at(line, line[-1].on - _CHANGE_OVER)
    if then is None:
        return ""
    shown = form.format(values[-1] - values[then])
    return "" if shown.lstrip("+-").split()[0] == "0" else shown


def _at(line: Sequence[Point], day: date) -> int | None:
    earlier = [place for place, point in enumerate(line) if point.on <= day]
    return earlier[-1] if earlier else None
