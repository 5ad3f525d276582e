"""How steadily experiments are tracked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlops_maturity.evidence.records import TrainingRun, occurred_at
from mlops_maturity.evidence.signals.absence import too_little, unseen
from mlops_maturity.evidence.signals.figures import counted, notes, proof
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.view import TeamView, Timeline, bounds, days_of
from mlops_maturity.evidence.signals.weeks import WEEK_DAYS, full_weeks

FEWEST_WEEKS = 4
_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Finished:
    runs: Timeline[TrainingRun]
    mondays: Mapping[str, frozenset[int]]
    """Experiment to the Mondays of the weeks in which a run of it ended."""
    elsewhere: Timeline[TrainingRun]
    """Runs of experiments that the team does not select, of which its versions came."""


def active_tracking_weeks(view: TeamView, window: Window) -> Measured | Missing:
    """Share of weeks in which a tracked run ended, on average over the active experiments.

    Unit: percent of weeks.
    Window: 90 days; only ISO weeks that lie wholly in it and are known completely count.
    Formula: 100 x mean over active experiments of (weeks with an ended run / full weeks). An experiment is active
        when a run of it ended in one of those weeks; with none active the share is 0. How a run ended does not
        matter, a run still going on has not ended. Only runs of experiments that the team selects count: of others,
        only those are known that a version of the team came of, and not how often anything else was tracked there.
    Unknown: weeks not known completely are left out, not counted as idle.
    Seen: parts of the sources that were read; opportunities are the full weeks watched.
    Source: training runs.
    Missing: runs not read; fewer than four full weeks known; never a run of this team; it selects no experiment of
        the runs that its versions came of.
    """
    if absent := unseen(view, window, "training_run"):
        return absent
    finished = view.once(_finished)
    end = bounds(window)[1]
    if not finished.runs.before(end):
        if elsewhere := {run.experiment or "" for run in finished.elsewhere.before(end)}:
            return _not_selected(sorted(elsewhere))
        return too_little("No tracked run of this team has ended yet.")
    weeks = [week.first for part in view.covered("training_run", window) for week in full_weeks(part)]
    if len(weeks) < FEWEST_WEEKS:
        return too_little(f"Only {len(weeks)} full weeks are known; {FEWEST_WEEKS} are needed.")
    counts = [sum(week in mondays for week in weeks) for mondays in finished.mondays.values()]
    active = [count for count in counts if count]
    runs = view.known_part(finished.runs, "training_run", window)
    seen, scope = view.sights["training_run"].extent(days_of(window))
    return Measured(
        value=100 * sum(active) / (len(active) * len(weeks)) if active else 0.0,
        seen=seen,
        scope=scope,
        opportunities=len(weeks),
        proof=proof(runs),
        note=notes(f"{len(active)} active experiments in {len(weeks)} full weeks", counted(scope - seen, "not read")),
    )


def _finished(view: TeamView) -> _Finished:
    elsewhere = view.training_runs.where(lambda run: (run.source, run.id) in view.behind_versions)
    own = view.training_runs.where(
        lambda run: (
            run.finished_at is not None
            and run.outcome != "running"
            and (run.source, run.id) not in view.behind_versions
        )
    )
    mondays: defaultdict[str, set[int]] = defaultdict(set)
    for run in own:
        moment = occurred_at(run)
        assert moment is not None  # it has an end
        day = view.local_day(moment).toordinal()
        mondays[run.experiment or ""].add(day - (day - 1) % WEEK_DAYS)
    return _Finished(
        runs=own,
        mondays={name: frozenset(days) for name, days in mondays.items()},
        elsewhere=elsewhere,
    )


def _not_selected(experiments: Sequence[str]) -> Missing:
    named = ", ".join(repr(name) for name in experiments[:_NAMED] if name) or "without a name"
    return Missing(
        reason="not_configured",
        detail=f"The team's versions come of experiments that it does not select ({named}): name its own under "
        "`experiments` in the settings.",
    )


SIGNALS = (
    Signal(
        id="mlflow.active_tracking_weeks",
        title="Weeks with a tracked run",
        unit="percent",
        window_days=90,
        better="higher",
        needs=("training_run",),
        source="own definition",
        measure=active_tracking_weeks,
        reads=("training_run",),
        reaches="past",
    ),
)
