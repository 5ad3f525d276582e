"""The CI servers of the demo organisation: checks of changes, builds of the main branch, training pipelines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from mlops_maturity.cli.demo.dice import Dice, around, dice, poisson, token
from mlops_maturity.cli.demo.habits import Habits
from mlops_maturity.cli.demo.period import at_night, at_work, days_of_week, hours, working_days
from mlops_maturity.cli.demo.plan import Cause, Plan, Training
from mlops_maturity.cli.demo.teams import repository
from mlops_maturity.evidence.records import Change, Job, Outcome, PipelineRun, Purpose, Trigger

MAIN = "main"
_Steps = tuple[tuple[str, str | None], ...]
CHECKS: _Steps = (
    ("lint", None),
    ("unit-tests", "tests"),
    ("build", None),
    ("dependency-scan", "scans"),
    ("pipeline-on-sample", "runs_samples"),
    ("evaluate-prompts", "evaluates_changes"),
)
"""Jobs of a check, and the habit by which they are there; None for those that always are."""
STEPS: _Steps = (
    ("validate-data", "validates_data"),
    ("train", None),
    ("evaluate", None),
    ("quality-gate", "gated"),
    ("register", None),
)
GENERATIVE = frozenset({"genai", "agent"})
RAW: dict[str, dict[Outcome, str]] = {
    "github": {"success": "success", "failure": "failure", "cancelled": "cancelled"},
    "buildbot": {"success": "0", "failure": "2", "cancelled": "6"},
}
CANCELLED = 0.03
FLAKY = 0.4
"""Share of the failed checks that pass when run again."""
TRIGGERS: dict[Cause, Trigger] = {"schedule": "schedule", "alert": "event", "person": "manual"}


def build_runs(habits: Habits, plan: Plan, changes: tuple[Change, ...], seed: int) -> Iterator[PipelineRun]:
    """Every run of the team's pipelines but those that deploy."""
    character = habits.character
    if character.builds is None:
        return
    throw = dice(seed, character.id, "checks")
    for change in changes:
        yield from _checks(habits, change, throw)
    throw = dice(seed, character.id, "training pipelines")
    for number, training in enumerate((run for run in plan.trainings if run.by_pipeline), start=1):
        yield from _training(habits, training, f"{training.model}-{number}", throw)
    yield from _spare_trainings(habits, throw)


def _checks(habits: Habits, change: Change, throw: Dice) -> Iterator[PipelineRun]:
    assert change.created_at is not None
    if not throw.evenly("ci_on_change", habits("ci_on_change", change.created_at.date())):
        return
    yield from _proposed(habits, change, change.created_at + timedelta(seconds=20), throw)
    if change.merged_at is not None:
        outcome = _outcome(throw, "pushed", habits("ci_success", change.merged_at.date()))
        pushed = change.merged_at + timedelta(seconds=15)
        yield from _check(habits, change, f"{change.id}/main", "push", pushed, outcome, throw)


def _proposed(habits: Habits, change: Change, started: datetime, throw: Dice) -> Iterator[PipelineRun]:
    """The check of a proposal; when it fails by chance, it is run again under the same id."""
    key = f"{change.id}/proposal"
    outcome = _outcome(throw, "proposed", 0.25 + 0.75 * habits("ci_success", started.date()))
    yield from _check(habits, change, key, "pull_request", started, outcome, throw)
    if outcome == "cancelled":
        # Somebody pushed again; the run of the newer state ends. A throw of its own, so that it moves nothing else.
        apart = dice(1, habits.character.id, key)
        yield from _check(habits, change, key, "pull_request", started + hours(0.1), "success", apart, attempt=2)
    if outcome == "failure" and throw.random() < FLAKY:
        again = started + hours(around(throw, 1.5))
        yield from _check(habits, change, key, "pull_request", again, "success", throw, attempt=2)


def _check(
    habits: Habits,
    change: Change,
    key: str,
    trigger: Trigger,
    started: datetime,
    outcome: Outcome,
    throw: Dice,
    attempt: int = 1,
) -> Iterator[PipelineRun]:
    length = timedelta(minutes=around(throw, habits("ci_minutes", started.date()), 0.25))
    yield from pipeline_run(
        habits,
        key=key,
        attempt=attempt,
        repository=str(change.repository),
        pipeline="ci",
        purpose="ci",
        trigger=trigger,
        ref=MAIN if trigger == "push" else f"change-{change.number}",
        sha=change.merge_sha,
        started=started,
        finished=started + length,
        outcome=outcome,
        steps=_steps(habits, CHECKS, started),
    )


