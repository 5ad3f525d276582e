"""How many records a second the store takes in, takes in again, and gives back. `python benchmarks/store.py [URL]`."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mlops_maturity.evidence.records import Job, PipelineRun
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.records import read_records, write_page

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


def read(store: Store) -> None:
    assert sum(1 for _ in read_records(store)) == RECORDS


def measure(name: str, work: Callable[[], None]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name:<8} {RECORDS / wall:>10,.0f} {RECORDS / cpu:>14,.0f}")


def main() -> None:
    records = [run(number) for number in range(RECORDS)]
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(sys.argv[1] if len(sys.argv) > 1 else "sqlite:///bench.db", Path(folder))
        print(f"{RECORDS:,} pipeline runs, pages of {PAGE:,}, {store.url}")
        print(f"{'':<8} {'records/s':>10} {'per CPU second':>14}")
        measure("write", lambda: write(store, records))
        measure("replay", lambda: write(store, records))
        measure("read", lambda: read(store))
        store.close()


if __name__ == "__main__":
    main()
