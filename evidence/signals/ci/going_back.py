"""How long ago going back was last done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mlops_maturity.evidence.records import Record
from mlops_maturity.evidence.signals.absence import nothing, unseen
from mlops_maturity.evidence.signals.ci.checks import Done, Meanings
from mlops_maturity.evidence.signals.ci.faults import key_of, roll_backs
from mlops_maturity.evidence.signals.ci.production import finished, in_production
from mlops_maturity.evidence.signals.figures import days, proof
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.view import TeamView, bounds

_WEEK = 7


def rollback_age_days(view: TeamView, window: Window) -> Measured | Missing:
    """Days since something was last rolled back, for real or as a rehearsal.

    Unit: days of 24 hours.
    Window: 365 days.
    Formula: end of the window - finish of the last production deployment that put an older content back, or of the
        last successful job or pipeline named as `rollback` in the rules of its source. Where there was none, the
        length of the window that is known: it is at least as long ago.
    Unknown: days of which the deployments are not known lower seen.
    Seen: days known, of the window; opportunities are the weeks watched.
    Source: deployments, and pipeline runs with their jobs.
    Missing: deployments not read; no production deployment in the window, so that there was nothing to go back from.
    """
    if absent := unseen(view, window, "deployment"):
        return absent
    start, end = bounds(window)
    made = view.known_part(view.once(in_production), "deployment", window)
    done = sorted(
        ((moment, record) for moment, record in view.once(_roll_backs) if start <= moment < end),
        key=lambda entry: (entry[0], entry[1].source, entry[1].id),
    )
    if not made and not done:
        return nothing("production deployments", window)
    known = sum(part.last - part.first + 1 for part in view.covered("deployment", window))
    last = done[-1] if done else None
    return Measured(
        value=days(last[0], end) if last else known,
        seen=known,
        scope=window.days,
        opportunities=known // _WEEK,
        proof=proof([record for _, record in done] or made),
        note=f"{len(done)} in {known} days" if last else f"none in {known} days: at least as long ago",
    )


def _roll_backs(view: TeamView) -> tuple[tuple[datetime, Record], ...]:
    return tuple(_found(view))


def _found(view: TeamView) -> Iterator[tuple[datetime, Record]]:
    backwards = view.once(roll_backs)
    for deployment in view.once(in_production).dated:
        if key_of(deployment) in backwards:
            yield finished(deployment), deployment
    meanings = view.once(Meanings)
    for run in view.once(Done).attempts("rollback"):
        if run.finished_at is None:
            continue
        done = [job.name for job in run.jobs if job.outcome == "success"]
        if run.outcome == "success" and run.pipeline is not None:
            done.append(run.pipeline)
        if any("rollback" in meanings.of(run.source, name) for name in done):
            yield run.finished_at, run


SIGNALS = (
    Signal(
        id="ci.rollback_age_days",
        title="Days since the last roll-back or rehearsal",
        unit="days",
        window_days=365,
        better="lower",
        needs=("deployment",),
        source="own definition",
        measure=rollback_age_days,
        reads=("deployment", "pipeline_run"),
        reaches="past",
    ),
)
