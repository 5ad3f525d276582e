"""What share of the served models is watched, and how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from mlops_maturity.evidence.records import Observation, Record
from mlops_maturity.evidence.signals.absence import nothing, too_little, unseen
from mlops_maturity.evidence.signals.figures import lower_median, share
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.serving import observed, refused, served_models, subjects
from mlops_maturity.evidence.signals.view import TeamView

PATIENCE = 1.5
"""By how many of its own intervals a metric may be late before it counts as stopped."""
Judge = Callable[[Sequence[Observation]], bool | None]


def target_coverage(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the deployed models with a scrape target that answers.

    Unit: percent of models.
    Window: 7 days.
    Formula: 100 x models whose target (of several, every one) was up when last looked at / models with a known
        target. Deployed is what was seen serving, and what has a target, up or down.
    Unknown: a model of which the target is not known lowers seen.
    Seen: models with a known target, of the deployed ones; opportunities are the models looked at.
    Source: observations `target_up` and `serving`.
    Missing: observations not read; no deployed model; of none is the target known, with the reason the source gives.
    """
    return _share(view, window, "target_up", newest, also_deployed=True)


def drift_metric_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the served models with a drift or data quality metric that keeps being updated.

    Unit: percent of models.
    Window: 30 days.
    Formula: 100 x models whose metric was exported when last looked at, or whose last export is at most 1.5 of its
        own intervals (lower median of the days between exports) back / served models of which that is known.
    Unknown: a served model of which it is not known lowers seen.
    Seen: models judged, of the models seen serving; opportunities are the models judged.
    Source: observations `drift_metric` and `serving`.
    Missing: observations not read; no model seen serving; of none is it known, with the reason the source gives.
    """
    return _share(view, window, "drift_metric", still_updated)


def drift_rule_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the served models with an alert rule on drift or data quality.

    Unit: percent of models.
    Window: 7 days.
    Formula: 100 x models with a rule when last looked at / served models of which that is known.
    Unknown: a served model of which it is not known lowers seen.
    Seen: models judged, of the models seen serving; opportunities are the models judged.
    Source: observations `drift_rule` and `serving`. Rules show as they are at present only: history starts when we
        first looked.
    Missing: observations not read; no model seen serving; of none is it known, with the reason the source gives.
    """
    return _share(view, window, "drift_rule", newest)


def slo_rule_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the served models with an alert rule on latency, errors or availability.

    Unit: percent of models.
    Window: 7 days.
    Formula: 100 x models with a rule when last looked at / served models of which that is known. Rules are those that
        the source's settings name (`slo_alerts`).
    Unknown: a served model of which it is not known lowers seen.
    Seen: models judged, of the models seen serving; opportunities are the models judged.
    Source: observations `slo_rule` and `serving`. Rules show as they are at present only: history starts when we
        first looked.
    Missing: observations not read; no model seen serving; of none is it known, with the reason the source gives.
    """
    return _share(view, window, "slo_rule", newest)


def quality_metric_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the served models with a metric of live prediction quality, or of an agreed proxy.

    Unit: percent of models.
    Window: 30 days.
    Formula: 100 x models whose metric was exported when last looked at, or whose last export is at most 1.5 of its
        own intervals (lower median of the days between exports) back / served models of which that is known.
    Unknown: a served model of which it is not known lowers seen.
    Seen: models judged, of the models seen serving; opportunities are the models judged.
    Source: observations `quality_metric` and `serving`.
    Missing: observations not read; no model seen serving; of none is it known, with the reason the source gives.
    """
    return _share(view, window, "quality_metric", still_updated)


