"""How long the weekly past of a large organisation takes. `python benchmarks/history.py`; `--help` tells the options.

Readings and answers are made up in memory, for the built-in catalogue filled up to 44 practices, or from a store
that is filled first (`--store`; that takes minutes and gigabytes). The bound beside the times is that of moving the
input and the output through memory once, at the bandwidth measured in the same run.
"""

from __future__ import annotations

import argparse
import os
import resource
import sqlite3
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mlops_maturity.config.catalogue import Catalogue, SignalUse
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.config.settings import Team
from mlops_maturity.evidence.organisation import read_known
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.scoring.history import Course, History, history_of, in_steps
from mlops_maturity.scoring.history_evidence import (
    DONT_KNOW,
    Organisation,
    answer_events,
    reading_events,
    signals_of,
    waiver_spans,
)
from mlops_maturity.scoring.history_gate import FIGURES

PRACTICES = 44
WEEKS = 156
PEOPLE = 3
"""Respondents of each team and practice; each answers once a quarter."""
LAST = date(2026, 11, 22)
MIB = 2**20


def catalogue_of_44(most: int) -> Catalogue:
    """The built-in catalogue, filled up with what is made up to 44 practices, each with one to `most` signals."""
    built_in = builtin_catalogue()
    practices = list(built_in.practices[:PRACTICES])
    while len(practices) < PRACTICES:
        template = built_in.practices[len(practices) % len(built_in.practices)]
        aspect = built_in.aspects[len(practices) % len(built_in.aspects)].id
        practices.append(replace(template, id=f"made-up-{len(practices)}", aspect=aspect, prerequisites=(), signals=()))
    anchors = ((0.0, 0.0), (25.0, 1.0), (80.0, 2.0), (98.0, 3.0))
    heard = [
        replace(practice, signals=practice.signals[:most])
        if practice.signals
        else replace(
            practice,
            signals=(
                SignalUse(id=f"made.up_{place}", share=0.6, half_life_days=30, anchors=anchors, source="judgement"),
            ),
        )
        for place, practice in enumerate(practices)
    ]
    return replace(built_in, practices=tuple(heard))


