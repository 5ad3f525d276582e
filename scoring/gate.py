"""From practices to levels: a gate, never a mean.

A level holds if enough of the required weight meets it (a), every key practice meets it (b), and no required
practice lags more than `slack` behind (c). A practice of which a level requires no rung plays no part in it;
a level that requires nothing holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import fsum, inf

from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue, Parameters, Practice
from mlops_maturity.scoring.assessment import Assessment, Blocking, PracticeResult
from mlops_maturity.scoring.thresholds import SLIP, reaches


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A practice that counts for its aspect, and how it stands."""

    practice: Practice
    result: PracticeResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """The level, what is proven whatever the unknown turns out to be, and what it could be at most."""

    lo: int
    point: int
    hi: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A required practice before one level, and the tests it passes in one run of the gate."""

    entry: Entry
    required: int
    near: bool
    """Within the slack: rule (c)."""
    met: bool
    key: bool


def entries_of(
    catalogue: Catalogue, assessment: Assessment, aspect: str, kinds: frozenset[str] | None
) -> Sequence[Entry]:
    """The practices that count for an aspect; `assessment` is made with `catalogue`, `kinds` as in the evidence."""
    waived = assessment.aspects[aspect].waived
    return [
        Entry(practice=practice, result=assessment.practices[practice.id])
        for practice in catalogue.of_aspect(aspect)
        if practice.id not in waived and practice.concerns(kinds)
    ]


def levels(entries: Sequence[Entry], parameters: Parameters) -> Levels:
    """Run the gate on the lower bound, the value and the upper bound of every practice.

    The lower run asks for the same confidence as the middle one, the upper for none: what is unknown now may
    become known. The gate is monotone in value and confidence, so lo <= point <= hi.
    """
    return Levels(
        lo=_level(entries, parameters, lambda result: result.value_lo),
        point=_level(entries, parameters, lambda result: result.value),
        hi=_level(entries, parameters, lambda result: result.value_hi, sure=True),
    )


def blocking(entries: Sequence[Entry], level: int, parameters: Parameters) -> tuple[Blocking, ...]:
    """What keeps an aspect from the level after `level`, in catalogue order; nothing at the top.

    Where too little of the weight meets it (a), every practice that fails is listed. Else only those that
    can't be outvoted: failing key practices (b) and those that lag too far behind (c).
    """
    if level >= TOP_LEVEL:
        return ()
    target = level + 1
    standings = standings_before(entries, target, parameters)
    outvoting = enough_weight(standings, parameters)
    return tuple(
        _blocking(standing, target, parameters)
        for standing in standings
        if not standing.near or (not standing.met and (standing.key or not outvoting))
    )


def _level(
    entries: Sequence[Entry],
    parameters: Parameters,
    value_of: Callable[[PracticeResult], float],
    sure: bool = False,
) -> int:
    for level in range(1, TOP_LEVEL + 1):
        if not holds(_standings(entries, level, parameters, value_of, sure), parameters):
            return level - 1
    return TOP_LEVEL


def standings_before(entries: Sequence[Entry], level: int, parameters: Parameters) -> list[Standing]:
    """How the practices that `level` requires stand before it by their values."""
    return _standings(entries, level, parameters, lambda result: result.value)


def holds(standings: Sequence[Standing], parameters: Parameters) -> bool:
    """Whether a level holds by itself, whatever lies below it: rules (a), (b) and (c)."""
    return (
        enough_weight(standings, parameters)
        and all(standing.met for standing in standings if standing.key)
        and all(standing.near for standing in standings)
    )


def enough_weight(standings: Sequence[Standing], parameters: Parameters) -> bool:
    """Rule (a). Weights are taken relative to the largest, so that only their ratios matter."""
    if not standings:
        return True
    largest = max(standing.entry.practice.weight for standing in standings)
    total = fsum(standing.entry.practice.weight / largest for standing in standings)
    met = fsum(standing.entry.practice.weight / largest for standing in standings if standing.met)
    return met >= (parameters.share - SLIP) * total


def _standings(
    entries: Sequence[Entry],
    level: int,
    parameters: Parameters,
    value_of: Callable[[PracticeResult], float],
    sure: bool = False,
) -> list[Standing]:
    return [
        standing_before(entry, level, value_of(entry.result), parameters, sure)
        for entry in entries
        if entry.practice.required[level - 1] > 0
    ]


def standing_before(entry: Entry, level: int, value: float, parameters: Parameters, sure: bool = False) -> Standing:
    """How a practice that `level` requires stands before it at this value; `sure` asks for no confidence."""
    practice = entry.practice
    near, met = near_and_met(practice, level, value, inf if sure else entry.result.confidence, parameters)
    return Standing(
        entry=entry,
        required=practice.required[level - 1],
        near=near,
        met=met,
        key=practice.key_from is not None and level >= practice.key_from,
    )


def near_and_met(
    practice: Practice, level: int, value: float, confidence: float, parameters: Parameters
) -> tuple[bool, bool]:
    """Whether a practice is within the slack of what `level` requires, and whether it meets it."""
    needs = practice.required[level - 1] - parameters.tolerance
    met = reaches(value, needs) and reaches(confidence, parameters.min_confidence[level])
    return reaches(value, needs - parameters.slack), met


def _confident(result: PracticeResult, level: int, parameters: Parameters) -> bool:
    return reaches(result.confidence, parameters.min_confidence[level])


def _blocking(standing: Standing, level: int, parameters: Parameters) -> Blocking:
    result = standing.entry.result
    return Blocking(
        practice=standing.entry.practice.id,
        rung=standing.required,
        value=result.value,
        needs=standing.required - parameters.tolerance,
        confidence_ok=_confident(result, level, parameters),
        must=standing.key,
    )
