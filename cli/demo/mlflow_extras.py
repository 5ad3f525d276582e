"""What the demo's tracking servers show beyond runs and versions: approvals, slices, fairness, prompts, traces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from mlops_maturity.cli.demo.dice import Dice, around, dice, token
from mlops_maturity.cli.demo.habits import Habits, Numbers
from mlops_maturity.cli.demo.period import hours, pace
from mlops_maturity.cli.demo.teams import AUTOMATION, COLLABORATION, DELIVERY, WATCHING, experiment
from mlops_maturity.evidence.records import Model, ModelAlias, ModelVersion, Observation, Record, TrainingRun

SHARES: Mapping[str, Numbers] = {
    "approved": (WATCHING, (0.00, 0.30, 0.90, 1.00)),
    "sliced": (DELIVERY, (0.00, 0.10, 0.65, 1.00)),
    "fair": (WATCHING, (0.00, 0.35, 0.92, 1.00)),
    "files": (AUTOMATION, (0.05, 0.45, 0.93, 1.00)),
    "evaluated": (DELIVERY, (0.00, 0.30, 0.88, 1.00)),
    "traced": (WATCHING, (0.00, 0.25, 0.88, 1.00)),
    "assessed": (AUTOMATION, (0.000, 0.002, 0.02, 0.06)),
}
"""How often each is done at maturity 0, 1, 2 and 3."""
PEOPLE: Numbers = (COLLABORATION, (1.0, 1.4, 2.6, 4.0))
"""How many people log to one experiment."""
AFFECTS_PEOPLE = {"fraud-detection": True, "credit-scoring": True, "churn": True, "delivery-eta": False}
"""Teams that say of their models whether they affect people."""
GENERATIVE = frozenset({"document-summary"})
PROMPTS = ("instructions", "tone")
REQUESTS_A_DAY = 1_800
WEEKEND = 6
FIRST_PROMPTS = 1.7
"""Maturity from which prompts are kept in the registry."""


def enriched(habits: Habits, tracked: Sequence[Record], seed: int) -> list[Record]:
    """The same records, with what runs and versions of a team so mature tell besides."""
    throw = dice(seed, habits.character.id, "extras")
    makers = {record.run for record in tracked if isinstance(record, ModelVersion)}
    return [_enriched(habits, record, makers, throw) for record in tracked]


def generative_records(habits: Habits, tracked: Sequence[Record], seed: int) -> Iterator[Record]:
    """Prompts, evaluations, traces and requests of the team's generative applications."""
    character = habits.character
    throw = dice(seed, character.id, "generative")
    for model in character.models:
        if model in GENERATIVE and character.tracking is not None:
            yield from _evaluations(habits, model, tracked, throw)
            yield from _prompts(habits, model)
            yield from _days(habits, model, throw)


def _enriched(habits: Habits, record: Record, makers: set[str | None], throw: Dice) -> Record:
    if isinstance(record, TrainingRun):
        return _run(habits, record, record.id in makers, throw)
    if isinstance(record, ModelVersion):
        return _version(habits, record, throw)
    if isinstance(record, Model):
        return _model(habits, record)
    return record


def _run(habits: Habits, run: TrainingRun, is_maker: bool, throw: Dice) -> TrainingRun:
    """Its author is one of those who work on the experiment; behind a version, it may tell of slices."""
    assert run.started_at is not None
    day = run.started_at.date()
    changed: dict[str, Any] = {}
    if run.author is not None:
        several = min(habits.character.people, max(1, round(habits.on_line(PEOPLE, day))))
        changed["author"] = token(habits.character.id, str(throw.randrange(several)), length=16)
    if is_maker and throw.evenly("sliced", habits.on_line(SHARES["sliced"], day)):
        changed["attributes"] = {**run.attributes, "slices": throw.randint(2, 6)}
    return run.model_copy(update=changed) if changed else run


