"""How far a plan hangs on its estimates: the share of random draws of effort and benefit in which a step stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.plan import Plan
from mlops_maturity.scoring.plan_programme import Programme, programme
from mlops_maturity.scoring.plan_situation import situation
from mlops_maturity.scoring.plan_solver import Vector
from mlops_maturity.scoring.plan_work import Work

SPREAD = 0.3
"""Standard deviation of the logarithm of each factor: about 30 % up or down. Judgement."""


def robustness(
    catalogue: Catalogue,
    evidence: Evidence,
    as_of: date,
    plan: Plan,
    chance: np.random.Generator,
    draws: int = 200,
) -> Mapping[Work, float]:
    """For each step of the plan, the share of draws whose own best plan holds it too.

    Each piece of work draws its effort, and its benefit, by itself: lognormal, median 1. The same generator state
    gives the same shares.
    """
    if not plan.steps:
        return {}
    problem = programme(situation(catalogue, evidence, as_of))
    held: Counter[Work] = Counter()
    for efforts, benefits in _drawn(problem, chance, draws):
        solution = (
            problem.cheapest(plan.target, efforts)
            if plan.target is not None
            else problem.best(plan.budget or 0.0, efforts, benefits)
        )
        if solution is not None:
            held.update(solution.works)
    return {step.work: held[step.work] / draws for step in plan.steps}


def _drawn(problem: Programme, chance: np.random.Generator, draws: int) -> Iterator[tuple[Vector, Vector]]:
    for _ in range(draws):
        factors = np.exp(SPREAD * chance.standard_normal((2, len(problem.works))))
        yield problem.efforts * factors[0], problem.benefits * factors[1]
