"""An MLflow run as a training run: counts instead of values, a keyed hash instead of a user."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Literal

from mlops_maturity.collectors.mlflow.instants import from_ms
from mlops_maturity.collectors.mlflow.links import run_link
from mlops_maturity.collectors.mlflow.metric_names import MetricNames
from mlops_maturity.collectors.mlflow.settings import MlflowSettings
from mlops_maturity.evidence.records import Outcome, TrainingRun

OUTCOMES: Mapping[str, Outcome] = {
    "FINISHED": "success",
    "FAILED": "failure",
    "KILLED": "cancelled",
    "RUNNING": "running",
    "SCHEDULED": "running",
}
_AUTOMATION = frozenset({"JOB", "PROJECT"})
_PERSON = frozenset({"LOCAL", "NOTEBOOK"})
_ANONYMOUS = "dataset"
"""The name that autologging gives a data set nobody named; its digest alone tells little."""
_LONGEST = 200


def training_run(
    run: Any,
    experiment: str,
    known_by: datetime | None,
    settings: MlflowSettings,
    hashed: Callable[[str], str | None],
    names: MetricNames,
) -> TrainingRun:
    """The record of one run (`mlflow.entities.Run`).

    `known_by` is when a run that claims to begin in the future was first seen: it can't have begun later. Of
    the names of its metrics, only how many tell of slices and of fairness is kept.
    """
    info, tags = run.info, run.data.tags
    user = tags.get("mlflow.user") or info.user_id or ""
    started, finished = from_ms(info.start_time), from_ms(info.end_time)
    return TrainingRun(
        source=settings.id,
        id=info.run_id,
        url=run_link(settings, info.experiment_id, info.run_id),
        experiment=experiment or None,
        started_at=_not_after(started, known_by),
        finished_at=_not_before(_not_after(finished, known_by), _not_after(started, known_by)),
        outcome=OUTCOMES.get(info.status, "unknown"),
        commit=_commit(tags),
        dirty=_yes_or_no(tags.get("mlflow.source.git.dirty")),
        datasets=_digests(run),
        params=len(run.data.params),
        metrics=len(run.data.metrics),
        trigger=_trigger(tags.get("mlflow.source.type"), user, settings),
        author=hashed(user) if user else None,
        parent=tags.get("mlflow.parentRunId") or None,
        attributes={**_attributes(run, tags, clamped=known_by is not None), **names.counts(run.data.metrics)},
    )


def _attributes(run: Any, tags: Mapping[str, str], clamped: bool) -> dict[str, Any]:
    """Only what is so: an absent key is the ordinary case."""
    marks = {
        "deleted": run.info.lifecycle_stage == "deleted",
        "autologged": "mlflow.autologging" in tags,
        "evaluation": tags.get("mlflow.runType") == "genai_evaluate",
        "clamped": clamped,
    }
    found: dict[str, Any] = {name: True for name, is_so in marks.items() if is_so}
    anonymous = sum(entry.dataset.name == _ANONYMOUS for entry in _inputs(run))
    return {**found, **({"anonymous_datasets": anonymous} if anonymous else {})}


def _commit(tags: Mapping[str, str]) -> str | None:
    commit = tags.get("mlflow.source.git.commit") or tags.get("mlflow.databricks.gitRepoCommit")
    return commit[:_LONGEST] if commit else None


def _trigger(
    source_type: str | None, user: str, settings: MlflowSettings
) -> Literal["automation", "person", "unknown"]:
    if source_type in _AUTOMATION or any(fnmatchcase(user, glob) for glob in settings.automation_users if user):
        return "automation"
    return "person" if source_type in _PERSON else "unknown"


def _digests(run: Any) -> tuple[str, ...]:
    digests = (entry.dataset.digest for entry in _inputs(run))
    return tuple(dict.fromkeys(digest[:_LONGEST] for digest in digests if digest))


def _inputs(run: Any) -> list[Any]:
    return list(run.inputs.dataset_inputs) if run.inputs is not None else []


def _yes_or_no(text: str | None) -> bool | None:
    return {"true": True, "false": False}.get((text or "").lower())


def _not_after(instant: datetime | None, limit: datetime | None) -> datetime | None:
    return instant if instant is None or limit is None else min(instant, limit)


def _not_before(instant: datetime | None, limit: datetime | None) -> datetime | None:
    return instant if instant is None or limit is None else max(instant, limit)
