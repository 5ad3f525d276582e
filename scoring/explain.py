"""Why a level or an index moved, down to practices.

The index by ageing, new evidence and the model; the parts add up exactly, by telescoping (reference: scoring design,
"Versions and history"): the evidence of the first day, on the first day; the same evidence on the last day (*ageing*);
all evidence of the last day (*new evidence*); the new catalogue (*model*). The level by the practices that stand
otherwise before its gate on the two days themselves: no stage in between was ever anybody's level.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from math import fsum

from mlops_maturity.config.catalogue import TOP_LEVEL, Aspect, Catalogue
from mlops_maturity.scoring.assessment import AspectResult, Assessment, Overall
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.history import OVERALL
from mlops_maturity.scoring.level_moves import LevelMove, Stand, level_moves
from mlops_maturity.scoring.parts import CAUSES, Parts
from mlops_maturity.scoring.score import score

Stages = tuple[Assessment, Assessment, Assessment, Assessment]
Points = Mapping[str, Mapping[str, float]]
"""Scope to the practices that count in it, and how many points of its index a rung of each is worth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeChange:
    """What became of the level and the index of a team, or of one of its aspects."""

    scope: str
    """`overall`, or the id of an aspect."""
    level_before: int | None
    level_after: int | None
    index_before: float | None
    index_after: float | None
    confidence_before: float | None
    """0 where nothing was known: then level and index of 0 are no finding, but where the split begins."""
    confidence_after: float | None
    parts: Parts | None
    """None where there is no index at one of the stages: then there is no change to split."""
    practices: Mapping[str, Parts]
    """What each practice contributed, in points of this scope's index; they add up to `parts`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The change of one team between two days."""

    since: date
    until: date
    before: Assessment
    after: Assessment
    scopes: tuple[ScopeChange, ...]
    """Overall first, then the aspects of the new catalogue, then those that only the old one had."""
    moves: tuple[LevelMove, ...]
    """Why levels are others: from the two days themselves, not by way of the stages that the index is split at."""


def explain(
    old: Catalogue, new: Catalogue, evidence: Evidence, since: date, until: date, known: Evidence | None = None
) -> Explanation:
    """Split the change from `since` under `old` to `until` under `new`.

    `known` is the evidence of `since`, where it is more than the part of `evidence` that is dated to then.

    A waiver that ends in between counts as ageing, one that begins as new evidence: both are declarations with a
    date. Raises ValueError where `until` lies before `since`.
    """
    if until < since:
        raise ValueError(f"{until} lies before {since}")
    known = known_on(evidence if known is None else known, since)
    stages = (
        score(old, known, since),
        score(old, known, until),
        score(old, evidence, until),
        score(new, evidence, until),
    )
    points = (
        _points(old, known, since),
        _points(old, known, until),
        _points(old, evidence, until),
        _points(new, evidence, until),
    )
    return Explanation(
        since=since,
        until=until,
        before=stages[0],
        after=stages[-1],
        scopes=tuple(_scope(scope, stages, points) for scope in _scopes(stages)),
        moves=level_moves(
            Stand(catalogue=old, evidence=known, assessment=stages[0]),
            Stand(catalogue=new, evidence=evidence, assessment=stages[-1]),
        ),
    )


def known_on(evidence: Evidence, day: date) -> Evidence:
    """What is dated to that day or before."""
    return replace(
        evidence,
        answers=tuple(answer for answer in evidence.answers if answer.on <= day),
        readings=tuple(reading for reading in evidence.readings if reading.on <= day),
        waivers=tuple(waiver for waiver in evidence.waivers if waiver.start <= day),
    )


def _scopes(stages: Stages) -> list[str]:
    return list(dict.fromkeys([OVERALL, *stages[-1].aspects, *stages[0].aspects]))


def _part(assessment: Assessment, scope: str) -> Overall | AspectResult | None:
    return assessment.overall if scope == OVERALL else assessment.aspects.get(scope)


def _points(catalogue: Catalogue, evidence: Evidence, day: date) -> Points:
    waived = {waiver.practice for waiver in evidence.waivers if waiver.start <= day <= waiver.until}
    worth = {aspect.id: _worth(aspect, catalogue, evidence.kinds, waived) for aspect in catalogue.aspects}
    shares = _shares({aspect.id: aspect.weight for aspect in catalogue.aspects if worth[aspect.id]})
    overall = {practice: shares[aspect] * each for aspect, own in worth.items() for practice, each in own.items()}
    return {OVERALL: overall, **worth}


def _worth(
    aspect: Aspect, catalogue: Catalogue, kinds: frozenset[str] | None, waived: Collection[str]
) -> dict[str, float]:
    counted = [each for each in catalogue.of_aspect(aspect.id) if each.id not in waived and each.concerns(kinds)]
    shares = _shares({practice.id: practice.weight for practice in counted})
    return {practice: 100.0 / TOP_LEVEL * share for practice, share in shares.items()}


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    largest = max(weights.values(), default=1.0)
    total = fsum(weight / largest for weight in weights.values())
    return {name: weight / largest / total for name, weight in weights.items()}


def _scope(scope: str, stages: Stages, points: Sequence[Points]) -> ScopeChange:
    parts = [_part(stage, scope) for stage in stages]
    indices = [None if part is None else part.index for part in parts]
    first, last = parts[0], parts[-1]
    return ScopeChange(
        scope=scope,
        level_before=None if first is None else first.level,
        level_after=None if last is None else last.level,
        index_before=indices[0],
        index_after=indices[-1],
        confidence_before=None if first is None else first.confidence,
        confidence_after=None if last is None else last.confidence,
        parts=_differences([index for index in indices if index is not None]),
        practices=_contributions(scope, stages, points) if None not in indices else {},
    )


def _contributions(scope: str, stages: Stages, points: Sequence[Points]) -> dict[str, Parts]:
    at = [
        {practice: worth * stage.practices[practice].value for practice, worth in each[scope].items()}
        for stage, each in zip(stages, points, strict=True)
    ]
    names = dict.fromkeys(name for each in reversed(at) for name in each)
    split = {name: _differences([each.get(name, 0.0) for each in at]) for name in names}
    return {name: parts for name, parts in split.items() if parts is not None}


def _differences(figures: Sequence[float]) -> Parts | None:
    if len(figures) <= len(CAUSES):
        return None
    return Parts(*(after - before for before, after in pairwise(figures)))
