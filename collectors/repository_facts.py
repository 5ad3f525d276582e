"""What a code host shows of a repository as observations, one a fact and day.

A host shows the present state only. What may not be read is `forbidden`, what can't be told is `unknown`; neither is
ever `no`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from mlops_maturity.evidence.records import Observation, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found out about one fact of a repository."""

    state: State
    shown_by: str = ""
    """What shows it: the file, or what protects the branch."""
    reason: str = ""
    """Why it is not known, where it is not."""


def observations(source: str, repository: str, found: Mapping[str, Finding], now: datetime) -> list[Observation]:
    """The facts by name as records of the UTC day of `now`.

    They are filed under the beginning of the day, so that looking again at what stays writes nothing new.
    """
    day = now.astimezone(UTC).date()
    return [
        Observation(
            source=source,
            id=f"{name}/{repository}/{day.isoformat()}",
            subject=repository,
            name=name,
            state=finding.state,
            observed_at=datetime.combine(day, time.min, UTC),
            attributes={
                word: text for word, text in (("shown_by", finding.shown_by), ("reason", finding.reason)) if text
            },
        )
        for name, finding in found.items()
    ]
