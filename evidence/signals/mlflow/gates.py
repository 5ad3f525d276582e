"""What is recorded of a version before it serves: who approved it, and how it does for parts of its population.

Each of these is written by a convention of the team's own (a tag, a name of a metric). That nothing was ever written
by it may as well mean another convention, so it is no value; a single version that follows it makes the others a no.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from mlops_maturity.evidence.records import ModelVersion, Record, TrainingRun
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen, unseen_all
from mlops_maturity.evidence.signals.figures import share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.promotions import Promotion, promoted, promoted_before
from mlops_maturity.evidence.signals.serving import served_versions
from mlops_maturity.evidence.signals.view import TeamView, bounds

FEWEST_SLICES = 2
"""One slice tells nothing that the whole does not. Threshold: own judgement."""
_Judge = Callable[[TeamView, ModelVersion], bool | None]


def approval_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the promoted versions that somebody else than their maker approved.

    Unit: percent of promoted versions.
    Window: 180 days, by the first promotion of a version.
    Formula: 100 x promoted versions that name an approver other than who registered them (the author of the run where
        the registry does not tell; a person approving what automation made is another) / promoted versions judged. A
        version that names no approver is a no.
    Unknown: a version that is not among the records, or whose maker is not known, lowers seen. Tags bear no date:
        that the approval came before the promotion is assumed.
    Seen: versions judged, of the versions promoted; opportunities are the versions judged.
    Source: model aliases as observed, production deployments, model versions (their attributes `approver` and
        `registered_by`, keyed hashes), training runs. Versions deleted before we first looked don't count.
    Missing: neither aliases nor deployments read; no promotion in the window; no version promoted so far names an
        approver; of none is known who made it.
    """
    return _of_promoted(
        view,
        window,
        _approved,
        lambda version: "approver" in version.attributes,
        "names an approver: set the tag `approved_by` (or name yours under `approver_tags`)",
    )


def slice_eval_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the promoted versions with metrics on two or more slices of the data.

    Unit: percent of promoted versions.
    Window: 180 days, by the first promotion of a version.
    Formula: 100 x promoted versions whose run, or a child of it, has metrics on at least two slices / promoted
        versions judged. Which metrics speak of a slice is the source's setting `slice_metric`.
    Unknown: a version whose run is not among the records lowers seen.
    Seen: versions judged, of the versions promoted; opportunities are the versions judged.
    Source: model aliases as observed, production deployments, model versions, training runs (their attribute
        `slices`, a count). Versions deleted before we first looked don't count.
    Missing: neither aliases nor deployments read; no promotion in the window; no version promoted so far has metrics
        on slices; of none is the run known.
    """
    return _of_promoted(
        view,
        window,
        _sliced,
        lambda version: _most(view, version, "slices") > 0,
        "has metrics on slices: log some named like `auc/region:north` (or give your pattern as `slice_metric`)",
    )


def fairness_artifact_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the served versions affecting people that carry fairness metrics or an explanation.

    Unit: percent of served versions.
    Window: 180 days, which decides what counts as served; tags are those of the newest day.
    Formula: 100 x served versions whose run, or a child of it, has a fairness metric, or that bear the tag of a
        report / served versions of models that are said to affect people. A model affects people where its tag
        says so (the sources' setting `affects_people_tag`).
    Unknown: a model that does not say whether it affects people, one whose served version is not known, and a version
        without tag whose run is not among the records, lower seen. Models that say no are left out.
    Seen: versions judged, of the served models that are not said to affect nobody; opportunities are those judged.
    Source: model versions and models, training runs (their attribute `fairness`, a count); what serves by alias,
        stage, production deployment or serving observation.
    Missing: registry not read; nothing known to serve; no model says that it affects people; of none is the run known.
    """
    if absent := unseen(view, window, "model_version"):
        return absent
    affecting = {model.name: model.attributes.get("affects_people") for model in view.models}
    serving = served_versions(view, window)
    if not serving:
        return too_little("Of no model is known which version serves: set an alias such as `champion` on it.")
    concerned = [entry for entry in serving if affecting.get(entry.model) is not False]
    if not any(affecting.get(entry.model) for entry in concerned):
        return Missing(
            reason="not_configured",
            detail="No served model says that it affects people: set the tag `affects_people` to true or false.",
        )
    judged: list[tuple[bool | None, Record]] = []
    unknown = 0
    for entry in concerned:
        if affecting.get(entry.model) and entry.version is not None:
            judged.append((_fair(view, entry.version), entry.version))
        else:
            unknown += 1
    if all(verdict is None for verdict, _ in judged):
        return too_little("Of no served version that affects people is the run known.")
    return share([*judged, *[(None, judged[-1][1])] * unknown])


