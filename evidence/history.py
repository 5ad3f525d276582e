"""The past re-scored: what each week would have read under the catalogue in force, and what was published then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.assess import Dossier
from mlops_maturity.evidence.organisation import KnownTeams, read_known
from mlops_maturity.evidence.past import Span, past_of
from mlops_maturity.evidence.store.assessments import publish, read_heads
from mlops_maturity.evidence.store.catalogues import keep_catalogue, read_catalogue
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.history import HistoryRow, replace_history
from mlops_maturity.scoring.assessment import AspectResult, Assessment, Overall
from mlops_maturity.scoring.assessment_json import to_json
from mlops_maturity.scoring.history import OVERALL
from mlops_maturity.scoring.history_standing import evidence_on
from mlops_maturity.scoring.score import NOTHING, score

LONGEST = timedelta(weeks=261)
"""How far back the past is re-scored: five years, as long as readings are kept for each week."""


@dataclass(frozen=True, slots=True)
class Restated:
    """What re-scoring wrote."""

    rows: int
    """History rows of the teams."""
    published: int
    """Assessments that differ from what was published before."""


def first_day(dossier: Dossier) -> date | None:
    """The day of the oldest evidence; None where there is none."""
    answers, readings = dossier.evidence.answers, dossier.evidence.readings
    return min([answer.on for answer in answers] + [reading.on for reading in readings], default=None)


def rows_of(team: str, assessment: Assessment) -> Iterator[HistoryRow]:
    """The overall row of an assessment, and one an aspect.

    Where nothing at all is known (a confidence of 0), level and index are None: 0 would be a finding.
    """
    scopes: Mapping[str, Overall | AspectResult] = {OVERALL: assessment.overall, **assessment.aspects}
    for scope, result in scopes.items():
        told = NOTHING if result.confidence == 0 else result
        yield HistoryRow(
            team=team,
            on=assessment.as_of,
            scope=scope,
            level_lo=told.level_lo,
            level=told.level,
            level_hi=told.level_hi,
            index_lo=told.index_lo,
            index=told.index,
            index_hi=told.index_hi,
            confidence=result.confidence,
            catalogue_hash=assessment.catalogue_hash,
        )


def restate(
    store: Store,
    settings: Settings,
    catalogue: Catalogue,
    *,
    now: datetime,
    teams: Sequence[Team] | None = None,
    progress: Callable[[int, int], None] | None = None,
    processes: int = 1,
) -> Restated:
    """Re-score every past week of the teams, keep it for the trends, and publish today's assessment.

    A team without any evidence has no past, and nothing of it is published. Where the catalogue has changed since a
    team was published last, today is published under both, the old one first: the difference is the model effect.

    `now` is aware; what is published bears it, and the local day of it is scored last. `progress` is told how many of
    how many teams are done. `processes` read the store.
    """
    today = now.astimezone(settings.zone).date()
    chosen = tuple(settings.teams if teams is None else teams)
    with store.begin() as connection:
        keep_catalogue(connection, catalogue, now)
    known = read_known(store, chosen, processes=processes)
    published = _publish_today(store, catalogue, known, today, now)
    rows = 0
    span = Span(until=today, longest=LONGEST)
    for number, (team, kept) in enumerate(past_of(store, catalogue, known, span), start=1):
        replace_history(store, team, kept)
        rows += len(kept)
        if progress is not None:
            progress(number, len(chosen))
    return Restated(rows, published)


def _publish_today(store: Store, catalogue: Catalogue, known: KnownTeams, today: date, now: datetime) -> int:
    """Publish the teams of which something is known, and the bridges of those that come from another catalogue."""
    evidence = known.under(catalogue)
    heard = {
        team for team, first in zip(evidence.teams, evidence.first_days.tolist(), strict=True)
        if first <= date.max.toordinal()
    }  # fmt: skip
    last = {head.team: head.catalogue_hash for head in read_heads(store, catalogue.hash)}
    published = 0
    for former in sorted({last[team] for team in heard & last.keys()} - {catalogue.hash}):
        old = read_catalogue(store, former)
        if old is not None:
            bridged = {team for team in heard if last.get(team) == former}
            published += _publish(store, old, known, bridged, today, now)
    return published + _publish(store, catalogue, known, heard, today, now)


def _publish(store: Store, catalogue: Catalogue, known: KnownTeams, teams: set[str], today: date, now: datetime) -> int:
    organisation = known.under(catalogue)
    count = 0
    for team, evidence in zip(organisation.teams, evidence_on(catalogue, organisation, today), strict=True):
        if team in teams:
            assessment = to_json(score(catalogue, evidence, today))
            count += publish(store, team, today, catalogue.hash, assessment, now)
    return count
