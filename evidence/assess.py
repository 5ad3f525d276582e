"""From the store to an assessment: gather what is known of a team, and let scoring judge it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.readings import readings_on
from mlops_maturity.evidence.signals.interface import Measured
from mlops_maturity.evidence.store.answers import StoredAnswer, read_answers
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.readings import StoredReading, read_readings
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading
from mlops_maturity.scoring.score import score


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What is known of one team: the evidence for scoring, and the rows it was made from."""

    team: Team
    evidence: Evidence
    answers: tuple[StoredAnswer, ...]
    """In the order they were recorded, superseded ones included."""
    readings: tuple[StoredReading, ...]
    """Measured and missing ones."""


def gather(store: Store, settings: Settings, catalogue: Catalogue, team: Team, as_of: date | None = None) -> Dossier:
    """Everything the store knows of a team.

    Readings are kept for every week's end and for the newest day. For another day `as_of` in the past
    they are computed from the records, so that a score never rests on a neighbouring day.
    """
    answers = read_answers(store, team=team.id)
    readings = read_readings(store, team=team.id)
    if as_of is not None and not _is_computed(readings, as_of):
        readings = (*readings, *readings_on(store, settings, [team], as_of))
    evidence = Evidence(
        kinds=frozenset(team.kinds),
        answers=tuple(_effective(answers, catalogue)),
        readings=tuple(_measured(readings, catalogue)),
    )
    return Dossier(team=team, evidence=evidence, answers=answers, readings=readings)


def assess_team(store: Store, settings: Settings, catalogue: Catalogue, team: Team, as_of: date) -> Assessment:
    """The assessment of one team on one day, from what the store knows now."""
    return score(catalogue, gather(store, settings, catalogue, team, as_of).evidence, as_of)


def _is_computed(readings: Iterable[StoredReading], day: date) -> bool:
    """Whether the stored readings hold the newest ones of that day: week's ends do, and so does all after the last."""
    newest = max((row.on for row in readings), default=None)
    return newest is None or day >= newest or day.isoweekday() == 7


def _effective(answers: Iterable[StoredAnswer], catalogue: Catalogue) -> Iterable[Answer]:
    """The last answer recorded for each respondent, practice and day: a correction takes the place of the earlier."""
    last = {(row.practice, row.respondent, row.on): row for row in answers if row.practice in catalogue.by_id}
    for row in last.values():
        yield Answer(
            practice=row.practice,
            respondent=row.respondent,
            value=row.value,
            on=row.on,
            attested=row.attested,
        )


def _measured(readings: Iterable[StoredReading], catalogue: Catalogue) -> Iterable[Reading]:
    for row in readings:
        if row.signal in catalogue.signal_ids and isinstance(row.result, Measured):
            yield Reading(
                signal=row.signal,
                value=row.result.value,
                seen=row.result.seen,
                scope=row.result.scope,
                opportunities=row.result.opportunities,
                on=row.on,
            )
