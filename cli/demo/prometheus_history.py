"""The metrics servers of the demo organisation: what each model exports, and the drift alerts that fired."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from mlops_maturity.cli.demo.dice import token
from mlops_maturity.cli.demo.habits import Habits
from mlops_maturity.cli.demo.plan import Alert, Plan
from mlops_maturity.cli.demo.teams import MONTHS
from mlops_maturity.evidence.records import Incident, Observation, Record

LOOKED_AT = ("target_up", "drift_metric", "drift_rule", "version_label")
"""What is looked for on each model that answers requests; named as the habits are."""


def metrics_records(habits: Habits, plan: Plan) -> Iterator[Record]:
    """Everything that the team's metrics server shows, up to the day from which it was silent."""
    character = habits.character
    if character.metrics is None:
        return
    silent = character.silent_from.get(character.metrics, MONTHS)
    for week in habits.period.weeks(character.since, silent):
        yield from _observations(habits, week + timedelta(days=6))
    for alert in plan.alerts:
        yield _incident(habits, alert)


def _observations(habits: Habits, day: date) -> Iterator[Observation]:
    """One look a week at each model, as the collector sums up a day."""
    models = habits.character.models
    for place, model in enumerate(models):
        yield _observation(habits, "serving", model, day, True)
        for name in LOOKED_AT:
            yield _observation(habits, name, model, day, habits.covers(name, place, len(models), day))


def _observation(habits: Habits, name: str, model: str, day: date, state: bool) -> Observation:
    return Observation(
        source=str(habits.character.metrics),
        id=f"{name}/{model}/{day.isoformat()}",
        subject=model,
        name=name,
        state="yes" if state else "no",
        observed_at=datetime.combine(day, time(20), UTC),
        attributes={"labels": _labels(habits, model)},
    )


def _labels(habits: Habits, model: str) -> dict[str, str]:
    return {"model": model, "team": habits.character.id}


def _incident(habits: Habits, alert: Alert) -> Incident:
    """The episode, cut off where the server fell silent."""
    name = f"ModelDrift/{alert.model}/{alert.started.isoformat()}"
    last = _silence(habits)
    resolved = alert.resolved if alert.resolved is not None and alert.resolved < last else None
    return Incident(
        source=str(habits.character.metrics),
        id=token(name, length=20),
        url=f"https://prometheus.northwind.example/alerts?model={alert.model}",
        subject=alert.model,
        category="drift",
        detected_at=alert.started,
        acknowledged_at=alert.answered if alert.answered is not None and alert.answered < last else None,
        resolved_at=resolved,
        severity="warning",
        origin="alert",
        attributes={"labels": {"alertname": "ModelDrift", **_labels(habits, alert.model)}},
    )


def _silence(habits: Habits) -> datetime:
    character, period = habits.character, habits.period
    month = character.silent_from.get(str(character.metrics), MONTHS)
    return datetime.combine(period.day_of(month), time(), UTC)