def organisation_like(catalogue: Catalogue, teams: int, weeks: int) -> Organisation:
    """Each team: every signal every week, every practice by three people once a quarter; sorted by team and day."""
    dice = np.random.default_rng(44)
    signals, practices = len(signals_of(catalogue)), len(catalogue.practices)
    first = LAST.toordinal() - 7 * (weeks - 1)
    team, signal, week = (axis.ravel() for axis in np.meshgrid(*map(np.arange, (teams, signals, weeks)), indexing="ij"))
    count = len(team)
    scope = dice.integers(1, 20, count)
    readings = reading_events(
        {
            "team": team, "signal": signal, "on": first + 7 * week - dice.integers(0, 7, count), "scope": scope,
            "value": dice.uniform(0, 110, count), "seen": dice.integers(0, 20, count) % (scope + 1),
            "opportunities": dice.integers(0, 30, count),
        }
    )  # fmt: skip
    grid = np.meshgrid(*map(np.arange, (teams, practices, PEOPLE, max(1, weeks // 13))), indexing="ij")
    team, practice, person, quarter = (axis.ravel() for axis in grid)
    count = len(team)
    answers = answer_events(
        {
            "team": team, "practice": practice, "respondent": person,
            "on": first + 91 * quarter + dice.integers(0, 60, count),
            "value": dice.integers(DONT_KNOW, 4, count), "attested": dice.random(count) < 0.1,
        }
    )  # fmt: skip
    waivers = [(each, each % practices, first + 70, first + 70 + 180) for each in range(0, teams, 5)]
    return Organisation(
        teams=tuple(f"team-{each:04}" for each in range(teams)), kinds=(None,) * teams,
        readings=readings, answers=answers, waivers=waiver_spans(waivers),
    )  # fmt: skip


def size_of(*parts: Any) -> int:
    """Bytes of all arrays in some dataclasses."""
    names = [(part, name) for part in parts for name in part.__dataclass_fields__]
    return sum(getattr(part, name).nbytes for part, name in names if isinstance(getattr(part, name), np.ndarray))


def bandwidth() -> float:
    """Bytes a second that one thread copies, read and written counted; the best of seven."""
    source = np.ones(64 * MIB // 8)
    target = np.empty_like(source)
    best = min(timed(lambda: np.copyto(target, source))[0] for _ in range(7))
    return 2 * source.nbytes / best


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def peak_over_inputs(work: Callable[[], Any]) -> int:
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def one_more_week(catalogue: Catalogue, known: Organisation, days: list[date]) -> list[float]:
    """Seconds that each of the last ten weeks took, the course being where it was."""
    course = Course(catalogue, known.kinds, known.waivers)
    steps = zip(days, in_steps(known.readings, days), in_steps(known.answers, days), strict=True)
    return [timed(lambda step=step: course.move(*step))[0] for step in steps][-10:]


def in_memory(catalogue: Catalogue, teams: int, runs: int) -> None:
    known = organisation_like(catalogue, teams, WEEKS)
    days = [LAST - timedelta(days=7 * back) for back in reversed(range(WEEKS))]
    inputs = size_of(known.readings, known.answers, known.waivers)
    print(f"{len(known.readings):,} readings and {len(known.answers):,} answers, {inputs / MIB:.0f} MiB\n")
    rows, spent, bounds = [], [], []
    result: History | None = None
    for _ in range(runs):
        bounds.append(bandwidth())
        before = time.process_time()
        seconds, result = timed(lambda: history_of(catalogue, known, days))
        rows.append(seconds)
        spent.append(time.process_time() - before)
    assert result is not None
    moved = inputs + sum(getattr(result, name).nbytes for name in FIGURES)
    bound = moved / statistics.median(bounds)
    best, median = min(rows), statistics.median(rows)
    more = one_more_week(catalogue, known, days)
    peak = peak_over_inputs(lambda: history_of(catalogue, known, days))
    rate = f"{statistics.median(bounds) / 1e9:.1f} GB/s"
    told = {
        f"whole history, best and median of {runs}": f"{best:.2f} s, {median:.2f} s",
        "processor time of it, best and median": f"{min(spent):.2f} s, {statistics.median(spent):.2f} s",
        "one more week, median and most of ten": f"{1e3 * statistics.median(more):.0f} ms, {1e3 * max(more):.0f} ms",
        "memory over the inputs, results included": f"{peak / MIB:.0f} MiB",
        f"bound: moving {moved // MIB} MiB once at {rate}": f"{bound:.3f} s",
        "ratio to the bound, best and median": f"{best / bound:.0f}, {median / bound:.0f}",
    }
    for name, figure in told.items():
        print(f"{name:<48} {figure}")


PAYLOAD = (
    '{"note":"12 of 14","opportunities":%r,"proof":{"count":40,"sample":[["github","pipeline_run","acme/app/1234567",'
    '"https://github.example.com/acme/app/actions/runs/1234567"],["github","pipeline_run","acme/app/1234568",'
    '"https://github.example.com/acme/app/actions/runs/1234568"]]},"scope":%r,"seen":%r,"value":%r}'
)
"""As large as those of real readings."""


def reading_rows(catalogue: Catalogue, known: Organisation) -> Iterator[tuple[Any, ...]]:
    signals, read = signals_of(catalogue), known.readings
    columns = (read.team, read.signal, read.on, read.value, read.seen, read.scope, read.opportunities)
    for team, signal, on, *amounts in zip(*(column.tolist() for column in columns), strict=True):
        value, seen, scope, times = amounts
        payload = PAYLOAD % (times, scope, seen, value)
        day = date.fromordinal(on).isoformat()
        yield known.teams[team], signals[signal], day, "computed", value, payload, b"x" * 32, 1, 0


def answer_rows(catalogue: Catalogue, known: Organisation) -> Iterator[tuple[Any, ...]]:
    said = known.answers
    columns = (said.team, said.practice, said.respondent, said.value, said.on, said.attested)
    for team, practice, person, value, on, attested in zip(*(column.tolist() for column in columns), strict=True):
        day, rung = date.fromordinal(on).isoformat(), None if value == DONT_KNOW else value
        yield (
            known.teams[team],
            catalogue.practices[practice].id,
            f"person {person}",
            rung,
            day,
            attested,
            "",
            "",
            0,
            "",
        )


def fill(folder: Path, catalogue: Catalogue, known: Organisation) -> Store:
    """A store with all of it, past the checks of the usual way in: a record a row would take an hour."""
    store = open_store("sqlite:///history.db", folder)
    with closing(sqlite3.connect(folder / "history.db")) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.executemany(
            'INSERT INTO reading (team, signal, "on", origin, value, payload, content_hash, revision, computed_at) '
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            reading_rows(catalogue, known),
        )
        connection.executemany(
            'INSERT INTO answer (team, practice, respondent, value, "on", attested, comment, evidence_url, '
            "recorded_at, author) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            answer_rows(catalogue, known),
        )
    return store


def spent_by_all() -> float:
    """Seconds of processor time, of the processes that were started too."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def from_a_store(catalogue: Catalogue, teams: int, runs: int, processes: int) -> None:
    known = organisation_like(catalogue, teams, WEEKS)
    days = [LAST - timedelta(days=7 * back) for back in reversed(range(WEEKS))]
    with TemporaryDirectory(prefix="history-benchmark-") as folder:
        seconds, store = timed(lambda: fill(Path(folder), catalogue, known))
        size = (Path(folder) / "history.db").stat().st_size
        load = os.getloadavg()[0]
        print(f"\nstore of {teams:,} teams, {size / MIB:,.0f} MiB, filled in {seconds:.0f} s; load {load:.1f} now")
        members = tuple(Team(id=team) for team in known.teams)
        reads, spent, scores = [], [], []
        for _ in range(runs):
            before = spent_by_all()
            seconds, read = timed(lambda: read_known(store, members, processes=processes).under(catalogue))
            reads.append(seconds)
            spent.append(spent_by_all() - before)
            scores.append(timed(lambda read=read: history_of(catalogue, read, days))[0])
        store.close()
    assert len(read.readings) == len(known.readings)
    for name, times in (("read from the store", reads), ("processor time of it", spent), ("score", scores)):
        best, median = min(times), statistics.median(times)
        per_thousand = f", per 1,000 teams {1000 * best / teams:.1f} s" if teams != 1000 else ""
        print(f"{name + ', best and median of ' + str(runs):<48} {best:.2f} s, {median:.2f} s{per_thousand}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teams", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--store", action="store_true", help="fill a store and read from it")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="that read the store")
    parser.add_argument("--signals", type=int, default=9, help="signals a practice at most")
    asked = parser.parse_args()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"{os.cpu_count()} cores, {memory:.0f} GiB, load {os.getloadavg()[0]:.1f} at the start")
    catalogue = catalogue_of_44(asked.signals)
    uses = sum(len(practice.signals) for practice in catalogue.practices)
    print(f"{asked.teams:,} teams, {len(catalogue.practices)} practices, {WEEKS} weeks, "
          f"{len(signals_of(catalogue))} signals heard {uses} times")  # fmt: skip
    in_memory(catalogue, asked.teams, asked.runs)
    if asked.store:
        from_a_store(catalogue, asked.teams, asked.runs, asked.processes)
    print(f"most memory of the whole run: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
