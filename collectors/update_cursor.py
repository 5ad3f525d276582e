"""The cursor of a list that is read in order of its last changes.

A change moves a row to the list's end, so while reading goes on, something that happened long ago may still come. What
is known is therefore said once, when the end is reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mlops_maturity.collectors.interface import ReadRequest
from mlops_maturity.collectors.mapping import instant, written
from mlops_maturity.evidence.coverage import Coverage


@dataclass(slots=True)
class UpdateCursor:
    """Instants, aware and in UTC."""

    high_water: datetime
    """What last changed before it has been read."""
    known_from: datetime
    """Since when nothing is missing once this reading comes to its end."""

    @classmethod
    def opened(cls, request: ReadRequest, stored: Mapping[str, Any]) -> UpdateCursor:
        """From what `as_json` gave; from `since` on where there is nothing, or all is to be read again."""
        high_water = instant(stored.get("high_water"))
        if high_water is None or request.backfill:
            return cls(request.since, request.since)
        return cls(high_water, instant(stored.get("known_from")) or high_water)

    def reach(self, moment: datetime, settled: datetime) -> None:
        """Rows up to the one that changed at `moment` are stored; what is younger than `settled` is read again."""
        self.high_water = max(self.high_water, min(moment, settled))

    def finish(self, settled: datetime, *, source: str, stream: str, scope: str) -> tuple[Coverage, ...]:
        """The end is reached: what is known now. Moves both instants behind it."""
        start = self.known_from
        self.high_water = self.known_from = max(self.high_water, settled)
        span = Coverage(source=source, stream=stream, scope=scope, start=start, end=settled)
        return (span,) if start < settled else ()

    def as_json(self) -> dict[str, str]:
        """For the store."""
        return {"high_water": written(self.high_water), "known_from": written(self.known_from)}
