"""What the readings of one signal say for one practice (reference: "telemetry" in docs/scoring.md)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from mlops_maturity.config.catalogue import Parameters, SignalUse
from mlops_maturity.scoring.assessment import SignalPart
from mlops_maturity.scoring.evidence import Reading


def signal_part(use: SignalUse, readings: Sequence[Reading], parameters: Parameters, as_of: date) -> SignalPart:
    """The newest reading, weighed: mass = share * coverage * sample * freshness.

    `readings` are those of this signal, none of them after `as_of`. An expired part keeps the coverage and
    sample of its last reading, so that a signal gone dark can be told from one that never was.
    """
    if not readings:
        return SignalPart(id=use.id, mass=0.0, value=None, coverage=0.0, sample=0.0, freshness=0.0)
    value, weight, reading = _smallest_claim(use, readings, parameters)
    freshness = _freshness(use, reading.on, parameters, as_of)
    mass = use.share * weight * freshness
    return SignalPart(
        id=use.id,
        mass=mass,
        value=value if mass > 0 else None,
        coverage=_coverage(reading),
        sample=_sample(reading, parameters),
        freshness=freshness,
        expired=mass <= 0 and any(_weight(past, parameters) > 0 for past in readings),
    )


def newest_reading(use: SignalUse, readings: Sequence[Reading], parameters: Parameters) -> Reading | None:
    """The reading that `signal_part` goes by, whether it counts still or not; None where there is none."""
    return _smallest_claim(use, readings, parameters)[2] if readings else None


def rung_of(anchors: Sequence[tuple[float, float]], raw: float) -> float:
    """Raw value to rung: linear between anchors, level outside of them."""
    after = bisect_right(anchors, raw, key=lambda anchor: anchor[0])
    if after == 0:
        return anchors[0][1]
    if after == len(anchors):
        return anchors[-1][1]
    (left, low), (right, high) = anchors[after - 1], anchors[after]
    # Halves, so that a span of the largest numbers there are does not overflow; halving is exact.
    return low + (high - low) * ((raw / 2 - left / 2) / (right / 2 - left / 2))


def _smallest_claim(
    use: SignalUse, readings: Sequence[Reading], parameters: Parameters
) -> tuple[float, float, Reading]:
    """The newest reading as (rung, weight, reading); of several on one day the one that claims least.

    Ties go down to every field that is shown, so that the order of the input never does the choosing.
    """
    newest = max(reading.on for reading in readings)
    claims = [
        (rung_of(use.anchors, reading.value), _weight(reading, parameters), reading)
        for reading in readings
        if reading.on == newest
    ]
    return min(claims, key=lambda claim: (*claim[:2], _coverage(claim[2]), claim[2].opportunities))


def _weight(reading: Reading, parameters: Parameters) -> float:
    """How much of its share a reading carries on its own day."""
    return _coverage(reading) * _sample(reading, parameters)


def _coverage(reading: Reading) -> float:
    return min(1.0, reading.seen / reading.scope) if reading.scope > 0 else 0.0


def _sample(reading: Reading, parameters: Parameters) -> float:
    """n / (n + k): subjective logic's certainty of n observations, 1 - W / (n + W), with W = k."""
    if reading.opportunities <= 0:
        return 0.0
    return reading.opportunities / (reading.opportunities + parameters.sample_k)


def _freshness(use: SignalUse, on: date, parameters: Parameters, as_of: date) -> float:
    age = (as_of - on).days
    if age > parameters.expiry_half_lives * use.half_life_days:
        return 0.0
    fresh: float = 2.0 ** (-age / use.half_life_days)
    return fresh
