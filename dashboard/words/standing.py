"""What the numbers say, in sentences (Markdown). Guarded: a small change is none, and what is not known is said so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlops_maturity.config.catalogue import TOP_LEVEL, Aspect, Catalogue
from mlops_maturity.config.plural import counted
from mlops_maturity.dashboard.facts.standing import (
    Level,
    clear,
    counts,
    level_of,
    levels_of,
    telling,
    unproven,
    usual_level,
    worst_aspect,
)
from mlops_maturity.dashboard.text import day, join, percent, safe, unbroken
from mlops_maturity.evidence.baseline import Baseline, Past, a_year_before, baseline
from mlops_maturity.scoring.assessment import Assessment, Blocking
from mlops_maturity.scoring.rollup import enough
from mlops_maturity.scoring.silence import silence
from mlops_maturity.scoring.sureness import unsure


def team_story(catalogue: Catalogue, assessment: Assessment, past: Past) -> str:
    """One paragraph about one team: its level, what holds it there, and where it stood a year ago."""
    level = level_of(assessment.overall)
    if level is None:
        return (
            "**No evidence yet.** Nothing is known of this team, so it has no level: that is not the same as level 0."
        )
    today = assessment.as_of
    before = baseline({"": past}, a_year_before(today), today, least=enough(catalogue))
    doubt = _doubt(catalogue, assessment, level)
    parts = (_level_words(catalogue, level), doubt, _holding(catalogue, assessment, level), _year(level, before))
    return " ".join(part for part in parts if part)


def crowd_story(catalogue: Catalogue, assessments: Mapping[str, Assessment], pasts: Mapping[str, Past]) -> str:
    """One paragraph about many teams: how they spread, their weakest aspect, and how many moved in a year."""
    levels, least = levels_of(assessments), enough(catalogue)
    known = {team: level for team, level in levels.items() if level is not None and level.confidence >= least}
    if not any(levels.values()):
        return "**No evidence yet.** Nothing is known of any of these teams, so none has a level."
    left_out = _left_out(assessments, least)
    if not known:
        return f"**Too little evidence yet.** {left_out} None is taken for a level."
    parts = (
        _spread(catalogue, known),
        _held(assessments, known, least),
        left_out,
        _weakest(catalogue, assessments, least),
        _moves(assessments, known, pasts, least),
    )
    return " ".join(part for part in parts if part)


def standing_word(assessment: Assessment, aspect: str | None, least: float) -> str:
    """Plain text: the level of an aspect (None: overall), or why there is none; a few words for a label."""
    level = level_of(assessment.overall if aspect is None else assessment.aspects[aspect])
    if level is None:
        return silence(assessment, aspect) or ""
    return f"level {level.level}{', not proven' if unproven(assessment, aspect, least) else ''}"


def blocking_words(catalogue: Catalogue, block: Blocking, assessment: Assessment) -> str:
    """One line: what a practice is at, and what it needs before the next level."""
    must = " · *must*" if block.must else ""
    title = f"**{safe(catalogue.by_id[block.practice].title)}**"
    result = assessment.practices[block.practice]
    if result.confidence <= 0:
        return f"{title}: nothing is known of it, needs {block.needs:.2f}{must}"
    reasons = []
    if block.value < block.needs:
        reasons.append(f"is at {block.value:.2f}, needs {block.needs:.2f}")
    if not block.confidence_ok:
        # Where the value is high enough, evidence is all it lacks: that must not read as a finding.
        needs = catalogue.parameters.min_confidence[_next_level(catalogue, block, assessment)]
        reasons.append(unsure(result, needs) if reasons else f"at {block.value:.2f} {unsure(result, needs)}")
    return f"{title} {unbroken(join(reasons)) or 'holds it back'}{must}"


def _next_level(catalogue: Catalogue, block: Blocking, assessment: Assessment) -> int:
    """The level that a practice keeps its aspect from."""
    return (assessment.aspects[catalogue.by_id[block.practice].aspect].level or 0) + 1


def range_words(level: Level) -> str:
    """What the range means."""
    if level.low == level.high:
        return "Nothing that is still unknown could change that."
    proven = "That much is proven" if level.low == level.level else f"Level {level.low} is proven so far"
    proven = "None above it is proven" if level.level == 0 else proven
    if level.level == TOP_LEVEL:
        return f"{proven}."
    if level.high == level.level:
        return f"{proven}; more than level {level.high} is ruled out by what is known."
    return f"{proven}; what is still unknown could make it level {level.high} at most."


def _level_words(catalogue: Catalogue, level: Level) -> str:
    return f"**Level {level.level}, {safe(catalogue.levels[level.level].name)}.** {range_words(level)}"


def _doubt(catalogue: Catalogue, assessment: Assessment, level: Level) -> str:
    """A warning where the level says more of what is known than of the team."""
    if not unproven(assessment, None, enough(catalogue)):
        return ""
    if level.confidence < enough(catalogue):
        return f"Take it with care: only {percent(level.confidence)} of the evidence that there could be is there."
    return "It is held there by missing evidence, not by anything that was found."


def _left_out(assessments: Mapping[str, Assessment], least: float) -> str:
    """Who does not count in what is said of many, and why."""
    levels = levels_of(assessments)
    silent = sum(silence(each) == "no evidence" for each in assessments.values())
    without = sum(level is None for level in levels.values())
    slight = len(levels) - without - len(telling(levels.values(), least))
    parts = [f"{counted(silent, 'team')} without evidence"] if silent else []
    parts += [f"{counted(slight, 'team')} with too little of it (under {percent(least)})"] if slight else []
    parts += [f"{counted(without - silent, 'team')} of which everything is waived"] if without > silent else []
    return f"Not counted: {join(parts)}." if parts else ""


def _holding(catalogue: Catalogue, assessment: Assessment, level: Level) -> str:
    if level.level == TOP_LEVEL:
        return "There is no higher level."
    holding = [
        aspect
        for aspect in catalogue.aspects
        if assessment.aspects[aspect.id].level == level.level and assessment.aspects[aspect.id].blocking
    ]
    if not holding:
        return ""
    names = join([f"**{safe(aspect.name)}**" for aspect in holding]) if len(holding) < 3 else f"{len(holding)} aspects"
    practices = sum(len(assessment.aspects[aspect.id].blocking) for aspect in holding)
    first = safe(catalogue.by_id[_first(assessment, holding).practice].title)
    verb = "holds" if len(holding) == 1 else "hold"
    others = f", along with {counted(practices - 1, 'other practice')}" if practices > 1 else ""
    return f"{names} {verb} it back, first of all *{first}*{others}."


def _first(assessment: Assessment, holding: Sequence[Aspect]) -> Blocking:
    blocks = [block for aspect in holding for block in assessment.aspects[aspect.id].blocking]
    return min(blocks, key=lambda block: (not block.must, block.value - block.needs))


def _year(level: Level, before: Baseline | None) -> str:
    """Where it stood then: a difference of two weeks, which is no trend, so nothing is said to have risen or fallen."""
    if before is None:
        return "Nothing from earlier can be compared."
    (then,) = before.rows.values()
    index = then.index or 0.0
    told = f"{_when(before)} it was level {then.level}"
    if not clear(level.index - index):
        return f"{told}; the index is where it was, at {level.index:.0f}."
    return f"{told}; the index was {index:.0f} then and is {level.index:.0f} now."


def _when(before: Baseline) -> str:
    return f"On {day(before.on)}, where enough evidence begins," if before.short else "A year ago"


def _spread(catalogue: Catalogue, known: Mapping[str, Level]) -> str:
    usual = usual_level(known.values())
    amounts = counts(known.values())
    if usual is None:
        return ""
    name = safe(catalogue.levels[usual].name)
    here, above, below = amounts[usual], sum(amounts[usual + 1 :]), sum(amounts[:usual])
    rest = join([f"{amount} {where}" for amount, where in ((above, "above it"), (below, "below")) if amount])
    stands = f"{here} of {counted(len(known), 'team')} {'stands' if here == 1 else 'stand'} there"
    return f"**A typical team is at level {usual}, {name}:** {stands}{f', {rest}' if rest else ''}."


def _held(assessments: Mapping[str, Assessment], known: Mapping[str, Level], least: float) -> str:
    """How many of the levels told of say more of what is known than of the teams."""
    held = sum(unproven(assessments[team], None, least) for team in known)
    verb = "is held at its level" if held == 1 else "are held at their levels"
    return f"Of these teams, {held} {verb} by missing evidence, not by anything that was found." if held else ""


def _weakest(catalogue: Catalogue, assessments: Mapping[str, Assessment], least: float) -> str:
    worst = worst_aspect(catalogue, assessments.values(), least)
    if worst is None:
        return ""
    name = next(aspect.name for aspect in catalogue.aspects if aspect.id == worst[0])
    return f"The weakest aspect is **{safe(name)}**, typically at level {worst[1]}."


def _moves(
    assessments: Mapping[str, Assessment], known: Mapping[str, Level], pasts: Mapping[str, Past], least: float
) -> str:
    today = max(assessment.as_of for assessment in assessments.values())
    before = baseline({team: pasts.get(team, ()) for team in known}, a_year_before(today), today, least=least)
    if before is None:
        return "Nothing from earlier can be compared."
    pairs = [(known[team].level, row.level or 0) for team, row in before.rows.items()]
    then = f"on {day(before.on)}, where enough evidence begins" if before.short else "a year ago"
    higher = sum(now > level for now, level in pairs)
    lower = sum(now < level for now, level in pairs)
    if not higher and not lower:
        if len(pairs) == 1:
            return f"The one team known {then} is still at its level."
        return f"None of the {len(pairs)} teams known {then} has changed its level."
    of = f"Of {counted(len(pairs), 'team')} known {then}"
    return f"{of}, {higher or 'none'} {'stands' if higher == 1 else 'stand'} higher now and {lower or 'none'} lower."
