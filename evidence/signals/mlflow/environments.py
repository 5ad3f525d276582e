"""Whether versions in use tell what they run with and what they take."""

from __future__ import annotations

from mlops_maturity.evidence.records import ModelVersion, Record
from mlops_maturity.evidence.signals.absence import too_little, unseen
from mlops_maturity.evidence.signals.figures import share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.serving import served_versions
from mlops_maturity.evidence.signals.view import TeamView

_FACTS = ("dependencies", "signature")


def env_signature_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the versions in use with recorded dependencies and a signature of inputs and outputs.

    Unit: percent of versions in use.
    Window: 180 days, which decides what counts as in use.
    Formula: 100 x versions in use whose model file names dependencies and a signature / versions in use judged.
    Unknown: a version whose model file was not read, or could not be, lowers seen, unless the fact that is known is a
        no.
    Seen: versions judged, of the models that serve; opportunities are the versions judged.
    Source: model versions (their attributes `dependencies` and `signature`), read where the source's setting
        `read_model_files` says so; what serves by alias, stage, production deployment or serving observation. A
        version deleted since keeps what was read of it.
    Missing: registry not read; nothing known to serve; no model file of a version in use was read.
    """
    if absent := unseen(view, window, "model_version"):
        return absent
    serving = served_versions(view, window)
    versions = [entry.version for entry in serving if entry.version is not None]
    if not versions:
        return too_little("Of no model is known which version serves: set an alias such as `champion` on it.")
    judged: list[tuple[bool | None, Record]] = [(_told(version), version) for version in versions]
    if all(verdict is None for verdict, _ in judged):
        return Missing(
            reason="not_configured",
            detail="No model file of a version in use was read: set `read_model_files: true` at the MLflow source.",
        )
    return share([*judged, *[(None, versions[-1])] * (len(serving) - len(versions))])


def _told(version: ModelVersion) -> bool | None:
    facts = [version.attributes.get(name) for name in _FACTS]
    if False in facts:
        return False
    return True if all(fact is True for fact in facts) else None


SIGNALS = (
    Signal(
        id="mlflow.env_signature_share",
        title="Versions in use with dependencies and signature",
        unit="percent",
        window_days=180,
        better="higher",
        needs=("model_version",),
        source="own definition; by the MLmodel file",
        measure=env_signature_share,
        reads=("model_version", "model_alias", "deployment", "observation"),
        reaches="past",
    ),
)