def _steps(habits: Habits, steps: _Steps, started: datetime) -> tuple[str, ...]:
    """The jobs of a run by the habits of its day. A throw of its own each, so that none moves the rest of the story."""
    day, throw = started.date(), dice(len(steps), habits.character.id, started.isoformat())
    return tuple(
        name
        for name, habit in steps
        if habit is None
        or (throw.random() < habits(habit, day) and (habit != "evaluates_changes" or _generates(habits)))
    )


def _generates(habits: Habits) -> bool:
    return bool(GENERATIVE & set(habits.character.kinds))


def _outcome(throw: Dice, kind: str, success: float) -> Outcome:
    if throw.random() < CANCELLED:
        return "cancelled"
    return "success" if throw.evenly(kind, success) else "failure"


def _training(habits: Habits, training: Training, key: str, throw: Dice) -> Iterator[PipelineRun]:
    """The run that made a version, and those that failed on the way to it."""
    success = habits("training_success", training.started.date())
    for failed in range(poisson(throw, (1 - success) / success)):
        early = training.started - hours(around(throw, 5.0) + failed)
        yield from _train(habits, f"{key}-failed-{failed}", training, early, "failure", throw)
    yield from _train(habits, key, training, training.started, "success", throw)


def _train(
    habits: Habits, key: str, training: Training, started: datetime, outcome: Outcome, throw: Dice
) -> Iterator[PipelineRun]:
    length = training.finished - training.started
    yield from pipeline_run(
        habits,
        key=f"train/{key}",
        repository=repository(habits.character.repositories[0]),
        pipeline=f"train-{training.model}",
        purpose="training",
        trigger=TRIGGERS[training.cause],
        ref=MAIN,
        sha=None,
        started=started,
        finished=started + length * (1.0 if outcome == "success" else throw.random()),
        outcome=outcome,
        steps=_steps(habits, STEPS, started),
    )


def _spare_trainings(habits: Habits, throw: Dice) -> Iterator[PipelineRun]:
    """Runs of training pipelines that made no version: trials, and candidates that were not better."""
    character, number = habits.character, 0
    for week in habits.period.weeks(character.since):
        for model in character.models:
            for _ in range(poisson(throw, habits("spare_trainings_per_model", week))):
                number += 1
                alone = throw.evenly("auto_trigger", habits("auto_trigger", week))
                day = throw.choice(days_of_week(week) if alone else working_days(week))
                started = at_night(throw, day) if alone else at_work(throw, day)
                finished = started + hours(around(throw, 1.0, 0.4))
                cause: Cause = "schedule" if alone else "person"
                spare = Training(model=model, started=started, finished=finished, cause=cause, by_pipeline=True)
                outcome = _outcome(throw, "spare", habits("training_success", week))
                yield from _train(habits, f"spare-{number}", spare, started, outcome, throw)


def pipeline_run(
    habits: Habits,
    *,
    key: str,
    repository: str,
    pipeline: str,
    purpose: Purpose,
    trigger: Trigger,
    ref: str,
    sha: str | None,
    started: datetime,
    finished: datetime,
    outcome: Outcome,
    steps: tuple[str, ...],
    attempt: int = 1,
) -> Iterator[PipelineRun]:
    """One run, if it was over within the period. `key` names it within the team."""
    period, source = habits.period, str(habits.character.builds)
    if not (period.holds(started) and period.holds(finished)):
        return
    run = run_id(habits, key)
    yield PipelineRun(
        source=source,
        id=run,
        url=f"https://{source}.northwind.example/{repository}/runs/{run}",
        attempt=attempt,
        repository=repository,
        pipeline=pipeline,
        purpose=purpose,
        trigger=trigger,
        ref=ref,
        sha=sha,
        queued_at=started,
        started_at=started,
        finished_at=finished,
        outcome=outcome,
        raw_status=RAW[source][outcome],
        jobs=_jobs(steps, outcome),
    )


def run_id(habits: Habits, key: str) -> str:
    """The number of a run, unique within the demo organisation."""
    return str(int(token(habits.character.id, key, length=14), 16))


def _jobs(steps: tuple[str, ...], outcome: Outcome) -> tuple[Job, ...]:
    """All steps up to the last one or the one that broke the run: the second."""
    if outcome == "success":
        return tuple(Job(name=step, outcome="success") for step in steps)
    *before, broken = steps[:2]
    return (*(Job(name=step, outcome="success") for step in before), Job(name=broken, outcome=outcome))
