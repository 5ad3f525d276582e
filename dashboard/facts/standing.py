"""Where teams stand: levels with their ranges, and what nobody knows kept apart from level 0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median_low

from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue, Practice
from mlops_maturity.config.settings import Team
from mlops_maturity.scoring.assessment import AspectResult, Assessment, Overall

Result = Overall | AspectResult
_CLEAR = 1.0
"""Index points, as many as the least that shows in whole numbers; judgement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level that is known, with everything it must be shown with."""

    level: int
    low: int
    high: int
    index: float
    confidence: float


def level_of(result: Result) -> Level | None:
    """The level of an aspect or of the whole; None where there is no evidence, or where everything is waived."""
    if result.level is None or result.level_lo is None or result.level_hi is None or not result.confidence:
        return None
    return Level(
        level=result.level,
        low=result.level_lo,
        high=result.level_hi,
        index=result.index or 0.0,
        confidence=result.confidence,
    )


def levels_of(assessments: Mapping[str, Assessment]) -> dict[str, Level | None]:
    """Team id to its overall level."""
    return {team: level_of(assessment.overall) for team, assessment in assessments.items()}


def at_the_top(levels: Iterable[Level | None]) -> bool:
    """Whether all stand on the highest level: nothing is left to close."""
    return all(level is not None and level.level == TOP_LEVEL for level in levels)


def telling(levels: Iterable[Level | None], least: float) -> list[Level]:
    """The levels that rest on enough evidence to count in what is said of many."""
    return [level for level in levels if level is not None and level.confidence >= least]


def unproven(assessment: Assessment, aspect: str | None, least: float) -> bool:
    """Whether a level (of an aspect; None = overall) is held where it is by missing evidence, not by findings.

    So it is where hardly anything is known, or where each practice that blocks the next level lacks evidence. The
    overall level is the lowest aspect's: one aspect that findings hold there is enough to hold it.
    """
    if aspect is None:
        lowest = [name for name, each in assessment.aspects.items() if each.level == assessment.overall.level]
        return level_of(assessment.overall) is not None and all(unproven(assessment, name, least) for name in lowest)
    result = assessment.aspects[aspect]
    if result.level is None or result.level_hi is None or result.level_hi <= result.level:
        return False
    return (result.confidence or 0.0) < least or not any(block.confidence_ok for block in result.blocking)


def counts(levels: Iterable[Level | None]) -> tuple[int, int, int, int]:
    """How many stand on level 0, 1, 2, 3; those of which nothing is known are in none."""
    known = [level.level for level in levels if level is not None]
    return known.count(0), known.count(1), known.count(2), known.count(3)


def usual_level(levels: Iterable[Level | None]) -> int | None:
    """The median level, the lower of two middle ones; None where nothing is known."""
    known = [level.level for level in levels if level is not None]
    return median_low(known) if known else None


def worst_aspect(catalogue: Catalogue, assessments: Iterable[Assessment], least: float = 0.0) -> tuple[str, int] | None:
    """The aspect with the lowest median level, the lower mean index deciding; None where nothing is known.

    A team counts in an aspect of which it is known with a confidence of `least` at least.
    """
    judged = list(assessments)
    ranked = []
    for aspect in catalogue.aspects:
        known = telling((level_of(each.aspects[aspect.id]) for each in judged), least)
        if known:
            middle = median_low(level.level for level in known)
            ranked.append((middle, fmean(level.index for level in known), aspect.id))
    return (ranked[0][2], ranked[0][0]) if (ranked := sorted(ranked)) else None


def counted(catalogue: Catalogue, assessment: Assessment, team: Team, aspect: str | None = None) -> list[Practice]:
    """The practices that count for a team, of one aspect or of all: neither waived nor for other kinds of model."""
    waived = {practice for each in assessment.aspects.values() for practice in each.waived}
    kinds = frozenset(team.kinds)
    asked = catalogue.practices if aspect is None else catalogue.of_aspect(aspect)
    return [practice for practice in asked if practice.id not in waived and practice.concerns(kinds)]


def worst_first(teams: Sequence[Team], assessments: Mapping[str, Assessment]) -> list[Team]:
    """Teams by level, then index; those of which nothing is known at the end."""

    def rank(team: Team) -> tuple[bool, int, float, str]:
        level = level_of(assessments[team.id].overall)
        return (True, 0, 0.0, team.id) if level is None else (False, level.level, level.index, team.id)

    return sorted(teams, key=rank)


def clear(change: float) -> bool:
    """Whether an index that moved by so much is told to have moved, on any page."""
    return abs(change) >= _CLEAR
