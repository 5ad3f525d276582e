"""One observation: which model, by which labels it was told apart, and its id."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mlops_maturity.collectors.alerts import kept
from mlops_maturity.collectors.prometheus.days import midnight
from mlops_maturity.collectors.prometheus.promql import Grouping
from mlops_maturity.collectors.prometheus.settings import PrometheusSettings
from mlops_maturity.evidence.records import Observation, State

WHOLE = "*"
"""The subject of what is said of a whole source."""


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """A model, and the labels that pick a team, as (name, value) in order of the names."""

    model: str
    labels: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, labels: Mapping[str, str], grouping: Grouping) -> Group:
        """The group of a series; its model is empty where the series names none."""
        further = {name: labels.get(name, "") for name in grouping.further}
        return cls(labels.get(grouping.model, ""), tuple(kept(further).items()))

    def among(self, others: Iterable[Group]) -> bool:
        """Whether it is one of them; a label that only one side has does not tell two groups apart."""
        return any(self.model == other.model and self._fits(dict(other.labels)) for other in others)

    def _fits(self, theirs: Mapping[str, str]) -> bool:
        return all(theirs.get(name, value) == value for name, value in self.labels)


def numbered(groups: Iterable[Group]) -> Iterator[tuple[Group, int]]:
    """Each group once, in order, with its number among the groups of its model."""
    copies: Counter[str] = Counter()
    for group in sorted(set(groups)):
        yield group, copies[group.model]
        copies[group.model] += 1


@dataclass(frozen=True, slots=True)
class Sighting:
    """A look at one model (or table of features, or objective) on one day."""

    source: str
    label: str
    """The label that names it."""
    group: Group
    day: date
    moment: datetime
    copy: int
    """The number of the group, by `numbered`: the first one of a model has the plain id."""

    def state(
        self,
        name: str,
        is_so: bool | None,
        value: float | None = None,
        *,
        subject: str | None = None,
        further: Mapping[str, Any] | None = None,
    ) -> Observation:
        """What was seen; None = it can't be told. `subject` takes the place of the group's own name."""
        group = self.group
        copy = "" if self.copy == 0 else f"/{_digest(group.labels)}"
        return Observation(
            source=self.source,
            id=f"{name}/{group.model}/{self.day.isoformat()}{copy}",
            subject=subject or group.model,
            name=name,
            state="unknown" if is_so is None else "yes" if is_so else "no",
            value=value,
            observed_at=self.moment,
            attributes={"labels": {self.label: group.model, **dict(group.labels)}, **(further or {})},
        )


def remark(settings: PrometheusSettings, name: str, reason: str, day: date, state: State = "unknown") -> Observation:
    """What the source as a whole can't tell, and why."""
    return Observation(
        source=settings.id,
        id=f"{name}/{WHOLE}/{day.isoformat()}",
        subject=WHOLE,
        name=name,
        state=state,
        observed_at=midnight(day),
        attributes={"reason": reason},
    )


def _digest(labels: tuple[tuple[str, str], ...]) -> str:
    return hashlib.sha256(json.dumps(labels).encode()).hexdigest()[:8]
