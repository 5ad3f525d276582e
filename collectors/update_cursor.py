"""The cursor of a list that is read in order of its last changes.

A change moves a row to the list's end, so while reading goes on, something that happened long ago may still come. What
is known is therefore said once, when the end is reached.

Details of a row (its reviews, its jobs) may be refused while the list itself is read: rights come and go. Such rows are
read once more a day for as long as they are young.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from mlops_maturity.collectors.interface import ReadRequest
from mlops_maturity.collectors.mapping import instant, written
from mlops_maturity.evidence.coverage import Coverage

AGAIN = timedelta(days=30)
"""How long after its last change a row of which a detail was refused is asked for again: as long as a run of GitHub can
be run again."""


@dataclass(slots=True)
class UpdateCursor:
    """Instants, aware and in UTC."""

    high_water: datetime
    """What last changed before it has been read."""
    known_from: datetime
    """Since when nothing is missing once this reading comes to its end."""

    now: datetime
    refused_from: datetime | None = None
    """The oldest last change of a row of which a detail was refused."""
    goes_back: bool = False
    """Whether rows that were read before are read once more, as a detail of theirs was refused."""

    @classmethod
    def opened(cls, request: ReadRequest, stored: Mapping[str, Any]) -> UpdateCursor:
        """From what `as_json` gave; from `since` on where there is nothing, or all is to be read again."""
        high_water = instant(stored.get("high_water"))
        if high_water is None or request.backfill:
            return cls(request.since, request.since, request.now)
        opened = cls(high_water, instant(stored.get("known_from")) or high_water, request.now)
        refused_from = instant(stored.get("refused_from"))
        if refused_from is not None and stored.get("refused_on") == opened._today:
            opened.refused_from = refused_from
        elif refused_from is not None:
            opened.high_water = min(high_water, max(refused_from, request.now - AGAIN))
            opened.goes_back = opened.high_water < high_water
        return opened

    def refuse(self, moment: datetime) -> None:
        """A detail of the row that changed at `moment` was refused; one that changed long ago stays as it is."""
        if moment >= self.now - AGAIN:
            self.refused_from = min(moment, self.refused_from or moment)

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
        refused = self.refused_from
        again = {} if refused is None else {"refused_from": written(refused), "refused_on": self._today}
        return {"high_water": written(self.high_water), "known_from": written(self.known_from), **again}

    @property
    def _today(self) -> str:
        return self.now.astimezone(UTC).date().isoformat()