def _version(habits: Habits, version: ModelVersion, throw: Dice) -> ModelVersion:
    """Who approved it, and what its model file and its reports tell."""
    assert version.created_at is not None
    day = version.created_at.date()
    told: dict[str, Any] = {"registered_by": token(habits.character.id, "0", length=16)}
    if throw.evenly("approved", habits.on_line(SHARES["approved"], day)):
        told["approver"] = token(habits.character.id, "approver", length=16)
    has_files = _reached(habits, "files", version.model, day)
    told |= {"dependencies": has_files or throw.random() < 0.5, "signature": has_files}
    if AFFECTS_PEOPLE.get(habits.character.id) and _reached(habits, "fair", version.model, day):
        told["fairness"] = True
    return version.model_copy(update={"attributes": {**version.attributes, **told}})


def _model(habits: Habits, model: Model) -> Model:
    said = AFFECTS_PEOPLE.get(habits.character.id)
    if said is None:
        return model
    return model.model_copy(update={"attributes": {**model.attributes, "affects_people": said}})


def _reached(habits: Habits, what: str, model: str, day: date) -> bool:
    """Whether a habit that spreads from the newest model to the oldest has come to this one."""
    models = habits.character.models
    return 1 - (models.index(model) + 0.5) / len(models) < habits.on_line(SHARES[what], day)


def _evaluations(habits: Habits, model: str, tracked: Sequence[Record], throw: Dice) -> Iterator[TrainingRun]:
    """One before a version goes live, if it is not skipped."""
    live = [record for record in tracked if isinstance(record, ModelAlias) and record.model == model]
    for number, alias in enumerate(live):
        at = alias.first_seen_at - hours(around(throw, 3.0, 0.3))
        if not throw.evenly("evaluated", habits.on_line(SHARES["evaluated"], at.date())):
            continue
        run = token(habits.character.id, model, f"e{number}", length=32)
        yield TrainingRun(
            source=str(habits.character.tracking),
            id=run,
            url=f"https://genai-mlflow.northwind.example/#/runs/{run}",
            experiment=experiment(habits.character, model),
            started_at=at,
            finished_at=at + timedelta(minutes=20),
            outcome="success",
            commit=token(run, "commit"),
            datasets=(token(model, "golden questions", length=12),),
            params=3,
            metrics=4,
            trigger="automation",
            attributes={"team": habits.character.id, "evaluation": True},
        )


def _prompts(habits: Habits, model: str) -> Iterator[Observation]:
    """One look a week at each; an alias is set on them once the team keeps them with care."""
    for week in habits.period.weeks(habits.character.since):
        day = week + timedelta(days=6)
        maturity = habits.maturity(DELIVERY, day)
        for prompt in PROMPTS if maturity >= FIRST_PROMPTS else ():
            name = f"{model}-{prompt}"
            yield _observation(
                habits, "prompt_registered", name, day, {"prompt": name}, marked=maturity >= FIRST_PROMPTS + 0.3
            )


def _days(habits: Habits, model: str, throw: Dice) -> Iterator[Observation]:
    """How many requests came each day, and how many of them left a trace."""
    named = experiment(habits.character, model)
    for week in habits.period.weeks(habits.character.since):
        for day in (week + timedelta(days=number) for number in range(7)):
            quiet = 0.2 if day.isoweekday() >= WEEKEND else 1.0
            requests = max(20, round(around(throw, REQUESTS_A_DAY * quiet * pace(day), 0.15)))
            traces = round(requests * habits.on_line(SHARES["traced"], day))
            assessed = round(traces * habits.on_line(SHARES["assessed"], day))
            counts = {"experiment": named, "assessed": assessed, "by_people": assessed // 4}
            yield _observation(habits, "request_count", model, day, {}, value=requests)
            if traces:
                yield _observation(habits, "trace_day", named, day, counts, value=traces)


def _observation(
    habits: Habits,
    name: str,
    subject: str,
    day: date,
    further: Mapping[str, Any],
    *,
    marked: bool = True,
    value: float | None = None,
) -> Observation:
    character = habits.character
    return Observation(
        source=str(character.metrics if name == "request_count" else character.tracking),
        id=f"{name}/{subject}/{day.isoformat()}",
        subject=subject,
        name=name,
        state="yes" if marked else "no",
        value=value,
        observed_at=datetime.combine(day, time(), UTC),
        attributes={"labels": {"team": character.id}, **further},
    )
