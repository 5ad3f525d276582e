"""Each model that serves: its target, its version, and which metrics it exports beside its requests.

Everything is counted per model that served: a drift check of a model that is not deployed covers nothing. Where a
metric is not exported at all, that is said once (subject `*`, state unknown) and never as "no".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from mlops_maturity.collectors.prometheus.looks import Day, Groups, Reasons, Seen, not_exported
from mlops_maturity.collectors.prometheus.promql import Grouping, availability, nonempty, present, with_matcher
from mlops_maturity.collectors.prometheus.settings import PrometheusSettings
from mlops_maturity.evidence.records import Observation

UP_FOR = 0.5
"""A target that was up for more than this share of the day was up that day."""
EXPORTED: Mapping[str, tuple[str, ...]] = {
    "drift_metric": ("drift_metric",),
    "quality_metric": ("quality_metric",),
    "cost_metric": ("cost_metric",),
    "genai_metric": ("token_metric", "latency_metric"),
    "guardrail_metric": ("guardrail_metric",),
}
"""Observation to the metrics of the settings that a model has to export for it, all of them."""
_WRITTEN = {"latency_metric": "latency_histogram"}


@dataclass(frozen=True, slots=True)
class ModelLook:
    """Looks at the models of one source."""

    settings: PrometheusSettings
    grouping: Grouping

    def queries(self) -> Mapping[str, str]:
        """Name to expression."""
        settings, grouping = self.settings, self.grouping
        if settings.serving_metric is None:
            return {}
        versioned = settings.version_metric or settings.serving_metric
        exported = {key: series for keys in EXPORTED.values() for key in keys if (series := getattr(settings, key))}
        return {
            "serving": present(settings.serving_metric, grouping),
            "version_label": present(with_matcher(versioned, nonempty(settings.version_label)), grouping),
            "target_up": availability(settings.serving_metric, grouping),
            **{key: present(series, grouping) for key, series in exported.items()},
        }

    def of_day(self, seen: Seen, day: Day) -> Iterator[Observation]:
        """Every model that served on a day, or whose target was there."""
        serving, up = seen.groups("serving", day.day), seen.groups("target_up", day.day)
        versions = seen.groups("version_label", day.day)
        exported = {name: groups for name in EXPORTED if (groups := self._exporting(seen, name, day.day))}
        for of in day.sightings(self.settings.id, self.grouping, [*serving, *up]):
            group = of.group
            if group in up:
                yield of.state("target_up", up[group] > UP_FOR, day.number(up[group]))
            if group not in serving:
                continue
            yield of.state("serving", True)
            yield of.state("version_label", group.among(versions))
            for name, metrics in exported.items():
                yield of.state(name, all(group.among(groups) for groups in metrics))
            if up and group not in up:
                yield of.state("target_up", None)

    def untold(self, seen: Seen, day: date) -> Reasons:
        """What can't be told of that day, of any model."""
        settings, serving = self.settings, self.settings.serving_metric
        if serving is None:
            for name in ("serving", "version_label", "target_up", *EXPORTED):
                yield name, "not configured: set serving_metric, or a preset"
            return
        if not seen.groups("serving", day):
            for name in ("serving", "version_label", "target_up"):
                yield name, not_exported(serving, settings.model_label)
        elif not seen.groups("target_up", day):
            yield "target_up", "not exported: no target of the serving models has an `up` series"
        for name, keys in EXPORTED.items():
            missing = next((key for key in keys if not seen.groups(key, day)), None)
            if missing is not None:
                series = getattr(settings, missing)
                label = settings.model_label
                unset = f"not configured: set {_WRITTEN.get(missing, missing)}"
                yield name, unset if series is None else not_exported(series, label)

    def _exporting(self, seen: Seen, name: str, day: date) -> list[Groups]:
        """Who exported each of the metrics; nothing where one of them was not there at all."""
        found = [seen.groups(key, day) for key in EXPORTED[name]]
        return found if all(found) else []
