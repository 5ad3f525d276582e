"""Readings from records: for today, for a day in the past, and for every past week the records allow.

A reading bears the day it was computed for, never later than the newest day to which the sources of the team are
read, so that the evidence of a dead source ages. The past is computed from the records' own times; of what only a
snapshot shows, the past is what was stored then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.reading_marks import basis_of, between, mark_of
from mlops_maturity.evidence.records import Measurement
from mlops_maturity.evidence.signals.assembly import views_of
from mlops_maturity.evidence.signals.figures import proof
from mlops_maturity.evidence.signals.interface import Measured, Missing, Signal, Window
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.signals.view import TeamView
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.cursors import CursorUpdate, put_cursor, read_cursor
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.readings import (
    StoredReading,
    change_readings,
    read_readings,
    state_of_readings,
    state_of_records,
)
from mlops_maturity.evidence.store.records import read_records

EARLIEST = date(1970, 1, 1)
"""No system of ours kept records before: of an earlier day there is nothing to tell."""
LATEST = date(9998, 12, 31)
"""The last day of which the calendar knows the next one in every time zone."""
LONGEST_HISTORY = timedelta(weeks=261)
"""How far back readings are computed: five years."""
KEPT_FRESH = timedelta(weeks=5)
"""How long readings of days that are no week's end are computed again, as late records still arrive."""
_WEEK = timedelta(weeks=1)
MARKS = ":readings"
"""The source under which the marks of the readings stand among the cursors; no source can be called so."""
_WHOLE = "*"
_Key = tuple[str, str, date]
_Pushed = Mapping[str, Mapping[date, Sequence[Measurement]]]


def readings_on(store: Store, settings: Settings, teams: Sequence[Team], day: date) -> list[StoredReading]:
    """The readings of some teams as of one day, from the records the store holds now. Writes nothing."""
    views = views_of(settings, read_records(store), read_coverage(store), teams)
    return [reading for view in views.values() for reading in compute(view, day)]


def refresh_readings(
    store: Store,
    settings: Settings,
    *,
    today: date,
    computed_at: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Changes:
    """Compute every signal of every team for each past week's end and for the newest day, and store the readings.

    Only those are computed again whose records, coverage or rules changed; the result is that of computing all. The
    same records again change nothing; computed readings that the records no longer bear out are taken away.
    `today` is the organisation's day; `computed_at` is kept with what changed; `progress` is told how many of how
    many signals are done.
    """
    basis = basis_of(settings)
    with store.connect() as connection:
        whole = {"basis": basis, "today": today.isoformat(), "records": state_of_records(connection)}
        as_before = {**whole, "readings": state_of_readings(connection)} == read_cursor(store, MARKS, _WHOLE)
    if as_before:
        return Changes()
    views = views_of(settings, read_records(store), read_coverage(store))
    before = {_key(row): row for row in read_readings(store, origin="computed", until=today) if row.team in views}
    recent = _recent_days(before.values(), today)
    total = len(views) * len(signals())
    readings: list[StoredReading] = []
    kept: set[_Key] = set()
    marks: list[CursorUpdate] = []
    for number, view in enumerate(views.values()):
        stored = read_cursor(store, MARKS, view.team)
        mark = mark_of(view, newest_day)
        stale = between(stored["mark"] if stored.get("basis") == basis else None, mark)
        marks.append(CursorUpdate(source=MARKS, stream=view.team, cursor={"basis": basis, "mark": mark}))
        pushed = _pushed(view, today)
        for place, signal in enumerate(signals().values(), start=1):
            days = {*_days(view, signal, today)}
            if newest_day(view, signal) is not None:
                days |= recent.get((view.team, signal.id), set())
            own = pushed.get(signal.id, {})
            firm = {day for day in days if (view.team, signal.id, day) in before and not stale.touches(signal, day)}
            firm -= own.keys()
            kept |= {(view.team, signal.id, day) for day in firm}
            readings += _of_signal(view, signal, days - firm, own)
            if progress is not None:
                progress(number * len(signals()) + place, total)
        readings += _foreign(view.team, pushed)
    borne_out = kept.union(map(_key, readings))
    outdated = [row for key, row in before.items() if key not in borne_out and not _only_then(row)]
    with store.begin() as connection:
        changes = change_readings(connection, readings, computed_at, outdated)
        whole["readings"] = state_of_readings(connection)
        for update in (*marks, CursorUpdate(source=MARKS, stream=_WHOLE, cursor=whole)):
            put_cursor(connection, update, computed_at)
    return changes + Changes(seen=len(kept), unchanged=len(kept))


def compute(view: TeamView, day: date) -> list[StoredReading]:
    """The readings of one team as of one day: computed ones, and what was pushed for the team."""
    if day < EARLIEST:
        return []
    day = min(day, LATEST)
    pushed = _pushed(view, day)
    readings: list[StoredReading] = []
    for signal in signals().values():
        on = min(day, newest_day(view, signal) or day)
        later = {pushed_on: rows for pushed_on, rows in pushed.get(signal.id, {}).items() if pushed_on >= on}
        readings += _of_signal(view, signal, {on}, later)
    newest = {signal_id: {max(by_day): by_day[max(by_day)]} for signal_id, by_day in pushed.items()}
    return [*readings, *_foreign(view.team, newest)]


def newest_day(view: TeamView, signal: Signal) -> date | None:
    """The newest day to which the team's sources are read for a signal; None where none of them is."""
    known = (view.sights[kind].newest(signal.window_days) for kind in signal.needs if kind in view.sights)
    return min((day for day in known if day is not None), default=None)


def _of_signal(
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


def _days(view: TeamView, signal: Signal, today: date) -> Iterator[date]:
    """The week's ends from the first known week on, and the newest known day."""
    newest = newest_day(view, signal)
    if newest is None:
        yield _last_read(view, today)
        return
    last = min(newest, today)
    first = max(_first_day(view, signal), last - LONGEST_HISTORY)
    sunday = first + timedelta(days=7 - first.isoweekday())
    while sunday < last:
        yield sunday
        sunday += _WEEK
    yield last


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


def _recent_days(stored: Iterable[StoredReading], today: date) -> Mapping[tuple[str, str], set[date]]:
    """Days of the last weeks of which there are readings, by team and signal."""
    days: defaultdict[tuple[str, str], set[date]] = defaultdict(set)
    for row in stored:
        if row.on > today - KEPT_FRESH:
            days[row.team, row.signal].add(row.on)
    return days


def _only_then(row: StoredReading) -> bool:
    """Whether a stored reading can't be had again, as it rests on what a snapshot showed on its day."""
    signal = signals().get(row.signal)
    return signal is not None and signal.snapshot_only and isinstance(row.result, Measured)


def _key(row: StoredReading) -> _Key:
    return row.team, row.signal, row.on


def _pushed(view: TeamView, until: date) -> _Pushed:
    """Measurements by signal and day."""
    found: defaultdict[str, defaultdict[date, list[Measurement]]] = defaultdict(lambda: defaultdict(list))
    for measurement in view.measurements:
        if measurement.on <= until:
            found[measurement.signal][measurement.on].append(measurement)
    return found


def _foreign(team: str, pushed: _Pushed) -> Iterator[StoredReading]:
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
