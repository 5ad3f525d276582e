"""The tracking server of the demo organisation: runs, registered models, their versions and aliases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from mlops_maturity.cli.demo.dice import Dice, around, dice, poisson, token
from mlops_maturity.cli.demo.habits import Habits
from mlops_maturity.cli.demo.period import at_work, hours, pace, working_days
from mlops_maturity.cli.demo.plan import Plan, Training
from mlops_maturity.cli.demo.teams import experiment
from mlops_maturity.evidence.records import Model, ModelAlias, ModelVersion, Record, TrainingRun

ALIAS = "champion"
REJECTED = 0.12
"""Share of the candidates that a gate turns down."""
GATED = 0.6
"""From this share of evaluated versions on, failing the evaluation stops a version."""
ADMITTED = 0.7
"""Share of the versions without an evaluation whose tag says so."""
USUAL_DAYS = 7.0


@dataclass(frozen=True, slots=True)
class _Version:
    record: ModelVersion
    promoted: datetime | None
    """When it went live; None = never."""
    marked: bool
    """Whether an alias said so."""


def tracking_records(habits: Habits, plan: Plan, seed: int) -> Iterator[Record]:
    """Everything that the team's tracking server shows at the end of the period."""
    character = habits.character
    if character.tracking is None:
        return
    yield from _experiments(habits, dice(seed, character.id, "experiments"))
    for place, model in enumerate(character.models):
        throw = dice(seed, character.id, "registry", model)
        trainings = [training for training in plan.trainings if training.model == model]
        yield from _one_model(habits, place, trainings, throw)


def _experiments(habits: Habits, throw: Dice) -> Iterator[TrainingRun]:
    """What people try out: weeks with several runs, weeks with none."""
    character, number = habits.character, 0
    for week in habits.period.weeks(character.since):
        for model in character.models:
            if not throw.evenly(model, habits("tracking_week", week) * max(0.3, pace(week))):
                continue
            for _ in range(1 + poisson(throw, habits("runs_per_week", week) / 3)):
                number += 1
                started = at_work(throw, throw.choice(working_days(week)))
                yield _run(habits, throw, f"x{number}", model, started, started + hours(around(throw, 0.4)), "person")


def _one_model(habits: Habits, place: int, trainings: Sequence[Training], throw: Dice) -> Iterator[Record]:
    versions: list[_Version] = []
    for number, training in enumerate(trainings, start=1):
        run = _training_run(habits, throw, number, training)
        if run is not None:
            yield run
        if habits.covers("registered", place, len(habits.character.models), training.finished.date()):
            versions.append(_version(habits, place, len(versions) + 1, training, run, throw))
    yield from _aliases(habits, versions)
    if versions:
        yield _model(habits, place, versions)
        yield from _with_current_alias(versions)


def _training_run(habits: Habits, throw: Dice, number: int, training: Training) -> TrainingRun | None:
    """The run of a training that was tracked at all."""
    if not training.by_pipeline and not throw.evenly("linked", habits("tracked", training.started.date())):
        return None
    trigger = "automation" if training.by_pipeline else "person"
    return _run(habits, throw, f"t{number}", training.model, training.started, training.finished, trigger)


def _run(
    habits: Habits, throw: Dice, key: str, model: str, started: datetime, finished: datetime, trigger: str
) -> TrainingRun:
    character, day = habits.character, started.date()
    run = token(character.id, model, key, length=32)
    committed = throw.evenly("commit", habits("commit", day))
    full = throw.evenly("tracked", habits("tracked", day))
    by_person = trigger == "person"
    return TrainingRun(
        source=str(character.tracking),
        id=run,
        url=f"https://mlflow.northwind.example/#/runs/{run}",
        experiment=experiment(character, model),
        started_at=started,
        finished_at=finished,
        outcome="success" if key.startswith("t") or throw.random() < 0.9 else "failure",
        commit=token(run, "commit") if committed else None,
        dirty=(by_person and throw.random() < 0.1) if committed else None,
        datasets=(token(run, "data", length=12),) if throw.evenly("dataset", habits("dataset", day)) else (),
        params=throw.randint(3, 14) if full else 0,
        metrics=throw.randint(2, 8) if full else throw.randint(0, 1),
        trigger="automation" if trigger == "automation" else "person",
        author=token(character.id, str(throw.randrange(character.people)), length=16) if by_person else None,
        attributes={"team": character.id},
    )