def cost_metric_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the served models of which cost or the use of accelerators is attributed to the model.

    Unit: percent of models.
    Window: 30 days.
    Formula: 100 x models whose metric was exported when last looked at, or whose last export is at most 1.5 of its
        own intervals (lower median of the days between exports) back / served models of which that is known.
    Unknown: a served model of which it is not known lowers seen.
    Seen: models judged, of the models seen serving; opportunities are the models judged.
    Source: observations `cost_metric` and `serving`.
    Missing: observations not read; no model seen serving; of none is it known, with the reason the source gives.
    """
    return _share(view, window, "cost_metric", still_updated)


def version_label_share(view: TeamView, window: Window) -> Measured | Missing:
    """Share of the served models that tell name and version in their metrics.

    Unit: percent of models.
    Window: 7 days.
    Formula: 100 x models with a version label (on every copy that serves) when last looked at / served models of
        which that is known.
    Unknown: a served model of which it is not known lowers seen.
    Seen: models judged, of the models seen serving; opportunities are the models judged.
    Source: observations `version_label` and `serving`.
    Missing: observations not read; no model seen serving; of none is it known, with the reason the source gives.
    """
    return _share(view, window, "version_label", newest)


def _share(
    view: TeamView, window: Window, name: str, judge: Judge, *, also_deployed: bool = False
) -> Measured | Missing:
    if absent := unseen(view, window, "observation"):
        return absent
    models = served_models(view, window)
    if also_deployed:
        models = sorted({*models, *subjects(view, name, window)})
    if not models:
        return refused(view, window, "serving") or nothing("models were seen serving", window)
    judged = [judged_by(view, window, name, model, judge) for model in models]
    if all(verdict is None for verdict, _ in judged):
        return refused(view, window, name) or too_little(f"Of {len(models)} deployed models `{name}` is not known.")
    return share(judged)


def judged_by(view: TeamView, window: Window, name: str, model: str, judge: Judge) -> tuple[bool | None, Record]:
    """What is known of one property of a served model, and the record that tells it."""
    seen = observed(view, name, model, window)
    return judge([entry for entry in seen if entry.state in ("yes", "no")]), (
        seen[-1] if seen else observed(view, "serving", model, window)[-1]
    )


def newest(known: Sequence[Observation]) -> bool | None:
    """The state when last looked at: yes if it was so for every copy of the model that serves."""
    last = [entry.state == "yes" for entry in known if entry.observed_at == known[-1].observed_at]
    return all(last) if last else None


def still_updated(known: Sequence[Observation]) -> bool | None:
    """Whether a metric was exported when last looked at, or is no later than it usually is."""
    last = newest(known)
    if last is not False:
        return last
    exported = [entry.observed_at for entry in known if entry.state == "yes"]
    if len(exported) < 2:
        return False
    interval = lower_median((after - before).total_seconds() for before, after in pairwise(exported))
    return (known[-1].observed_at - exported[-1]).total_seconds() <= PATIENCE * interval


SIGNALS = (
    Signal(
        id="prom.target_coverage",
        title="Deployed models that are scraped",
        unit="percent",
        window_days=7,
        better="higher",
        needs=("observation",),
        source="own definition; the metric is `up`",
        measure=target_coverage,
        reads=("observation",),
    ),
    Signal(
        id="prom.drift_metric_share",
        title="Served models with a live drift metric",
        unit="percent",
        window_days=30,
        better="higher",
        needs=("observation",),
        source="own definition",
        measure=drift_metric_share,
        reads=("observation",),
    ),
    Signal(
        id="prom.drift_rule_share",
        title="Served models with a drift alert rule",
        unit="percent",
        window_days=7,
        better="higher",
        needs=("observation",),
        source="own definition",
        measure=drift_rule_share,
        snapshot_only=True,
        reads=("observation",),
    ),
    Signal(
        id="prom.slo_rule_share",
        title="Served models with an alert rule on their service",
        unit="percent",
        window_days=7,
        better="higher",
        needs=("observation",),
        source="own definition",
        measure=slo_rule_share,
        snapshot_only=True,
        reads=("observation",),
    ),
    Signal(
        id="prom.quality_metric_share",
        title="Served models with live prediction quality",
        unit="percent",
        window_days=30,
        better="higher",
        needs=("observation",),
        source="own definition",
        measure=quality_metric_share,
        reads=("observation",),
    ),
    Signal(
        id="prom.cost_metric_share",
        title="Served models with their own cost",
        unit="percent",
        window_days=30,
        better="higher",
        needs=("observation",),
        source="own definition",
        measure=cost_metric_share,
        reads=("observation",),
    ),
    Signal(
        id="prom.version_label_share",
        title="Served models that name their version",
        unit="percent",
        window_days=7,
        better="higher",
        needs=("observation",),
        source="own definition",
        measure=version_label_share,
        reads=("observation",),
    ),
)
