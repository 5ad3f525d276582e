"""How long a plan takes on the 44 built-in practices, from evidence to steps. `python benchmarks/roadmap.py`."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

from mlops_maturity.config.catalogue import Catalogue, SignalUse
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading
from mlops_maturity.scoring.plan import Plan, best_plan, cheapest_path
from mlops_maturity.scoring.plan_robustness import robustness

TEAMS = 25
TODAY = date(2026, 11, 23)


def evidence_of(catalogue: Catalogue, connected: float, chance: np.random.Generator) -> Evidence:
    """Rungs 0 to 2 almost everywhere, one to three respondents, this share of the signals connected."""
    rungs = {practice.id: int(chance.integers(0, 3)) for practice in catalogue.practices}
    answers = [
        Answer(
            practice=practice,
            respondent=f"r{person}",
            value=min(3, rung + int(chance.integers(0, 2))),
            on=TODAY - timedelta(days=int(chance.integers(0, 200))),
        )
        for practice, rung in rungs.items()
        for person in range(int(chance.integers(1, 4)))
    ]
    uses = {use.id: (use, rungs[practice.id]) for practice in catalogue.practices for use in practice.signals}
    readings = [reading_of(use, rung, chance) for use, rung in uses.values() if chance.random() < connected]
    return Evidence(answers=tuple(answers), readings=tuple(readings))


def reading_of(use: SignalUse, rung: int, chance: np.random.Generator) -> Reading:
    raw = min(use.anchors, key=lambda anchor: abs(anchor[1] - rung))[0]
    scope = int(chance.integers(1, 20))
    return Reading(
        signal=use.id,
        value=raw,
        seen=int(chance.integers(1, scope + 1)),
        scope=scope,
        opportunities=int(chance.integers(1, 30)),
        on=TODAY - timedelta(days=int(chance.integers(0, 10))),
    )


def measure(name: str, teams: list[Evidence], ask: Callable[[Evidence], Plan]) -> None:
    times, spent, found = [], [], 0
    for evidence in teams:
        start, before = time.perf_counter(), time.process_time()
        plan = ask(evidence)
        spent.append(1000 * (time.process_time() - before))
        times.append(1000 * (time.perf_counter() - start))
        found += plan.outcome == "found"
    times.sort()
    ninth = times[int(0.9 * len(times))]
    median, processor = statistics.median(times), statistics.median(spent)
    print(f"{name:<34} {median:>7.0f} {processor:>9.0f} {ninth:>7.0f} {times[-1]:>7.0f} {found:>4}/{len(times)}")


def main() -> None:
    chance = np.random.default_rng(44)
    catalogue = builtin_catalogue()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"{len(catalogue.practices)} practices, {TEAMS} teams a row, {os.cpu_count()} cores, {memory:.0f} GiB\n")
    print(f"{'ms a plan':<34} {'median':>7} {'processor':>9} {'90 %':>7} {'most':>7} found")
    for label, connected in (("all connected", 1.0), ("half connected", 0.5), ("nothing connected", 0.0)):
        teams = [evidence_of(catalogue, connected, chance) for _ in range(TEAMS)]
        for level in (1, 2, 3):
            measure(
                f"{label}, to level {level}", teams, lambda team, to=level: cheapest_path(catalogue, team, TODAY, to)
            )
        for days in (20.0, 100.0):
            measure(f"{label}, {days:.0f} days", teams, lambda team, days=days: best_plan(catalogue, team, TODAY, days))
    team = evidence_of(catalogue, 0.5, chance)
    for name, plan in (
        ("to level 2", cheapest_path(catalogue, team, TODAY, 2)),
        ("100 days", best_plan(catalogue, team, TODAY, 100.0)),
    ):
        start = time.perf_counter()
        robustness(catalogue, team, TODAY, plan, np.random.default_rng(1))
        print(f"\n200 draws, half connected, {name}: {time.perf_counter() - start:.1f} s", end="")
    print()


if __name__ == "__main__":
    main()
