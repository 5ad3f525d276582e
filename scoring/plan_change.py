"""What a plan assumes will be said and shown, as edited evidence: the only place where a plan touches evidence.

"The practice is truly at rung r, and its evidence shows it" means, all dated on the day of scoring:

- *answers*: everybody whose answer still counts answers anew: r, or what they said if that was more, attested if it
  was. Where no answer counts, one person says r.
- *telemetry*: the newest reading of each signal that isn't quiet shows r, or the most that the signal can show, unless
  it shows more already. Its day, coverage and sample stay as they are.

Evidence work changes no rung: more people say the rung the practice stands at, artefacts are linked to answers that say
it, and a newly connected signal shows what is known of the practice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mlops_maturity.config.catalogue import Practice, SignalUse
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading
from mlops_maturity.scoring.plan_situation import Situation, direction, raw_for
from mlops_maturity.scoring.survey import counted_answers

NEW_OPPORTUNITIES = 8.0
"""What a newly connected signal is taken to have watched, on everything in its scope: eight weeks, or eight models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a plan assumes of one practice."""

    rung: int
    """The rung it then stands at."""
    improved: bool = False
    """Whether that is more than today."""
    asked: int = 0
    """People asked besides those whose answers count."""
    attached: int = 0
    """Answers that an artefact is linked to."""
    connected: frozenset[str] = frozenset()
    """Signals of the practice that get a source, or get it back."""


def answers_after(case: Situation, practice: Practice, change: Change) -> list[Answer] | None:
    """The practice's answers; None when there are not as many to link an artefact to."""
    given = case.answers.get(practice.id, ())
    counted = sorted(
        counted_answers(given, case.catalogue.parameters, case.as_of),
        key=lambda entry: (entry[2], entry[0].respondent),
    )
    if change.improved:
        said = [replace(answer, value=max(value, change.rung), on=case.as_of) for answer, value, _ in counted]
        agreeing, new = said, change.asked + (not said)
    else:
        said = []
        agreeing = [replace(answer, on=case.as_of) for answer, value, _ in counted if value == change.rung]
        new = change.asked
    people = _new_people(case, practice, change.rung, new, {answer.respondent for answer in given})
    linked = _linked([*agreeing, *people], change.attached)
    if linked is None:
        return None
    today = {answer.respondent: answer for answer in [*said, *people, *linked]}
    kept = [answer for answer in given if not (answer.on == case.as_of and answer.respondent in today)]
    return [*kept, *today.values()]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a change asks of one signal: at least this raw value, by a new reading or by the newest there is."""

    raw: float
    connect: bool
    direction: int


def claims_of(case: Situation, practice: Practice, use: SignalUse, change: Change) -> list[Claim]:
    """What a change of the practice asks of one of its signals: one claim, or none."""
    if use.id in change.connected:
        return [Claim(_shown_anew(case, practice, use, change), True, direction(use))]
    if change.improved and use.id not in case.fixed and use.id not in case.gaps:
        return [Claim(raw_for(use, change.rung), False, direction(use))]
    return []


def reading_list(case: Situation, signal: str, claims: Sequence[Claim]) -> Sequence[Reading]:
    """The readings of a signal once every claim on it holds."""
    readings = case.readings.get(signal, ())
    if not claims:
        return readings
    way = next((claim.direction for claim in claims if claim.direction), 0)
    raw = _best((claim.raw for claim in claims), way)
    newest = max((reading.on for reading in readings), default=None)
    if any(claim.connect for claim in claims):
        earlier = [reading for reading in readings if reading.on < case.as_of]
        return [*earlier, _connected(case, signal, raw)]
    return [
        replace(reading, value=_best((reading.value, raw), way)) if reading.on == newest else reading
        for reading in readings
    ]


def evidence_after(case: Situation, changes: Mapping[str, Change]) -> Evidence:
    """All evidence of the team once every change holds, for the score to judge. Practices not named stay."""
    answers = {practice: list(given) for practice, given in case.answers.items()}
    claims: dict[str, list[Claim]] = defaultdict(list)
    for practice in case.practices:
        if practice.id not in changes:
            continue
        change = changes[practice.id]
        answers[practice.id] = answers_after(case, practice, change) or []
        for use in practice.signals:
            claims[use.id] += claims_of(case, practice, use, change)
    readings = {signal: reading_list(case, signal, claims.get(signal, ())) for signal in {*case.readings, *claims}}
    return replace(
        case.evidence,
        answers=tuple(answer for given in answers.values() for answer in given),
        readings=tuple(reading for rows in readings.values() for reading in rows),
    )


def _new_people(case: Situation, practice: Practice, rung: int, count: int, known: set[str]) -> list[Answer]:
    names = (f"somebody {number}" for number in range(1, count + len(known) + 1))
    free = [name for name in names if name not in known][:count]
    return [Answer(practice=practice.id, respondent=name, value=rung, on=case.as_of) for name in free]


def _linked(candidates: Sequence[Answer], count: int) -> list[Answer] | None:
    """The first answers without an artefact, with one."""
    plain = [answer for answer in candidates if not answer.attested]
    return [replace(answer, attested=True) for answer in plain[:count]] if len(plain) >= count else None


def _shown_anew(case: Situation, practice: Practice, use: SignalUse, change: Change) -> float:
    """What a newly connected signal shows: the new rung; else what it last showed, or what is known of the practice."""
    last = _last(case, use.id)
    lives = last is not None and (case.as_of - last.on).days <= (
        case.catalogue.parameters.expiry_half_lives * use.half_life_days
    )
    if change.improved:
        raw = raw_for(use, change.rung)
        return _best((last.value, raw), direction(use)) if last and lives else raw
    return last.value if last and lives else raw_for(use, case.mean(practice.id) or 0.0)


def _connected(case: Situation, signal: str, raw: float) -> Reading:
    """A reading of today, seen as well as the last one was."""
    last = _last(case, signal)
    if last is not None:
        return replace(last, value=raw, on=case.as_of)
    return Reading(signal=signal, value=raw, seen=1.0, scope=1.0, opportunities=NEW_OPPORTUNITIES, on=case.as_of)


def _last(case: Situation, signal: str) -> Reading | None:
    """The newest reading if it saw anything; of several on one day the one that claims least."""
    rows = case.readings.get(signal, ())
    newest = max((row.on for row in rows), default=None)
    saw = [row for row in rows if row.on == newest and min(row.seen, row.scope, row.opportunities) > 0]
    way = direction(case.users[signal][0])
    return min(saw, key=lambda row: (row.value * way, row.seen, row.scope, row.opportunities), default=None)


def _best(values: Iterable[float], way: int) -> float:
    """The best for practices; the first where the signal never says anything else."""
    return max(values, key=lambda value: value * way)
