"""Service objectives: whether each is met, as recording rules say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from mlops_maturity.collectors.prometheus.looks import Day, Groups, Reasons, Seen, not_exported
from mlops_maturity.collectors.prometheus.promql import Grouping, least
from mlops_maturity.collectors.prometheus.settings import PrometheusSettings
from mlops_maturity.evidence.records import Observation

NAME = "slo_met"
_BUDGET, _ATTAINED, _OBJECTIVE = "slo_budget_metric", "slo_attained_metric", "slo_objective_metric"


@dataclass(frozen=True, slots=True)
class ObjectiveLook:
    """Looks at the objectives of one source."""

    settings: PrometheusSettings
    models: Grouping
    grouping: Grouping = field(init=False)

    def __post_init__(self) -> None:
        """By objective; the model it is for is known where it is one of the labels."""
        label = self.settings.labels["objective"]
        object.__setattr__(self, "grouping", self.models.about(label, self.models.model))

    def queries(self) -> Mapping[str, str]:
        """Name to expression."""
        named = {key: series for key in (_BUDGET, _ATTAINED, _OBJECTIVE) if (series := getattr(self.settings, key))}
        return {key: least(series, self.grouping) for key, series in named.items()}

    def of_day(self, seen: Seen, day: Day) -> Iterator[Observation]:
        """Every objective on a day; its value is what is left of the budget, or how far it was passed or missed."""
        left = self._left(seen, day.day)
        for of in day.sightings(self.settings.id, self.grouping, left):
            model = dict(of.group.labels).get(self.models.model)
            yield of.state(
                NAME, left[of.group] >= 0, day.number(left[of.group]), subject=model,
                further={"objective": of.group.model},
            )  # fmt: skip

    def untold(self, seen: Seen, day: date) -> Reasons:
        """Why of no objective is known whether it is met."""
        series = self.settings.slo_budget_metric or self.settings.slo_attained_metric
        if series is None:
            yield NAME, "not configured: set slo_budget_metric, or slo_attained_metric and slo_objective_metric"
        elif not self._left(seen, day):
            refused = next((seen.refused[key] for key in (_BUDGET, _ATTAINED, _OBJECTIVE) if key in seen.refused), None)
            yield NAME, refused or not_exported(series, self.grouping.model)

    def _left(self, seen: Seen, day: date) -> Groups:
        attained, asked = seen.groups(_ATTAINED, day), seen.groups(_OBJECTIVE, day)
        passed = {group: round(attained[group] - asked[group], 9) for group in attained if group in asked}
        return {**passed, **seen.groups(_BUDGET, day)}
