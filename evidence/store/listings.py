"""When a source was first listed: what was deleted there before that day is known to nobody."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.engine import Store

_AT_ONCE = 20
"""Runs read ahead: nearly always the first one answers."""


def first_listings(store: Store, sources: Collection[str], streams: Collection[str]) -> dict[str, datetime]:
    """Source to the start of the first run by which each of these streams had been read, of those that ever were.

    Sources without such a run are left out: a file that was imported, or a server that never answered.
    """
    with store.connect() as connection:
        found = {source: _first(connection, source, streams) for source in sorted(sources)}
    return {source: at for source, at in found.items() if at is not None}


def _first(connection: Connection, source: str, streams: Collection[str]) -> datetime | None:
    columns = tables.collector_run.c
    query = (
        select(columns.started_at, columns.streams)
        .where(columns.source == source, columns.streams != "[]")
        .order_by(columns.started_at)
    )
    waiting, latest = set(streams), None
    for at, told in connection.execution_options(yield_per=_AT_ONCE).execute(query):
        read = waiting & {each["stream"] for each in json.loads(told) if _was_read(each)}
        if read:
            waiting, latest = waiting - read, at
        if not waiting:
            break
    return latest


def _was_read(stream: Mapping[str, Any]) -> bool:
    """To its end, or in part: what a run cut short had seen is missed as well when it is gone at the next one."""
    return bool(stream["state"] == "ok" or (stream["state"] == "partial" and stream["rows_seen"]))
