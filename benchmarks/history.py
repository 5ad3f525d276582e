"""How long the weekly past of a large organisation takes. `python benchmarks/history.py [--store] [--teams N]`.

Readings and answers are made up in memory, for the built-in catalogue filled up to 44 practices, or from a store
that is filled first (`--store`; that takes minutes and gigabytes). The bound beside the times is that of moving the
input and the output through memory once, at the bandwidth measured in the same run.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from mlops_maturity.config.catalogue import Catalogue, SignalUse
from mlops_maturity.config.catalogue_file import builtin_catalogue
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


def catalogue_of_44() -> Catalogue:
    """The built-in catalogue, filled up with made-up practices and signals: 44, each heard by a signal at least."""
    built_in = builtin_catalogue()
    practices = list(built_in.practices[:PRACTICES])
    while len(practices) < PRACTICES:
        template = built_in.practices[len(practices) % len(built_in.practices)]
        aspect = built_in.aspects[len(practices) % len(built_in.aspects)].id
        practices.append(replace(template, id=f"made-up-{len(practices)}", aspect=aspect, prerequisites=(), signals=()))
    anchors = ((0.0, 0.0), (25.0, 1.0), (80.0, 2.0), (98.0, 3.0))
    heard = [
        practice
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
    rows, bounds = [], []
    result: History | None = None
    for _ in range(runs):
        bounds.append(bandwidth())
        seconds, result = timed(lambda: history_of(catalogue, known, days))
        rows.append(seconds)
    assert result is not None
    moved = inputs + sum(getattr(result, name).nbytes for name in FIGURES)
    bound = moved / statistics.median(bounds)
    best, median = min(rows), statistics.median(rows)
    more = one_more_week(catalogue, known, days)
    peak = peak_over_inputs(lambda: history_of(catalogue, known, days))
    rate = f"{statistics.median(bounds) / 1e9:.1f} GB/s"
    told = {
        f"whole history, best and median of {runs}": f"{best:.2f} s, {median:.2f} s",
        "one more week, median and most of ten": f"{1e3 * statistics.median(more):.0f} ms, {1e3 * max(more):.0f} ms",
        "memory over the inputs, results included": f"{peak / MIB:.0f} MiB",
        f"bound: moving {moved // MIB} MiB once at {rate}": f"{bound:.3f} s",
        "ratio to the bound, best and median": f"{best / bound:.0f}, {median / bound:.0f}",
    }
    for name, figure in told.items():
        print(f"{name:<48} {figure}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teams", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"{os.cpu_count()} cores, {memory:.0f} GiB, load {os.getloadavg()[0]:.1f} at the start")
    catalogue = catalogue_of_44()
    uses = sum(len(practice.signals) for practice in catalogue.practices)
    print(f"{asked.teams:,} teams, {len(catalogue.practices)} practices, {WEEKS} weeks, "
          f"{len(signals_of(catalogue))} signals heard {uses} times")  # fmt: skip
    in_memory(catalogue, asked.teams, asked.runs)
    print(f"most memory of the whole run: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
