"""The pure function from a catalogue and dated evidence to an assessment: no clock, no I/O, no chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import fsum
from typing import TypeVar

from mlops_maturity.config.catalogue import TOP_LEVEL, Aspect, Catalogue, Parameters
from mlops_maturity.scoring.assessment import AspectResult, Assessment, Overall, PracticeResult
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading
from mlops_maturity.scoring.gate import Entry, blocking, levels
from mlops_maturity.scoring.practice import assess_practice

Number = TypeVar("Number", int, float)

NOTHING = Overall(level_lo=None, level=None, level_hi=None, index_lo=None, index=None, index_hi=None, confidence=None)


def score(catalogue: Catalogue, evidence: Evidence, as_of: date) -> Assessment:
    """Assess one team on one day.

    Evidence after `as_of`, and of practices or signals unknown to the catalogue, plays no part. Neither
    does the order of the evidence, nor a record given twice. The catalogue has to be a valid one
    (`config.catalogue_rules`).
    """
    results = _practices(catalogue, evidence, as_of)
    waived = frozenset(waiver.practice for waiver in evidence.waivers if waiver.start <= as_of <= waiver.until)
    aspects = {aspect.id: _aspect(aspect, catalogue, results, waived, evidence.kinds) for aspect in catalogue.aspects}
    return Assessment(
        catalogue_id=catalogue.id,
        catalogue_version=catalogue.version,
        catalogue_hash=catalogue.hash,
        as_of=as_of,
        overall=_overall(catalogue.aspects, aspects),
        aspects=aspects,
        practices=results,
    )


def _practices(catalogue: Catalogue, evidence: Evidence, as_of: date) -> dict[str, PracticeResult]:
    """Every practice, the waived ones too: what is known of them stays visible."""
    answers: dict[str, list[Answer]] = defaultdict(list)
    for answer in evidence.answers:
        if answer.on <= as_of:
            answers[answer.practice].append(answer)
    readings: dict[str, list[Reading]] = defaultdict(list)
    for reading in evidence.readings:
        if reading.on <= as_of:
            readings[reading.signal].append(reading)
    return {
        practice.id: assess_practice(practice, answers.get(practice.id, ()), readings, catalogue.parameters, as_of)
        for practice in catalogue.practices
    }


def _aspect(
    aspect: Aspect,
    catalogue: Catalogue,
    results: Mapping[str, PracticeResult],
    waived: frozenset[str],
    kinds: frozenset[str] | None,
) -> AspectResult:
    practices = catalogue.of_aspect(aspect.id)
    entries = [
        Entry(practice=practice, result=results[practice.id])
        for practice in practices
        if practice.id not in waived and practice.concerns(kinds)
    ]
    named = tuple(practice.id for practice in practices if practice.id in waived)
    return _counted(entries, named, catalogue.parameters) if entries else _left_out(named)


def _counted(entries: Sequence[Entry], waived: tuple[str, ...], parameters: Parameters) -> AspectResult:
    gate = levels(entries, parameters)
    weights = [entry.practice.weight for entry in entries]
    return AspectResult(
        level_lo=gate.lo,
        level=gate.point,
        level_hi=gate.hi,
        index_lo=_index(weights, (entry.result.value_lo for entry in entries)),
        index=_index(weights, (entry.result.value for entry in entries)),
        index_hi=_index(weights, (entry.result.value_hi for entry in entries)),
        confidence=_mean(weights, (entry.result.confidence for entry in entries)),
        blocking=blocking(entries, gate.point, parameters),
        waived=waived,
    )


def _left_out(waived: tuple[str, ...]) -> AspectResult:
    return AspectResult(
        level_lo=None,
        level=None,
        level_hi=None,
        index_lo=None,
        index=None,
        index_hi=None,
        confidence=None,
        blocking=(),
        waived=waived,
    )


def _overall(aspects: Iterable[Aspect], results: Mapping[str, AspectResult]) -> Overall:
    """The least level, and the weighted means, over the aspects that say something."""
    told = [(aspect.weight, results[aspect.id]) for aspect in aspects if results[aspect.id].level is not None]
    if not told:
        return NOTHING
    weights = [weight for weight, _ in told]
    return Overall(
        level_lo=min(_known(result.level_lo) for _, result in told),
        level=min(_known(result.level) for _, result in told),
        level_hi=min(_known(result.level_hi) for _, result in told),
        index_lo=_mean(weights, (_known(result.index_lo) for _, result in told)),
        index=_mean(weights, (_known(result.index) for _, result in told)),
        index_hi=_mean(weights, (_known(result.index_hi) for _, result in told)),
        confidence=_mean(weights, (_known(result.confidence) for _, result in told)),
    )


def _known(number: Number | None) -> Number:
    """A figure of an aspect that has a level: all of its figures are there."""
    assert number is not None
    return number


def _index(weights: Sequence[float], values: Iterable[float]) -> float:
    """Weighted mean of rungs, on a scale of 0 to 100."""
    return _mean(weights, (100.0 * value / TOP_LEVEL for value in values))


def _mean(weights: Sequence[float], values: Iterable[float]) -> float:
    """Weighted mean, never outside of its values; only ratios of weights matter, and none is too large."""
    largest = max(weights)
    relative = [weight / largest for weight in weights]
    numbers = list(values)
    mean = fsum(weight * number for weight, number in zip(relative, numbers, strict=True)) / fsum(relative)
    return min(max(mean, min(numbers)), max(numbers))
