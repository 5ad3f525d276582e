"""Why a level or an index moved: ageing, new evidence and the model, down to practices; the parts add up exactly.

By telescoping (reference: scoring design, "Versions and history"): the evidence of the first day, on the first day; the
same evidence on the last day (*ageing*); all evidence of the last day (*new evidence*); the new catalogue (*model*).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from math import fsum
from typing import Literal

from mlops_maturity.config.catalogue import TOP_LEVEL, Aspect, Catalogue
from mlops_maturity.scoring.assessment import AspectResult, Assessment, Overall
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.gate import Entry, Standing, standing_before
from mlops_maturity.scoring.history import OVERALL
from mlops_maturity.scoring.score import score
from mlops_maturity.scoring.thresholds import reaches

Cause = Literal["ageing", "new_evidence", "model"]
CAUSES: tuple[Cause, ...] = ("ageing", "new_evidence", "model")
Condition = Literal["value", "confidence", "lag", "required"]
"""Which test of the gate a practice began or ceased to pass: its rung, its confidence, the lag behind its requirement,
or that the level asks for it at all."""
Stages = tuple[Assessment, Assessment, Assessment, Assessment]
Points = Mapping[str, Mapping[str, float]]
"""Scope to the practices that count in it, and how many points of its index a rung of each is worth."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Index points by cause."""

    ageing: float
    new_evidence: float
    model: float

    @property
    def total(self) -> float:
        """The whole change."""
        return fsum((self.ageing, self.new_evidence, self.model))


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
class Flip:
    """A practice that began or ceased to pass a test of a level that its aspect gained or lost."""

    aspect: str
    level: int
    gained: bool
    cause: Cause
    practice: str
    condition: Condition
    before: float
    after: float
    """Value in rungs, or confidence, or for `required` the rung that is asked for."""
    needs: float
    """What the test asks for; for `required` 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The change of one team between two days."""

    since: date
    until: date
    before: Assessment
    after: Assessment
    scopes: tuple[ScopeChange, ...]
    """Overall first, then the aspects of the new catalogue, then those that only the old one had."""
    flips: tuple[Flip, ...]


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
        flips=tuple(_flips(stages, (old, old, old, new), points)),
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


def _flips(stages: Stages, catalogues: Sequence[Catalogue], points: Sequence[Points]) -> Iterator[Flip]:
    """What flipped at each step in which the level of an aspect moved."""
    for aspect in stages[-1].aspects:
        for step, cause in enumerate(CAUSES):
            sides = [_Side(catalogues[place], stages[place], points[place], aspect) for place in (step, step + 1)]
            if sides[0].level is None or sides[1].level is None:
                continue
            gained = sides[1].level > sides[0].level
            for level in range(min(sides[0].level, sides[1].level) + 1, max(sides[0].level, sides[1].level) + 1):
                yield from _flipped(sides, level, gained, cause)


@dataclass(frozen=True, slots=True)
class _Side:
    """An aspect at one stage."""

    catalogue: Catalogue
    assessment: Assessment
    points: Points
    aspect: str

    @property
    def level(self) -> int | None:
        part = self.assessment.aspects.get(self.aspect)
        return None if part is None else part.level

    def standing(self, practice: str, level: int) -> Standing | None:
        """How a practice stands before a level; None where the level doesn't ask for it."""
        if practice not in self.points.get(self.aspect, {}):
            return None
        entry = Entry(practice=self.catalogue.by_id[practice], result=self.assessment.practices[practice])
        if entry.practice.required[level - 1] == 0:
            return None
        return standing_before(entry, level, entry.result.value, self.catalogue.parameters)

    def tests(self, standing: Standing, level: int) -> dict[Condition, tuple[float, float]]:
        """Condition to what there is, and what it takes."""
        parameters, result = self.catalogue.parameters, standing.entry.result
        needs = standing.required - parameters.tolerance
        return {
            "value": (result.value, needs),
            "confidence": (result.confidence, parameters.min_confidence[level]),
            "lag": (result.value, needs - parameters.slack),
        }


def _flipped(sides: Sequence[_Side], level: int, gained: bool, cause: Cause) -> Iterator[Flip]:
    names = dict.fromkeys(name for side in reversed(sides) for name in side.points.get(sides[0].aspect, {}))
    for name in names:
        for condition, was, now, needs in _turned(name, sides, level, gained):
            yield Flip(
                aspect=sides[0].aspect,
                level=level,
                gained=gained,
                cause=cause,
                practice=name,
                condition=condition,
                before=was,
                after=now,
                needs=needs,
            )


def _turned(
    practice: str, sides: Sequence[_Side], level: int, gained: bool
) -> Iterator[tuple[Condition, float, float, float]]:
    """The conditions of a practice that turned in the direction of the level, with what was, is and is needed."""
    old, new = (side.standing(practice, level) for side in sides)
    if old is None or new is None:
        asked = old or new
        if asked is not None and not asked.met and (new is None) == gained:
            yield "required", old.required if old else 0, new.required if new else 0, 0
        return
    before, after = sides[0].tests(old, level), sides[1].tests(new, level)
    for condition in before:
        (was, needed), (now, needs) = before[condition], after[condition]
        if (reaches(was, needed), reaches(now, needs)) == (not gained, gained):
            yield condition, was, now, needs
