"""Which sources have ever given or been asked for anything."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.upsert import insert_or_nothing


def put_sources(connection: Connection, ids: Collection[str], seen_at: datetime) -> None:
    """Remember sources that are new."""
    rows = [{"id": source, "first_seen_at": seen_at} for source in sorted(ids)]
    insert_or_nothing(connection, tables.source, rows)
