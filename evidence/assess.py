"""From the store to an assessment: gather what is known of a team, and let scoring judge it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.readings import readings_on
from mlops_maturity.evidence.store.answers import StoredAnswer, read_answers
from mlops_maturity.evidence.store.cycles import no_search_for_cycles
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.team_readings import TeamReadings, read_team_readings
from mlops_maturity.evidence.store.waivers import StoredWaiver, read_waivers, standing_waivers
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading, Waiver
from mlops_maturity.scoring.score import score


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What is known of one team: the evidence for scoring, and the rows it was made from."""

    team: Team
    evidence: Evidence
    answers: tuple[StoredAnswer, ...]
    """In the order they were recorded, superseded ones included."""
    readings: TeamReadings
    """Measured and missing ones."""
    waivers: tuple[StoredWaiver, ...] = ()
    """Those that stand, of any date."""


def gather(store: Store, settings: Settings, catalogue: Catalogue, team: Team, as_of: date | None = None) -> Dossier:
    """Everything the store knows of a team.

    Readings are kept for every week's end and for the newest day. For another day `as_of` in the past
    they are computed from the records, so that a score never rests on a neighbouring day.
    """
    return gather_all(store, settings, catalogue, [team], as_of)[0]


def gather_all(
    store: Store, settings: Settings, catalogue: Catalogue, teams: Sequence[Team], as_of: date | None = None
) -> list[Dossier]:
    """What `gather` says of each of the teams; the records are read once for all of them, if at all."""
    stored = {team.id: read_team_readings(store, team.id) for team in teams}
    asked = [team for team in teams if as_of is not None and not is_computed(stored[team.id], as_of)]
    computed = readings_on(store, settings, asked, as_of) if asked and as_of is not None else []
    return [
        assemble(
            catalogue,
            team,
            read_answers(store, team=team.id),
            stored[team.id].with_more(row for row in computed if row.team == team.id),
            read_waivers(store, team=team.id),
        )
        for team in teams
    ]


def assemble(
    catalogue: Catalogue,
    team: Team,
    answers: tuple[StoredAnswer, ...],
    readings: TeamReadings,
    waivers: tuple[StoredWaiver, ...],
) -> Dossier:
    """The dossier of a team from rows of the store; `answers` and `waivers` in the order they were recorded in."""
    standing = standing_waivers(waivers)
    with no_search_for_cycles():
        evidence = Evidence(
            kinds=frozenset(team.kinds),
            answers=tuple(_effective(answers, catalogue)),
            readings=tuple(_measured(readings, catalogue)),
            waivers=tuple(
                Waiver(practice=row.practice, start=row.start, until=row.until, reason=row.reason) for row in standing
            ),
        )
    return Dossier(team=team, evidence=evidence, answers=answers, readings=readings, waivers=standing)


def assess_teams(
    store: Store, settings: Settings, catalogue: Catalogue, teams: Sequence[Team], as_of: date
) -> dict[str, Assessment]:
    """Team id to its assessment on one day, from what the store knows now."""
    dossiers = gather_all(store, settings, catalogue, teams, as_of)
    return {dossier.team.id: score(catalogue, dossier.evidence, as_of) for dossier in dossiers}


def is_computed(readings: TeamReadings, day: date) -> bool:
    """Whether the stored readings hold the newest ones of that day: week's ends do, and so does all after the last."""
    return readings.newest is None or is_kept(day, readings.newest)


def is_kept(day: date, newest: date) -> bool:
    """Whether readings of a day are kept in the store: of week's ends they are, and from the newest day on."""
    return day >= newest or day.isoweekday() == 7


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


def _measured(readings: TeamReadings, catalogue: Catalogue) -> Iterable[Reading]:
    for signal, on, amounts in readings.measured():
        if signal in catalogue.signal_ids:
            yield Reading(
                signal=signal,
                value=amounts.value,
                seen=amounts.seen,
                scope=amounts.scope,
                opportunities=amounts.opportunities,
                on=on,
            )
