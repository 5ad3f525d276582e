"""Which readings of a team are to be computed, which stay, and which are taken out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache

from mlops_maturity.evidence.reading_marks import FIRST_DAY, Stale
from mlops_maturity.evidence.readings import (
    LONGEST_HISTORY,
    foreign_readings,
    known_span,
    newest_day,
    pushed_to,
    readings_of,
    week_ends,
)
from mlops_maturity.evidence.signals.interface import Signal
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.signals.view import TeamView
from mlops_maturity.evidence.store.readings import KnownReading, Look, StoredReading

KEPT_FRESH = timedelta(weeks=5)
"""How long readings of days that are no week's end are computed again, as late records still arrive."""


def look_of(view: TeamView, stale: Stale, left_on: date | None, foreign: Iterable[str]) -> Look | None:
    """How far back to look after such changes, where the readings were left on a day as they are now; None = at all, as
    they were not. `foreign`: signals that none of ours is, and that there may be readings of."""
    spans = {signal: known_span(view, signal)[0] for signal in signals().values()}
    # What is older than the longest history goes, week by week.
    if left_on is None or any(first is not None and first < left_on - LONGEST_HISTORY for first in spans.values()):
        return None
    # Of a signal that nothing is read for there is one reading, on whatever day something was read last.
    firsts = {signal.id: FIRST_DAY if first is None else stale.first(signal) for signal, first in spans.items()}
    rest = [first for first in firsts.values() if first is not None and first > FIRST_DAY]
    since = min([left_on - KEPT_FRESH, *map(date.fromordinal, rest)])
    whole = frozenset(signal for signal, first in firsts.items() if first == FIRST_DAY)
    return Look(since, frozenset(signals()).union(foreign), whole)


class TeamWork:
    """The readings of one team that have to be computed, kept and taken out."""

    def __init__(
        self, view: TeamView, stale: Stale, today: date, look: Look | None, known: Sequence[KnownReading]
    ) -> None:
        self._view = view
        self._stale = stale
        self._today = today
        self._look = look
        self._known = known
        self._days: defaultdict[str, set[date]] = defaultdict(set)
        for row in known:
            self._days[row.signal].add(row.on)
        self._pushed = pushed_to(view, today)
        self.kept: set[tuple[str, date]] = set()
        self._anew = {signal.id: self._days_anew(signal) for signal in signals().values()}

    @property
    def since(self) -> date | None:
        """The first day of any window of a reading that has to be computed of pipeline runs; None where none has."""
        firsts = [
            min(days) - timedelta(days=signal.window_days - 1)
            for signal in signals().values()
            if (days := self._anew[signal.id].union(self._pushed.get(signal.id, ())))
            and (not signal.reads or "pipeline_run" in signal.reads)
        ]
        return min(firsts, default=None)

    def readings(self) -> Iterator[StoredReading]:
        """Those that are not there or may be others now."""
        for signal in signals().values():
            yield from readings_of(self._view, signal, self._anew[signal.id], self._pushed.get(signal.id, {}))
        yield from foreign_readings(self._view.team, self._pushed)

    def _days_anew(self, signal: Signal) -> set[date]:
        """The days to compute; those that stay as they are go to `kept`."""
        days, pushed = self._asked(signal), self._pushed.get(signal.id, {})
        firm = {day for day in days & self._days[signal.id] if not self._stale.touches(signal, day)} - pushed.keys()
        self.kept |= {(signal.id, day) for day in firm}
        return days - firm

    def outdated(self, readings: Sequence[StoredReading]) -> list[tuple[str, date]]:
        """Those that the records no longer bear out; not what a snapshot showed then and nothing can show again."""
        borne_out = self.kept.union((reading.signal, reading.on) for reading in readings)
        return [(row.signal, row.on) for row in self._known if row[:2] not in borne_out and not _only_then(row)]

    def _asked(self, signal: Signal) -> set[date]:
        """The days of which there should be readings, as far back as they are looked at."""
        look = self._look
        since = None if look is None or signal.id in look.whole else look.since
        days = set(week_ends(self._view, signal, self._today, since))
        if newest_day(self._view, signal) is not None:
            days |= {day for day in self._days[signal.id] if day > self._today - KEPT_FRESH}
        return {day for day in days if look is None or look.reaches(signal.id, day)}


def _only_then(row: KnownReading) -> bool:
    """Whether a stored reading can't be had again, as it rests on what a snapshot showed on its day."""
    return bool(row.measured) and row.signal in snapshots()


@cache
def snapshots() -> frozenset[str]:
    """The signals that only the present shows."""
    return frozenset(signal.id for signal in signals().values() if signal.snapshot_only)
