"""How continuous integration does."""

from __future__ import annotations

from mlops_maturity.evidence.records import Record
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen
from mlops_maturity.evidence.signals.ci.runs import Run, active_seconds, on_default_branch, runs_in
from mlops_maturity.evidence.signals.figures import counted, lower_median, notes, proof, share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.view import TeamView


def default_branch_success(view: TeamView, window: Window) -> Measured | Missing:
    """Share of CI runs on the default branch that succeed.

    Unit: percent of runs.
    Window: 90 days, by the end of the last attempt.
    Formula: 100 x successes / (successes + failures), by the last attempt of each run on the default branch (named
        by the source, else main, master or trunk). Runs for pull requests are not on it. Cancelled and skipped runs
        are left out; unstable counts as failed.
    Unknown: a run that names no branch, or of which the end is not known, lowers seen.
    Seen: runs judged, of those that may be on the default branch; opportunities are the runs judged.
    Source: pipeline runs whose purpose is ci.
    Missing: pipeline runs not read; no such run; of none is branch and end known.
    """
    if absent := unseen(view, window, "pipeline_run"):
        return absent
    runs = [(run, on_default_branch(run.last)) for run in runs_in(view, window, "ci") if run.ended]
    judged: list[tuple[bool | None, Record]] = [
        (run.passed if on_it else None, run.last) for run, on_it in runs if on_it is not False
    ]
    if not judged:
        return nothing("CI runs on the default branch", window)
    if all(verdict is None for verdict, _ in judged):
        return too_little(f"Of {len(judged)} CI runs is not known both on which branch they ran and how they ended.")
    return share(judged)


def duration_minutes(view: TeamView, window: Window) -> Measured | Missing:
    """Minutes that the CI run of a change takes.

    Unit: minutes.
    Window: 90 days, by the end of the last attempt.
    Formula: lower median over runs of the time that all attempts of a run were active: what the source says
        (attribute `active_seconds`), else finish - start; waiting in the queue is left out. Runs for pull requests;
        where there are none in the window, runs for pushes. Cancelled and skipped runs are left out, failed ones
        count.
    Unknown: a run of which neither that nor both times are known, or an earlier attempt is not, lowers seen.
    Seen: runs measured, of those; opportunities are the runs measured.
    Source: pipeline runs whose purpose is ci.
    Missing: pipeline runs not read; no CI run for a change; of none are the times known.
    """
    if absent := unseen(view, window, "pipeline_run"):
        return absent
    runs = _for_changes([run for run in runs_in(view, window, "ci") if run.ended])
    if not runs:
        return nothing("CI runs for changes", window)
    measured = [(seconds, run.last) for run in runs if (seconds := active_seconds(run.attempts)) is not None]
    if not measured:
        return too_little(f"Of none of {len(runs)} CI runs is known how long every attempt was active.")
    return Measured(
        value=lower_median(seconds for seconds, _ in measured) / 60,
        seen=len(measured),
        scope=len(runs),
        opportunities=len(measured),
        proof=proof([run for _, run in measured]),
        note=notes(
            f"{len(measured)} runs for {'pull requests' if runs[0].last.trigger == 'pull_request' else 'pushes'}",
            counted(len(runs) - len(measured), "of unknown length"),
        ),
    )


def _for_changes(runs: list[Run]) -> list[Run]:
    asked = [run for run in runs if run.last.trigger == "pull_request"]
    return asked or [run for run in runs if run.last.trigger == "push"]


SIGNALS = (
    Signal(
        id="ci.default_branch_success",
        title="CI success on the default branch",
        unit="percent",
        window_days=90,
        better="higher",
        needs=("pipeline_run",),
        source="own definition",
        measure=default_branch_success,
        reads=("pipeline_run",),
    ),
    Signal(
        id="ci.duration_minutes",
        title="Duration of CI",
        unit="minutes",
        window_days=90,
        better="lower",
        needs=("pipeline_run",),
        source="own definition",
        measure=duration_minutes,
        reads=("pipeline_run",),
    ),
)
