"""UTC days, the unit in which Prometheus is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

DAY = timedelta(days=1)
SETTLES = timedelta(minutes=5)
"""How long samples of a day may still arrive after its end."""


def midnight(day: date) -> datetime:
    """The instant at which a UTC day begins."""
    return datetime.combine(day, time(), UTC)


def last_second(day: date) -> datetime:
    """When a day is looked back on; see `promql.DAY`."""
    return midnight(day) + timedelta(seconds=86_399)


def day_of(epoch: float) -> date:
    """The UTC day of an instant in seconds since the epoch."""
    return datetime.fromtimestamp(epoch, UTC).date()


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included; `last` before `first` is none."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        """Each day, oldest first."""
        day = self.first
        while day <= self.last:
            yield day
            day += DAY

    def chunks(self, length: int) -> Iterator[Span]:
        """Spans of that many days, the last one maybe shorter."""
        first = self.first
        while first <= self.last:
            yield Span(first, min(self.last, first + (length - 1) * DAY))
            first += length * DAY


def complete(now: datetime) -> date:
    """The last day that is over, with its last samples."""
    return (now.astimezone(UTC) - SETTLES).date() - DAY


def to_read(since: datetime, through: str | None, now: datetime, *, again: bool, overlap: int = 2) -> Span:
    """The complete days to read: all, or from the last `overlap` read ones on.

    `through` is the last day read before, as an ISO date; `again` reads everything once more.
    """
    first = since.astimezone(UTC).date()
    if through is not None and not again:
        first = max(first, date.fromisoformat(through) - (overlap - 1) * DAY)
    return Span(first, complete(now))
