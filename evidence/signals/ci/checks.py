"""What pipeline runs check beside what they are for: tests, data, dependencies, whole pipelines on samples, gates.

Which jobs these are is configuration (`rules.checks` of a source, presets for an import), applied when a signal is
computed: a rule that is mended speaks of the past as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from operator import attrgetter
from typing import Literal

from mlops_maturity.config.rules import Check
from mlops_maturity.evidence.records import Outcome, PipelineRun, Purpose, Record
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen
from mlops_maturity.evidence.signals.ci.runs import Run, on_default_branch, runs_in
from mlops_maturity.evidence.signals.figures import counted, notes, proof, share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.view import TeamView

Measure = Callable[[TeamView, Window], Measured | Missing]
_GATED: tuple[Purpose, ...] = ("training", "evaluation", "deployment", "ci")
EXECUTED: tuple[Outcome, ...] = ("success", "failure", "unstable")
"""How a job ended that was carried out; a skipped one checked nothing."""
_JOBS = attrgetter("jobs")
_NONE: frozenset[int] = frozenset()


def data_check_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the training pipeline runs with a step that validates the data.

    Unit: percent of runs.
    Window: 90 days, by the end of the last attempt.
    Formula: 100 x training runs with a job named as `data_check` that was carried out / training runs with known jobs.
    Unknown: a run of which the jobs are not known lowers seen. Runs that were cancelled or skipped are left out.
    Seen: runs judged, of those that ended; opportunities are the runs judged.
    Source: pipeline runs whose purpose is training, with their jobs.
    Missing: pipeline runs not read; no training run; of none are the jobs known.
    """
    return _share(view, window, [run for run in runs_in(view, window, "training") if run.ended], "data_check")


def scan_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the builds with a scan of dependencies or images.

    Unit: percent of runs.
    Window: 90 days, by the end of the last attempt.
    Formula: 100 x CI runs with a job named as `scan` that was carried out / CI runs with known jobs. A repository that
        scans in a pipeline of its own counts by commit: a run is scanned if any run of its commit was.
    Unknown: a run of which the jobs are not known, and whose commit no scan names, lowers seen.
    Seen: runs judged, of those that ended; opportunities are the runs judged.
    Source: pipeline runs whose purpose is ci, with their jobs.
    Missing: pipeline runs not read; no CI run; of none are the jobs known.
    """
    return _share(view, window, [run for run in runs_in(view, window, "ci") if run.ended], "scan")


def test_job_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the CI runs in which some test was carried out.

    Unit: percent of runs.
    Window: 90 days, by the end of the last attempt.
    Formula: 100 x CI runs with a job named as `test` that was carried out / CI runs with known jobs, by commit as for
        scans.
    Unknown: a run of which the jobs are not known, and of whose commit no test is known, lowers seen.
    Seen: runs judged, of those that ended; opportunities are the runs judged.
    Source: pipeline runs whose purpose is ci, with their jobs.
    Missing: pipeline runs not read; no CI run; of none are the jobs known.
    """
    return _share(view, window, [run for run in runs_in(view, window, "ci") if run.ended], "test")


def pipeline_smoke_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the checks of changes in which the whole pipeline ran on sample data.

    Unit: percent of runs.
    Window: 90 days, by the end of the last attempt.
    Formula: 100 x CI runs for changes with a job named as `smoke` that was carried out / such runs with known jobs,
        by commit as for scans. Which changes touch the pipeline's code is not known, so all changes count.
    Unknown: a run of which the jobs are not known lowers seen.
    Seen: runs judged, of those that ended; opportunities are the runs judged.
    Source: pipeline runs whose purpose is ci, with their jobs.
    Missing: pipeline runs not read; no CI run for a change; of none are the jobs known.
    """
    return _share(view, window, _for_changes(view, window), "smoke")


def eval_gate_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the checks of changes in which an evaluation ran.

    Unit: percent of runs.
    Window: 90 days, by the end of the last attempt.
    Formula: 100 x CI runs for changes with a job named as `evaluation` that was carried out, or of whose commit an
        evaluation pipeline ran / such runs with known jobs.
    Unknown: a run of which the jobs are not known, and of whose commit no evaluation is known, lowers seen.
    Seen: runs judged, of those that ended; opportunities are the runs judged.
    Source: pipeline runs whose purpose is ci or evaluation, with their jobs.
    Missing: pipeline runs not read; no CI run for a change; of none are the jobs known.
    """
    return _share(view, window, _for_changes(view, window), "evaluation")


