"""Targets in the store: append-only. Of a subject and aspect the newest row holds, the others are its history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, insert, select

from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.version import move_version, take_turns

SubjectKind = Literal["team", "group"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTarget:
    """The level that a team, or each team of a group, wants to reach, and by when."""

    kind: SubjectKind
    subject: str
    """A team's id, or the path of a group."""
    aspect: str
    """Empty: the level overall."""
    level: int
    by: date
    dropped: bool = False
    """This row takes the target back."""
    author: str
    recorded_at: datetime
    """Aware, UTC."""

    @property
    def key(self) -> tuple[SubjectKind, str, str]:
        """What it is a target of."""
        return self.kind, self.subject, self.aspect


def set_target(store: Store, target: StoredTarget) -> Changes:
    """Record a target in the place of the one before; the same again changes nothing."""
    with store.begin() as connection:
        take_turns(connection)
        before = {row.key: row for row in standing_targets(_read(connection))}.get(target.key)
        if before is not None and (before.level, before.by) == (target.level, target.by):
            return Changes(seen=1, unchanged=1)
        _append(connection, target)
    return Changes(seen=1, updated=1) if before is not None else Changes(seen=1, inserted=1)


def drop_target(
    store: Store, kind: SubjectKind, subject: str, aspect: str, *, author: str, now: datetime
) -> StoredTarget | None:
    """Take a target back; the one that was taken back, None where there is none."""
    with store.begin() as connection:
        take_turns(connection)
        before = {row.key: row for row in standing_targets(_read(connection))}.get((kind, subject, aspect))
        if before is not None:
            _append(connection, replace(before, dropped=True, author=author, recorded_at=now))
    return before


def read_targets(store: Store) -> tuple[StoredTarget, ...]:
    """All rows in the order in which they were recorded: the whole history."""
    with store.connect() as connection:
        return _read(connection)


def standing_targets(rows: Iterable[StoredTarget]) -> tuple[StoredTarget, ...]:
    """The targets that hold, by kind, subject and aspect; `rows` in the order in which they were recorded."""
    newest = {row.key: row for row in rows}
    return tuple(newest[key] for key in sorted(newest) if not newest[key].dropped)


def _append(connection: Connection, target: StoredTarget) -> None:
    connection.execute(insert(tables.target).values(**asdict(target)))
    move_version(connection)


def _read(connection: Connection) -> tuple[StoredTarget, ...]:
    columns = [column for column in tables.target.columns if column.key != "number"]
    query = select(*columns).order_by(tables.target.c.number)
    return tuple(StoredTarget(**row._asdict()) for row in connection.execute(query))
