"""Tables of features: how long ago each was brought up to date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from mlops_maturity.collectors.prometheus.looks import Day, Reasons, Seen, not_exported
from mlops_maturity.collectors.prometheus.promql import Grouping, age
from mlops_maturity.collectors.prometheus.settings import PrometheusSettings
from mlops_maturity.evidence.records import Observation

NAME = "feature_fresh"
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class FeatureLook:
    """Looks at the tables of features of one source."""

    settings: PrometheusSettings
    models: Grouping
    grouping: Grouping = field(init=False)

    def __post_init__(self) -> None:
        """By table, whatever model uses it."""
        object.__setattr__(self, "grouping", self.models.about(self.settings.labels["feature_table"]))

    def queries(self) -> Mapping[str, str]:
        """Name to expression: seconds of age."""
        updated, aged = self.settings.feature_updated_metric, self.settings.feature_age_metric
        if updated is not None:
            return {NAME: age(updated, self.grouping, is_instant=True)}
        return {} if aged is None else {NAME: age(aged, self.grouping, is_instant=False)}

    def of_day(self, seen: Seen, day: Day) -> Iterator[Observation]:
        """Every table of which the age is known at the end of a day; its value is the age in hours."""
        ages = seen.groups(NAME, day.day)
        for of in day.sightings(self.settings.id, self.grouping, ages):
            hours = ages[of.group] / _HOUR
            yield of.state(NAME, hours <= self.settings.feature_max_age_hours, day.number(hours))

    def untold(self, seen: Seen, day: date) -> Reasons:
        """Why no age is known."""
        series = self.settings.feature_updated_metric or self.settings.feature_age_metric
        if series is None:
            yield NAME, "not configured: set feature_age_metric or feature_updated_metric"
        elif not seen.groups(NAME, day):
            yield NAME, seen.refused.get(NAME) or not_exported(series, self.grouping.model)
