"""What happened to a team's models: drift alerts, what was done about them, and every retraining.

The histories of the single systems are different views of this one story, so they agree with each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Literal

from mlops_maturity.cli.demo.dice import Dice, around, dice, poisson
from mlops_maturity.cli.demo.habits import Habits
from mlops_maturity.cli.demo.period import WEEK, at_night, at_work, days_of_week, hours, next_working_day, pace
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


def _alerts(habits: Habits, throw: Dice) -> list[Alert]:
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


def _alert(habits: Habits, throw: Dice, model: str, started: datetime) -> Alert:
    day = started.date()
    limit = habits.period.limit
    if throw.evenly("alert_ignored", habits("alert_ignored", day)):
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


def _planned(habits: Habits, throw: Dice) -> list[Training]:
    """What the calendar or a person brings about: the more mature the team, the more regularly."""
    return [training for model in habits.character.models for training in _planned_of(habits, model, throw)]


def _planned_of(habits: Habits, model: str, throw: Dice) -> Iterator[Training]:
    day = habits.period.day_of(habits.character.since)
    day += timedelta(days=throw.random() * _usual_gap(habits, day))
    while day < habits.period.end:
        by_pipeline = throw.evenly("by_pipeline", habits("by_pipeline", day))
        alone = by_pipeline and throw.evenly("auto_trigger", habits("auto_trigger", day))
        if alone:
            yield _training(throw, model, at_night(throw, day), "schedule", by_pipeline)
        else:
            yield _training(throw, model, at_work(throw, next_working_day(day)), "person", by_pipeline)
        gap = around(throw, _usual_gap(habits, day), habits("irregularity", day))
        day += timedelta(days=max(1, round(gap if alone else gap / max(0.5, pace(day)))))


def _usual_gap(habits: Habits, day: date) -> float:
    return WEEK.days / habits("versions_per_model", day)


def _answers_to(alerts: tuple[Alert, ...], habits: Habits, throw: Dice) -> list[Training]:
    """The retrainings that alerts led to."""
    found = []
    for alert in alerts:
        if alert.answered is not None:
            by_pipeline = throw.evenly("by_pipeline", habits("by_pipeline", alert.answered.date()))
            found.append(_training(throw, alert.model, alert.answered, "alert", by_pipeline))
    return found


def _training(throw: Dice, model: str, started: datetime, cause: Cause, by_pipeline: bool) -> Training:
    finished = started + hours(around(throw, 1.2, 0.4))
    return Training(model=model, started=started, finished=finished, cause=cause, by_pipeline=by_pipeline)
