"""What people said of contradictions: append-only. Of a team and practice the newest row holds, the others are history.

That a contradiction stands, or no longer does, is never stored: it follows from the evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, insert, select

from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.version import move_version, take_turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Somebody explained a contradiction until a day, or opened it again."""

    team: str
    practice: str
    kind: Literal["overclaim", "underclaim"]
    """Which contradiction it is about: one in the other direction is another one."""
    state: Literal["open", "explained"]
    reason: str
    until: date | None
    """The last day on which the explanation holds; None for one opened again."""
    author: str
    recorded_at: datetime
    """Aware, UTC."""

    @property
    def says(self) -> tuple[str, str, str, date | None]:
        """What it says, whoever recorded it when."""
        return self.kind, self.state, self.reason, self.until


def append_statement(store: Store, statement: Statement) -> Changes:
    """Record what somebody said; what is said already changes nothing."""
    with store.begin() as connection:
        take_turns(connection)
        newest = newest_statements(_read(connection, statement.team)).get((statement.team, statement.practice))
        if newest is not None and newest.says == statement.says:
            return Changes(seen=1, unchanged=1)
        connection.execute(insert(tables.contradiction).values(**asdict(statement)))
        move_version(connection)
    return Changes(seen=1, inserted=1)


def read_statements(store: Store, team: str | None = None) -> tuple[Statement, ...]:
    """All rows, or those of one team, in the order in which they were recorded: the whole history."""
    with store.connect() as connection:
        return _read(connection, team)


def newest_statements(rows: Iterable[Statement]) -> dict[tuple[str, str], Statement]:
    """Team and practice to what was said last; `rows` in the order in which they were recorded."""
    return {(row.team, row.practice): row for row in rows}


def _read(connection: Connection, team: str | None) -> tuple[Statement, ...]:
    columns = [column for column in tables.contradiction.columns if column.key != "number"]
    query = select(*columns).order_by(tables.contradiction.c.number)
    if team is not None:
        query = query.where(tables.contradiction.c.team == team)
    return tuple(Statement(**row._asdict()) for row in connection.execute(query))
