"""How many records a second the store takes in, takes in again, and gives back. `python benchmarks/store.py [URL]`.

Beside it the same rows by a bare upsert of SQLAlchemy Core: no payload is made, nothing is hashed, counted or covered.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import sqlite

from mlops_maturity.evidence.record_text import record_json
from mlops_maturity.evidence.records import Job, PipelineRun
from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.records import read_records, write_page
from mlops_maturity.evidence.store.upsert import insert_for

RECORDS = 50_000
PAGE = 1_000
_START = datetime(2025, 1, 1, tzinfo=UTC)


def run(number: int) -> PipelineRun:
    """A pipeline run of ordinary size: about 600 bytes of JSON."""
    at = _START + timedelta(seconds=37 * number)
    return PipelineRun(
        source="ci",
        id=str(10**9 + number),
        url=f"https://git.example/acme/fraud-model/actions/runs/{number}",
        attributes={"workflow": "train"},
        repository="acme/fraud-model",
        pipeline="train.yml",
        purpose="training",
        trigger="schedule",
        ref="main",
        sha=f"{number:040x}",
        queued_at=at,
        started_at=at,
        finished_at=at + timedelta(minutes=3),
        outcome="success",
        raw_status="completed",
        jobs=(Job(name="fit", outcome="success"), Job(name="test", outcome="success")),
    )


def write(store: Store, records: list[PipelineRun]) -> None:
    for first in range(0, len(records), PAGE):
        write_page(store, records[first : first + PAGE], seen_at=_START)


def write_bare(store: Store, rows: list[dict[str, Any]]) -> None:
    statement = insert_for_store(store)
    key = ["source", "kind", "id", "attempt"]
    names = ("occurred_at", "payload", "content_hash", "last_changed_at")
    upsert = statement.on_conflict_do_update(index_elements=key, set_={n: statement.excluded[n] for n in names})
    for first in range(0, len(rows), PAGE):
        with store.begin() as connection:
            connection.execute(upsert, rows[first : first + PAGE])


def insert_for_store(store: Store) -> sqlite.Insert:
    with store.connect() as connection:
        return insert_for(connection, tables.record)


def row(record: PipelineRun) -> dict[str, Any]:
    payload = record_json(record)
    return {
        "source": record.source, "kind": record.kind, "id": record.id, "attempt": record.attempt,
        "occurred_at": record.finished_at, "payload": payload, "content_hash": sha256(payload.encode()).digest(),
        "revision": 1, "first_seen_at": _START, "last_changed_at": _START, "gone_at": None,
    }  # fmt: skip


def read(store: Store) -> None:
    assert sum(1 for _ in read_records(store)) == RECORDS


def measure(name: str, work: Callable[[], None]) -> float:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name:<12} {RECORDS / wall:>10,.0f} {RECORDS / cpu:>14,.0f}")
    return cpu


def main() -> None:
    records = [run(number) for number in range(RECORDS)]
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(sys.argv[1] if len(sys.argv) > 1 else "sqlite:///bench.db", Path(folder))
        print(f"{RECORDS:,} pipeline runs, pages of {PAGE:,}, {store.url}")
        print(f"{'':<12} {'records/s':>10} {'per CPU second':>14}")
        ours = measure("write", lambda: write(store, records))
        again = measure("replay", lambda: write(store, records))
        measure("read", lambda: read(store))
        rows = [row(record) for record in records]
        with store.begin() as connection:
            connection.execute(delete(tables.record))
        bare = measure("bare", lambda: write_bare(store, rows))
        bare_again = measure("bare replay", lambda: write_bare(store, rows))
        store.close()
    print(f"processor time of bare over ours: {bare / ours:.0%}; of the replay: {bare_again / again:.0%}")


if __name__ == "__main__":
    main()
