"""The time the demo's history spans, and when people and machines work in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from mlops_maturity.cli.demo.teams import MONTHS

ZONE = ZoneInfo("Europe/Vienna")
WEEKS = 78
"""Eighteen months."""
WEEK = timedelta(days=7)
FRIDAY = 5
SUMMER = 8
QUIET_DAYS = {(12, day) for day in range(23, 32)} | {(1, day) for day in range(1, 7)}
"""Month and day on which hardly anybody works."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole weeks up to the midnight (UTC) in which `end` begins; nothing in the history is as late as that."""

    end: date

    @property
    def first(self) -> date:
        """Its first day."""
        return self.end - WEEKS * WEEK

    @property
    def start(self) -> datetime:
        """Its first instant, UTC."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def limit(self) -> datetime:
        """The first instant after it, UTC."""
        return datetime.combine(self.end, time(), UTC)

    def month(self, day: date) -> float:
        """Months from the start of the history to a day, with fractions."""
        return (day - self.first) / (self.end - self.first) * MONTHS

    def day_of(self, month: float) -> date:
        """The day on which that month of the history begins."""
        return self.first + (self.end - self.first) * (month / MONTHS)

    def weeks(self, since: float = 0.0, until: float = MONTHS) -> Iterator[date]:
        """The first day of every whole week between two months of the history, oldest first."""
        first, last = self.day_of(since), self.day_of(until)
        for number in range(WEEKS):
            begins = self.first + number * WEEK
            if begins >= first and begins + WEEK <= last:
                yield begins

    def holds(self, moment: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.start <= moment < self.limit


def days_of_week(week: date) -> tuple[date, ...]:
    """The seven days from `week` on."""
    return tuple(week + timedelta(days=offset) for offset in range(7))


def pace(day: date) -> float:
    """How much people get done, 0 to 1: less in summer, little around the turn of the year."""
    if (day.month, day.day) in QUIET_DAYS:
        return 0.1
    return 0.75 if day.month == SUMMER else 1.0


def working_days(week: date) -> tuple[date, ...]:
    """Monday to Friday of the seven days from `week` on."""
    return tuple(day for day in days_of_week(week) if day.isoweekday() <= FRIDAY)


def next_working_day(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    weekday = day.isoweekday()
    return day if weekday <= FRIDAY else day + timedelta(days=8 - weekday)


def at_work(throw: Random, day: date) -> datetime:
    """Some moment of the working hours of a day, UTC."""
    return _local(day, 9 * 3600 + throw.randrange(8 * 3600))


def at_night(throw: Random, day: date) -> datetime:
    """Some moment between one and four at night, when schedules run, UTC."""
    return _local(day, 3600 + throw.randrange(3 * 3600))


def _local(day: date, second: int) -> datetime:
    """Made from wall-clock parts, so that days on which clocks change come out right."""
    wall = time(second // 3600, second % 3600 // 60, second % 60)
    return datetime.combine(day, wall, ZONE).astimezone(UTC)


def hours(number: float) -> timedelta:
    """That many hours, to the second."""
    return timedelta(seconds=round(number * 3600))
