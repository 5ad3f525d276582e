"""Whether what is deployed was signed by the pipeline that made it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from mlops_maturity.evidence.records import Deployment, PipelineRun, Record
from mlops_maturity.evidence.signals.absence import nothing, unseen
from mlops_maturity.evidence.signals.ci.checks import Done, names
from mlops_maturity.evidence.signals.ci.production import in_production
from mlops_maturity.evidence.signals.figures import share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.view import TeamView


def signed_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the production deployments with provenance or a signature.

    Unit: percent of deployments.
    Window: 90 days, by the finish of the deployment.
    Formula: 100 x deployments whose source says so (`attributes.signed`), or whose pipeline run, or another run of
        their commit, had a successful job named as `sign` / deployments of which that is known. That a signature was
        made is seen; that it was verified is not.
    Unknown: a deployment without pipeline run, or one whose jobs are not known, lowers seen.
    Seen: deployments judged, of all; opportunities are the deployments judged.
    Source: deployments, and pipeline runs with their jobs.
    Missing: deployments not read; no production deployment; of none is it known.
    """
    if absent := unseen(view, window, "deployment"):
        return absent
    made = view.known_part(view.once(in_production), "deployment", window)
    if not made:
        return nothing("production deployments", window)
    judged: list[tuple[bool | None, Record]] = [(_signed(view, deployment), deployment) for deployment in made]
    if all(verdict is None for verdict, _ in judged):
        return Missing(
            reason="not_configured",
            detail=f"Of none of {len(made)} deployments the jobs of its pipeline are known: let the source read jobs.",
        )
    return share(judged)


def _signed(view: TeamView, deployment: Deployment) -> bool | None:
    told = deployment.attributes.get("signed")
    if isinstance(told, bool):
        return told
    runs = view.once(_by_id).get((deployment.source, deployment.pipeline_run or ""), ())
    same_commit = view.once(_signed_commits)
    if (deployment.repository or "", deployment.sha or "") in same_commit or any(_signs(view, run) for run in runs):
        return True
    return False if any(run.jobs for run in runs) else None


def _signs(view: TeamView, run: PipelineRun) -> bool:
    return view.once(Done).by(run, "sign") and any(
        job.outcome == "success" and names(view, run, "sign", job.name) for job in run.jobs
    )


def _by_id(view: TeamView) -> Mapping[tuple[str, str], Sequence[PipelineRun]]:
    """Source and id to the attempts of each run that a deployment names."""
    named = {(deployment.source, deployment.pipeline_run) for deployment in view.deployments}
    found: defaultdict[tuple[str, str], list[PipelineRun]] = defaultdict(list)
    for run in view.pipeline_runs:
        if (key := (run.source, run.id)) in named:
            found[key].append(run)
    return found


def _signed_commits(view: TeamView) -> frozenset[tuple[str, str]]:
    """Repository and commit of the runs that signed something."""
    return frozenset(
        (run.repository or "", run.sha) for run in view.once(Done).attempts("sign") if run.sha and _signs(view, run)
    )


SIGNALS = (
    Signal(
        id="ci.signed_share",
        title="Deployments with provenance or a signature",
        unit="percent",
        window_days=90,
        better="higher",
        needs=("deployment",),
        source="own definition; SLSA, build track",
        measure=signed_share,
        reads=("deployment", "pipeline_run"),
        reaches="past",
    ),
)