def gate_stops(view: TeamView, window: Window) -> Measured | Missing:
    """Candidates that the automatic quality gate stopped.

    Unit: count.
    Window: 180 days, by the end of the last attempt.
    Formula: runs, of any purpose, in which the last job named as `gate` failed, each run once.
    Unknown: a run of which the jobs are not known is not counted.
    Seen: runs with known jobs, of those that ended; opportunities are the runs in which a gate decided.
    Source: pipeline runs with their jobs. Zero over a long time may mean a gate without teeth.
    Missing: pipeline runs not read; no run ended; no run with a gate.
    """
    if absent := unseen(view, window, "pipeline_run"):
        return absent
    runs = [run for purpose in _GATED for run in runs_in(view, window, purpose) if run.ended]
    if not runs:
        return nothing("pipeline runs ended", window)
    done = view.once(Done)
    gated = [run for run in runs if done.by(run.last, "gate")]
    decided = [(verdict, run.last) for run in gated if (verdict := _let_through(view, run)) is not None]
    if not decided:
        return too_little(
            f"In none of {len(runs)} runs a job is known to be a quality gate: name it in `rules.checks` of the source."
        )
    stopped = [run for passed, run in decided if not passed]
    return Measured(
        value=len(stopped),
        seen=sum(bool(run.last.jobs) for run in runs),
        scope=len(runs),
        opportunities=len(decided),
        proof=proof(stopped or [run for _, run in decided]),
        note=notes(f"{len(stopped)} of {len(decided)} stopped"),
    )


def names(view: TeamView, run: PipelineRun, check: Check, name: str | None) -> bool:
    """Whether the rules of the run's source call a job or pipeline of that name a check of that kind."""
    return name is not None and check in view.once(Meanings).of(run.source, name)


class Meanings:
    """What names of jobs and pipelines mean. Remembered: the same few names stand in every run of every week."""

    def __init__(self, view: TeamView) -> None:
        self._view = view
        self._known: dict[tuple[str, str], frozenset[Check]] = {}

    def of(self, source: str, name: str) -> frozenset[Check]:
        """The checks that the rules of a source see in a name."""
        found = self._known.get((source, name))
        if found is None:
            rules = self._view.words(source).checks
            found = frozenset(rule.check for rule in rules if fnmatchcase(name.casefold(), rule.job.casefold()))
            self._known[source, name] = found
        return found


def _carried_out(view: TeamView, run: PipelineRun) -> frozenset[Check]:
    executed = [job.name for job in run.jobs if job.outcome in EXECUTED]
    if run.pipeline is not None and run.outcome in EXECUTED:
        executed.append(run.pipeline)
    meanings = view.once(Meanings)
    return frozenset().union(*(meanings.of(run.source, name) for name in executed))