def _of_promoted(
    view: TeamView, window: Window, judge: _Judge, follows: Callable[[ModelVersion], bool], convention: str
) -> Measured | Missing:
    if absent := unseen_all(view, window, "model_alias", "deployment"):
        return absent
    entries = promoted(view, window)
    if not entries:
        return nothing("model versions were promoted", window)
    so_far = promoted_before(view, bounds(window)[1])
    if not any(entry.version is not None and follows(entry.version) for entry in so_far):
        return Missing(reason="not_configured", detail=f"No promoted version {convention}.")
    judged = [_judged(view, entry, judge) for entry in entries]
    if all(verdict is None for verdict, _ in judged):
        return too_little(f"{len(judged)} versions were promoted, and of none of them is known what made it.")
    return share(judged)


def _judged(view: TeamView, entry: Promotion, judge: _Judge) -> tuple[bool | None, Record]:
    return None if entry.version is None else judge(view, entry.version), entry.record


def _approved(view: TeamView, version: ModelVersion) -> bool | None:
    approver = version.attributes.get("approver")
    if not approver:
        return False
    run = view.runs_by_id.get((version.source, version.run or ""))
    maker = version.attributes.get("registered_by") or (run.author if run is not None else None)
    if maker:
        return bool(approver != maker)
    return True if run is not None and run.trigger == "automation" else None


def _sliced(view: TeamView, version: ModelVersion) -> bool | None:
    if (version.source, version.run or "") not in view.runs_by_id:
        return None
    return _most(view, version, "slices") >= FEWEST_SLICES


def _fair(view: TeamView, version: ModelVersion) -> bool | None:
    if version.attributes.get("fairness") or _most(view, version, "fairness") > 0:
        return True
    return False if (version.source, version.run or "") in view.runs_by_id else None


def _most(view: TeamView, version: ModelVersion, attribute: str) -> float:
    """The largest count that the run of a version or one of its children has; 0 where none has any."""
    key = (version.source, version.run or "")
    run = view.runs_by_id.get(key)
    group = [*([run] if run is not None else []), *view.once(_children).get(key, ())]
    return max((_number(run.attributes.get(attribute)) for run in group), default=0.0)


def _number(value: Any) -> float:
    """What an attribute counts; records of others may hold anything there."""
    return float(value) if isinstance(value, int | float) else 0.0


def _children(view: TeamView) -> Mapping[tuple[str, str], list[TrainingRun]]:
    found: defaultdict[tuple[str, str], list[TrainingRun]] = defaultdict(list)
    for run in view.training_runs:
        if run.parent is not None:
            found[run.source, run.parent].append(run)
    return found


SIGNALS = (
    Signal(
        id="mlflow.approval_share",
        title="Promoted versions that somebody else approved",
        unit="percent",
        window_days=180,
        better="higher",
        needs=("model_alias", "deployment"),
        source="own definition; the four-eyes principle",
        measure=approval_share,
        snapshot_only=True,
        reads=("model_alias", "deployment", "model_version", "training_run"),
        reaches="past",
    ),
    Signal(
        id="mlflow.slice_eval_share",
        title="Promoted versions measured on slices",
        unit="percent",
        window_days=180,
        better="higher",
        needs=("model_alias", "deployment"),
        source="own definition; after model-6 of the ML Test Score (Breck et al., 2017)",
        measure=slice_eval_share,
        reads=("model_alias", "deployment", "model_version", "training_run"),
        reaches="past",
    ),
    Signal(
        id="mlflow.fairness_artifact_share",
        title="Served versions with fairness metrics or an explanation",
        unit="percent",
        window_days=180,
        better="higher",
        needs=("model_version",),
        source="own definition; after model-7 of the ML Test Score (Breck et al., 2017)",
        measure=fairness_artifact_share,
        snapshot_only=True,
        reads=("model", "model_version", "model_alias", "deployment", "observation", "training_run"),
        reaches="past",
    ),
)
