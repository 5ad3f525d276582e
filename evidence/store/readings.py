"""Readings in the store: one for each team, signal, day and origin; what is missing is stored with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from sys import intern
from typing import Literal, NamedTuple

from sqlalchemy import Connection, Integer, delete, func, literal, null, select, tuple_

from mlops_maturity.evidence.signals.interface import Measured, Missing
from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.cycles import no_search_for_cycles
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.reading_contents import from_text, to_text
from mlops_maturity.evidence.store.rows import among
from mlops_maturity.evidence.store.upsert import Row, upsert_by_hash
from mlops_maturity.evidence.store.version import move_version

Origin = Literal["computed", "imported"]
_KEY = ("team", "signal", "on", "origin")
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReading:
    """What a signal showed of a team on a day, or why it showed nothing."""

    team: str
    signal: str
    on: date
    result: Measured | Missing
    origin: Origin = "computed"
    """Worked out here from records, or handed in ready-made."""


def write_readings(
    store: Store, readings: Sequence[StoredReading], computed_at: datetime, *, outdated: Sequence[StoredReading] = ()
) -> Changes:
    """Store readings in one transaction; the same ones again change nothing, a different result replaces the old.

    Of a reading that is there twice the last one counts. The `outdated` ones are taken out in the same transaction.
    Raises ValueError for a number that is not finite.
    """
    rows = [reading_row(reading, computed_at) for reading in readings]
    with store.begin() as connection:
        return change_readings(connection, rows, [_key(reading) for reading in outdated])


def change_readings(
    connection: Connection, rows: Sequence[Row], outdated: Sequence[tuple[str, str, date, str]]
) -> Changes:
    """Store rows of `reading_row` and take others out by their key (team, signal, day, origin), in the caller's
    transaction; as its last step but for what no page shows."""
    newest = {tuple(row[name] for name in _KEY): row for row in rows}
    kept = [newest[key] for key in sorted(newest)]
    changes = upsert_by_hash(
        connection, tables.reading, kept, key=_KEY, replace=("value", "missing", "payload", "computed_at")
    )
    replaced = len(rows) - len(kept)
    changes += Changes(seen=replaced, unchanged=replaced) + _remove(connection, outdated)
    if changes.changed:
        move_version(connection)
    return changes


class KnownReading(NamedTuple):
    """That there is a computed reading of a day."""

    signal: str
    on: date
    measured: bool | None
    """Whether it is a value; None where nobody asked."""


@dataclass(frozen=True, slots=True)
class Look:
    """How far back the readings of a team are looked at: those before it stay as they are."""

    since: date
    signals: frozenset[str]
    """All signals that there may be readings of."""
    whole: frozenset[str] = frozenset()
    """Signals of which all are, none the less."""

    def reaches(self, signal: str, day: date) -> bool:
        """Whether the reading of a day is looked at."""
        return day >= self.since or signal in self.whole


def known_readings(
    store: Store, team: str, until: date, look: Look | None = None, measured: Collection[str] = ()
) -> list[KnownReading]:
    """Which computed readings of a team there are up to `until`, all of them or those looked at. Of the signals in
    `measured`, whether each is a value."""
    columns = tables.reading.c
    own = columns.team == team, columns.origin == "computed", columns.on <= until
    told = select(columns.signal, columns.on).where(*own)
    asked = columns.signal.in_(sorted(measured))
    with store.connect() as connection:
        # Of most, the index alone tells all.
        parts = [told.add_columns(null()).where(~asked), told.add_columns(columns.missing.is_(None)).where(asked)]
        if look is not None:
            # Signal by signal: the index then leads to the days asked for, past all others.
            newer = columns.on >= look.since, among(connection, columns.signal, sorted(look.signals))
            older = columns.on < look.since, among(connection, columns.signal, sorted(look.whole))
            parts = [part.where(*days) for part in parts for days in (newer, older)[: 1 + bool(look.whole)]]
        rows = [row for part in parts for row in connection.execute(part).all()]
    return [KnownReading(signal, on, None if seen is None else bool(seen)) for signal, on, seen in rows]


def state_of_records(connection: Connection) -> str:
    """A text that differs whenever the records or the coverage of the store differ."""
    outline, touched = tables.outline.c, tables.touched.c
    # By halves: SQLite's sum of them would overflow.
    upper = outline.digest.bitwise_rshift(literal(32, Integer))
    halves = func.sum(upper), func.sum(outline.digest.bitwise_and(0xFFFFFFFF))
    records = select(func.count(), func.sum(outline.records), *halves)
    pending = select(func.count(), func.max(touched.number))
    rows = [connection.execute(query).one() for query in (records, pending)]
    # All of the spans: where the last one is replaced, the new one takes its number.
    rows += connection.execute(select(tables.coverage).order_by(tables.coverage.c.number)).all()
    told = hashlib.sha256()
    for row in rows:
        told.update(str(tuple(map(str, row))).encode())
    return told.hexdigest()


@dataclass(frozen=True, slots=True)
class StateOfReadings:
    """Differs whenever a reading was written or taken out; told without looking at any."""

    changed: int
    """How often that was done; 0 = there never was a reading."""

    def after(self, changes: Changes) -> StateOfReadings:
        """What it is after changes of one's own; what others changed does not count, so that the next look tells of
        it."""
        return StateOfReadings(self.changed + changes.changed)

    def __str__(self) -> str:
        return str(self.changed)


def state_of_readings(connection: Connection) -> StateOfReadings:
    """The state of the readings as they are stored now."""
    return StateOfReadings(connection.execute(select(tables.dataset.c.readings_changed)).scalar_one())


def read_readings(
    store: Store,
    team: str | None = None,
    signal: str | None = None,
    until: date | None = None,
    origin: Origin | None = None,
) -> tuple[StoredReading, ...]:
    """Readings up to `until` (included), ordered by team, signal and day.

    Without `origin` there is at most one for a team, signal and day: what was measured goes before what is
    missing, and what was handed in before what was computed.
    """
    columns = tables.reading.c
    query = select(columns.team, columns.signal, columns.on, columns.origin, columns.payload)
    for column, wanted in ((columns.team, team), (columns.signal, signal), (columns.origin, origin)):
        if wanted is not None:
            query = query.where(column == wanted)
    if until is not None:
        query = query.where(columns.on <= until)
    query = query.order_by(columns.team, columns.signal, columns.on, columns.origin)
    with store.connect() as connection, no_search_for_cycles():
        readings = [
            StoredReading(
                team=intern(of_team), signal=intern(of_signal), on=on, origin=told,
                result=from_text(payload),
            )
            for of_team, of_signal, on, told, payload in connection.execute(query).all()
        ]  # fmt: skip
        return tuple(readings) if origin is not None else _one_a_day(readings)


def newest_days(store: Store) -> dict[str, date]:
    """Team to the newest day of any reading of it, missing ones included."""
    columns = tables.reading.c
    with store.connect() as connection:
        rows = connection.execute(select(columns.team, func.max(columns.on)).group_by(columns.team))
        return {row[0]: row[1] for row in rows}


def _remove(connection: Connection, readings: Sequence[tuple[str, str, date, str]]) -> Changes:
    columns = tables.reading.c
    key = tuple_(*(columns[name] for name in _KEY))
    removed = 0
    for first in range(0, len(readings), _CHUNK):
        keys = readings[first : first + _CHUNK]
        gone = connection.execute(delete(tables.reading).where(key.in_(keys)).returning(columns.number))
        removed += len(gone.all())
    return Changes(removed=removed)


def _one_a_day(readings: Sequence[StoredReading]) -> tuple[StoredReading, ...]:
    """The best of each day, of readings in the order of team, signal and day."""
    best: list[StoredReading] = []
    for reading in readings:
        before = best[-1] if best else None
        if before is None or (before.on, before.signal, before.team) != (reading.on, reading.signal, reading.team):
            best.append(reading)
        elif _rank(reading) > _rank(before):
            best[-1] = reading
    return tuple(best)


def _rank(reading: StoredReading) -> tuple[bool, bool]:
    return isinstance(reading.result, Measured), reading.origin == "imported"


def _key(reading: StoredReading) -> tuple[str, str, date, str]:
    return reading.team, reading.signal, reading.on, reading.origin


def reading_row(reading: StoredReading, computed_at: datetime) -> Row:
    """A reading as a row of its table."""
    measured = reading.result if isinstance(reading.result, Measured) else None
    missing = reading.result if isinstance(reading.result, Missing) else None
    payload = to_text(reading.result)
    return {
        "team": reading.team,
        "signal": reading.signal,
        "on": reading.on,
        "origin": reading.origin,
        "value": measured and float(measured.value),  # psycopg takes no mix of whole numbers and others
        "missing": missing and missing.reason,
        "payload": payload,
        "content_hash": hashlib.sha256(payload.encode()).digest(),
        "revision": 1,
        "computed_at": computed_at,
    }
