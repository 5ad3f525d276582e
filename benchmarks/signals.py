"""What one more day costs in a store of many records. `python benchmarks/signals.py`; `--help` tells the options.

A store of three years of made-up records is filled past the usual way in, with readings of every week as if they had
been computed. Then a day of new records of every team comes in, and the readings are brought up to date.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import text

from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence import refresh, team_work
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.portions import StoredPortion, TeamRecords
from mlops_maturity.evidence.record_text import record_json
from mlops_maturity.evidence.records import RECORD, Record, RecordKind, occurred_at
from mlops_maturity.evidence.signals.interface import Measured, Proof
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.signals.view import Surroundings
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.columns import to_micros
from mlops_maturity.evidence.store.cursors import CursorUpdate, put_cursor, read_cursor
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.readings import StoredReading, reading_row, state_of_readings
from mlops_maturity.evidence.store.records import write_page
from mlops_maturity.evidence.store.sketching import sketch_touched

DAYS = 1095
LAST = date(2026, 11, 22)
"""The last day of the past, a Sunday; the new day follows."""
START = datetime(LAST.year, LAST.month, LAST.day, tzinfo=UTC) - timedelta(days=DAYS - 1)
MIB = 2**20
KINDS: tuple[tuple[RecordKind, int], ...] = (
    ("pipeline_run", 70), ("change", 9), ("deployment", 5), ("training_run", 7), ("observation", 6),
    ("model_version", 1), ("model_alias", 1), ("incident", 1),
)  # fmt: skip
"""Kinds of record, and how many of a hundred are of each."""
SAMPLE = tuple(("ci", "pipeline_run", f"app/{number}", f"https://ci.example/app/runs/{number}") for number in range(3))
READING = Measured(
    value=1.0, seen=12, scope=14, opportunities=14, proof=Proof(count=40, sample=SAMPLE), note="12 of 14"
)


class Organisation:
    """Made-up facts of many teams, the same for one seed."""

    def __init__(self, teams: int) -> None:
        self.dice = random.Random(44)
        self.teams = teams
        self.settings = Settings(
            organisation="Acme",
            timezone="Europe/Vienna",
            teams=tuple(
                Team(id=name, models=(f"{name}-*",), repositories=(f"acme/{name}",), experiments=(f"{name}/*",))
                for name in map(_name, range(teams))
            ),
        )

    def records(self, numbers: range, first: datetime, days: float) -> Iterator[Record]:
        """That many records, of all teams in turn, in order of time."""
        kinds = [kind for kind, times in KINDS for _ in range(times)]
        step = timedelta(days=days) / len(numbers)
        for number in numbers:
            team = _name(number % self.teams)
            kind = kinds[self.dice.randrange(100)]
            at = first + (number - numbers.start) * step
            given = {"kind": kind, "source": "src", "id": f"p{number}", **getattr(self, kind)(team, at, number)}
            yield RECORD.validate_python(given)

    def pipeline_run(self, team: str, at: datetime, number: int) -> dict[str, Any]:
        return {
            "url": f"https://ci.example/{team}/app/runs/{number}", "repository": f"acme/{team}", "ref": "main",
            "pipeline": "train.yml", "purpose": self.dice.choice(("ci", "ci", "ci", "training", "evaluation")),
            "trigger": self.dice.choice(("push", "schedule", "pull_request")), "started_at": at - timedelta(minutes=7),
            "finished_at": at, "outcome": self.dice.choice(("success", "success", "success", "failure")),
            "sha": f"{number // (7 * self.teams):040x}", "raw_status": "completed",
            "jobs": [{"name": name, "outcome": "success"} for name in ("build", "test", "scan")],
        }  # fmt: skip

    def change(self, team: str, at: datetime, number: int) -> dict[str, Any]:
        return {
            "repository": f"acme/{team}", "number": number, "author": f"h{self.dice.randrange(5)}",
            "author_kind": "human", "first_commit_at": at - timedelta(days=2), "created_at": at - timedelta(days=1),
            "first_review_at": at - timedelta(hours=3), "merged_at": at, "approvals": 1,
            "merge_sha": f"{number // (7 * self.teams):040x}",
        }  # fmt: skip

    def deployment(self, team: str, at: datetime, number: int) -> dict[str, Any]:
        return {
            "repository": f"acme/{team}", "environment": "production", "tier": "production", "outcome": "success",
            "started_at": at - timedelta(minutes=2), "finished_at": at, "unplanned": self.dice.random() < 0.1,
            "sha": f"{number // (7 * self.teams):040x}", "model": f"{team}-a", "model_version": str(number // 9000),
        }  # fmt: skip

    def training_run(self, team: str, at: datetime, number: int) -> dict[str, Any]:
        return {
            "experiment": f"{team}/x", "started_at": at - timedelta(hours=1), "finished_at": at, "outcome": "success",
            "params": 4, "metrics": 3, "commit": f"{number // (7 * self.teams):040x}", "datasets": ["d1"],
            "trigger": self.dice.choice(("automation", "person")), "author": "h1",
        }  # fmt: skip

    def model_version(self, team: str, at: datetime, number: int) -> dict[str, Any]:
        return {
            "model": f"{team}-{self.dice.choice('ab')}", "version": str(number), "created_at": at, "described": True,
            "run": f"p{max(0, number - self.teams)}", "validated": True, "tags": {"owner": "x"},
        }  # fmt: skip

    def model_alias(self, team: str, at: datetime, number: int) -> dict[str, Any]:
        return {
            "model": f"{team}-a", "alias": "champion", "version": str(number), "first_seen_at": at,
            "last_seen_at": at + timedelta(days=1),
        }  # fmt: skip

    def incident(self, team: str, at: datetime, number: int) -> dict[str, Any]:
        return {
            "subject": f"{team}-a", "category": self.dice.choice(("drift", "service")), "detected_at": at,
            "resolved_at": at + timedelta(hours=5), "origin": "alert",
        }  # fmt: skip

    def observation(self, team: str, at: datetime, number: int) -> dict[str, Any]:
        name = self.dice.choice(("serving", "target_up", "drift_metric", "protected_branch"))
        subject = f"acme/{team}" if name == "protected_branch" else f"{team}-a"
        return {"subject": subject, "name": name, "state": "yes", "observed_at": at}


def _name(number: int) -> str:
    return f"team-{number:04}"


def fill(store: Store, folder: Path, organisation: Organisation, count: int) -> None:
    """Records and coverage."""
    with closing(sqlite3.connect(folder / "signals.db")) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("INSERT INTO source (id, first_seen_at) VALUES ('src', 0)")
        connection.executemany(
            "INSERT INTO record (source, kind, id, attempt, occurred_at, payload, content_hash, revision, "
            "first_seen_at, last_changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, 1, 0, 0)",
            map(_row, organisation.records(range(count), START, DAYS)),
        )
    write_page(store, (), coverage=_coverage(0), seen_at=START)


def _row(record: Record) -> tuple[Any, ...]:
    payload = record_json(record)
    moment = occurred_at(record)
    attempt = getattr(record, "attempt", 0)
    at = None if moment is None else to_micros(moment)
    return (
        record.source,
        record.kind,
        record.id,
        attempt,
        at,
        payload,
        blake2b(payload.encode(), digest_size=32).digest(),
    )


def _coverage(more: int) -> list[Coverage]:
    end = START + timedelta(days=DAYS + more)
    streams = (*(kind for kind, _ in KINDS), "repository", "model")
    return [Coverage(source="src", stream=stream, scope="*", start=START, end=end) for stream in streams]


def pretend(store: Store, organisation: Organisation) -> None:
    """Readings and marks as if all had been computed the day before; the readings are made up, to save hours."""
    compute, team_work.readings_of = team_work.readings_of, lambda *_: iter(())
    read, StoredPortion.read = StoredPortion.read, _of_the_last_days  # type: ignore[method-assign]
    at = START + timedelta(days=DAYS)
    refresh.refresh_readings(store, organisation.settings, today=LAST, computed_at=at)
    team_work.readings_of, StoredPortion.read = compute, read  # type: ignore[method-assign]
    row = reading_row(StoredReading(team="", signal="", on=LAST, result=READING), at)
    first = START.date() + timedelta(days=7 - START.isoweekday())
    sundays = [first + timedelta(weeks=week) for week in range((LAST - first).days // 7 + 1)]
    with store.begin() as connection:
        given = {
            "teams": json.dumps([team.id for team in organisation.settings.teams]),
            "signals": json.dumps(list(signals())),
            "days": json.dumps([day.isoformat() for day in sundays]),
            "payload": row["payload"],
            "hash": row["content_hash"],
            "at": to_micros(at),
        }
        connection.execute(text(_EVERY_WEEK), given)
        whole = {**read_cursor(store, refresh.MARKS, "*"), "readings": str(state_of_readings(connection))}
        put_cursor(connection, CursorUpdate(source=refresh.MARKS, stream="*", cursor=whole), at)


_EVERY_WEEK = """
INSERT INTO reading (team, signal, "on", origin, value, payload, content_hash, revision, computed_at)
SELECT t.value, s.value, d.value, 'computed', 1.0, :payload, :hash, 1, :at
FROM json_each(:teams) t CROSS JOIN json_each(:signals) s CROSS JOIN json_each(:days) d
"""
_READ = StoredPortion.read


def _of_the_last_days(portion: StoredPortion, store: Store, around: Surroundings, _since: date | None) -> TeamRecords:
    """Marks need no more."""
    return _READ(portion, store, around, LAST)


def new_day(store: Store, organisation: Organisation, numbers: range) -> int:
    """A day of new records of all teams, as collectors write them; how many."""
    at = START + timedelta(days=DAYS)
    records = organisation.records(numbers, at, 0.9)
    while page := list(islice(records, 1000)):
        write_page(store, page, seen_at=at)
    write_page(store, (), coverage=_coverage(1), seen_at=at)
    return len(numbers)


def run(count: int, teams: int, folder: Path, processes: int) -> None:
    organisation = Organisation(teams)
    store = open_store("sqlite:///signals.db", folder)
    clock = Clock()
    fill(store, folder, organisation, count)
    size = (folder / "signals.db").stat().st_size / MIB
    print(f"\n{count:,} records of {teams:,} teams, {size:,.0f} MiB; filled in {clock.told()}")
    sketch_touched(store)
    print(f"all of them sketched, which happens once: {clock.told()}")
    pretend(store, organisation)
    print(f"made-up readings of three years, and marks: {clock.told()}")
    added = new_day(store, organisation, range(count, count + max(teams, count // DAYS)))
    print(f"{added:,} new records stored: {clock.told()}")
    at = START + timedelta(days=DAYS + 1)
    day = LAST + timedelta(days=1)

    def refreshed() -> Changes:
        return refresh.refresh_readings(store, organisation.settings, today=day, computed_at=at, processes=processes)

    changes = refreshed()
    print(f"readings brought up to date ({changes.changed:,} changed): {clock.told()}")
    again = refreshed()
    print(f"once more, nothing new ({again.changed} changed): {clock.told()}")
    store.close()


class Clock:
    """Wall and processor seconds since it was last asked, and the most memory so far; other processes of ours too."""

    def __init__(self) -> None:
        self._before = self._now()

    def told(self) -> str:
        now = self._now()
        wall, spent = (after - before for before, after in zip(self._before, now, strict=True))
        self._before = now
        peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return f"{wall:.1f} s, {spent:.1f} s of processor time; most memory so far {max(peaks):,.0f} MiB"

    @staticmethod
    def _now() -> tuple[float, float]:
        spent = os.times()
        return time.perf_counter(), spent.user + spent.system + spent.children_user + spent.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, nargs="+", default=[500_000])
    parser.add_argument("--teams", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--folder", type=Path, help="where the store is kept meanwhile")
    asked = parser.parse_args()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"{os.cpu_count()} cores, {memory:.0f} GiB, load {os.getloadavg()[0]:.1f} at the start; "
          f"{len(signals())} signals")  # fmt: skip
    for count in asked.records:
        with TemporaryDirectory(prefix="signals-benchmark-", dir=asked.folder) as folder:
            run(count, asked.teams, Path(folder), asked.processes)
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
