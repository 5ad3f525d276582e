"""The runs of collectors: what the Sources page tells of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.sources import put_sources
from mlops_maturity.evidence.store.version import move_version

RUNNING = "running"
INTERRUPTED = "interrupted"
_COLUMNS = tables.collector_run.c


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """One run of one source."""

    run: int
    source: str
    started_at: datetime
    finished_at: datetime | None
    """None while it runs, and for a run that was killed."""
    state: str
    """`running`, `interrupted` (killed: a later run of the source found it unfinished), or how it ended."""
    rows_seen: int
    rows_changed: int
    streams: tuple[Mapping[str, Any], ...]
    """How each stream went, as the runner wrote it."""
    error: str


def start_run(store: Store, source: str, at: datetime) -> int:
    """Note that a run of `source` begins at `at` (aware); the number of the run.

    Runs of the same source that never finished are marked as interrupted.
    """
    with store.begin() as connection:
        put_sources(connection, [source], at)
        connection.execute(
            update(tables.collector_run)
            .where(_COLUMNS.source == source, _COLUMNS.finished_at.is_(None), _COLUMNS.state == RUNNING)
            .values(state=INTERRUPTED, error="it was stopped before its end; what it had stored is kept")
        )
        row = {"source": source, "started_at": at, "state": RUNNING, "rows_seen": 0, "rows_changed": 0}
        begun = insert(tables.collector_run).values(**row, streams="[]", error="").returning(_COLUMNS.run)
        run: int = connection.execute(begun).scalar_one()
        move_version(connection)
    return run


def count_rows(connection: Connection, run: int, changes: Changes) -> None:
    """Add a page to the rows of a run that goes on, in the page's own transaction."""
    connection.execute(
        update(tables.collector_run)
        .where(_COLUMNS.run == run)
        .values(
            rows_seen=_COLUMNS.rows_seen + changes.seen,
            rows_changed=_COLUMNS.rows_changed + changes.changed,
        )
    )


def finish_run(
    store: Store,
    run: int,
    at: datetime,
    *,
    state: str,
    rows_seen: int,
    rows_changed: int,
    streams: Sequence[Mapping[str, Any]] = (),
    error: str = "",
) -> None:
    """Note how a run ended. Raises LookupError for a run that was never started."""
    outcome = {
        "finished_at": at,
        "state": state,
        "rows_seen": rows_seen,
        "rows_changed": rows_changed,
        "streams": json.dumps([dict(stream) for stream in streams], ensure_ascii=False, allow_nan=False),
        "error": error,
    }
    with store.begin() as connection:
        finished = update(tables.collector_run).where(_COLUMNS.run == run).values(**outcome).returning(_COLUMNS.run)
        if connection.execute(finished).scalar_one_or_none() is None:
            raise LookupError(f"there is no run {run}")
        move_version(connection)


def read_runs(store: Store, source: str | None = None, limit: int = 50) -> tuple[StoredRun, ...]:
    """The newest runs, of one source or of all, newest first."""
    query = select(tables.collector_run).order_by(_COLUMNS.run.desc()).limit(limit)
    if source is not None:
        query = query.where(_COLUMNS.source == source)
    with store.connect() as connection:
        return tuple(_run(dict(row)) for row in connection.execute(query).mappings())


def _run(row: dict[str, Any]) -> StoredRun:
    row["streams"] = tuple(json.loads(row["streams"]))
    return StoredRun(**row)
