"""Readings from records: for today, for a day in the past, and for every past week the records allow.

A reading bears the day it was computed for, never later than the newest day to which the sources of the team are
read, so that the evidence of a dead source ages. The past is computed from the records' own times; of what only a
snapshot shows, the past is what was stored then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from math import ceil

from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.portions import StoredPortion, stored_portions
from mlops_maturity.evidence.records import Measurement
from mlops_maturity.evidence.signals.figures import proof
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.signals.streams import Stream
from mlops_maturity.evidence.signals.view import Surroundings, TeamView
from mlops_maturity.evidence.store.cycles import no_search_for_cycles
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.readings import StoredReading

EARLIEST = date(1970, 1, 1)
"""No system of ours kept records before: of an earlier day there is nothing to tell."""
LATEST = date(9998, 12, 31)
"""The last day of which the calendar knows the next one in every time zone."""
LONGEST_HISTORY = timedelta(weeks=261)
"""How far back readings are computed: five years."""
_WEEK = timedelta(weeks=1)
Pushed = Mapping[str, Mapping[date, Sequence[Measurement]]]


def readings_on(store: Store, settings: Settings, teams: Sequence[Team], day: date) -> list[StoredReading]:
    """The readings of some teams as of one day, from the records the store holds now. Writes no reading."""
    around, portions = stored_portions(store, settings, teams)
    return [reading for portion in portions for reading in _on(store, around, portion, day)]


def _on(store: Store, around: Surroundings, portion: StoredPortion, day: date) -> list[StoredReading]:
    with no_search_for_cycles():
        view = portion.view(store, around)
        readings = compute(view, day)
        view.forget()
        return readings


def compute(view: TeamView, day: date) -> list[StoredReading]:
    """The readings of one team as of one day: computed ones, and what was pushed for the team."""
    if day < EARLIEST:
        return []
    day = min(day, LATEST)
    pushed = pushed_to(view, day)
    readings: list[StoredReading] = []
    for signal in signals().values():
        on = min(day, newest_day(view, signal) or day)
        later = {pushed_on: rows for pushed_on, rows in pushed.get(signal.id, {}).items() if pushed_on >= on}
        readings += readings_of(view, signal, {on}, later)
    newest = {signal_id: {max(by_day): by_day[max(by_day)]} for signal_id, by_day in pushed.items()}
    return [*readings, *foreign_readings(view.team, newest)]


def newest_day(view: TeamView, signal: Signal) -> date | None:
    """The newest day to which the team's sources are read for a signal; None where none of them is."""
    return known_span(view, signal)[1]


def known_span(view: TeamView, signal: Signal) -> tuple[date | None, date | None]:
    """The first and the newest day of which there may be readings of a signal; None where no source of it is read."""
    return view.once(_KnownSpans).of(signal)


class _KnownSpans:
    """The known spans of a view. Remembered: many signals need the same, and each is asked for its own again."""

    def __init__(self, view: TeamView) -> None:
        self._view = view
        self._known: dict[tuple[tuple[Stream, ...], int], tuple[date | None, date | None]] = {}

    def of(self, signal: Signal) -> tuple[date | None, date | None]:
        """The one of a signal."""
        key = signal.needs, signal.window_days
        if key not in self._known:
            newest = _newest_day(self._view, signal)
            self._known[key] = (None, None) if newest is None else (_first_day(self._view, signal), newest)
        return self._known[key]


def readings_of(
    view: TeamView, signal: Signal, days: Collection[date], pushed: Mapping[date, Sequence[Measurement]]
) -> Iterator[StoredReading]:
    """The readings of one signal: for the days that are known, and for those of which something was pushed.

    A measurement takes the place of a missing reading of its day. That a snapshot tells nothing of a day in the past
    is no news of that day, so what was stored then stays.
    """
    newest = newest_day(view, signal)
    for day in sorted({*days, *pushed}):
        if newest is not None and day > newest and day not in pushed:
            continue
        result = _result(view, signal, day) if newest is None or day <= newest else None
        if not isinstance(result, Measured) and day in pushed:
            result = _combined(pushed[day])
        if result is None or (isinstance(result, Missing) and _past_of_snapshot(signal, day, newest)):
            continue
        yield StoredReading(team=view.team, signal=signal.id, on=day, result=result)


def _result(view: TeamView, signal: Signal, day: date) -> Measured | Missing:
    first = day - timedelta(days=signal.window_days - 1)
    return signal.measure(view, Window(first=first, last=day, zone=view.zone))


def _past_of_snapshot(signal: Signal, day: date, newest: date | None) -> bool:
    return signal.snapshot_only and newest is not None and day < newest


def week_ends(view: TeamView, signal: Signal, today: date, since: date | None = None) -> Iterator[date]:
    """The week's ends from the first known week on, none before `since`, and the newest known day."""
    first, newest = known_span(view, signal)
    if first is None or newest is None:
        yield _last_read(view, today)
        return
    last = min(newest, today)
    yield from _sundays(max(first, last - LONGEST_HISTORY, since or first), last)
    yield last


@lru_cache
def _sundays(first: date, last: date) -> Sequence[date]:
    """From the first day on, before the last one."""
    sunday = first + timedelta(days=7 - first.isoweekday())
    return tuple(sunday + week * _WEEK for week in range(ceil((last - sunday) / _WEEK)))


def _newest_day(view: TeamView, signal: Signal) -> date | None:
    known = (view.sights[kind].newest(signal.window_days) for kind in signal.needs if kind in view.sights)
    return min((day for day in known if day is not None), default=None)


def _first_day(view: TeamView, signal: Signal) -> date:
    """The first day that is known and not before the team's first record of a kind the signal needs.

    Where there is none of these kinds, not before its first record of any kind.
    """
    known = min(first for kind in signal.needs if kind in view.sights and (first := view.sights[kind].first))
    needed = [day for kind in signal.needs if (day := view.first_day(kind))]
    begun = needed or [day for kind in view.sights if (day := view.first_day(kind))]
    return max(known, min(begun, default=known))


def _last_read(view: TeamView, today: date) -> date:
    """The newest day of anything the team's sources gave; today where they gave nothing."""
    known = (sight.newest(0) for sight in view.sights.values())
    return min(today, max((day for day in known if day is not None), default=today))


def pushed_to(view: TeamView, until: date) -> Pushed:
    """Measurements by signal and day."""
    found: defaultdict[str, defaultdict[date, list[Measurement]]] = defaultdict(lambda: defaultdict(list))
    for measurement in view.measurements:
        if measurement.on <= until:
            found[measurement.signal][measurement.on].append(measurement)
    return found


def foreign_readings(team: str, pushed: Pushed) -> Iterator[StoredReading]:
    """Readings of signals that are only ever pushed."""
    for signal_id, by_day in pushed.items():
        if signal_id not in signals():
            for day, measurements in by_day.items():
                yield StoredReading(team=team, signal=signal_id, on=day, result=_combined(measurements))


def _combined(measurements: Sequence[Measurement]) -> Measured:
    """Several subjects on one day as one reading: the mean weighted by what was seen of each, the counts summed."""
    seen = sum(entry.seen for entry in measurements)
    weights = [entry.seen if seen else 1.0 for entry in measurements]
    subjects = len({entry.subject for entry in measurements})
    return Measured(
        value=sum(weight * entry.value for weight, entry in zip(weights, measurements, strict=True)) / sum(weights),
        seen=seen,
        scope=sum(entry.scope for entry in measurements),
        opportunities=sum(entry.opportunities for entry in measurements),
        proof=proof(measurements),
        note="pushed" if subjects == 1 else f"pushed, mean of {subjects} subjects",
    )
