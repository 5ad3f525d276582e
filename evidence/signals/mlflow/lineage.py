"""How well registered model versions are tied to the runs, code and data that made them."""

from __future__ import annotations

from collections.abc import Callable

from mlops_maturity.evidence.records import ModelVersion, Record, RecordKind, TrainingRun
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen
from mlops_maturity.evidence.signals.figures import counted, share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.view import TeamView, bounds

_NEEDS: tuple[RecordKind, ...] = ("model_version", "training_run")


def run_commit_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the training runs behind new model versions that name the commit of their code.

    Unit: percent of runs.
    Window: 90 days, by the creation of the version.
    Formula: 100 x runs with a commit / runs found, each run once, however many versions it made.
    Unknown: a run that is not among the records (deleted, or not read) lowers seen. A run that is there without a
        commit is a no: the tracking client writes the commit whenever the code lies in a repository.
    Seen: runs found, of the runs that versions name; opportunities are the runs found.
    Source: model versions and training runs. A version deleted before our first look does
        not count: the registry forgets it. One deleted later does.
    Missing: versions not read; no version, or none made by a run, in the window; none of the runs known.
    """
    return _share_of_runs(view, window, lambda run: run.commit is not None)


def dataset_logged_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the training runs behind new model versions that logged which data they used.

    Unit: percent of runs.
    Window: 90 days, by the creation of the version.
    Formula: 100 x runs with at least one dataset digest / runs found, each run once.
    Unknown: a run that is not among the records lowers seen. A run that is there without a digest is a no.
    Seen: runs found, of the runs that versions name; opportunities are the runs found.
    Source: model versions and training runs. A version deleted before our first look does
        not count: the registry forgets it. One deleted later does.
    Missing: versions not read; no version, or none made by a run, in the window; none of the runs known.
    """
    return _share_of_runs(view, window, lambda run: bool(run.datasets))


def tracked_version_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of new model versions whose run logged at least one parameter and one metric.

    Unit: percent of versions.
    Window: 90 days, by the creation of the version.
    Formula: 100 x versions whose run has params >= 1 and metrics >= 1 / versions judged. Without any run, those of the
        logged model that the version came of (MLflow 3) count; without either it was registered by hand and is a no.
    Unknown: a run that is not among the records, or whose counts are not known, lowers seen, unless the count that
        is known is 0.
    Seen: versions judged, of the versions created; opportunities are the versions judged.
    Source: model versions and training runs. A version deleted before our first look does
        not count: the registry forgets it. One deleted later does.
    Missing: versions not read; no version in the window; none of the runs known.
    """

    def tracked(version: ModelVersion) -> bool | None:
        if version.run is None:
            return _logged_outside_a_run(version)
        run = _run(view, version)
        if run is None:
            return None
        counts = (run.params, run.metrics)
        if 0 in counts:
            return False
        return None if None in counts else True

    return _share_of_versions(view, window, tracked)


def pipeline_origin_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of new model versions whose run was started by automation and not by a person.

    Unit: percent of versions.
    Window: 90 days, by the creation of the version.
    Formula: 100 x versions whose run has trigger `automation` / versions whose run has trigger `automation` or
        `person`.
    Unknown: a version without a run, a run that is not among the records, and an unknown trigger lower seen.
    Seen: versions judged, of the versions created; opportunities are the versions judged.
    Source: model versions and training runs. A version deleted before our first look does
        not count: the registry forgets it. One deleted later does.
    Missing: versions not read; no version in the window; no trigger known.
    """

    def automated(version: ModelVersion) -> bool | None:
        run = _run(view, version)
        return None if run is None or run.trigger == "unknown" else run.trigger == "automation"

    return _share_of_versions(view, window, automated)


def _logged_outside_a_run(version: ModelVersion) -> bool:
    logged = version.attributes.get("logged_model")
    return isinstance(logged, dict) and all(_is_some(logged.get(name)) for name in ("params", "metrics"))


def _is_some(count: object) -> bool:
    """Records of others may hold anything there."""
    return isinstance(count, int) and count > 0


def _run(view: TeamView, version: ModelVersion) -> TrainingRun | None:
    return view.runs_by_id.get((version.source, version.run)) if version.run is not None else None


def _share_of_versions(
    view: TeamView, window: Window, judge: Callable[[ModelVersion], bool | None]
) -> Measured | Missing:
    if absent := unseen(view, window, "model_version"):
        return absent
    versions = view.model_versions.between(*bounds(window))
    if not versions:
        return nothing("model versions were created", window)
    judged: list[tuple[bool | None, Record]] = [(judge(version), version) for version in versions]
    if all(verdict is None for verdict, _ in judged):
        return unseen(view, window, "training_run") or too_little(
            f"{len(judged)} model versions were created, and of none of them is known what made it."
        )
    return share(judged)


def _share_of_runs(view: TeamView, window: Window, judge: Callable[[TrainingRun], bool]) -> Measured | Missing:
    if absent := unseen(view, window, "model_version"):
        return absent
    versions = view.model_versions.between(*bounds(window))
    if not versions:
        return nothing("model versions were created", window)
    named = {(version.source, version.run): version for version in versions if version.run is not None}
    if not named:
        return too_little(f"{len(versions)} model versions were created, and none names the run that made it.")
    found = [(version, view.runs_by_id.get(key)) for key, version in named.items()]
    if all(run is None for _, run in found):
        return unseen(view, window, "training_run") or too_little(
            f"None of the {len(found)} runs behind new model versions is among the records."
        )
    judged: list[tuple[bool | None, Record]] = [
        (None, version) if run is None else (judge(run), run) for version, run in found
    ]
    by_hand = sum(version.run is None for version in versions)
    return share(judged, remarks=[counted(by_hand, "versions without a run")])


SIGNALS = (
    Signal(
        id="mlflow.run_commit_share",
        title="Training runs that name their commit",
        unit="percent",
        window_days=90,
        better="higher",
        needs=_NEEDS,
        source="own definition; the tag is mlflow.source.git.commit",
        measure=run_commit_share,
        reads=("model_version", "training_run"),
        reaches="past",
    ),
    Signal(
        id="mlflow.tracked_version_share",
        title="Model versions with a logged run behind them",
        unit="percent",
        window_days=90,
        better="higher",
        needs=_NEEDS,
        source="own definition",
        measure=tracked_version_share,
        reads=("model_version", "training_run"),
        reaches="past",
    ),
    Signal(
        id="mlflow.dataset_logged_share",
        title="Training runs that name their data",
        unit="percent",
        window_days=90,
        better="higher",
        needs=_NEEDS,
        source="own definition; datasets as MLflow logs them as run inputs",
        measure=dataset_logged_share,
        reads=("model_version", "training_run"),
        reaches="past",
    ),
    Signal(
        id="mlflow.pipeline_origin_share",
        title="Model versions made by a pipeline",
        unit="percent",
        window_days=90,
        better="higher",
        needs=_NEEDS,
        source="own definition; by mlflow.source.type and the configured users of automation",
        measure=pipeline_origin_share,
        reads=("model_version", "training_run"),
        reaches="past",
    ),
)
