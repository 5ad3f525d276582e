"""Which versions of a model answer requests, and for how long two of them did beside each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from mlops_maturity.collectors.prometheus.looks import Day, Reasons, Seen, not_exported
from mlops_maturity.collectors.prometheus.observed import Group
from mlops_maturity.collectors.prometheus.promql import Grouping, shared_hours, traffic
from mlops_maturity.collectors.prometheus.settings import PrometheusSettings
from mlops_maturity.evidence.records import Observation

NAME = "version_overlap"
LEAST_HOURS = 2
"""Two versions in one hour are a switch at some minute of it; in two hours they served beside each other."""
_TRAFFIC, _HOURS = "version_traffic", "version_hours"
_MOST = 50
"""Versions of one model kept of a day; where there are more, the label names something else."""


@dataclass(frozen=True, slots=True)
class VersionLook:
    """Looks at the versions of the models of one source."""

    settings: PrometheusSettings
    models: Grouping
    grouping: Grouping = field(init=False)

    def __post_init__(self) -> None:
        """With the version, by which its series are told apart."""
        object.__setattr__(self, "grouping", self.models.about(self.models.model, self.settings.version_label))

    def queries(self) -> Mapping[str, str]:
        """Name to expression."""
        serving, version = self.settings.serving_metric, self.settings.version_label
        if serving is None:
            return {}
        return {_TRAFFIC: traffic(serving, version, self.grouping), _HOURS: shared_hours(serving, version, self.models)}

    def of_day(self, seen: Seen, day: Day) -> Iterator[Observation]:
        """Every model of which a version answered requests on a day."""
        versions: defaultdict[Group, set[str]] = defaultdict(set)
        for group in seen.groups(_TRAFFIC, day.day):
            labels = dict(group.labels)
            version = labels.pop(self.settings.version_label, "")
            versions[Group(group.model, tuple(labels.items()))].add(version)
        if _HOURS in seen.refused:
            return
        shared = seen.groups(_HOURS, day.day)
        for of in day.sightings(self.settings.id, self.models, versions):
            hours = shared.get(of.group, 0)
            named = sorted(versions[of.group])[:_MOST]
            yield of.state(NAME, hours >= LEAST_HOURS, day.number(hours), further={"versions": named})

    def untold(self, seen: Seen, day: date) -> Reasons:
        """Why it can't be told which versions answer."""
        refused = seen.refused.get(_TRAFFIC) or seen.refused.get(_HOURS)
        if self.settings.serving_metric is None:
            yield NAME, "not configured: set serving_metric, or a preset"
        elif refused:
            yield NAME, refused
        elif not seen.groups(_TRAFFIC, day):
            yield NAME, not_exported(self.settings.serving_metric, self.settings.version_label)
