"""How many records a second the store takes in, takes in again, and gives back. `python benchmarks/store.py [URL]`.

Beside it the same rows by a bare upsert of SQLAlchemy Core: no payload is made, nothing is hashed, counted or covered.
"""

from __future__ import annotations

import statistics
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
ROUNDS = 4
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


def cpu_of(work: Callable[[], None]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def measured(url: str, records: list[PipelineRun], rows: list[dict[str, Any]], bare_first: bool) -> dict[str, float]:
    """CPU seconds of each part, on an empty table for ours and for the bare upsert."""
    found = {}
    ways: list[tuple[str, Callable[[Store], None]]] = [
        ("ours", lambda store: write(store, records)),
        ("bare", lambda store: write_bare(store, rows)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(url, Path(folder))
        for name, work in reversed(ways) if bare_first else ways:
            with store.begin() as connection:
                connection.execute(delete(tables.record))
            found[name] = cpu_of(lambda work=work: work(store))  # type: ignore[misc]
            found[f"{name} again"] = cpu_of(lambda work=work: work(store))  # type: ignore[misc]
        found["read"] = cpu_of(lambda: read(store))
        store.close()
    return found


def main() -> None:
    url = sys.argv[1] if len(sys.argv) > 1 else "sqlite:///bench.db"
    records = [run(number) for number in range(RECORDS)]
    rows = [row(record) for record in records]
    rounds = [measured(url, records, rows, bare_first=bool(number % 2)) for number in range(ROUNDS)]
    cpu = {name: statistics.median(found[name] for found in rounds) for name in rounds[0]}
    print(f"{RECORDS:,} pipeline runs, pages of {PAGE:,}, {ROUNDS} rounds in turn; medians, per CPU second\n")
    print("| | ours | bare | ours / bare |\n|---|---|---|---|")
    for name, ours, bare in (("first time", "ours", "bare"), ("again, nothing new", "ours again", "bare again")):
        share = f"{cpu[bare] / cpu[ours]:.0%}"
        print(f"| {name} | {RECORDS / cpu[ours]:,.0f} | {RECORDS / cpu[bare]:,.0f} | {share} |")
    print(f"| read | {RECORDS / cpu['read']:,.0f} | | |")


if __name__ == "__main__":
    main()
