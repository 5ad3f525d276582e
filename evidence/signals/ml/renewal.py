"""How models are renewed: how often they are trained, how fast trouble ends, how fast a retrained one serves."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise

from mlops_maturity.evidence.records import Incident, PipelineRun
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen, unseen_all
from mlops_maturity.evidence.signals.ci.runs import runs_in
from mlops_maturity.evidence.signals.figures import counted, days, hours, lower_median, notes, proof
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.promotions import Promotion, promotions, run_of
from mlops_maturity.evidence.signals.view import TeamView, bounds

ANSWERED = timedelta(days=30)
"""A training run that starts within that time after a drift alert of its model is taken as the answer to it."""
TROUBLE = ("drift", "quality")


def retraining_gap_days(view: TeamView, window: Window) -> Measured | Missing:
    """Days between two successful training runs of the same pipeline.

    Unit: days of 24 hours.
    Window: 180 days, by the end of the run.
    Formula: lower median over the gaps between successive successful training runs of a pipeline. The time since the
        last one is in the note: it is a gap that has not ended.
    Unknown: a pipeline with fewer than two successes in the window has no gap and lowers seen.
    Seen: pipelines measured, of those with a training run; opportunities are the gaps.
    Source: pipeline runs whose purpose is training.
    Missing: pipeline runs not read; no training run; no pipeline with two successes.
    """
    if absent := unseen(view, window, "pipeline_run"):
        return absent
    runs = [run.last for run in runs_in(view, window, "training")]
    if not runs:
        return nothing("training pipeline runs", window)
    pipelines: defaultdict[tuple[str, str, str], list[tuple[datetime, PipelineRun]]] = defaultdict(list)
    for run in runs:
        successes = pipelines[run.source, run.repository or "", run.pipeline or ""]
        if run.outcome == "success" and run.finished_at is not None:
            successes.append((run.finished_at, run))
    moments = [sorted(moment for moment, _ in successes) for successes in pipelines.values()]
    gaps = [days(before, after) for ends in moments for before, after in pairwise(ends)]
    if not gaps:
        return too_little(f"None of {len(pipelines)} training pipelines succeeded twice in the window.")
    end = bounds(window)[1]
    waits = [days(ends[-1], end) for ends in moments if ends]
    return Measured(
        value=lower_median(gaps),
        seen=sum(len(ends) > 1 for ends in moments),
        scope=len(pipelines),
        opportunities=len(gaps),
        proof=proof([run for successes in pipelines.values() for _, run in successes]),
        note=notes(f"{len(gaps)} gaps", f"longest since the last: {max(waits):.0f} days" if waits else ""),
    )


def model_recovery_hours(view: TeamView, window: Window) -> Measured | Missing:
    """Hours until trouble with a model ends.

    Unit: hours.
    Window: 180 days, by the detection.
    Formula: lower median over drift and quality incidents of (resolved, or an older version put back, whichever is
        first - detected).
    Unknown: open incidents are counted in the note with the age of the oldest, and lower seen.
    Seen: incidents measured, of all; opportunities are the incidents measured.
    Source: incidents of the categories drift and quality, model aliases, deployments.
    Missing: incidents not read; none detected; all of them open.
    """
    if absent := unseen(view, window, "incident"):
        return absent
    found = [i for i in view.known_part(view.incidents, "incident", window) if i.category in TROUBLE]
    if not found:
        return nothing("drift or quality incidents", window)
    end = bounds(window)[1]
    ended = [(moment, incident) for incident in found if (moment := _over(view, incident)) is not None and moment < end]
    still = [incident for incident in found if all(incident is not entry for _, entry in ended)]
    remark = (
        f"{len(still)} open, the oldest for {days(min(i.detected_at for i in still), end):.0f} days" if still else ""
    )
    if not ended:
        return too_little(f"No incident has ended: {remark}.")
    return Measured(
        value=lower_median(hours(incident.detected_at, moment) for moment, incident in ended),
        seen=len(ended),
        scope=len(found),
        opportunities=len(ended),
        proof=proof([incident for _, incident in ended]),
        note=notes(f"{len(ended)} incidents", remark),
    )


def retrain_to_production_hours(view: TeamView, window: Window) -> Measured | Missing:
    """Hours from the start of a training run that answers drift to its version in production.

    Unit: hours.
    Window: 180 days, by the promotion.
    Formula: lower median over versions of (first promotion - start of the run that made it), for runs that started
        within 30 days after drift of the model was detected.
    Unknown: a promoted version whose run is not known is no such version.
    Seen: versions measured, of those; opportunities are the versions measured.
    Source: incidents of the category drift, model aliases, deployments, model versions, training runs.
    Missing: incidents, or both aliases and deployments, not read; no version was an answer to drift.
    """
    if absent := unseen(view, window, "incident") or unseen_all(view, window, "model_alias", "deployment"):
        return absent
    start, end = bounds(window)
    answers = [(at, entry) for at, entry in view.once(_answers) if start <= entry.at < end]
    if not answers:
        return nothing("retrained versions that answered drift were promoted", window)
    return Measured(
        value=lower_median(hours(at, entry.at) for at, entry in answers),
        seen=len(answers),
        scope=len(answers),
        opportunities=len(answers),
        proof=proof([entry.sign for _, entry in answers]),
        note=notes(counted(len(answers), "retrained versions")),
    )


def _over(view: TeamView, incident: Incident) -> datetime | None:
    """When trouble ended: by being resolved, or by an older version of the model."""
    back = (
        p.at for p in view.once(promotions) if p.model == incident.subject and p.back and p.at >= incident.detected_at
    )
    moments = [moment for moment in (incident.resolved_at, next(back, None)) if moment is not None]
    return min((moment for moment in moments if moment >= incident.detected_at), default=None)


def _answers(view: TeamView) -> tuple[tuple[datetime, Promotion], ...]:
    """Promotions of versions that answered drift, with the start of their run."""
    drifted: defaultdict[str | None, list[datetime]] = defaultdict(list)
    for incident in view.incidents:
        if incident.category == "drift":
            drifted[incident.subject].append(incident.detected_at)
    found = []
    for promotion in view.once(promotions):
        run = run_of(view, promotion) if promotion.first else None
        begun = run.started_at if run is not None else None
        if begun is None or begun > promotion.at:
            continue
        if any(detected <= begun <= detected + ANSWERED for detected in drifted[promotion.model]):
            found.append((begun, promotion))
    return tuple(found)


SIGNALS = (
    Signal(
        id="ml.retraining_gap_days",
        title="Days between trainings",
        unit="days",
        window_days=180,
        better="lower",
        needs=("pipeline_run",),
        source="own definition",
        measure=retraining_gap_days,
        reads=("pipeline_run",),
    ),
    Signal(
        id="ml.recovery_hours",
        title="Time until trouble with a model ends",
        unit="hours",
        window_days=180,
        better="lower",
        needs=("incident",),
        source="DORA, failed deployment recovery time, applied to models",
        measure=model_recovery_hours,
        reads=("incident", "model_alias", "deployment", "model_version"),
        reaches="past",
    ),
    Signal(
        id="ml.retrain_to_production_hours",
        title="From retraining after drift to production",
        unit="hours",
        window_days=180,
        better="lower",
        needs=("incident", "model_alias", "deployment"),
        source="own definition",
        measure=retrain_to_production_hours,
        snapshot_only=True,
        reads=("incident", "model_alias", "deployment", "model_version", "training_run"),
        reaches="past",
    ),
)
