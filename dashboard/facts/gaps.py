"""What Gaps tells: claim against evidence, what blocks the next level, and everything behind one practice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue, Practice, SignalUse
from mlops_maturity.dashboard.charts.budget import Budget
from mlops_maturity.dashboard.charts.claims import Claim
from mlops_maturity.dashboard.charts.rungs import Moment
from mlops_maturity.dashboard.facts.links import web_address
from mlops_maturity.dashboard.facts.standing import level_of
from mlops_maturity.evidence.assess import Dossier
from mlops_maturity.evidence.history import first_day as first_evidence
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal
from mlops_maturity.evidence.store.answers import StoredAnswer
from mlops_maturity.evidence.store.readings import StoredReading
from mlops_maturity.scoring.assessment import Assessment, PracticeResult, SignalPart

PROOFS = 5
"""How many proof links are shown; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalLine:
    """What one signal says of a practice, or why it says nothing."""

    id: str
    title: str
    """Empty where no collector is known to feed it: then it is pushed, or worked out as the settings say."""
    unit: str
    share: float
    """The most that it could fill of the practice's budget."""
    part: SignalPart
    reading: StoredReading | None
    """The newest that counts; None where there is none."""
    missing: Missing | None
    """Why there is none, or none since."""
    proofs: tuple[tuple[str, str | None, str], ...]
    """Some records behind it: name, web address (None where the source has none for it), source."""
    proof_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One practice in the list."""

    practice: str
    aspect: str
    title: str
    result: PracticeResult
    newest: date | None
    """The day of its newest evidence."""


def default_aspect(catalogue: Catalogue, assessment: Assessment) -> str:
    """The aspect to look at first: the lowest level, the lower index deciding; what is unknown last."""

    def rank(aspect: str) -> tuple[bool, int, float]:
        level = level_of(assessment.aspects[aspect])
        return (True, 0, 0.0) if level is None else (False, level.level, level.index)

    return min((aspect.id for aspect in catalogue.aspects), key=rank)


def next_level(assessment: Assessment, aspect: str) -> int | None:
    """The level after the present one; None at the top, or where nothing is judged."""
    level = assessment.aspects[aspect].level
    return None if level is None or level >= TOP_LEVEL else level + 1


def claim_rows(practices: Iterable[Practice], assessment: Assessment, tolerance: float) -> list[Claim]:
    """The rows of the chart, in the order of the practices."""
    return [
        _claim(practice, assessment.practices[practice.id], next_level(assessment, practice.aspect), tolerance)
        for practice in practices
    ]


def rows(practices: Iterable[Practice], assessment: Assessment, dossier: Dossier) -> list[Row]:
    """The rows of the list, in the order of the practices."""
    return [
        Row(
            practice=practice.id,
            aspect=practice.aspect,
            title=practice.title,
            result=assessment.practices[practice.id],
            newest=_newest(practice, dossier, assessment.as_of),
        )
        for practice in practices
    ]


def budget_of(result: PracticeResult) -> Budget:
    """The evidence budget of a practice in its five parts."""
    shown = (result.shown or 0.0) / TOP_LEVEL
    said = (result.claimed or 0.0) / TOP_LEVEL
    return Budget(
        measured_good=result.telemetry * shown,
        measured_bad=result.telemetry * (1 - shown),
        said_good=result.survey * said,
        said_bad=result.survey * (1 - said),
        unknown=result.unknown,
    )


def signal_lines(
    practice: Practice, result: PracticeResult, dossier: Dossier, signals: Mapping[str, Signal], day: date
) -> list[SignalLine]:
    """Every signal that could speak for the practice, in catalogue order."""
    parts = {part.id: part for part in result.signals}
    return [_signal(use, parts[use.id], dossier.readings, signals, day) for use in practice.signals if use.id in parts]


def answers_on(practice: str, answers: Iterable[StoredAnswer], day: date) -> list[StoredAnswer]:
    """The newest answer of each respondent up to a day, newest first; a correction stands for what it corrects."""
    newest: dict[str, StoredAnswer] = {}
    for answer in answers:
        if answer.practice == practice and answer.on <= day:
            before = newest.get(answer.respondent)
            if before is None or answer.on >= before.on:
                newest[answer.respondent] = answer
    return sorted(newest.values(), key=lambda answer: (-answer.on.toordinal(), answer.respondent))


def history_days(day: date, dossier: Dossier) -> tuple[date, ...]:
    """Every fourth week of the year up to a day, from the first evidence on."""
    first = first_evidence(dossier) or day
    days = [day - timedelta(weeks=4 * step) for step in range(13, -1, -1)]
    return tuple(each for each in days if each >= first) or (day,)


def moments(practice: str, assessments: Sequence[Assessment]) -> list[Moment]:
    """The line of a practice through these assessments."""
    return [_moment(assessment.as_of, assessment.practices.get(practice)) for assessment in assessments]


def _moment(on: date, result: PracticeResult | None) -> Moment:
    if result is None or result.confidence <= 0:
        return Moment(on=on, low=None, value=None, high=None)
    return Moment(on=on, low=result.value_lo, value=result.value, high=result.value_hi)


def _claim(practice: Practice, result: PracticeResult, level: int | None, tolerance: float) -> Claim:
    rung = practice.required[level - 1] if level is not None else 0
    return Claim(
        practice=practice.id,
        title=practice.title,
        said=result.claimed,
        shown=result.shown,
        confidence=result.confidence,
        contradiction=result.contradiction is not None,
        needed=rung - tolerance if rung else None,
    )


def _newest(practice: Practice, dossier: Dossier, day: date) -> date | None:
    uses = {use.id for use in practice.signals}
    read = [row.on for row in dossier.evidence.readings if row.signal in uses and row.on <= day]
    said = [row.on for row in dossier.evidence.answers if row.practice == practice.id and row.on <= day]
    return max(read + said, default=None)


def _signal(
    use: SignalUse, part: SignalPart, readings: Iterable[StoredReading], signals: Mapping[str, Signal], day: date
) -> SignalLine:
    own = [row for row in readings if row.signal == use.id and row.on <= day]
    measured = max((row for row in own if isinstance(row.result, Measured)), key=lambda row: row.on, default=None)
    missing = max((row for row in own if isinstance(row.result, Missing)), key=lambda row: row.on, default=None)
    gone = missing is not None and (measured is None or missing.on > measured.on)
    signal = signals.get(use.id)
    proof = measured.result.proof if measured is not None and isinstance(measured.result, Measured) else None
    found = [
        (f"{kind.replace('_', ' ')} {name}", web_address(url or ""), source)
        for source, kind, name, url in (proof.sample if proof else ())
    ]
    return SignalLine(
        id=use.id,
        title=signal.title if signal else "",
        unit=signal.unit if signal else "",
        share=use.share,
        part=part,
        reading=measured,
        missing=missing.result if gone and missing is not None and isinstance(missing.result, Missing) else None,
        proofs=tuple(found[:PROOFS]),
        proof_count=proof.count if proof else 0,
    )
