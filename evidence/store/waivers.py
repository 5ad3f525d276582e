"""Waivers in the store: append-only. Of a team, practice and first day the newest row holds, the others are history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert, select

from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.version import move_version, take_turns

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWaiver:
    """A practice declared not applicable for a team from `start` to `until`, both included."""

    team: str
    practice: str
    start: date
    until: date
    """Before `start`: taken back before it ever held."""
    reason: str
    owner: str
    """Who answers for it."""
    author: str
    """Who recorded this row: the waiver, a correction of it, or its end."""
    recorded_at: datetime
    """Aware, UTC."""

    def says_too(self, other: StoredWaiver) -> bool:
        """Whether it declares all that `other` does, whoever recorded it."""
        same = (self.until, self.reason, self.owner) == (other.until, other.reason, other.owner)
        return same and self.start <= other.start

    def corrected_by(self, other: StoredWaiver) -> bool:
        """Whether `other` takes its place: that of its team, practice and first day."""
        return (self.team, self.practice, self.start) == (other.team, other.practice, other.start)

    def holds_on(self, day: date) -> bool:
        """Whether the practice is waived on that day."""
        return self.start <= day <= self.until


def declare_waivers(store: Store, waivers: Sequence[StoredWaiver]) -> Changes:
    """Record waivers in one transaction; one that says what holds already changes nothing.

    One with the first day of another takes its place. Raises InputRefused, and records none, where one would
    overlap another of the same team and practice.
    """
    with store.begin() as connection:
        take_turns(connection)
        standing = list(standing_waivers(_read(connection)))
        changes = Changes()
        for waiver in waivers:
            changes += _declare(connection, standing, waiver)
        if changes.changed:
            move_version(connection)
    return changes


def end_waiver(store: Store, team: str, practice: str, *, on: date, author: str, now: datetime) -> Changes:
    """End what waives the practice, so that it counts from the day `on`; what has ended by then stays as it is.

    Raises InputRefused where the practice never was waived for the team.
    """
    with store.begin() as connection:
        take_turns(connection)
        own = [row for row in standing_waivers(_read(connection, team)) if row.practice == practice]
        if not own:
            raise InputRefused([Problem("--practice", "", f"{practice!r} is not waived for team {team!r}")])
        last = on - _DAY
        ended = [
            replace(row, until=max(last, row.start - _DAY), author=author, recorded_at=now)
            for row in own
            if row.until > last
        ]
        for row in ended:
            connection.execute(insert(tables.waiver).values(**asdict(row)))
        if ended:
            move_version(connection)
    return Changes(seen=len(own), updated=len(ended), unchanged=len(own) - len(ended))


def read_waivers(store: Store, team: str | None = None) -> tuple[StoredWaiver, ...]:
    """All rows, or those of one team, in the order in which they were recorded: the whole history."""
    with store.connect() as connection:
        return _read(connection, team)


def standing_waivers(rows: Iterable[StoredWaiver]) -> tuple[StoredWaiver, ...]:
    """What is declared in the end, past and future: by team, practice and first day, without what was taken back.

    `rows` in the order in which they were recorded.
    """
    newest = {(row.team, row.practice, row.start): row for row in rows}
    return tuple(newest[key] for key in sorted(newest) if newest[key].start <= newest[key].until)


def overlapping(standing: Iterable[StoredWaiver], waiver: StoredWaiver) -> StoredWaiver | None:
    """What stands in the way of a waiver: another of its team and practice that holds on one of its days."""
    return next(
        (
            row
            for row in standing
            if (row.team, row.practice) == (waiver.team, waiver.practice)
            and not row.corrected_by(waiver)
            and row.start <= waiver.until
            and waiver.start <= row.until
        ),
        None,
    )


def _declare(connection: Connection, standing: list[StoredWaiver], waiver: StoredWaiver) -> Changes:
    """Record one waiver, and note it in `standing`."""
    own = [row for row in standing if (row.team, row.practice) == (waiver.team, waiver.practice)]
    if any(row.says_too(waiver) for row in own):
        return Changes(seen=1, unchanged=1)
    other = overlapping(own, waiver)
    if other is not None:
        raise InputRefused([_overlap(other)])
    corrected = next((row for row in own if row.corrected_by(waiver)), None)
    connection.execute(insert(tables.waiver).values(**asdict(waiver)))
    if corrected is not None:
        standing.remove(corrected)
    standing.append(waiver)
    return Changes(seen=1, updated=1) if corrected is not None else Changes(seen=1, inserted=1)


def _overlap(other: StoredWaiver) -> Problem:
    return Problem(
        "--practice",
        "",
        f"{other.practice!r} is waived for team {other.team!r} from {other.start} until {other.until} already; "
        f"begin on {other.until + _DAY} to go on, write --from {other.start} to correct it, or end it first",
    )


def _read(connection: Connection, team: str | None = None) -> tuple[StoredWaiver, ...]:
    columns = [column for column in tables.waiver.columns if column.key != "number"]
    query = select(*columns).order_by(tables.waiver.c.number)
    if team is not None:
        query = query.where(tables.waiver.c.team == team)
    return tuple(StoredWaiver(**row._asdict()) for row in connection.execute(query))