def _version(
    habits: Habits, place: int, number: int, training: Training, run: TrainingRun | None, throw: Dice
) -> _Version:
    character, created = habits.character, training.finished - timedelta(minutes=1)
    day = created.date()
    verdict = _verdict(habits, day, throw)
    promoted = created + hours(around(throw, 6.0 + habits("review_hours", day) / 4))
    described = habits.covers("described", place, len(character.models), day)
    record = ModelVersion(
        source=str(character.tracking),
        id=f"{training.model}/{number}",
        url=f"https://mlflow.northwind.example/#/models/{training.model}/versions/{number}",
        model=training.model,
        version=str(number),
        created_at=created,
        run=None if run is None else run.id,
        described=described,
        validated=None if verdict is None else verdict == "passed",
        tags=_tags(habits, described, verdict, day),
        attributes={"team": character.id},
    )
    live = verdict != "rejected" and habits.period.holds(promoted)
    marked = habits.covers("aliased", place, len(character.models), day)
    return _Version(record, promoted if live else None, marked)


def _verdict(habits: Habits, day: date, throw: Dice) -> str | None:
    """What the validation tag says: `skipped` goes live all the same, no tag leaves it unknown."""
    evaluated = habits("evaluated", day)
    if throw.evenly("evaluated", evaluated):
        return "rejected" if evaluated > GATED and throw.evenly("rejected", REJECTED) else "passed"
    return "skipped" if throw.evenly("admitted", ADMITTED) else None


def _tags(habits: Habits, described: bool, verdict: str | None, day: date) -> dict[str, str]:
    usual = USUAL_DAYS / habits("versions_per_model", day)
    tags = {"max_age_days": str(max(3, round(usual * habits("declared_age", day))))}
    if described:
        tags["owner"] = habits.character.id
    if verdict is not None:
        tags["validation_status"] = verdict
    return tags


def _served(versions: Iterable[_Version]) -> list[_Version]:
    """The versions that went live, in the order in which they did."""
    live = [version for version in versions if version.promoted is not None]
    return sorted(live, key=_promotion)


def _promotion(version: _Version) -> datetime:
    assert version.promoted is not None
    return version.promoted


def _aliases(habits: Habits, versions: Sequence[_Version]) -> Iterator[ModelAlias]:
    """From when to when the alias was seen on each version that was live."""
    served = _served(versions)
    ends = [_promotion(later) - timedelta(minutes=1) for _, later in pairwise(served)]
    for version, end in zip(served, [*ends, habits.period.limit - timedelta(hours=1)], strict=False):
        if version.marked:
            first = _promotion(version)
            record = version.record
            yield ModelAlias(
                source=record.source,
                id=f"{record.model}/{ALIAS}/{record.version}/{int(first.timestamp())}",
                url=record.url,
                model=record.model,
                alias=ALIAS,
                version=record.version,
                first_seen_at=first,
                last_seen_at=max(first, end),
                attributes={"team": habits.character.id},
            )


def _current(versions: Sequence[_Version]) -> _Version | None:
    """The version that bears the alias at the end."""
    served = _served(versions)
    return served[-1] if served and served[-1].marked else None


def _with_current_alias(versions: Sequence[_Version]) -> Iterator[ModelVersion]:
    current = _current(versions)
    for version in versions:
        bears = current is not None and version.record.id == current.record.id
        yield version.record.model_copy(update={"aliases": (ALIAS,)}) if bears else version.record


def _model(habits: Habits, place: int, versions: Sequence[_Version]) -> Model:
    character, first = habits.character, versions[0].record
    described = habits.covers("described", place, len(character.models), habits.period.first)
    return Model(
        source=first.source,
        id=first.model,
        url=f"https://mlflow.northwind.example/#/models/{first.model}",
        name=first.model,
        created_at=first.created_at,
        described=described or versions[-1].record.described,
        owner=character.id if versions[-1].record.described else None,
        aliases=(ALIAS,) if _current(versions) else (),
        model_kind="genai" if first.model == "document-summary" else "classical",
        attributes={"team": character.id},
    )
