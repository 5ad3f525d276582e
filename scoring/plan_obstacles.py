"""Why no plan reaches a level: what stands in the way even if every step were taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal

from mlops_maturity.config.catalogue import Practice
from mlops_maturity.scoring.plan_programme import Programme
from mlops_maturity.scoring.plan_work import LEVELS
from mlops_maturity.scoring.thresholds import SLIP


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One rule of the gate that no plan can keep."""

    cause: Literal["key", "lag", "weight", "together"]
    """A key practice, a laggard, too little weight; `together`: each rule can be kept, not all at once."""
    level: int
    aspect: str | None
    practices: tuple[str, ...]
    """Those that no way of standing makes good enough."""


def obstacles_to(problem: Programme, level: int) -> tuple[Obstacle, ...]:
    """What is in the way of `level`, of the lowest level that can't hold; never empty."""
    for lower in LEVELS[:level]:
        found = [
            obstacle
            for aspect in problem.case.catalogue.aspects
            for obstacle in _of_aspect(problem, aspect.id, problem.required(aspect.id, lower), lower)
        ]
        if found:
            return tuple(found)
    return (Obstacle("together", level, None, ()),)


def _of_aspect(problem: Programme, aspect: str, required: Sequence[Practice], level: int) -> Iterator[Obstacle]:
    unmet = [practice for practice in required if not _can(problem, practice, level, "met")]
    far = [practice.id for practice in required if not _can(problem, practice, level, "near")]
    key = [practice.id for practice in unmet if practice.key_from is not None and level >= practice.key_from]
    if key:
        yield Obstacle("key", level, aspect, tuple(key))
    if far:
        yield Obstacle("lag", level, aspect, tuple(far))
    total = fsum(practice.weight for practice in required)
    lost = fsum(practice.weight for practice in unmet)
    if unmet and total - lost < (problem.case.catalogue.parameters.share - SLIP) * total:
        yield Obstacle("weight", level, aspect, tuple(practice.id for practice in unmet))


def _can(problem: Programme, practice: Practice, level: int, test: str) -> bool:
    return any(getattr(option, test)[level - 1] for _, option in problem.by_practice[practice.id])
