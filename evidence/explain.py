"""Why a team's level or index moved: the split, and the readings and answers that stand behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.assess import Dossier, assemble, gather
from mlops_maturity.evidence.signals.interface import Measured
from mlops_maturity.evidence.store.answers import StoredAnswer
from mlops_maturity.evidence.store.assessments import PublishedHead, read_heads
from mlops_maturity.evidence.store.catalogues import read_catalogue
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.waivers import StoredWaiver
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.explain import Explanation, explain, known_on
from mlops_maturity.scoring.level_moves import Stand
from mlops_maturity.scoring.level_weeks import Week, weeks_moved


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReading:
    """The newest reading of a signal since the first day, and the one it took the place of."""

    signal: str
    on: date
    value: float
    note: str
    sample: tuple[tuple[str, str, str, str | None], ...]
    """Some of the records it rests on: source, kind, id and link."""
    records: int
    """How many it rests on."""
    came: int
    """How many readings of the signal came since, this one included."""
    before_on: date | None
    """None where there was no reading before."""
    before: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAnswer:
    """The newest answer of a respondent to a practice since the first day, and the one it took the place of."""

    practice: str
    respondent: str
    on: date
    value: int | None
    """None = "don't know"."""
    attested: bool
    evidence_url: str
    before_on: date | None
    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """What stands behind readings and answers, by what they are known by in an explanation."""

    readings: Mapping[tuple[str, date], Measured]
    """By signal and day."""
    answers: Mapping[tuple[str, str, date], StoredAnswer]
    """By practice, respondent and day."""
    waivers: Mapping[str, tuple[StoredWaiver, ...]]
    """By practice: those that stand, of any date."""

    def waiver_on(self, practice: str, day: date) -> StoredWaiver | None:
        """The waiver of a practice that holds on a day."""
        return next((each for each in self.waivers.get(practice, ()) if each.holds_on(day)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A change of one team, and what it rests on."""

    team: str
    title: str
    """The team's name to show."""
    explanation: Explanation
    weeks: tuple[Week, ...]
    """Those in which a level moved, each under the catalogue that was in force; also where the ends are alike."""
    proofs: Proofs
    practices: Mapping[str, tuple[str, ...]]
    """Practice to the signals that it hears, under either catalogue."""
    readings: tuple[NewReading, ...]
    """By signal."""
    answers: tuple[NewAnswer, ...]
    """By practice and respondent."""
    expired: tuple[tuple[str, str], ...]
    """Practice and signal, where a signal had something to say on the first day and has none any more."""
    unknown_model: str | None
    """Hash of the catalogue of the first day, where that isn't kept: then the new one is taken for both days, and what
    the change of it brought is not known."""


def explain_team(store: Store, settings: Settings, catalogue: Catalogue, team: Team, since: date, until: date) -> Told:
    """Split the change of a team between two days; `since` under the catalogue that was in force then.

    Both ends are what `assess` says of their day. Raises ValueError where `until` lies before `since`.
    """
    course = _Course(store, catalogue, team)
    former = course.hash_on(since)
    old = course.kept(former)
    between = [course.kept(course.hash_on(head.as_of)) for head in course.heads if since < head.as_of <= until]
    catalogues = {each.hash: each for each in (catalogue, old, *between) if each is not None}.values()
    first = gather(store, settings, catalogue, team, since)
    last = gather(store, settings, catalogue, team, until)
    start, evidence = known_on(_for_all(first, catalogues), since), _for_all(last, catalogues)
    explanation = explain(old or catalogue, catalogue, evidence, since, until, start)
    heard = _heard(catalogue, old or catalogue)
    signals = {signal for own in heard.values() for signal in own}
    return Told(
        team=team.id,
        title=team.title,
        explanation=explanation,
        weeks=weeks_moved(
            Stand(catalogue=old or catalogue, evidence=start, assessment=explanation.before),
            Stand(catalogue=catalogue, evidence=evidence, assessment=explanation.after),
            lambda day: course.kept(course.hash_on(day)) or catalogue,
        ),
        proofs=_proofs(first, last),
        practices=heard,
        readings=tuple(_new_readings(first, last, signals, since, until)),
        answers=tuple(_new_answers(last.answers, heard.keys(), since, until)),
        expired=tuple(_expired(explanation)),
        unknown_model=former if old is None else None,
    )


