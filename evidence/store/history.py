"""The weekly past of every team as last worked out, for the trend pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

from sqlalchemy import ColumnElement, Connection, delete, select

from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.cycles import no_search_for_cycles
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.upsert import insert_or_replace
from mlops_maturity.evidence.store.version import move_version, take_turns

Basis = Literal["restated", "chained", "published"]
"""Re-scored under the catalogue in force; under the catalogue of that time, moved to join; or as it was shown then."""
_COLUMNS = tables.history.c


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """Level, index and confidence of a team, or of one of its aspects, on one day of the past."""

    team: str
    on: date
    scope: str
    """`overall`, or the id of an aspect."""
    level_lo: int | None
    level: int | None
    level_hi: int | None
    index_lo: float | None
    index: float | None
    index_hi: float | None
    confidence: float | None
    catalogue_hash: str
    basis: Basis = "restated"
    model_effect: float | None = None
    """Index points that a change of the catalogue since the row before brought, as published; None where there was
    none, or where it can't be told as the catalogue before is not kept."""


def replace_history(store: Store, team: str, rows: Sequence[HistoryRow]) -> Changes:
    """Make `rows` the whole history of the team, in one transaction; the same rows again change nothing.

    Raises ValueError for a row of another team, or two rows of one day and scope.
    """
    wanted = {(row.on, row.scope): row for row in rows}
    if len(wanted) != len(rows) or any(row.team != team for row in rows):
        raise ValueError(f"the history of {team} needs one row a day and scope, and no row of another team")
    with store.begin() as connection:
        take_turns(connection)
        before = {(row.on, row.scope): row for row in _read(connection, _COLUMNS.team == team)}
        new = [row for key, row in wanted.items() if key not in before]
        other = [row for key, row in wanted.items() if key in before and before[key] != row]
        gone = [key for key in before if key not in wanted]
        insert_or_replace(connection, tables.history, [asdict(row) for row in new + other])
        for on, scope in gone:
            connection.execute(
                delete(tables.history).where(_COLUMNS.team == team, _COLUMNS.on == on, _COLUMNS.scope == scope)
            )
        if new or other or gone:
            move_version(connection)
    return Changes(
        seen=len(rows),
        inserted=len(new),
        updated=len(other),
        unchanged=len(rows) - len(new) - len(other),
        removed=len(gone),
    )


def read_history(
    store: Store, team: str | None = None, since: date | None = None, until: date | None = None
) -> tuple[HistoryRow, ...]:
    """The rows from `since` to `until`, both included, ordered by team, day and scope."""
    conditions: list[ColumnElement[bool]] = []
    if team is not None:
        conditions.append(_COLUMNS.team == team)
    if since is not None:
        conditions.append(_COLUMNS.on >= since)
    if until is not None:
        conditions.append(_COLUMNS.on <= until)
    with store.connect() as connection:
        return _read(connection, *conditions)


def _read(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[HistoryRow, ...]:
    query = select(tables.history).where(*conditions).order_by(_COLUMNS.team, _COLUMNS.on, _COLUMNS.scope)
    names = tables.history.columns.keys()
    with no_search_for_cycles():
        return tuple(HistoryRow(**dict(zip(names, row, strict=True))) for row in connection.execute(query).all())
