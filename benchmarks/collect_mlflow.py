"""20,000 MLflow runs: the collector beside bare REST paging on one server, and one more day. Run by `collect.py`."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from measured import Measured, measure, tell

from mlops_maturity.cli.demo.servers.mlflow import mlflow_server
from mlops_maturity.cli.demo.servers.mlflow_store import create_store, fill_store
from mlops_maturity.collectors.interface import ReadRequest, Stream
from mlops_maturity.collectors.mlflow.collector import RUNS, MlflowCollector
from mlops_maturity.collectors.mlflow.settings import MlflowSettings
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.records import TrainingRun
from mlops_maturity.evidence.store.cursors import CursorUpdate, read_cursor
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.records import count_records, write_page

RUNS_MADE = 20_000
ROUNDS = 3
PAGE = 1000
EXPERIMENTS = 50
DAYS = 365
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SINCE = NOW - (DAYS + 1) * DAY
WAYS = {
    "pages": "bare REST paging by start time, ten fields of each run kept",
    "store": "collector, stored in SQLite with cursor and coverage",
}


def run(number: int) -> TrainingRun:
    """A run with 8 parameters, 6 metrics and a data set, as many a day throughout."""
    started = NOW - DAYS * DAY + number * (DAYS * DAY / RUNS_MADE)
    return TrainingRun(
        source="tracking",
        id=f"{number:032x}",
        experiment=f"team-{number % 8}/model-{number % EXPERIMENTS}",
        started_at=started,
        finished_at=started + timedelta(minutes=9),
        outcome="failure" if number % 11 == 0 else "success",
        commit=f"{number:040x}" if number % 2 else None,
        datasets=(f"digest-{number % 97}",) if number < RUNS_MADE else (),
        params=8,
        metrics=6,
        trigger="automation" if number % 3 == 0 else "person",
        author=f"{number % 25:032x}",
    )


def pages(url: str) -> int:
    """How many different runs a plain loop finds."""
    session = requests.Session()
    found = session.post(f"{url}/api/2.0/mlflow/experiments/search", json={"max_results": 1000, "view_type": "ALL"})
    ids = [experiment["experiment_id"] for experiment in found.json()["experiments"]]
    kept: dict[str, tuple[object, ...]] = {}
    lowest = 0
    while True:
        asked = {
            "experiment_ids": ids,
            "filter": f"attributes.start_time >= {lowest}",
            "run_view_type": "ALL",
            "max_results": PAGE,
            "order_by": ["attributes.start_time ASC"],
        }
        told = session.post(f"{url}/api/2.0/mlflow/runs/search", json=asked).json()
        for entry in told.get("runs", ()):
            info, tags = entry["info"], {tag["key"]: tag["value"] for tag in entry["data"].get("tags", ())}
            kept[info["run_id"]] = (
                info["experiment_id"], info["status"], info["start_time"], info.get("end_time"), info["user_id"],
                tags.get("mlflow.source.git.commit"), len(entry["data"].get("params", ())),
                len(entry["data"].get("metrics", ())), info["lifecycle_stage"],
            )  # fmt: skip
            lowest = info["start_time"]
        if "next_page_token" not in told:
            return len(kept)


def collector(url: str) -> MlflowCollector:
    import mlops_maturity.collectors.mlflow.stores  # noqa: F401 - loads MLflow's client, which is no part of the work

    source = MlflowSettings.model_validate({"id": "tracking", "type": "mlflow", "url": url, "page_size": PAGE})
    return MlflowCollector(source, Settings(organisation="Acme", teams=(Team(id="all"),)))


def store_of(home: Path) -> Store:
    return open_store("sqlite:///store.db", home)


def stored(reader: MlflowCollector, store: Store, streams: Sequence[Stream], now: datetime) -> int:
    """How many records were handed in."""
    handed = 0
    for stream in streams:
        request = ReadRequest(now=now, since=SINCE, cursor=read_cursor(store, "tracking", stream.name))
        for page in reader.read(stream, request):
            cursor = CursorUpdate(source="tracking", stream=stream.name, cursor=page.cursor)
            write_page(store, page.records, cursor=cursor, coverage=page.coverage, seen_at=now)
            handed += len(page.records)
    return handed


def one(way: str, url: str, home: Path) -> None:
    """One way in this process."""
    if way == "pages":
        tell(lambda: pages(url))
        return
    reader, store = collector(url), store_of(home)
    if way == "store":
        tell(lambda: stored(reader, store, (RUNS,), NOW))
        assert sum(row.records for row in count_records(store)) == RUNS_MADE
    elif way == "rest":
        tell(lambda: stored(reader, store, reader.streams(), NOW))
    else:
        tell(lambda: stored(reader, store, reader.streams(), NOW + DAY))


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        database = home / "mlflow.db"
        create_store(database)
        fill_store(database, map(run, range(RUNS_MADE)))
        with mlflow_server(database, home / "server") as url:
            taken: dict[str, list[Measured]] = {way: [] for way in WAYS}
            for number in range(ROUNDS):
                for way in WAYS:
                    (home / str(number)).mkdir(exist_ok=True)
                    taken[way].append(measure("collect_mlflow.py", way, url, str(home / str(number))))
            again = measure("collect_mlflow.py", "rest", url, str(home / "0"))
            fill_store(database, map(run, range(RUNS_MADE, RUNS_MADE + RUNS_MADE // DAYS)))
            day = measure("collect_mlflow.py", "day", url, str(home / "0"))
    report(taken, again, day)


def report(taken: dict[str, list[Measured]], again: Measured, day: Measured) -> None:
    print(f"\n{RUNS_MADE:,} runs of a real MLflow, {ROUNDS} rounds in turn, medians\n")
    print("| way | wall s | CPU s | runs | idle MiB | peak over idle MiB |")
    print("|---|---|---|---|---|---|")
    for way, rows in taken.items():
        wall, cpu = (statistics.median(getattr(row, name) for row in rows) for name in ("wall", "cpu"))
        peak = max(row.peak_mib - row.idle_mib for row in rows)
        print(f"| {WAYS[way]} | {wall:.1f} | {cpu:.1f} | {rows[0].count:,} | {rows[0].idle_mib:.0f} | {peak:.0f} |")
    ratios = [ours.wall / bare.wall for ours, bare in zip(taken["store"], taken["pages"], strict=True)]
    print(f"\nwall, collector : bare paging = {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    print(f"runs once more, and the other streams for the first time: {again.wall:.2f} s ({again.count:,} records)")
    print(f"all streams one day later: {day.wall:.2f} s ({day.count:,} records, most of them read again)")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        one(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    else:
        main()
