"""Requests to generative applications: how many there were each day, for their traces to be compared with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from mlops_maturity.collectors.prometheus.days import midnight
from mlops_maturity.collectors.prometheus.looks import Day, Reasons, Seen, not_exported
from mlops_maturity.collectors.prometheus.observed import Sighting, numbered
from mlops_maturity.collectors.prometheus.promql import Grouping, rise
from mlops_maturity.collectors.prometheus.settings import PrometheusSettings
from mlops_maturity.evidence.records import Observation

NAME = "request_count"


@dataclass(frozen=True, slots=True)
class RequestLook:
    """Looks at the counters of requests of one source."""

    settings: PrometheusSettings
    grouping: Grouping

    def queries(self) -> Mapping[str, str]:
        """Name to expression: requests in the day."""
        series = self.settings.request_metric
        return {} if series is None else {NAME: rise(series, self.grouping)}

    def of_day(self, seen: Seen, day: Day) -> Iterator[Observation]:
        """Every application whose counter was there on a day that is over; its value is the number of requests.

        Filed under the beginning of the UTC day, as traces are: both then fall into one local day, whatever the zone.
        """
        counts = seen.groups(NAME, day.day)
        for group, copy in numbered(counts):
            number = day.number(counts[group])
            if number is not None:
                begun = midnight(day.day)
                sighting = Sighting(self.settings.id, self.grouping.model, group, day.day, begun, copy)
                yield sighting.state(NAME, True, number)

    def untold(self, seen: Seen, day: date) -> Reasons:
        """Why no requests are counted."""
        series = self.settings.request_metric
        if series is None:
            yield NAME, "not configured: set request_metric"
        elif not seen.groups(NAME, day):
            yield NAME, seen.refused.get(NAME) or not_exported(series, self.grouping.model)