class Done:
    """Which attempts of runs carried out which checks, by their pipeline or their jobs. The jobs are looked at once."""

    def __init__(self, view: TeamView) -> None:
        self._runs: defaultdict[Check, list[PipelineRun]] = defaultdict(list)
        known: dict[tuple[object, ...], frozenset[Check]] = {}
        for run in view.pipeline_runs:
            # As they are read from the store, jobs of one name and outcome are one object.
            alike = run.source, run.pipeline, run.outcome, *map(id, run.jobs)
            if alike not in known:
                known[alike] = _carried_out(view, run)
            for check in known[alike]:
                self._runs[check].append(run)
        self._ids = {check: frozenset(map(id, runs)) for check, runs in self._runs.items()}
        self._commits: dict[Check, Mapping[str, PipelineRun]] = {}

    def attempts(self, check: Check) -> Sequence[PipelineRun]:
        """Those that carried a check out, in order of time."""
        return self._runs.get(check, ())

    def by(self, attempt: PipelineRun, check: Check) -> bool:
        """Whether one attempt did."""
        return id(attempt) in self._ids.get(check, _NONE)

    def in_run(self, run: Run, check: Check) -> bool | None:
        """Whether some attempt of a run did; None where its jobs are not known."""
        if not self._ids.get(check, _NONE).isdisjoint(map(id, run.attempts)):
            return True
        return False if any(map(_JOBS, run.attempts)) else None

    def of_commit(self, sha: str | None, check: Check) -> PipelineRun | None:
        """The first attempt of a commit, of any purpose, that did."""
        if check not in self._commits:
            self._commits[check] = {run.sha: run for run in reversed(self.attempts(check)) if run.sha}
        return self._commits[check].get(sha or "")


def _for_changes(view: TeamView, window: Window) -> list[Run]:
    runs = [run for run in runs_in(view, window, "ci") if run.ended]
    asked = [run for run in runs if run.last.trigger == "pull_request"]
    return asked or [run for run in runs if run.last.trigger == "push" and on_default_branch(run.last) is not None]


def _share(view: TeamView, window: Window, runs: list[Run], check: Check) -> Measured | Missing:
    if absent := unseen(view, window, "pipeline_run"):
        return absent
    if not runs:
        return nothing("pipeline runs to judge", window)
    done = view.once(Done)
    judged: list[tuple[bool | None, Record]] = []
    for run in runs:
        verdict = done.in_run(run, check)
        if not verdict and _earlier(done.of_commit(run.last.sha, check), window, view):
            verdict = True
        judged.append((verdict, run.last))
    if all(verdict is None for verdict, _ in judged):
        return Missing(
            reason="not_configured",
            detail=f"Of none of {len(runs)} runs the jobs are known: let the source read jobs, "
            f"or name the pipelines in `rules.checks`.",
        )
    by_pipeline = sum(not run.last.jobs for run in runs)
    return share(judged, remarks=[counted(by_pipeline, "with unknown jobs")])


def _earlier(run: PipelineRun | None, window: Window, view: TeamView) -> bool:
    """Whether there is such a run and it was over by the end of the window, so that the past stays what it was."""
    moment = None if run is None else run.finished_at or run.started_at
    return moment is not None and view.local_day(moment) <= window.last


def _let_through(view: TeamView, run: Run) -> bool | None:
    """How the gate of the last attempt decided; None where there was none, or it was not reached."""
    decisions = [
        job.outcome == "success"
        for job in run.last.jobs
        if job.outcome in EXECUTED and names(view, run.last, "gate", job.name)
    ]
    if not decisions and run.last.outcome in EXECUTED and names(view, run.last, "gate", run.last.pipeline):
        decisions = [run.last.outcome == "success"]
    return all(decisions) if decisions else None


def _signal(
    name: str,
    title: str,
    measure: Measure,
    *,
    unit: str = "percent",
    days: int = 90,
    reaches: Literal["window", "past"] = "past",
) -> Signal:
    return Signal(
        id=f"ci.{name}",
        title=title,
        unit=unit,
        window_days=days,
        better="higher",
        needs=("pipeline_run",),
        source="own definition",
        measure=measure,
        reads=("pipeline_run",),
        reaches=reaches,  # most look for other runs of the same commit
    )


SIGNALS = (
    _signal("data_check_share", "Training runs that validate their data", data_check_share),
    _signal("scan_share", "Builds with a scan of dependencies or images", scan_share),
    _signal("test_job_share", "CI runs with a test", test_job_share),
    _signal("pipeline_smoke_share", "Changes checked by a whole run on sample data", pipeline_smoke_share),
    _signal("eval_gate_share", "Changes checked by an evaluation", eval_gate_share),
    _signal(
        "gate_stops",
        "Candidates stopped by the quality gate",
        gate_stops,
        unit="count",
        days=180,
        reaches="window",
    ),
)
