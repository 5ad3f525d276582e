"""What the Overview tells: the four numbers with their lines, the cells of the heat map, the marks on the ladder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import fmean

from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue
from mlops_maturity.config.plural import counted
from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.charts.heatmap import Cell
from mlops_maturity.dashboard.charts.ladder import Standing
from mlops_maturity.dashboard.facts.members import same_teams
from mlops_maturity.dashboard.facts.past import Point
from mlops_maturity.dashboard.facts.standing import Level, level_of, telling, unproven, usual_level
from mlops_maturity.evidence.baseline import Past, a_year_before, standing_on
from mlops_maturity.evidence.contradictions import Case
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.silence import left_out, silence
from mlops_maturity.scoring.sureness import lacking_confidence

WEEKS = 52
"""How long the lines in the cards are."""
INDEX_HELP = (
    "0 to 100: a weighted mean over all practices, to follow a trend with. It does not make the level: that is held "
    "by the weakest part"
)
CONFIDENCE_HELP = (
    "Of all the evidence that there could be, the share that is there, fresh and representative. The rest is unknown: "
    "neither good nor bad, it is why a level is given with a range"
)
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
    help: str = ""
    """What it means, for those who ask."""


def marks(team: Team, assessment: Assessment, past: Past, least: float = 0.0) -> Standing:
    """A team on the ladder; `least` is the confidence under which no level counts as proven."""
    level = level_of(assessment.overall)
    doubt = ", not proven" if unproven(assessment, None, least) else ""
    before = standing_on(past, a_year_before(assessment.as_of), least=least)
    return Standing(
        level=level.level if level else None,
        level_lo=level.low if level else None,
        level_hi=level.high if level else None,
        headline=f"Level {level.level}{doubt} · index {level.index:.0f}" if level else "",
        target=team.target.level if team.target else None,
        target_label=f"target by {text.month(team.target.by)}" if team.target else "",
        year_ago=before.level if before else None,
    )


def numbers(
    teams: Sequence[Team],
    assessments: Mapping[str, Assessment],
    past_points: Sequence[Point],
    cases: Sequence[Case],
    least: float = 0.0,
    aside: str = "",
) -> tuple[Number, ...]:
    """Index with its level, confidence, contradictions, and targets or what stands before the next level.

    Means leave out teams known with less confidence than `least`, and say of how many they are; that of the index is by
    declared weights, as it is for a group. `aside` (Markdown) is put behind what is told of the means to those who ask.
    """
    levels = {team: level_of(assessment.overall) for team, assessment in assessments.items()}
    least = least if len(teams) > 1 else 0.0
    known = telling(levels.values(), least)
    weights = [team.weight for team in teams if telling([levels[team.id]], least)]
    line = past_points[-WEEKS:]
    last = _number(teams, known, assessments, line) if len(teams) > 1 else _steps(next(iter(assessments.values())))
    of = f" · {len(known)} of {len(teams)} teams" if len(known) < len(teams) else ""
    moved = _moved(line, {team.id: team.weight for team in teams})
    means = (
        (_index(known, weights, line, of, moved), _confidence(known, line, of, moved))
        if known
        else _too_little(levels.values(), least)
    )
    return (*(replace(each, help=f"{each.help}{aside}") for each in means), _contradictions(cases), last)


def cells(
    catalogue: Catalogue, teams: Iterable[Team], assessments: Mapping[str, Assessment], least: float = 0.0
) -> list[Cell]:
    """A row a team: overall first, then each aspect; `least` is the confidence under which nothing is proven."""
    columns: list[tuple[str | None, str]] = [(None, "Overall"), *((each.id, each.name) for each in catalogue.aspects)]
    return [_cell(team, assessments[team.id], aspect, column, least) for team in teams for aspect, column in columns]


def _cell(team: Team, assessment: Assessment, aspect: str | None, column: str, least: float) -> Cell:
    result = assessment.overall if aspect is None else assessment.aspects[aspect]
    level, doubt = level_of(result), unproven(assessment, aspect, least)
    return Cell(
        team=team.id,
        title=team.title,
        aspect=aspect or "",
        column=column,
        level=level.level if level else None,
        range=f"{level.low} and {level.high}" if level else "–" if left_out(result) else "0 and 3",
        index=f"{level.index:.0f}" if level else "–",
        confidence=text.percent(result.confidence),
        unproven=level is not None and doubt,
        silence=silence(assessment, aspect) or "",
        holds=_holding(assessment, aspect) if level else "",
    )


def _holding(assessment: Assessment, aspect: str | None) -> str:
    """What keeps a level from the next one, in a few words (plain text); empty at the top."""
    level = assessment.overall.level if aspect is None else assessment.aspects[aspect].level
    if level == TOP_LEVEL:
        return ""
    if aspect is None:
        lowest = sum(each.level == level for each in assessment.aspects.values())
        return f"{counted(lowest, 'aspect')} at level {level}"
    blocking = assessment.aspects[aspect].blocking
    lacking = sum(not block.confidence_ok for block in blocking)
    without = f", {'all' if lacking == len(blocking) else lacking} without enough evidence" if lacking else ""
    return f"{counted(len(blocking), 'practice')}{without}"


def _too_little(levels: Iterable[Level | None], least: float) -> tuple[Number, Number]:
    """No mean: how much there is of the team known best, and how much it takes."""
    most = max((level.confidence for level in levels if level is not None), default=0.0)
    there, takes = lacking_confidence(most, least)
    note = f"{there} of the evidence at best, {takes} needed" if most else "no evidence yet"
    return (
        Number(label="Index", value="–", note=note, help=INDEX_HELP),
        Number(label="Confidence", value="–", note=note, help=CONFIDENCE_HELP),
    )


def _index(
    known: Sequence[Level], weights: Sequence[float], line: Sequence[Point], of: str, moved: tuple[float, float] | None
) -> Number:
    usual = usual_level(known)
    label = f"Index · level {known[0].level}" if len(known) == 1 else f"Mean index · typical level {usual}"
    now = fmean((level.index for level in known), weights)
    change = _signed("{:+.0f}", moved[0]) if moved else None
    return Number(
        label=label,
        value=f"{now:.0f}",
        change=change or "",
        note=f"{_over(change)}{of}",
        line=_drawn([point.index for point in line]),
        help=INDEX_HELP,
    )


def _confidence(known: Sequence[Level], line: Sequence[Point], of: str, moved: tuple[float, float] | None) -> Number:
    now = fmean(level.confidence for level in known)
    change = _signed("{:+.0f} points", moved[1] * 100) if moved else None
    return Number(
        label="Confidence",
        value=text.percent(now),
        change=change or "",
        note=f"{_over(change)}{of}",
        line=_drawn([point.confidence * 100 for point in line]),
        help=CONFIDENCE_HELP,
    )


def _contradictions(cases: Sequence[Case]) -> Number:
    """How many stand that nobody explained."""
    kinds = [case.episode.kind for case in cases if case.state == "open"]
    over, explained = kinds.count("overclaim"), len(cases) - len(kinds)
    parts = [f"{over} overclaim, {len(kinds) - over} underclaim"] if kinds else []
    parts += [f"{explained} explained"] if explained else []
    note = " · ".join(parts) or "none found"
    return Number(label="Open contradictions", value=str(len(kinds)), note=note, better=False)


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
    then = _twelve_weeks_before(line)
    change = _signed("{:+.0f}", line[-1].at_target - then.at_target) if then else None
    return Number(
        label="Teams at their target",
        value=f"{reached} of {len(aimed)}",
        change=change or "",
        note=_over(change),
        line=_drawn([float(point.at_target) for point in line]),
    )


def _steps(assessment: Assessment) -> Number:
    level = level_of(assessment.overall)
    if level is None:
        return Number(label="In the way of level 1", value="–", note=silence(assessment) or "")
    if level.level == 3:
        return Number(label="In the way of a higher level", value="0", note="there is no higher level")
    holding = [aspect for aspect in assessment.aspects.values() if aspect.level == level.level]
    blocking = [block for aspect in holding for block in aspect.blocking]
    amount, lacking = len(blocking), sum(not block.confidence_ok for block in blocking)
    note = f"in {counted(len(holding), 'aspect')}{f', {lacking} without enough evidence' if lacking else ''}"
    return Number(label=f"Practices in the way of level {level.level + 1}", value=str(amount), note=note, better=False)


def _moved(line: Sequence[Point], weights: Mapping[str, float]) -> tuple[float, float] | None:
    """What twelve weeks changed in mean index and confidence, of the teams known at both ends; None where none is."""
    then = _twelve_weeks_before(line)
    return None if then is None else same_teams(then, line[-1], weights)


def _twelve_weeks_before(line: Sequence[Point]) -> Point | None:
    """The newest point that lies twelve weeks or more before the line's end; None where the line is shorter."""
    earlier = [point for point in line if point.on <= line[-1].on - _CHANGE_OVER]
    return earlier[-1] if earlier else None


def _over(change: str | None) -> str:
    """Over what a change is; None where there is nothing to compare with."""
    if change is None:
        return "known for less than 12 weeks"
    return "12 weeks" if change else "no change in 12 weeks"


def _drawn(values: Sequence[float]) -> tuple[float, ...]:
    """A line; nothing where there is but one value, which would be drawn as if it had been so all along."""
    return tuple(values) if len(values) > 1 else ()


def _signed(form: str, change: float) -> str:
    """A change with its sign; empty where it rounds to nothing."""
    shown = form.format(change)
    return "" if shown.lstrip("+-").split()[0] == "0" else shown
