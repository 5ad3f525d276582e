"""Deployments of the demo organisation: what went to production, what had to be repaired, and how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from mlops_maturity.cli.demo.build_history import MAIN, pipeline_run, run_id
from mlops_maturity.cli.demo.change_history import merged_by
from mlops_maturity.cli.demo.dice import Dice, around, dice, token
from mlops_maturity.cli.demo.habits import Habits
from mlops_maturity.cli.demo.period import at_work, hours, pace, working_days
from mlops_maturity.cli.demo.teams import repository
from mlops_maturity.evidence.records import Change, Deployment, Incident, Outcome, PipelineRun

STEPS = ("fetch-version", "deploy", "smoke-test")
ROLLED_BACK = 0.6
"""Share of the failed deployments that are taken back; the others get a hotfix."""
FILED = 0.5
"""Share of the failed deployments for which somebody files an incident."""


@dataclass(slots=True)
class _Shop:
    """The state of one repository's production."""

    repository: str
    waiting: list[Change]
    """Merged or to be merged, and not live; by the time of their merge."""
    live: str
    """The commit that is live."""
    made: int = 0
    """Deployments so far."""
    free_from: datetime | None = None
    """No regular deployment before this instant: a repair is under way."""
    done: list[Deployment | PipelineRun | Incident] = field(default_factory=list)


def deployments(habits: Habits, changes: Sequence[Change], seed: int) -> Iterator[Deployment | PipelineRun | Incident]:
    """Every deployment to production, the pipeline runs that made them, and incidents that they caused."""
    character = habits.character
    if character.builds is None:
        return
    throw = dice(seed, character.id, "deployments")
    shops = [_shop(repository(name), changes) for name in character.repositories]
    for week in habits.period.weeks(character.since):
        for day in _deployment_days(habits, week, throw):
            for shop in shops:
                _deploy_what_waits(habits, shop, at_work(throw, day), throw)
    for shop in shops:
        yield from shop.done


def _shop(name: str, changes: Sequence[Change]) -> _Shop:
    own = [change for change in changes if change.repository == name and change.merged_at is not None]
    own.sort(key=lambda change: (str(change.merged_at), change.id))
    return _Shop(repository=name, waiting=own, live=token(name, "before the history"))


def _deployment_days(habits: Habits, week: date, throw: Dice) -> list[date]:
    days = working_days(week)
    chance = habits("deployments_per_week", week) * pace(week) / len(days)
    return [day for day in days if throw.random() < chance]


def _deploy_what_waits(habits: Habits, shop: _Shop, started: datetime, throw: Dice) -> None:
    ready = [change for change in shop.waiting if merged_by(change, started)]
    if not ready or (shop.free_from is not None and started < shop.free_from):
        return
    finished = started + timedelta(minutes=around(throw, 12.0, 0.4))
    if not habits.period.holds(finished):
        return
    if throw.evenly("deployment_aborts", habits("deployment_aborts", started.date())):
        _record(habits, shop, started, finished, throw, sha=str(ready[-1].merge_sha), outcome="failure")
        return
    before, shop.live = shop.live, str(ready[-1].merge_sha)
    shop.waiting = shop.waiting[len(ready) :]
    made = _record(habits, shop, started, finished, throw, sha=shop.live, changes=tuple(change.id for change in ready))
    if throw.evenly("deployment_fails", habits("deployment_fails", started.date())):
        _repair(habits, shop, made, before, throw)


def _repair(habits: Habits, shop: _Shop, broken: Deployment, before: str, throw: Dice) -> None:
    """Take the deployment back, or bring a hotfix from a branch of its own."""
    assert broken.finished_at is not None
    taken = hours(around(throw, habits("recovery_hours", broken.finished_at.date()), 0.4))
    repaired = broken.finished_at + taken
    shop.free_from = repaired
    if throw.evenly("filed", FILED):
        shop.done.append(_incident(habits, shop, broken, repaired, throw))
    if not habits.period.holds(repaired):
        return
    back = throw.evenly("rolled back", ROLLED_BACK)
    shop.live = before if back else token(broken.id, "hotfix")
    _record(
        habits,
        shop,
        max(broken.finished_at, repaired - timedelta(minutes=8)),
        repaired,
        throw,
        sha=shop.live,
        rollback_of=broken.id if back else None,
        unplanned=True,
    )


def _record(
    habits: Habits,
    shop: _Shop,
    started: datetime,
    finished: datetime,
    throw: Dice,
    *,
    sha: str,
    outcome: Outcome = "success",
    changes: tuple[str, ...] = (),
    rollback_of: str | None = None,
    unplanned: bool = False,
) -> Deployment:
    shop.made += 1
    key = f"deploy/{shop.repository}/{shop.made}"
    by_pipeline = throw.evenly("deploy_by_pipeline", habits("deploy_by_pipeline", started.date()))
    if by_pipeline:
        shop.done += pipeline_run(
            habits,
            key=key,
            repository=shop.repository,
            pipeline="deploy",
            purpose="deployment",
            trigger="event" if habits("deploy_by_pipeline", started.date()) > 0.9 else "manual",
            ref=MAIN,
            sha=sha,
            started=started,
            finished=finished,
            outcome=outcome,
            steps=(*STEPS, "sign-image") if _signs(habits, started) else STEPS,
        )
    made = Deployment(
        source=str(habits.character.builds),
        id=f"{shop.repository}/deployments/{shop.made}",
        url=f"https://{habits.character.builds}.northwind.example/{shop.repository}/deployments/{shop.made}",
        repository=shop.repository,
        environment="production",
        tier="production",
        sha=sha,
        started_at=started,
        finished_at=finished,
        outcome=outcome,
        rollback_of=rollback_of,
        unplanned=unplanned,
        pipeline_run=run_id(habits, key) if by_pipeline else None,
        changes=changes,
    )
    shop.done.append(made)
    return made


def _signs(habits: Habits, started: datetime) -> bool:
    throw = dice(1, habits.character.id, f"signed {started.isoformat()}")
    return throw.random() < habits("signs", started.date())


def _incident(habits: Habits, shop: _Shop, broken: Deployment, repaired: datetime, throw: Dice) -> Incident:
    assert broken.finished_at is not None
    detected = broken.finished_at + (repaired - broken.finished_at) * throw.uniform(0.1, 0.5)
    inside = habits.period.holds(detected)
    return Incident(
        source=str(habits.character.changes),
        id=f"{broken.id}/incident",
        url=f"https://github.northwind.example/{shop.repository}/issues?q={shop.made}",
        subject=shop.repository,
        category=throw.choice(("service", "quality")),
        detected_at=detected if inside else broken.finished_at,
        resolved_at=repaired if habits.period.holds(repaired) else None,
        severity=throw.choice(("low", "medium", "high")),
        origin="tracker",
        caused_by=broken.id,
    )
