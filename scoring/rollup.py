"""From teams to groups and the organisation: distributions, never a mean of levels.

Teams without evidence, or with every practice waived, are counted apart: they are in no level and move no mean.
Models roll up into their team inside each signal, by coverage (seen / scope): no level of a model is ever averaged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isfinite

from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue
from mlops_maturity.scoring.assessment import AspectResult, Assessment, Overall
from mlops_maturity.scoring.thresholds import SLIP


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where a team stands in one scope: overall or an aspect."""

    team: str
    weight: float
    """Declared weight: positive, only ratios matter."""
    level: int | None
    """None = unknown: no evidence, or every practice waived. The index is then None as well."""
    index: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Teams of a group in one scope."""

    counts: tuple[int, ...]
    """Teams at level 0, 1, 2, 3."""
    unknown: int
    """Teams of which nothing is known."""
    median: int | None
    """Weighted median level, the lower of two middle ones; None where nothing is known."""
    index: float | None
    """Mean index by declared weights, of the teams of which something is known."""

    @property
    def known(self) -> int:
        """Teams of which something is known."""
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


def roll_up(catalogue: Catalogue, assessments: Mapping[str, Assessment], weights: Mapping[str, float]) -> Rollup:
    """The group of these teams. Team id to declared weight; raises ValueError for one that is not positive and finite.

    Raises KeyError for a team without a weight.
    """
    aspects = {
        aspect.id: distribution(stands({name: each.aspects[aspect.id] for name, each in assessments.items()}, weights))
        for aspect in catalogue.aspects
    }
    return Rollup(
        overall=distribution(stands({name: each.overall for name, each in assessments.items()}, weights)),
        aspects=aspects,
        worst=_worst(aspects),
    )


def stands(results: Mapping[str, Overall | AspectResult], weights: Mapping[str, float]) -> list[Stand]:
    """Where each team stands, unknown where there is no evidence: its level 0 would be a claim."""
    return [
        Stand(
            team=team,
            weight=weights[team],
            level=result.level if result.confidence else None,
            index=result.index if result.confidence else None,
        )
        for team, result in results.items()
    ]


def distribution(teams: Sequence[Stand]) -> Distribution:
    """How the teams are spread over the levels."""
    levels = [each.level for each in teams if each.level is not None]
    return Distribution(
        counts=tuple(levels.count(level) for level in range(TOP_LEVEL + 1)),
        unknown=len(teams) - len(levels),
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
