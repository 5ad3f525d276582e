"""What the registry said of itself week by week, as somebody who looked each Sunday would have written it down.

A registry keeps no history of descriptions and of missing aliases: read once, it shows only how it stands today.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from mlops_maturity.cli.demo.period import Period
from mlops_maturity.evidence.readings_file import ReadingLine
from mlops_maturity.evidence.records import Model, ModelAlias, ModelVersion, Record

_SUNDAY = 7
_NOTE = "as the registry showed it on that day"


def registry_past(team: str, records: Sequence[Record], period: Period) -> Iterator[ReadingLine]:
    """Readings of every Sunday of the period that only a look on that day could give; none on its last day."""
    models = [each for each in records if isinstance(each, Model)]
    aliases = sorted((each for each in records if isinstance(each, ModelAlias)), key=lambda each: each.first_seen_at)
    described = {(each.model, each.version): bool(each.described) for each in records if isinstance(each, ModelVersion)}
    for day in _sundays(period):
        night = datetime.combine(day + timedelta(days=1), time(), UTC)
        known = {each.name for each in models if each.created_at is not None and each.created_at < night}
        served = {each.model: described[each.model, each.version] for each in aliases if each.first_seen_at < night}
        if served:
            yield _reading(team, "mlflow.version_doc_share", day, list(served.values()), len(known | set(served)))
        elif known and not aliases:
            yield _reading(team, "mlflow.alias_share", day, [False] * len(known), len(known))


def _sundays(period: Period) -> Iterator[date]:
    day = period.first + timedelta(days=_SUNDAY - period.first.isoweekday())
    while day < period.end - timedelta(days=1):
        yield day
        day += timedelta(weeks=1)


def _reading(team: str, signal: str, day: date, good: Sequence[bool], scope: int) -> ReadingLine:
    seen, value = len(good), 100 * sum(good) / len(good)
    return ReadingLine(
        team=team, signal=signal, on=day, value=value, seen=seen, scope=scope, opportunities=seen, note=_NOTE
    )
