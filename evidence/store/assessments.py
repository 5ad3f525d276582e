"""Assessments as published: what was shown when, never changed afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.version import move_version, take_turns

_COLUMNS = tables.assessment.c


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedAssessment:
    """An assessment of a team as it was shown."""

    team: str
    as_of: date
    catalogue_hash: str
    payload: Mapping[str, Any]
    """Design §6.3."""
    published_at: datetime


def publish(
    store: Store,
    team: str,
    as_of: date,
    catalogue_hash: str,
    payload: Mapping[str, Any],
    published_at: datetime,
) -> bool:
    """Keep an assessment for ever; False, and nothing kept, if it says the same as the one published last.

    The last one is the newest of the same team, day and catalogue. Raises ValueError for numbers that are not finite.
    """
    text = json.dumps(dict(payload), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    newest = (
        select(_COLUMNS.payload)
        .where(_COLUMNS.team == team, _COLUMNS.as_of == as_of, _COLUMNS.catalogue_hash == catalogue_hash)
        .order_by(_COLUMNS.number.desc())
        .limit(1)
    )
    with store.begin() as connection:
        take_turns(connection)
        if connection.execute(newest).scalar_one_or_none() == text:
            return False
        row = {"team": team, "as_of": as_of, "catalogue_hash": catalogue_hash, "payload": text}
        connection.execute(insert(tables.assessment).values(**row, published_at=published_at))
        move_version(connection)
    return True


def read_published(
    store: Store, team: str | None = None, since: date | None = None, until: date | None = None
) -> tuple[PublishedAssessment, ...]:
    """What was published for the days from `since` to `until`, both included; by team and day, oldest first."""
    query = select(*[column for column in tables.assessment.columns if column.key != "number"])
    if team is not None:
        query = query.where(_COLUMNS.team == team)
    if since is not None:
        query = query.where(_COLUMNS.as_of >= since)
    if until is not None:
        query = query.where(_COLUMNS.as_of <= until)
    query = query.order_by(_COLUMNS.team, _COLUMNS.as_of, _COLUMNS.number)
    with store.connect() as connection:
        return tuple(_published(dict(row)) for row in connection.execute(query).mappings())


def _published(row: dict[str, Any]) -> PublishedAssessment:
    row["payload"] = json.loads(row["payload"])
    return PublishedAssessment(**row)
