"""Who answered, how far they agree, and where a figure rests on one voice. Data quality: no number of the score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from mlops_maturity.config.catalogue import Catalogue, Parameters
from mlops_maturity.scoring.agreement import alpha_ordinal
from mlops_maturity.scoring.evidence import Answer, Evidence
from mlops_maturity.scoring.survey import counted_answers

ENOUGH = 5
"""Respondents from which agreement is worked out: with fewer it says more of chance than of them (judgement)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Respondent:
    """One who answered at least once, of a practice that counts for the team."""

    id: str
    last_on: date
    """The day of the newest answer, "don't know" included."""
    silent_days: int
    answered: int
    """Practices of which an answer counts on the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """The answers on one practice that count on the day."""

    practice: str
    respondents: int
    spread: int
    """Largest minus smallest answer, in rungs."""
    attested: int
    """How many of them have an artefact linked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Responses:
    """The answers of a team on a day, as data."""

    respondents: tuple[Respondent, ...]
    """The longest silent first."""
    practices: tuple[Voices, ...]
    """Those with an answer that counts: the widest spread first, then in the order of the catalogue."""
    single: tuple[str, ...]
    """Practices that rest on one respondent."""
    unanswered: tuple[str, ...]
    """Practices that count for the team and have no answer that counts."""
    alpha: float | None
    """Krippendorff's alpha (ordinal) over the answers that count; None for the reason below."""
    why_no_alpha: str | None


def responses(catalogue: Catalogue, evidence: Evidence, as_of: date) -> Responses:
    """What there is to know of a team's answers on a day; later ones, and those of waived practices, play no part."""
    waived = {waiver.practice for waiver in evidence.waivers if waiver.start <= as_of <= waiver.until}
    asked = (practice for practice in catalogue.practices if practice.concerns(evidence.kinds))
    by_practice: dict[str, list[Answer]] = {practice.id: [] for practice in asked if practice.id not in waived}
    for answer in evidence.answers:
        if answer.on <= as_of and answer.practice in by_practice:
            by_practice[answer.practice].append(answer)
    counted = {practice: _counted(answers, catalogue.parameters, as_of) for practice, answers in by_practice.items()}
    voices = [_voices(practice, answers) for practice, answers in counted.items() if answers]
    people = _respondents(by_practice, counted, as_of)
    alpha, reason = _agreement(counted)
    return Responses(
        respondents=people,
        practices=tuple(sorted(voices, key=lambda each: -each.spread)),
        single=tuple(each.practice for each in voices if each.respondents == 1),
        unanswered=tuple(practice for practice, answers in counted.items() if not answers),
        alpha=alpha,
        why_no_alpha=reason,
    )


def _counted(answers: Iterable[Answer], parameters: Parameters, as_of: date) -> list[tuple[Answer, int]]:
    return [(answer, value) for answer, value, _ in counted_answers(answers, parameters, as_of)]


def _voices(practice: str, answers: list[tuple[Answer, int]]) -> Voices:
    values = [value for _, value in answers]
    return Voices(
        practice=practice,
        respondents=len(values),
        spread=max(values) - min(values),
        attested=sum(answer.attested for answer, _ in answers),
    )


def _respondents(
    said: Mapping[str, list[Answer]], counted: Mapping[str, list[tuple[Answer, int]]], as_of: date
) -> tuple[Respondent, ...]:
    last: dict[str, date] = {}
    for answers in said.values():
        for answer in answers:
            last[answer.respondent] = max(answer.on, last.get(answer.respondent, answer.on))
    answered: dict[str, int] = defaultdict(int)
    for entries in counted.values():
        for answer, _ in entries:
            answered[answer.respondent] += 1
    found = [
        Respondent(id=name, last_on=on, silent_days=(as_of - on).days, answered=answered[name])
        for name, on in last.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.silent_days, each.id)))


def _agreement(counted: Mapping[str, list[tuple[Answer, int]]]) -> tuple[float | None, str | None]:
    """Alpha, or the reason why there is none."""
    people = {answer.respondent for entries in counted.values() for answer, _ in entries}
    if len(people) < ENOUGH:
        return None, f"it takes {ENOUGH} respondents whose answers count, and there {_are(len(people))}"
    alpha = alpha_ordinal([value for _, value in entries] for entries in counted.values())
    return alpha, "all answers are the same, so nothing shows that people tell rungs apart" if alpha is None else None


def _are(number: int) -> str:
    return {0: "is none", 1: "is one"}.get(number, f"are {number}")
