"""What organisations of known practice read as on the built-in model. `python benchmarks/calibration.py`.

Each made-up team is truly at one rung in every practice, give or take: people answer with an error that flatters more
often than not, systems show the true rung with some scatter, each through as many opportunities as the team's size
gives. What it reads as is compared with what it is. Nothing here says that real organisations look like this; it shows
what the model makes of those that do, and that `required`, `key_from`, shares and anchors fit each other.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue, SignalUse
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading
from mlops_maturity.scoring.score import score

TODAY = date(2026, 11, 23)
TEAMS = 60
SYSTEMS = ("ci", "mlflow", "prom", "scm")
"""What collectors read; signals of `other` are pushed, and most teams push none."""
TOO_HIGH, TOO_LOW = 0.2, 0.02
"""How often an answer is a rung above or below the truth. Judgement: people rather flatter themselves."""
DONT_KNOW = 0.03
SCATTER = 0.1
"""Rungs by which a signal lies off the truth (standard deviation)."""
GENERATIVE = frozenset({"mlflow.trace_coverage", "mlflow.assessed_trace_share", "prom.genai_metric_share"})
"""Signals that say nothing of a team with classical models alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is varied between made-up teams."""

    rung: int
    """What is true of every practice."""
    respondents: int = 2
    systems: tuple[str, ...] = SYSTEMS
    """Whose signals arrive; `other` = pushed ones as well."""
    models: int = 4
    kinds: tuple[str, ...] = ("classical",)
    flattering: bool = True
    """Whether people and systems err; else both tell the exact truth."""
    age_days: int = 14
    """Days since the questionnaire."""


def raw_at(use: SignalUse, rung: float) -> float | None:
    """The raw value that speaks for a rung, or for the nearest; None far below: what isn't there can't be counted."""
    rungs = [anchor[1] for anchor in use.anchors]
    if rung < min(rungs) - 0.5:
        return None
    ordered = sorted(use.anchors, key=lambda anchor: anchor[1])
    return float(np.interp(rung, [anchor[1] for anchor in ordered], [anchor[0] for anchor in ordered]))


def opportunities(signal: str, kind: Kind, chance: np.random.Generator) -> int:
    """How often it could have happened: by model for what is looked up, more often for what runs."""
    if signal.startswith(("ci.", "scm.")) or signal == "mlflow.active_tracking_weeks":
        return int(chance.integers(6, 14)) + 2 * kind.models
    return max(1, kind.models)


def readings_of(catalogue: Catalogue, kind: Kind, chance: np.random.Generator) -> Iterable[Reading]:
    """One reading a signal, a day or two old."""
    uses = {use.id: use for practice in catalogue.practices for use in practice.signals}
    for signal, use in uses.items():
        if signal.partition(".")[0] not in kind.systems or (signal in GENERATIVE and kind.kinds == ("classical",)):
            continue
        raw = raw_at(use, kind.rung + (chance.normal(0, SCATTER) if kind.flattering else 0.0))
        if raw is not None:
            looked = opportunities(signal, kind, chance)
            on = TODAY - timedelta(days=int(chance.integers(0, 3)))
            yield Reading(signal=signal, value=raw, seen=looked, scope=looked, opportunities=looked, on=on)


def answers_of(catalogue: Catalogue, kind: Kind, chance: np.random.Generator) -> Iterable[Answer]:
    """One answer a practice and respondent."""
    for practice in catalogue.practices:
        for person in range(kind.respondents):
            error = chance.choice((1, -1, 0), p=(TOO_HIGH, TOO_LOW, 1 - TOO_HIGH - TOO_LOW)) if kind.flattering else 0
            value = min(TOP_LEVEL, max(0, kind.rung + int(error)))
            silent = kind.flattering and chance.random() < DONT_KNOW
            on = TODAY - timedelta(days=kind.age_days)
            yield Answer(practice=practice.id, respondent=f"r{person}", value=None if silent else value, on=on)


def assess(catalogue: Catalogue, kind: Kind, chance: np.random.Generator) -> Assessment:
    """One made-up team, scored."""
    evidence = Evidence(
        kinds=frozenset(kind.kinds),
        answers=tuple(answers_of(catalogue, kind, chance)),
        readings=tuple(readings_of(catalogue, kind, chance)),
    )
    return score(catalogue, evidence, TODAY)


HALVES = (("ci", "scm"), ("mlflow", "prom"))
"""What a team has that connected its repositories, or its models, and not the other half."""
USUAL = Kind(rung=0)
CASES = (
    ("nothing connected, 1 respondent", replace(USUAL, systems=(), respondents=1)),
    ("nothing connected, 2 respondents", replace(USUAL, systems=())),
    ("nothing connected, 5 respondents", replace(USUAL, systems=(), respondents=5)),
    ("CI and repositories, 1 respondent", replace(USUAL, systems=HALVES[0], respondents=1)),
    ("CI and repositories, 2 respondents", replace(USUAL, systems=HALVES[0])),
    ("MLflow and Prometheus, 2 respondents", replace(USUAL, systems=HALVES[1])),
    ("all sources, 1 respondent", replace(USUAL, respondents=1)),
    ("all sources, 2 respondents", USUAL),
    ("all sources, 3 respondents", replace(USUAL, respondents=3)),
    ("all sources, 5 respondents", replace(USUAL, respondents=5)),
    ("all sources, 3 respondents, 1 model", replace(USUAL, respondents=3, models=1)),
    ("all sources, 3 respondents, 20 models", replace(USUAL, respondents=3, models=20)),
    (
        "all sources, 3 respondents, generative models and agents",
        replace(USUAL, respondents=3, kinds=("genai", "agent")),
    ),
    ("all sources and pushed signals, 1 respondent", replace(USUAL, systems=(*SYSTEMS, "other"), respondents=1)),
    ("all sources and pushed signals, 3 respondents", replace(USUAL, systems=(*SYSTEMS, "other"), respondents=3)),
    ("all sources, nobody asked", replace(USUAL, respondents=0)),
    ("all sources and pushed signals, nobody asked", replace(USUAL, systems=(*SYSTEMS, "other"), respondents=0)),
)


def share(count: int, of: int) -> str:
    """A share of teams in percent."""
    return f"{100 * count / of:.0f}"


def noisy_row(catalogue: Catalogue, kind: Kind, chance: np.random.Generator) -> str:
    """Teams by level in percent, the usual range, mean index and mean confidence."""
    found = [assess(catalogue, kind, chance).overall for _ in range(TEAMS)]
    levels = Counter(overall.level for overall in found)
    by_level = " / ".join(share(levels[level], TEAMS) for level in range(TOP_LEVEL + 1))
    (low, high), _ = Counter((overall.level_lo, overall.level_hi) for overall in found).most_common(1)[0]
    index = np.mean([overall.index or 0.0 for overall in found])
    confidence = np.mean([overall.confidence or 0.0 for overall in found])
    return f"{by_level} | {low} to {high} | {index:.0f} | {confidence:.2f}"


def main() -> None:
    """Print one table of what exact teams read as, and one of noisy ones."""
    began, catalogue, chance = time.perf_counter(), builtin_catalogue(), np.random.default_rng(20261123)
    print(f"{os.cpu_count()} cores. {len(catalogue.practices)} practices, {len(catalogue.signal_ids)} signals.\n")
    print("Level of a team that is at one rung everywhere, where people and systems tell it exactly:\n")
    print("| evidence | truth 0 | truth 1 | truth 2 | truth 3 |\n|---|---|---|---|---|")
    for name, kind in CASES:
        exact = [replace(kind, rung=rung, flattering=False) for rung in range(TOP_LEVEL + 1)]
        cells = [str(assess(catalogue, each, chance).overall.level) for each in exact]
        print(f"| {name} | {' | '.join(cells)} |")
    print(f"\n{TEAMS} teams a row, where people err and flatter and systems scatter:\n")
    print(
        "| evidence | truth | % at level 0 / 1 / 2 / 3 | usual range | index | confidence |\n|---|---|---|---|---|---|"
    )
    for name, kind in CASES:
        for rung in range(TOP_LEVEL + 1):
            print(f"| {name} | {rung} | {noisy_row(catalogue, replace(kind, rung=rung), chance)} |")
    print(f"\n{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
