"""How often trends cry wolf, how much they miss, and how often forecasts are right. `python benchmarks/trends.py`.

Series are AR(1) noise of standard deviation 1 (in index points: 5, so that the least change of 3 points bars little)
around a level or a line. phi is how much of a week the next one repeats.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

from mlops_maturity.scoring.forecast import forecast
from mlops_maturity.scoring.trend import FALSE_ALARMS, Causes, judge, measure
from mlops_maturity.scoring.trend_series import Numbers, Point
from mlops_maturity.scoring.trend_statistics import autocorrelation, mann_kendall, pre_whitened

FIRST = date(2025, 11, 30)
SPREAD = 5.0
PHIS = (0.0, 0.5, 0.8, 0.9)
LENGTHS = (26, 52)
AWAY = 30
"""Weeks after the last one in which the true line reaches what is forecast."""
PACES = (0.0, 0.1, 0.3)
"""Standard deviations a week."""


def noise(weeks: int, phi: float, chance: np.random.Generator) -> Numbers:
    """Stationary AR(1) noise of standard deviation 1."""
    steps = chance.standard_normal(weeks)
    values = np.empty(weeks)
    values[0] = steps[0]
    for week in range(1, weeks):
        values[week] = phi * values[week - 1] + np.sqrt(1 - phi**2) * steps[week]
    return values


def points(values: Numbers) -> list[Point]:
    return [Point(FIRST + timedelta(weeks=week), float(value)) for week, value in enumerate(values)]


def last_day(weeks: int) -> date:
    return FIRST + timedelta(weeks=weeks - 1)


def plain(values: Numbers) -> bool:
    """Mann-Kendall as if weeks were independent."""
    return mann_kendall(values).p <= FALSE_ALARMS


def whitened_raw(values: Numbers) -> bool:
    """Pre-whitened by the autocorrelation of the series itself, trend and all."""
    return mann_kendall(pre_whitened(values, autocorrelation(values))).p <= FALSE_ALARMS


def ours(values: Numbers) -> bool:
    """The test of this project, before the least change and the share of new evidence."""
    p = measure(points(values), last_day(len(values))).p
    return p is not None and p <= FALSE_ALARMS


def verdict(values: Numbers) -> bool:
    """The verdict, with every change being new evidence."""
    measured = measure(points(50 + SPREAD * values), last_day(len(values)))
    change = Causes(ageing=0.0, new_evidence=measured.change or 0.0)
    return judge({0: measured}, lambda key, since, until: change)[0].verdict != "no_change_shown"


TESTS: tuple[Callable[[Numbers], bool], ...] = (plain, whitened_raw, ours, verdict)


def shown(weeks: int, phi: float, rise: float, runs: int, chance: np.random.Generator) -> list[float]:
    """Share of series of which each test says that they move; without a rise these are false alarms."""
    line = np.linspace(0, rise, weeks)
    found = [[test(noise(weeks, phi, chance) + line) for test in TESTS] for _ in range(runs)]
    return [float(share) for share in np.mean(found, axis=0)]


def coverage(weeks: int, phi: float, pace: float, runs: int, chance: np.random.Generator) -> tuple[float, float, float]:
    """Share of intervals that hold the true week, share with an open end, and median width in weeks of the others.

    A flat line never reaches it: there an open end is right.
    """
    until, true = last_day(weeks), last_day(weeks) + timedelta(weeks=AWAY)
    needs = pace * (weeks - 1 + AWAY) if pace else 6.0
    right, still_open, widths = 0, 0, []
    for _ in range(runs):
        found = forecast(points(noise(weeks, phi, chance) + pace * np.arange(weeks)), needs, until)
        still_open += found.last is None and found.outcome != "reached"
        if found.first is not None and found.last is not None:
            widths.append((found.last - found.first).days / 7)
        if pace == 0:
            right += found.last is None and found.outcome != "reached"
        else:
            right += found.first is not None and found.first <= true and (found.last is None or found.last >= true)
    return right / runs, still_open / runs, float(np.median(widths)) if widths else float("nan")


def many(teams: int, runs: int, chance: np.random.Generator) -> tuple[float, float]:
    """Of teams x 4 aspects without any trend (52 weeks, phi 0.5): verdicts a run, one by one and judged together."""
    alone = together = 0
    for _ in range(runs):
        series = [measure(points(50 + SPREAD * noise(52, 0.5, chance)), last_day(52)) for _ in range(4 * teams)]
        alone += sum(each.p is not None and each.p <= FALSE_ALARMS for each in series)
        judged = judge(dict(enumerate(series)), lambda key, since, until: Causes(ageing=0, new_evidence=99))
        together += sum(trend.verdict != "no_change_shown" for trend in judged.values())
    return alone / runs, together / runs


def main(runs: int) -> None:
    chance = np.random.default_rng(52)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"{runs} series a row, {os.cpu_count()} cores, {memory:.0f} GiB\n")
    print("share called moving | plain Mann-Kendall | whitened, raw phi | ours | verdict")
    for rise in (0.0, 3.0, 6.0):
        for weeks in LENGTHS:
            for phi in PHIS:
                shares = shown(weeks, phi, rise, runs, chance)
                print(f"rise {rise:.0f} sd, {weeks} weeks, phi {phi}: " + " | ".join(f"{each:.2f}" for each in shares))
    print("\nnominal 80 % intervals | hold the true week | open end | median width in weeks")
    for weeks in LENGTHS:
        for phi in PHIS:
            for pace in PACES:
                right, still_open, width = coverage(weeks, phi, pace, runs, chance)
                print(f"{weeks} weeks, phi {phi}, {pace} sd a week: {right:.2f} | {still_open:.2f} | {width:.0f}")
    alone, together = many(100, 10, chance)
    print(f"\n100 teams x 4 aspects without trend: {alone:.1f} false verdicts alone, {together:.1f} judged together")
    start = time.perf_counter()
    for _ in range(1000):
        measure(points(noise(52, 0.5, chance)), last_day(52))
    print(f"one series of 52 weeks: {time.perf_counter() - start:.2f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
