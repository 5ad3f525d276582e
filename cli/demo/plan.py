"""What happened to a team's models: drift alerts, what was done about them, and every retraining.

The histories of the single systems are different views of this one story, so they agree with each other.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from random import Random
from typing import Literal

from mlops_maturity.cli.demo.dice import around, dice, poisson
from mlops_maturity.cli.demo.habits import Habits
from mlops_maturity.cli.demo.period import at_night, at_work, days_of_week, hours, pace, working_days
from mlops_maturity.cli.demo.teams import MONTHS

Cause = Literal["schedule", "alert", "person"]

ALERTS_PER_WEEK = 0.10
"""How often the data of one model drifts far enough to raise an alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One episode of a drift alert."""

    model: str
    started: datetime
    answered: datetime | None
    """When somebody or something acted; None = nobody did."""
    resolved: datetime | None
    """When it stopped firing; None = it still fires."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """One successful training of a model that was meant for production."""

    model: str
    started: datetime
    finished: datetime
    cause: Cause
    by_pipeline: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The story of one team."""

    alerts: tuple[Alert, ...]
    trainings: tuple[Training, ...]
    """Oldest first."""


def plan(habits: Habits, seed: int) -> Plan:
    """Invent the story of a team."""
    alerts = tuple(_alerts(habits, dice(seed, habits.character.id, "alerts")))
    throw = dice(seed, habits.character.id, "trainings")
    trainings = [*_planned(habits, throw), *_answers_to(alerts, habits, throw)]
    inside = [run for run in trainings if habits.period.holds(run.finished)]
    return Plan(alerts, tuple(sorted(inside, key=attrgetter("started"))))


def _alerts(habits: Habits, throw: Random) -> list[Alert]:
    character, period = habits.character, habits.period
    if character.metrics is None:
        return []
    busy: dict[str, datetime] = defaultdict(lambda: period.start)
    found = []
    for week in period.weeks(character.since, character.silent_from.get(character.metrics, MONTHS)):
        for place, model in enumerate(character.models):
            fires = poisson(throw, ALERTS_PER_WEEK) > 0
            if fires and habits.covers("drift_metric", place, len(character.models), week):
                alert = _alert(habits, throw, model, at_night(throw, throw.choice(days_of_week(week))))
                if alert.started > busy[model]:
                    found.append(alert)
                    busy[model] = alert.resolved or period.limit
    return found


def _alert(habits: Habits, throw: Random, model: str, started: datetime) -> Alert:
    day = started.date()
    limit = habits.period.limit
    if throw.random() < habits("alert_ignored", day):
        resolved = started + hours(around(throw, 20 * 24, 0.4))
        return Alert(model=model, started=started, answered=None, resolved=resolved if resolved < limit else None)
    answered = started + hours(around(throw, habits("action_hours", day), 0.5))
    resolved = answered + hours(around(throw, 3.0))
    return Alert(
        model=model,
        started=started,
        answered=answered if answered < limit else None,
        resolved=resolved if resolved < limit else None,
    )


def _planned(habits: Habits, throw: Random) -> list[Training]:
    """What the calendar or a person brings about."""
    found = []
    for week in habits.period.weeks(habits.character.since):
        for model in habits.character.models:
            by_pipeline = throw.random() < habits("by_pipeline", week)
            alone = by_pipeline and throw.random() < habits("auto_trigger", week)
            mean = habits("versions_per_model", week) * (1.0 if alone else pace(week))
            for _ in range(poisson(throw, mean)):
                started = (
                    at_night(throw, throw.choice(days_of_week(week)))
                    if alone
                    else at_work(throw, throw.choice(working_days(week)))
                )
                found.append(_training(throw, model, started, "schedule" if alone else "person", by_pipeline))
    return found


def _answers_to(alerts: tuple[Alert, ...], habits: Habits, throw: Random) -> list[Training]:
    """The retrainings that alerts led to."""
    found = []
    for alert in alerts:
        if alert.answered is not None:
            by_pipeline = throw.random() < habits("by_pipeline", alert.answered.date())
            found.append(_training(throw, alert.model, alert.answered, "alert", by_pipeline))
    return found


def _training(throw: Random, model: str, started: datetime, cause: Cause, by_pipeline: bool) -> Training:
    finished = started + hours(around(throw, 1.2, 0.4))
    return Training(model=model, started=started, finished=finished, cause=cause, by_pipeline=by_pipeline)
