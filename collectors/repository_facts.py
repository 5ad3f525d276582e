"""What a code host shows of a repository as observations, one a fact and day.

A host shows the present state only. What may not be read is `forbidden`, what can't be told is `unknown`; neither is
ever `no`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from mlops_maturity.collectors.interface import Failing, Forbidden
from mlops_maturity.evidence.records import Observation, State

EVERY = ""
"""In the place of an environment: what is said of all of them."""
ENVIRONMENT = "protected_environment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found out about one fact of a repository."""

    state: State
    shown_by: str = ""
    """What shows it: the file, or what protects the branch."""
    reason: str = ""
    """Why it is not known, where it is not."""
    is_passing: bool = False
    """Whether the next look may well find more: a right that can be given, a server that fails."""

    @property
    def has_failed(self) -> bool:
        """Whether the server failed at it."""
        return self.is_passing and self.state == "unknown"

    @classmethod
    def refused(cls, error: Forbidden | Failing) -> Finding:
        """What a server that refuses, or fails at, this one thing leaves to be said: forbidden, or unknown."""
        state: State = "forbidden" if isinstance(error, Forbidden) else "unknown"
        return cls(state=state, reason=str(error), is_passing=True)


def observations(source: str, repository: str, found: Mapping[str, Finding], now: datetime) -> list[Observation]:
    """The facts by name as records of the UTC day of `now`.

    They are filed under the beginning of the day, so that looking again at what stays writes nothing new.
    """
    return [_observation(source, repository, name, name, finding, now) for name, finding in found.items()]


def environment_observations(
    source: str, repository: str, found: Mapping[str, Finding], now: datetime
) -> list[Observation]:
    """How environments are protected, by their names, as records of the UTC day of `now`."""
    made = []
    for environment, finding in found.items():
        place = f"{ENVIRONMENT}/{environment}" if environment else ENVIRONMENT
        one = _observation(source, repository, ENVIRONMENT, place, finding, now)
        said = {"environment": environment} if environment else {}
        made.append(one.model_copy(update={"attributes": {**said, **one.attributes}}))
    return made


def _observation(source: str, repository: str, name: str, place: str, finding: Finding, now: datetime) -> Observation:
    day = now.astimezone(UTC).date()
    return Observation(
        source=source,
        id=f"{place}/{repository}/{day.isoformat()}",
        subject=repository,
        name=name,
        state=finding.state,
        observed_at=datetime.combine(day, time.min, UTC),
        attributes={word: text for word, text in (("shown_by", finding.shown_by), ("reason", finding.reason)) if text},
    )
