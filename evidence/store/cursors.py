"""Where each stream of a source goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.upsert import insert_or_replace


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorUpdate:
    """The place from which a stream goes on; `cursor` is JSON-able and read only by the stream itself."""

    source: str
    stream: str
    cursor: Mapping[str, Any]


def read_cursor(store: Store, source: str, stream: str) -> dict[str, Any]:
    """The newest cursor of a stream; empty where it never had one."""
    columns = tables.cursor.c
    query = select(columns.cursor).where(columns.source == source, columns.stream == stream)
    with store.connect() as connection:
        text = connection.execute(query).scalar_one_or_none()
    return {} if text is None else json.loads(text)


def put_cursor(connection: Connection, update: CursorUpdate, at: datetime) -> None:
    """Move a cursor, in the transaction of the page it belongs to."""
    row = {
        "source": update.source,
        "stream": update.stream,
        "cursor": json.dumps(dict(update.cursor), sort_keys=True, allow_nan=False),
        "updated_at": at,
    }
    insert_or_replace(connection, tables.cursor, [row])
