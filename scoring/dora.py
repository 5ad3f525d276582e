"""A team's delivery measures beside DORA's published figures: the band of an edition, and the Quick Check's score.

For orientation only: no level and no index rests on it, and a value in one edition's band may be in another's next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeVar

from mlops_maturity.config.dora import HIGHER_IS_BETTER, Edition, Question

T = TypeVar("T")
_STEP = 2.0
"""The Quick Check puts answers 1 to 6 on 0 to 10: two points an answer."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One measure of an edition. `value` None: not known. `band` None: the edition has none for it, or no value."""

    signal: str
    value: float | None
    band: str | None
    why_none: str


@dataclass(frozen=True, slots=True)
class Check:
    """Scores of the Quick Check, 0 to 10; None where nothing of it is known, and never counted as 0."""

    overall: float | None
    throughput: float | None
    stability: float | None
    scores: Mapping[str, float]
    """By signal, of those that are known."""
    mean: float
    """The mean of all industries over all measures of the edition."""
    asked: int
    """How many measures the edition has."""


def standings(edition: Edition, values: Mapping[str, float]) -> tuple[Standing, ...]:
    """Each measure of the edition, with the band of its value. `values`: by signal, in the signal's unit."""
    return tuple(
        Standing(
            signal=metric.signal,
            value=values.get(metric.signal),
            band=_found(metric.signal, values[metric.signal], metric.bands) if metric.signal in values else None,
            why_none=metric.why_none,
        )
        for metric in edition.metrics
    )


def quick_check(edition: Edition, values: Mapping[str, float]) -> Check | None:
    """The score of what is known; None for an edition without one.

    Source: DORA Quick Check, `data-service.ts`: an answer a of 1 to 6 scores (a - 1) / 5 * 10, a percentage p scores
    10 - p / 10, and the overall score is the mean of what was answered.
    """
    if not edition.questions:
        return None
    scores = {
        entry.signal: _score(entry, values[entry.signal]) for entry in edition.questions if entry.signal in values
    }
    groups = {
        group: [scores[entry.signal] for entry in edition.questions if entry.group == group and entry.signal in scores]
        for group in ("throughput", "stability")
    }
    return Check(
        overall=_mean(list(scores.values())),
        throughput=_mean(groups["throughput"]),
        stability=_mean(groups["stability"]),
        scores=scores,
        mean=fmean(entry.mean for entry in edition.questions),
        asked=len(edition.questions),
    )


def _score(question: Question, value: float) -> float:
    if not question.bins:
        return 10 - value / 10
    return _STEP * ((_found(question.signal, value, question.bins) or 1) - 1)


def _mean(scores: Sequence[float]) -> float | None:
    return fmean(scores) if scores else None


def _found(signal: str, value: float, steps: Sequence[tuple[float | None, T]]) -> T | None:
    """What the first step says that holds the value; steps are best first, and the last may hold the rest."""
    higher = signal in HIGHER_IS_BETTER
    for bound, what in steps:
        if bound is None or (value >= bound if higher else value <= bound):
            return what
    return None
