"""Assessments as published: what was shown when, never changed afterwards."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.version import move_version, take_turns

_COLUMNS = tables.assessment.c
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedAssessment:
    """An assessment of a team as it was shown."""

    team: str
    as_of: date
    catalogue_hash: str
    payload: Mapping[str, Any]
    """Design §6.3."""
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedHead:
    """Which assessment of a team was published when, without what it says."""

    number: int
    """Rises with every assessment published."""
    team: str
    as_of: date
    catalogue_hash: str


def publish(
    store: Store,
    team: str,
    as_of: date,
    catalogue_hash: str,
    payload: Mapping[str, Any],
    published_at: datetime,
) -> bool:
    """Keep an assessment for ever; False, and nothing kept, if it says the same as the one published last.

    The last one is the newest of the same team and day. Raises ValueError for numbers that are not finite.
    """
    text = json.dumps(dict(payload), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    newest = (
        select(_COLUMNS.catalogue_hash, _COLUMNS.payload)
        .where(_COLUMNS.team == team, _COLUMNS.as_of == as_of)
        .order_by(_COLUMNS.number.desc())
        .limit(1)
    )
    with store.begin() as connection:
        take_turns(connection)
        last = connection.execute(newest).one_or_none()
        if last is not None and tuple(last) == (catalogue_hash, text):
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


def read_heads(store: Store, but: str, teams: Iterable[str] | None = None) -> tuple[PublishedHead, ...]:
    """What was published of the teams of which anything was published under another catalogue than `but`.

    By team, in the order in which it was published.
    """
    other = select(_COLUMNS.team).where(_COLUMNS.catalogue_hash != but).distinct()
    query = select(_COLUMNS.number, _COLUMNS.team, _COLUMNS.as_of, _COLUMNS.catalogue_hash)
    query = query.where(_COLUMNS.team.in_(other)).order_by(_COLUMNS.team, _COLUMNS.number)
    wanted = None if teams is None else frozenset(teams)
    with store.connect() as connection:
        rows = connection.execute(query)
        return tuple(PublishedHead(**row._asdict()) for row in rows if wanted is None or row.team in wanted)


def read_payloads(store: Store, numbers: Collection[int]) -> dict[int, Mapping[str, Any]]:
    """What the assessments of these numbers say (design §6.3)."""
    query = select(_COLUMNS.number, _COLUMNS.payload)
    found: dict[int, Mapping[str, Any]] = {}
    wanted = sorted(numbers)
    with store.connect() as connection:
        for first in range(0, len(wanted), _CHUNK):
            rows = connection.execute(query.where(_COLUMNS.number.in_(wanted[first : first + _CHUNK])))
            found |= {number: json.loads(payload) for number, payload in rows}
    return found


def _published(row: dict[str, Any]) -> PublishedAssessment:
    row["payload"] = json.loads(row["payload"])
    return PublishedAssessment(**row)
