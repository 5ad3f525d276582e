"""The past re-scored: what each week would have read under the catalogue in force, and what was published then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.assess import Dossier, gather
from mlops_maturity.evidence.store.assessments import publish
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.history import HistoryRow, replace_history
from mlops_maturity.scoring.assessment import AspectResult, Assessment, Overall
from mlops_maturity.scoring.assessment_json import to_json
from mlops_maturity.scoring.score import NOTHING, score

Step = Literal["day", "week", "month"]
OVERALL = "overall"
LONGEST = timedelta(weeks=261)
"""How far back the past is re-scored: five years, as long as readings are kept for each week."""
_ENDS: Mapping[Step, Callable[[date], bool]] = {
    "day": lambda day: True,
    "week": lambda day: day.isoweekday() == 7,
    "month": lambda day: (day + timedelta(days=1)).day == 1,
}


@dataclass(frozen=True, slots=True)
class Restated:
    """What re-scoring wrote."""

    rows: int
    """History rows of the teams."""
    published: int
    """Assessments that differ from what was published before."""


def days_of(since: date, until: date, step: Step) -> list[date]:
    """The days that a history of that step holds: week and month ends, and `until` itself."""
    days = [since + timedelta(days=offset) for offset in range((until - since).days + 1)]
    return [day for day in days if _ENDS[step](day) or day == until]


def first_day(dossier: Dossier) -> date | None:
    """The day of the oldest evidence; None where there is none."""
    answers, readings = dossier.evidence.answers, dossier.evidence.readings
    return min([answer.on for answer in answers] + [reading.on for reading in readings], default=None)


def score_days(dossier: Dossier, catalogue: Catalogue, days: Iterable[date]) -> Iterator[Assessment]:
    """One assessment a day, from today's knowledge of the evidence of that time."""
    for day in days:
        yield score(catalogue, dossier.evidence, day)


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
) -> Restated:
    """Re-score every past week of the teams, keep it for the trends, and publish today's assessment.

    A team without any evidence has no past, and nothing of it is published.

    `now` is aware; what is published bears it, and the local day of it is scored last.
    """
    today = now.astimezone(settings.zone).date()
    rows = published = 0
    for team in settings.teams if teams is None else teams:
        dossier = gather(store, settings, catalogue, team)
        first = first_day(dossier)
        if first is None:
            replace_history(store, team.id, [])
            continue
        start = min(first, today)  # an answer may be dated tomorrow, further east
        days = days_of(max(start, today - LONGEST), today, "week")
        history = list(score_days(dossier, catalogue, days))
        kept = [row for assessment in history for row in rows_of(team.id, assessment)]
        replace_history(store, team.id, kept)
        rows += len(kept)
        published += publish(store, team.id, today, catalogue.hash, to_json(history[-1]), now)
    return Restated(rows, published)
