"""From teams to groups and the organisation: distributions, never a mean of levels.

Teams without evidence, with too little of it, or with every practice waived, are counted apart: they are in no level
and move no mean.
Models roll up into their team inside each signal, by coverage (seen / scope): no level of a model is ever averaged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isfinite
from typing import Protocol

from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue
from mlops_maturity.scoring.assessment import AspectResult, Assessment, Overall
from mlops_maturity.scoring.thresholds import SLIP


class Figures(Protocol):
    """What an assessment and a row of the past both tell of a scope."""

    @property
    def level(self) -> int | None:
        """Level 0 to 3; None = not judged."""

    @property
    def index(self) -> float | None:
        """Index 0 to 100; None = not judged."""

    @property
    def confidence(self) -> float | None:
        """Confidence 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where a team stands in one scope: overall or an aspect."""

    team: str
    weight: float
    """Declared weight: positive, only ratios matter."""
    level: int | None
    """None = unknown: no evidence or too little, or every practice waived. The index is then None as well."""
    index: float | None
    slight: bool = False
    """There is evidence, but too little to speak for the team among others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Teams of a group in one scope."""

    counts: tuple[int, ...]
    """Teams at level 0, 1, 2, 3."""
    unknown: int
    """Teams of which nothing is known."""
    slight: int
    """Teams of which too little is known."""
    median: int | None
    """Weighted median level, the lower of two middle ones; None where nothing is known."""
    index: float | None
    """Mean index by declared weights, of the known teams."""

    @property
    def known(self) -> int:
        """Teams of which enough is known: those that `counts` counts."""
        return sum(self.counts)

    def at_or_above(self, level: int) -> float | None:
        """Share of the known teams at this level or above it; None where nothing is known."""
        return sum(self.counts[level:]) / self.known if self.known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """A group of teams on one day."""

    overall: Distribution
    aspects: Mapping[str, Distribution]
    """Aspect id to its distribution, in catalogue order."""
    worst: tuple[str, ...]
    """The aspects with the lowest weighted median level, the lower index deciding; more than one only in a full tie."""


def enough(catalogue: Catalogue) -> float:
    """The confidence (0 to 1) from which a team counts in what is said of many: what level 1 asks of a practice.

    A team of which one answer is known would else pull every mean down as an index of nearly 0.
    """
    return catalogue.parameters.min_confidence[1]


def roll_up(catalogue: Catalogue, assessments: Mapping[str, Assessment], weights: Mapping[str, float]) -> Rollup:
    """The group of these teams. Team id to declared weight; raises ValueError for one that is not positive and finite.

    Raises KeyError for a team without a weight.
    """
    least = enough(catalogue)

    def spread(results: Mapping[str, Overall | AspectResult]) -> Distribution:
        return distribution([stand(team, weights[team], result, least) for team, result in results.items()])

    aspects = {
        aspect.id: spread({team: each.aspects[aspect.id] for team, each in assessments.items()})
        for aspect in catalogue.aspects
    }
    return Rollup(
        overall=spread({team: each.overall for team, each in assessments.items()}),
        aspects=aspects,
        worst=_worst(aspects),
    )


def stand(team: str, weight: float, result: Figures, least: float) -> Stand:
    """Where a team stands; unknown where it is known with less confidence than `least`: a level would be a claim."""
    confidence = result.confidence or 0.0
    known = confidence > 0 and confidence >= least
    return Stand(
        team=team,
        weight=weight,
        level=result.level if known else None,
        index=result.index if known else None,
        slight=0 < confidence < least and result.level is not None,
    )


def distribution(teams: Sequence[Stand]) -> Distribution:
    """How the teams are spread over the levels."""
    levels = [each.level for each in teams if each.level is not None]
    return Distribution(
        counts=tuple(levels.count(level) for level in range(TOP_LEVEL + 1)),
        unknown=sum(each.level is None and not each.slight for each in teams),
        slight=sum(each.slight for each in teams),
        median=_weighted_median(teams),
        index=weighted_index(teams),
    )


def weighted_index(teams: Iterable[Stand]) -> float | None:
    """Mean index of the known teams by their weights; None where there is none."""
    shares = shares_of(teams)
    return fsum(share * index for share, index in shares.values()) if shares else None


def shares_of(teams: Iterable[Stand]) -> dict[str, tuple[float, float]]:
    """Known team to its share of the known teams' weight, and its index. The shares sum to 1."""
    known = [(each.team, _sound(each), each.index) for each in teams if each.index is not None]
    largest = max((weight for _, weight, _ in known), default=1.0)
    whole = fsum(weight / largest for _, weight, _ in known)
    return {team: (weight / largest / whole, index) for team, weight, index in known}


def _weighted_median(teams: Sequence[Stand]) -> int | None:
    """The lowest level that at least half of the known weight is at or below."""
    known = sorted((each.level, _sound(each)) for each in teams if each.level is not None)
    largest = max((weight for _, weight in known), default=1.0)
    half = fsum(weight / largest for _, weight in known) / 2
    passed: list[float] = []
    for level, weight in known:
        passed.append(weight / largest)
        if fsum(passed) >= half * (1 - SLIP):
            return level
    return None


def _worst(aspects: Mapping[str, Distribution]) -> tuple[str, ...]:
    ranks = {
        aspect: (each.median, round(each.index, 9))
        for aspect, each in aspects.items()
        if each.median is not None and each.index is not None
    }
    return tuple(aspect for aspect, rank in ranks.items() if rank == min(ranks.values()))


def _sound(team: Stand) -> float:
    if not (isfinite(team.weight) and team.weight > 0):
        raise ValueError(f"the weight of {team.team} is {team.weight}; it has to be more than 0 and finite")
    return team.weight