class _Course:
    """Which catalogue was in force for a team on any day."""

    def __init__(self, store: Store, catalogue: Catalogue, team: Team) -> None:
        self.heads: Sequence[PublishedHead] = read_heads(store, catalogue.hash, [team.id])
        self._catalogue = catalogue
        self.kept: Callable[[str], Catalogue | None] = cache(
            lambda wanted: catalogue if wanted == catalogue.hash else read_catalogue(store, wanted)
        )
        """The catalogue of a hash; None where it isn't kept."""

    def hash_on(self, day: date) -> str:
        """That of the catalogue that the team was published under by a day, or first of all; else the present one."""
        by_then = [head for head in self.heads if head.as_of <= day]
        found = by_then[-1] if by_then else next(iter(self.heads), None)
        return self._catalogue.hash if found is None else found.catalogue_hash


def _for_all(dossier: Dossier, catalogues: Iterable[Catalogue]) -> Evidence:
    """The evidence that any of the catalogues asks for; a record that is given twice counts once."""
    own = [
        assemble(each, dossier.team, dossier.answers, dossier.readings, dossier.waivers).evidence for each in catalogues
    ]
    return replace(
        dossier.evidence,
        answers=tuple(dict.fromkeys(answer for each in own for answer in each.answers)),
        readings=tuple(dict.fromkeys(reading for each in own for reading in each.readings)),
    )


def _proofs(*dossiers: Dossier) -> Proofs:
    waivers: dict[str, tuple[StoredWaiver, ...]] = {}
    for waiver in dossiers[-1].waivers:
        waivers[waiver.practice] = (*waivers.get(waiver.practice, ()), waiver)
    return Proofs(
        readings={
            (row.signal, row.on): row.result
            for dossier in dossiers
            for row in dossier.readings
            if isinstance(row.result, Measured)
        },
        answers={(row.practice, row.respondent, row.on): row for dossier in dossiers for row in dossier.answers},
        waivers=waivers,
    )


def _heard(*catalogues: Catalogue) -> dict[str, tuple[str, ...]]:
    heard: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for catalogue in catalogues:
        for practice in catalogue.practices:
            heard[practice.id].update(dict.fromkeys(use.id for use in practice.signals))
    return {practice: tuple(signals) for practice, signals in heard.items()}


def _new_readings(
    first: Dossier, last: Dossier, signals: Iterable[str], since: date, until: date
) -> Iterator[NewReading]:
    for signal in sorted(signals):
        new = {
            row.on: row.result
            for row in last.readings.of(signal)
            if since < row.on <= until and isinstance(row.result, Measured)
        }
        old = {
            row.on: row.result
            for row in first.readings.of(signal)
            if row.on <= since and isinstance(row.result, Measured)
        }
        if new:
            on, before_on = max(new), max(old, default=None)
            yield NewReading(
                signal=signal,
                on=on,
                value=new[on].value,
                note=new[on].note,
                sample=new[on].proof.sample,
                records=new[on].proof.count,
                came=len(new),
                before_on=before_on,
                before=None if before_on is None else old[before_on].value,
            )


def _new_answers(
    answers: Iterable[StoredAnswer], practices: Iterable[str], since: date, until: date
) -> Iterator[NewAnswer]:
    known = set(practices)
    newest: dict[tuple[str, str], StoredAnswer] = {}
    before: dict[tuple[str, str], StoredAnswer] = {}
    for answer in answers:  # in the order they were recorded in: of one day the last one stands
        if answer.practice in known and answer.on <= until:
            kept = newest if answer.on > since else before
            key = answer.practice, answer.respondent
            if key not in kept or answer.on >= kept[key].on:
                kept[key] = answer
    for key in sorted(newest):
        answer, old = newest[key], before.get(key)
        yield NewAnswer(
            practice=answer.practice,
            respondent=answer.respondent,
            on=answer.on,
            value=answer.value,
            attested=answer.attested,
            evidence_url=answer.evidence_url,
            before_on=None if old is None else old.on,
            before=None if old is None else old.value,
        )


def _expired(explanation: Explanation) -> Iterator[tuple[str, str]]:
    for practice, result in explanation.after.practices.items():
        before = explanation.before.practices.get(practice)
        spoke = {part.id for part in before.signals if part.mass > 0} if before is not None else set()
        for part in result.signals:
            if part.expired and part.id in spoke:
                yield practice, part.id
