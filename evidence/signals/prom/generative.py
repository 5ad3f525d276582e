"""What generative applications and agents tell of themselves."""

from __future__ import annotations

from collections.abc import Mapping

from mlops_maturity.evidence.records import Record
from mlops_maturity.evidence.signals.absence import too_little, unseen
from mlops_maturity.evidence.signals.figures import share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.prom.states import judged_by, still_updated
from mlops_maturity.evidence.signals.serving import refused, served_models
from mlops_maturity.evidence.signals.view import TeamView

GENERATIVE = frozenset({"genai", "agent"})


def genai_metric_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the generative applications that export both their use of tokens and their latency.

    Unit: percent of applications.
    Window: 30 days.
    Formula: 100 x applications whose metrics were exported when last looked at, or whose last export is at most 1.5
        of its own intervals back / generative applications of which that is known. Generative is a served model that
        the registry says to be one, each served model of a team of such kinds only, and what exports tokens.
    Unknown: a served model that may be generative, and of which neither is known, lowers seen.
    Seen: applications judged, of those and the models whose kind is not known; opportunities are those judged.
    Source: observations `genai_metric` and `serving`, kinds of models and of the team.
    Missing: observations not read; the team is not one of generative kinds; no such application seen serving; of
        none is it known, with the reason the source gives.
    """
    return _share(view, window, "genai_metric")


def guardrail_metric_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the generative applications that count what their guardrails decide.

    Unit: percent of applications.
    Window: 30 days.
    Formula: 100 x applications whose metric was exported when last looked at, or whose last export is at most 1.5 of
        its own intervals back / generative applications of which that is known. Generative is a served model that
        the registry says to be one, each served model of a team of such kinds only, and what exports such decisions.
    Unknown: a served model that may be generative, and of which neither is known, lowers seen.
    Seen: applications judged, of those and the models whose kind is not known; opportunities are those judged.
    Source: observations `guardrail_metric` and `serving`, kinds of models and of the team.
    Missing: observations not read; the team is not one of generative kinds; no such application seen serving; of
        none is it known, with the reason the source gives.
    """
    return _share(view, window, "guardrail_metric")


def _share(view: TeamView, window: Window, name: str) -> Measured | Missing:
    if absent := unseen(view, window, "observation"):
        return absent
    kinds = _kinds(view)
    models = [model for model in served_models(view, window) if kinds.get(model) != "classical"]
    if not view.kinds & GENERATIVE or not models:
        return refused(view, window, "serving") or _none(window)
    judged: list[tuple[bool | None, Record]] = []
    for model in models:
        verdict, record = judged_by(view, window, name, model, still_updated)
        is_generative = kinds.get(model) in GENERATIVE or view.kinds <= GENERATIVE
        judged.append((verdict if verdict or is_generative else None, record))
    if all(verdict is None for verdict, _ in judged):
        return refused(view, window, name) or too_little(
            f"Of {len(models)} served models it is not known which are generative applications: set their kind in the "
            f"registry, and name the metric in the settings of the source (`{name}`)."
        )
    return share(judged)


def _none(window: Window) -> Missing:
    return Missing(
        reason="no_records",
        detail=f"No generative application was seen serving from {window.first} to {window.last}; if there should be "
        "some, check `kinds` of the team, and the kind of its models in the registry.",
    )


def _kinds(view: TeamView) -> Mapping[str, str]:
    """The kind of each model that a registry tells."""
    return {model.name: model.model_kind for model in view.models if model.model_kind != "unknown"}


SIGNALS = (
    Signal(
        id="prom.genai_metric_share",
        title="Generative applications that tell tokens and latency",
        unit="percent",
        window_days=30,
        better="higher",
        needs=("observation",),
        source="own definition; metrics after OpenTelemetry's conventions for generative AI",
        measure=genai_metric_share,
        reads=("observation", "model"),
        reaches="past",
    ),
    Signal(
        id="prom.guardrail_metric_share",
        title="Generative applications that count guardrail decisions",
        unit="percent",
        window_days=30,
        better="higher",
        needs=("observation",),
        source="own definition",
        measure=guardrail_metric_share,
        reads=("observation", "model"),
        reaches="past",
    ),
)
