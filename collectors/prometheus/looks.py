"""What is looked at on each day: the queries of a look, and the observations it makes of what they found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from mlops_maturity.collectors.prometheus.days import last_second
from mlops_maturity.collectors.prometheus.observed import Group, Sighting, numbered
from mlops_maturity.collectors.prometheus.promql import Grouping
from mlops_maturity.evidence.records import Observation

Groups = Mapping[Group, float]
"""Group to the value of its series on a day."""
Reasons = Iterator[tuple[str, str]]
"""Names of observations, each with why it can't be told."""


@dataclass(frozen=True, slots=True)
class Day:
    """A UTC day, and the instant that observations of it bear."""

    day: date
    moment: datetime

    def number(self, value: float) -> float | None:
        """A number of the day, if it is over: of one that is not, it would change with every look."""
        return round(value, 6) if self.moment == last_second(self.day) else None

    def sightings(self, source: str, grouping: Grouping, groups: Iterable[Group]) -> Iterator[Sighting]:
        """A look at each of the groups."""
        for group, copy in numbered(groups):
            yield Sighting(source, grouping.model, group, self.day, self.moment, copy)


@dataclass
class Seen:
    """What the queries found, by name, day and group."""

    found: dict[str, Mapping[date, Groups]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    """Queries that the server would not answer, with its reason."""

    def groups(self, name: str, day: date) -> Groups:
        """Group to value; empty where the query found nothing that day."""
        return self.found.get(name, {}).get(day, {})


class Look(Protocol):
    """One thing to look at."""

    @property
    def grouping(self) -> Grouping:
        """The labels that tell its series apart."""

    def queries(self) -> Mapping[str, str]:
        """Name to expression; empty where the settings name no metric."""

    def of_day(self, seen: Seen, day: Day) -> Iterator[Observation]:
        """What was so on a day."""

    def untold(self, seen: Seen, day: date) -> Reasons:
        """What can't be told of that day, of anything."""


def not_exported(series: str, label: str) -> str:
    """Why a metric tells nothing, where it has no sample."""
    return f"not exported: no series {series} with a label {label} in the last day"
