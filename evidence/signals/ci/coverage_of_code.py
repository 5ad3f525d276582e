"""How much of the code its tests run."""

from __future__ import annotations

from collections import defaultdict

from mlops_maturity.evidence.records import PipelineRun
from mlops_maturity.evidence.signals.absence import nothing, unseen
from mlops_maturity.evidence.signals.ci.runs import on_default_branch, runs_in
from mlops_maturity.evidence.signals.figures import counted, lower_median, notes, proof
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.view import TeamView


def coverage_percent(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the lines that ran in a test, as the pipelines tell it.

    Unit: percent of lines.
    Window: 90 days, by the end of the last attempt.
    Formula: lower median over repositories of the coverage that the newest CI run on the default branch tells
        (attribute `coverage`, 0 to 100; the default branch as in `ci.default_branch_success`).
    Unknown: a repository of which no such run tells it lowers seen.
    Seen: repositories that tell it, of those with CI runs on the default branch; opportunities are the runs that do.
    Source: pipeline runs whose purpose is ci. GitLab tells it where a job sets `coverage:`; GitHub, Jenkins and
        Buildbot don't, so that it is handed in for them, as measurements or readings.
    Missing: pipeline runs not read; no CI run on the default branch; none tells it.
    """
    if absent := unseen(view, window, "pipeline_run"):
        return absent
    repositories: defaultdict[tuple[str, str | None], list[PipelineRun]] = defaultdict(list)
    for run in runs_in(view, window, "ci"):
        if run.ended and on_default_branch(run.last):
            repositories[run.last.source, run.last.repository].append(run.last)
    if not repositories:
        return nothing("CI runs on the default branch", window)
    telling = {
        repository: told
        for repository, runs in repositories.items()
        if (told := [(value, run) for run in runs if (value := _told(run)) is not None])
    }
    if not telling:
        return Missing(
            reason="not_configured",
            detail="No CI run tells its coverage: set `coverage:` of a job in GitLab, or hand it in.",
        )
    newest = [told[-1] for told in telling.values()]
    return Measured(
        value=lower_median(value for value, _ in newest),
        seen=len(telling),
        scope=len(repositories),
        opportunities=sum(map(len, telling.values())),
        proof=proof([run for _, run in newest]),
        note=notes(
            counted(len(telling), "repositories"), counted(len(repositories) - len(telling), "that don't tell it")
        ),
    )


def _told(run: PipelineRun) -> float | None:
    value = run.attributes.get("coverage")
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100:
        return float(value)
    return None


SIGNALS = (
    Signal(
        id="ci.coverage_percent",
        title="Lines that ran in a test",
        unit="percent",
        window_days=90,
        better="higher",
        needs=("pipeline_run",),
        source="own definition",
        measure=coverage_percent,
        reads=("pipeline_run",),
    ),
)
