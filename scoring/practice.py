"""One practice: the evidence budget of 1, filled by telemetry first, by answers next, unknown for the rest.

[value_lo, value_hi] is "all that is unknown is bad ... good": a belief and plausibility pair on two outcomes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import fsum

from mlops_maturity.config.catalogue import TOP_LEVEL, Parameters, Practice
from mlops_maturity.scoring.assessment import Contradiction, PracticeResult, SignalPart, SurveyPart
from mlops_maturity.scoring.evidence import Answer, Reading
from mlops_maturity.scoring.survey import SurveyVoice, survey_voice
from mlops_maturity.scoring.telemetry import signal_part
from mlops_maturity.scoring.thresholds import reaches

TOP = float(TOP_LEVEL)


def assess_practice(
    practice: Practice,
    answers: Sequence[Answer],
    readings: Mapping[str, Sequence[Reading]],
    parameters: Parameters,
    as_of: date,
) -> PracticeResult:
    """Fuse what is known of one practice.

    `answers` are those on this practice, `readings` are by signal id; neither holds anything after `as_of`.
    """
    parts = tuple(signal_part(use, readings.get(use.id, ()), parameters, as_of) for use in practice.signals)
    return fuse(practice, parts, survey_voice(answers, parameters, as_of), parameters)


def fuse(
    practice: Practice, parts: tuple[SignalPart, ...], voice: SurveyVoice, parameters: Parameters
) -> PracticeResult:
    """What telemetry shows and what people say, as one result: answers fill only what telemetry leaves open.

    `parts` are those of the practice's signals, in its order.
    """
    telemetry = min(1.0, fsum(part.mass for part in parts))
    survey = (1.0 - telemetry) * voice.reach
    known = min(1.0, telemetry + survey)
    shown = fsum(part.mass * part.value for part in parts if part.value is not None)
    proven = min(TOP * known, shown + survey * (voice.value or 0.0))
    value = _point(proven, known, parameters)
    return PracticeResult(
        value_lo=proven,
        value=value,
        value_hi=min(TOP, max(value, proven + TOP * (1.0 - known))),
        level=_rung_reached(value, parameters),
        confidence=_confidence(practice, known, parameters),
        telemetry=telemetry,
        survey=survey,
        unknown=1.0 - known,
        contradiction=_contradiction(parts, telemetry, voice, parameters),
        signals=parts,
        answers=SurveyPart(mass=survey, value=voice.value, respondents=voice.respondents, spread=voice.spread),
    )


def _point(proven: float, known: float, parameters: Parameters) -> float:
    """The mean of what is known; it fades linearly to 0 once less than `floor` is known."""
    base = max(known, parameters.floor)
    return min(TOP, proven / base) if base > 0 else 0.0


def _rung_reached(value: float, parameters: Parameters) -> int:
    return max(rung for rung in range(TOP_LEVEL + 1) if rung == 0 or reaches(value, rung - parameters.tolerance))


def _confidence(practice: Practice, known: float, parameters: Parameters) -> float:
    """What is known, as a share of what could ever be known: R + survey_max * (1 - R)."""
    telemetry = min(1.0, practice.telemetry_share)
    knowable = telemetry + parameters.survey_max * (1.0 - telemetry)
    return min(1.0, known / knowable) if knowable > 0 else 0.0


def _contradiction(
    parts: Sequence[SignalPart], telemetry: float, voice: SurveyVoice, parameters: Parameters
) -> Contradiction | None:
    """A flag and a to-do, never a number in the score: widening by conflict would break monotonicity."""
    if voice.value is None or telemetry <= 0 or not reaches(min(telemetry, voice.reach), parameters.contradiction_mass):
        return None
    shown = fsum(part.mass * part.value for part in parts if part.value is not None) / telemetry
    gap = abs(voice.value - shown)
    if gap <= 0 or not reaches(gap, parameters.contradiction_gap):
        return None
    return Contradiction(kind="overclaim" if voice.value > shown else "underclaim", gap=gap)
