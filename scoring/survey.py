"""What the answers on one practice say together (reference: "survey" in docs/scoring.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum

from mlops_maturity.config.catalogue import Parameters
from mlops_maturity.scoring.evidence import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyVoice:
    """The answers on one practice, taken together."""

    reach: float
    """q: the mass they would fill if telemetry said nothing."""
    value: float | None
    """Weighted mean rung; None when no answer counts."""
    respondents: int
    spread: int
    """Largest minus smallest answer that counts, in rungs."""


SILENCE = SurveyVoice(reach=0.0, value=None, respondents=0, spread=0)


def survey_voice(answers: Sequence[Answer], parameters: Parameters, as_of: date) -> SurveyVoice:
    """E = sum of weights; value = weighted mean; reach = survey_max * E / (E + survey_k).

    `answers` are those on one practice, none of them after `as_of`.
    """
    return voice_of(counted_answers(answers, parameters, as_of), parameters)


def voice_of(counted: Sequence[tuple[Answer, int, float]], parameters: Parameters) -> SurveyVoice:
    """What the answers that count say together; `counted` as of `counted_answers`."""
    if not counted:
        return SILENCE
    effective = fsum(weight for *_, weight in counted)
    values = [value for _, value, _ in counted]
    return SurveyVoice(
        reach=parameters.survey_max * effective / (effective + parameters.survey_k),
        value=fsum(value * weight for _, value, weight in counted) / effective,
        respondents=len(counted),
        spread=max(values) - min(values),
    )


def counted_answers(answers: Iterable[Answer], parameters: Parameters, as_of: date) -> list[tuple[Answer, int, float]]:
    """The answers that stand and weigh something, as (answer, its rung, its weight)."""
    standing = [
        (answer, answer.value, _weight(answer, parameters, as_of))
        for answer in newest_of_each(answers)
        if answer.value is not None
    ]
    return [entry for entry in standing if entry[2] > 0]


def newest_of_each(answers: Iterable[Answer]) -> Iterable[Answer]:
    """The answer that stands for each respondent; a newer "don't know" takes back what was said before."""
    standing: dict[str, Answer] = {}
    for answer in answers:
        other = standing.get(answer.respondent)
        if other is None or _precedence(answer) > _precedence(other):
            standing[answer.respondent] = answer
    return standing.values()


def _precedence(answer: Answer) -> tuple[date, bool, int, bool]:
    """The newest stands; of one day a value before "don't know", then the least, then the unattested."""
    return answer.on, answer.value is not None, -(answer.value or 0), not answer.attested


def _weight(answer: Answer, parameters: Parameters, as_of: date) -> float:
    age = (as_of - answer.on).days
    if age > parameters.expiry_half_lives * parameters.survey_half_life_days:
        return 0.0
    fresh: float = 2.0 ** (-age / parameters.survey_half_life_days)
    return fresh * parameters.attested_weight if answer.attested else fresh
