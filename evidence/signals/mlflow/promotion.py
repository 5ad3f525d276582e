"""How model versions get to production, and how old they grow there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import isfinite

from mlops_maturity.evidence.records import ModelVersion, Record
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen_all
from mlops_maturity.evidence.signals.ci.runs import of_purpose
from mlops_maturity.evidence.signals.figures import counted, days, lower_median, notes, proof, share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.promotions import promoted
from mlops_maturity.evidence.signals.serving import served_versions
from mlops_maturity.evidence.signals.view import TeamView, bounds


def eval_before_promotion_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the versions promoted to production that had passed a validation.

    Unit: percent of promoted versions.
    Window: 180 days, by the first promotion of a version: the day a production alias was first seen on it, or the
        finish of its first successful production deployment.
    Formula: 100 x promoted versions that are validated by their tag, or for whose commit an evaluation pipeline
        succeeded before the promotion / promoted versions judged. A validation that failed is a no.
    Unknown: a version without the validation tag and without such a pipeline run, or that is not among the records,
        lowers seen. Tags bear no date: that the tag was set before the promotion is assumed.
    Seen: versions judged, of the versions promoted; opportunities are the versions judged.
    Source: model aliases as observed, production deployments, model versions, training runs, pipeline runs.
    Missing: neither aliases nor deployments read; no promotion in the window; of none is known whether it was
        validated.
    """
    if absent := unseen_all(view, window, "model_alias", "deployment"):
        return absent
    judged: list[tuple[bool | None, Record]] = [
        (None if entry.version is None else _validated(view, entry.version, entry.at), entry.record)
        for entry in promoted(view, window)
    ]
    if not judged:
        return nothing("model versions were promoted", window)
    if all(verdict is None for verdict, _ in judged):
        return too_little(f"{len(judged)} versions were promoted; of none is known whether it was validated.")
    return share(judged)


def staleness_ratio(view: TeamView, window: Window) -> Measured | Missing:
    """Age of the served model versions, as a multiple of the age that was declared as their maximum.

    Unit: ratio; 1 is exactly as old as allowed.
    Window: 30 days, which decides what counts as served; age is taken at its end.
    Formula: lower median over served versions of (end of window - creation of the version) / declared maximum age,
        both in days of 24 hours. The tag is the source's setting `max_age_tag`.
    Unknown: a served model that declares no maximum age, or whose version or its creation is not known, lowers seen.
    Seen: versions with a declared age, of the models that serve; opportunities are those versions.
    Source: model versions; what serves by alias, stage, production deployment or serving observation.
    Missing: registry not read; nothing known to serve; no maximum age declared.
    """
    if absent := unseen_all(view, window, "model_version", "model_alias"):
        return absent
    end = bounds(window)[1]
    serving = served_versions(view, window)
    versions = [entry.version for entry in serving if entry.version is not None]
    if not versions:
        return too_little("Of no model is known which version serves: set an alias such as `champion` on it.")
    ages = [
        (days(version.created_at, end) / limit, version)
        for version in versions
        if (limit := _maximum_age(view, version)) and version.created_at is not None and version.created_at < end
    ]
    if not ages:
        return Missing(
            reason="not_configured",
            detail="No served version declares a maximum age: set the tag `max_age_days` (or the one configured).",
        )
    over = sum(ratio > 1 for ratio, _ in ages)
    return Measured(
        value=lower_median(ratio for ratio, _ in ages),
        seen=len(ages),
        scope=len(serving),
        opportunities=len(ages),
        proof=proof([version for _, version in ages]),
        note=notes(f"{over} of {len(ages)} over their age", counted(len(serving) - len(ages), "unknown")),
    )


def _validated(view: TeamView, version: ModelVersion, promoted_at: datetime) -> bool | None:
    if version.validated is not None:
        return version.validated
    run = view.runs_by_id.get((version.source, version.run or ""))
    passed = view.once(_evaluated).get(run.commit) if run is not None and run.commit else None
    return True if passed is not None and passed <= promoted_at else None


def _evaluated(view: TeamView) -> Mapping[str, datetime]:
    """Commit to when an evaluation pipeline first succeeded for it."""
    passed: dict[str, datetime] = {}
    for run in of_purpose(view, "evaluation").dated:
        if run.outcome == "success" and run.sha and run.finished_at:
            passed.setdefault(run.sha, run.finished_at)
    return passed


def _maximum_age(view: TeamView, version: ModelVersion) -> float | None:
    """Declared days, of the version or else of its model; None where none is declared, or no positive number."""
    tag = view.words(version.source).max_age_tag
    declared = version.tags.get(tag)
    if declared is None:
        declared = next((m.attributes.get(tag) for m in view.models if m.name == version.model), None)
    try:
        limit = float(declared)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return limit if isfinite(limit) and limit > 0 else None


SIGNALS = (
    Signal(
        id="mlflow.eval_before_promotion_share",
        title="Promoted versions that were validated before",
        unit="percent",
        window_days=180,
        better="higher",
        needs=("model_alias", "deployment"),
        source="own definition",
        measure=eval_before_promotion_share,
        snapshot_only=True,
        reads=("model_alias", "deployment", "model_version", "training_run", "pipeline_run"),
        reaches="past",
    ),
    Signal(
        id="mlflow.staleness_ratio",
        title="Age of served versions against their declared maximum",
        unit="ratio",
        window_days=30,
        better="lower",
        needs=("model_version",),
        source="own definition; the declared age is the team's own",
        measure=staleness_ratio,
        snapshot_only=True,
        reads=("model", "model_version", "model_alias", "deployment", "observation"),
        reaches="past",
    ),
)
