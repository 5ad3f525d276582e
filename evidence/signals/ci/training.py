"""How training pipelines are started, and how they end."""

from __future__ import annotations

from collections import Counter

from mlops_maturity.evidence.records import Record
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen
from mlops_maturity.evidence.signals.ci.runs import Run, runs_in
from mlops_maturity.evidence.signals.figures import share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.view import TeamView

FEWEST_RUNS = 5
BY_ITSELF = ("schedule", "event")


def training_success_percent(view: TeamView, window: Window) -> Measured | Missing:
    """Share of training pipeline runs that succeed.

    Unit: percent of runs.
    Window: 90 days, by the end of the last attempt.
    Formula: 100 x successes / (successes + failures), by the last attempt of each run. Cancelled and skipped runs
        are left out; unstable counts as failed. Scheduled and manual runs are shown apart in the note.
    Unknown: a run of which the end is not known lowers seen.
    Seen: runs judged, of those that ended; opportunities are the runs judged.
    Source: pipeline runs whose purpose is training.
    Missing: pipeline runs not read; no training run; fewer than five judged.
    """
    if absent := unseen(view, window, "pipeline_run"):
        return absent
    runs = [run for run in runs_in(view, window, "training") if run.ended]
    if not runs:
        return nothing("training pipeline runs ended", window)
    judged: list[tuple[bool | None, Record]] = [(run.passed, run.last) for run in runs]
    known = sum(verdict is not None for verdict, _ in judged)
    if known < FEWEST_RUNS:
        return too_little(f"Only {known} training runs with a known end; {FEWEST_RUNS} are needed.")
    return share(judged, remarks=[_by_trigger(runs)])


def auto_trigger_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of training pipeline runs that a schedule or an event started.

    Unit: percent of runs.
    Window: 90 days, by the last attempt.
    Formula: 100 x runs started by schedule or event (data, alert) / runs with a known trigger. Runs started by hand,
        by a push or by a pull request are the others. Running a run again does not change what started it; skipped
        runs are left out.
    Unknown: a run of which the trigger is not known lowers seen.
    Seen: runs with a known trigger, of all; opportunities are those runs.
    Source: pipeline runs whose purpose is training.
    Missing: pipeline runs not read; no training run; no trigger known.
    """
    if absent := unseen(view, window, "pipeline_run"):
        return absent
    runs = [run for run in runs_in(view, window, "training") if run.last.outcome != "skipped"]
    if not runs:
        return nothing("training pipeline runs", window)
    judged: list[tuple[bool | None, Record]] = [(_by_itself(run), run.last) for run in runs]
    if all(verdict is None for verdict, _ in judged):
        return Missing(reason="unsupported", detail=f"Of none of {len(runs)} training runs is known what started it.")
    return share(judged)


def _by_itself(run: Run) -> bool | None:
    trigger = run.attempts[0].trigger
    return None if trigger == "unknown" else trigger in BY_ITSELF


def _by_trigger(runs: list[Run]) -> str:
    counts = Counter(run.attempts[0].trigger for run in runs if run.passed is not None)
    passed = Counter(run.attempts[0].trigger for run in runs if run.passed)
    return ", ".join(f"{trigger} {passed[trigger]} of {number}" for trigger, number in sorted(counts.items()))


SIGNALS = (
    Signal(
        id="ci.training_success_percent",
        title="Training runs that succeed",
        unit="percent",
        window_days=90,
        better="higher",
        needs=("pipeline_run",),
        source="own definition",
        measure=training_success_percent,
        reads=("pipeline_run",),
    ),
    Signal(
        id="ci.auto_trigger_share",
        title="Training runs started automatically",
        unit="percent",
        window_days=90,
        better="higher",
        needs=("pipeline_run",),
        source="own definition",
        measure=auto_trigger_share,
        reads=("pipeline_run",),
    ),
)
