"""Days, ISO weeks and 28-day blocks, cut in the organisation's time zone.

Only the cutting is local: a local day is the span between two local midnights and lasts 23 to 25 hours where the
clocks change, so lengths are never made from a number of seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

WEEK_DAYS = 7


class Days(NamedTuple):
    """Consecutive days, both ends included, as proleptic Gregorian ordinals (`date.toordinal`)."""

    first: int
    last: int


@lru_cache(maxsize=65_536)
def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which the local day begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def span(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the beginning of the first local day to the end of the last; the end is excluded."""
    return midnight(first, zone), midnight(last + timedelta(days=1), zone)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The local day on which an instant falls; at the very ends of the calendar, where it has none, the UTC day."""
    try:
        return instant.astimezone(zone).date()
    except OverflowError:
        return instant.date()


def full_weeks(days: Days) -> Iterator[Days]:
    """The ISO weeks, Monday to Sunday, that lie wholly within the days; weeks cut by an end are left out."""
    # Ordinal 1 is a Monday: 0001-01-01.
    monday = days.first + (1 - days.first) % WEEK_DAYS
    while monday + WEEK_DAYS - 1 <= days.last:
        yield Days(monday, monday + WEEK_DAYS - 1)
        monday += WEEK_DAYS


def blocks_back(days: Days, length: int) -> Iterator[Days]:
    """Blocks of that many days counted back from the last day, as long as they lie wholly within; newest first."""
    last = days.last
    while last - length + 1 >= days.first:
        yield Days(last - length + 1, last)
        last -= length


def merged(spans: list[Days]) -> tuple[Days, ...]:
    """The same days as disjoint spans in order; spans that touch become one."""
    whole: list[Days] = []
    for current in sorted(spans):
        if whole and current.first <= whole[-1].last + 1:
            whole[-1] = Days(whole[-1].first, max(whole[-1].last, current.last))
        else:
            whole.append(current)
    return tuple(whole)


def without(spans: tuple[Days, ...], holes: tuple[Days, ...]) -> tuple[Days, ...]:
    """The days of the spans that lie in no hole. Both are disjoint and in order, and so is the result."""
    left = list(spans)
    for hole in holes:
        left = [piece for part in left for piece in _cut(part, hole)]
    return tuple(left)


def within(spans: tuple[Days, ...], days: Days) -> tuple[Days, ...]:
    """The parts of the spans that lie within the days."""
    parts = (Days(max(part.first, days.first), min(part.last, days.last)) for part in spans)
    return tuple(part for part in parts if part.first <= part.last)


def _cut(part: Days, hole: Days) -> Iterator[Days]:
    before = Days(part.first, min(part.last, hole.first - 1))
    after = Days(max(part.first, hole.last + 1), part.last)
    if before.first <= before.last:
        yield before
    if after.first <= after.last:
        yield after
