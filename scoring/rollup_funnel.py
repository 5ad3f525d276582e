"""Teams against how much is known of them, with limits: a funnel instead of a league table (Spiegelhalter 2005).

A team of which little is known strays far from the others by chance alone, and teams differ anyway: outside of the
limits a team differs by more than both explain.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum, sqrt
from typing import Literal

from mlops_maturity.config.catalogue import TOP_LEVEL
from mlops_maturity.scoring.assessment import Assessment

INNER, OUTER = 1.96, 3.09
"""Normal quantiles of the 95 % and 99.8 % limits (Spiegelhalter 2005)."""
TINY = 1e-12
"""Keeps a variance of 0 (all practices at one value) from being divided by."""
FEWEST = 3
"""Teams under which there is nothing to compare with."""
Side = Literal["below", "within", "above"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A team in the funnel."""

    team: str
    mass: float
    """Known mass: how many practices' worth of evidence there is."""
    index: float
    """Its overall index, 0 to 100."""
    side: Side
    """Where it lies of the 95 % limits."""
    far: bool
    """Outside of the 99.8 % limits as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """Teams of a group, and limits around what they have in common."""

    centre: float
    """Mean index, what the limits are around."""
    spread: float
    """Standard deviation of the practices of a team around its index, in index points, over all teams."""
    between: float
    """Standard deviation of what teams differ by beyond that, in index points; 0 where they don't."""
    members: tuple[Member, ...]

    def limits(self, mass: float, quantile: float) -> tuple[float, float]:
        """Between what indices a team with this known mass (> 0) lies by chance, cut to 0 and 100."""
        half = quantile * sqrt(self.spread**2 / mass + self.between**2)
        return max(0.0, self.centre - half), min(100.0, self.centre + half)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of one team."""

    mass: float
    index: float
    squares: float
    """Sum over practices of known mass * squared distance of the practice from the team's index."""


def funnel(assessments: Mapping[str, Assessment], counting: Mapping[str, Collection[str]]) -> Funnel | None:
    """The funnel of these teams; `counting` names the practices that count for each.

    The limits are what a team's index would do if its practices were drawn from one lot, each weighing as much as is
    known of it, and teams differed as these do: an additive random effect (DerSimonian & Laird 1986), as Spiegelhalter
    advises for teams that differ by more than chance. A team of which nothing is known is left out. None where fewer
    than `FEWEST` are left.
    """
    known = {
        team: found
        for team, assessment in assessments.items()
        if (found := _known(assessment, counting[team])) is not None
    }
    if len(known) < FEWEST:
        return None
    spread = sqrt(fsum(each.squares for each in known.values()) / fsum(each.mass for each in known.values()))
    between = sqrt(_between(list(known.values()), spread**2))
    shares = [1 / (spread**2 / each.mass + between**2 + TINY) for each in known.values()]
    centre = fsum(share * each.index for share, each in zip(shares, known.values(), strict=True)) / fsum(shares)
    bare = Funnel(centre=centre, spread=spread, between=between, members=())
    return replace(bare, members=tuple(_member(team, each, bare) for team, each in known.items()))


def _between(known: Sequence[_Known], variance: float) -> float:
    """Variance between teams beyond that of their practices, by moments; never below 0."""
    masses = [each.mass / (variance + TINY) for each in known]
    whole = fsum(masses)
    centre = fsum(mass * each.index for mass, each in zip(masses, known, strict=True)) / whole
    excess = fsum(mass * (each.index - centre) ** 2 for mass, each in zip(masses, known, strict=True)) - len(known) + 1
    return max(0.0, excess / (whole - fsum(mass**2 for mass in masses) / whole))


def _known(assessment: Assessment, practices: Collection[str]) -> _Known | None:
    index = assessment.overall.index
    results = [assessment.practices[practice] for practice in practices]
    found = [(1 - each.unknown, 100 * each.value / TOP_LEVEL) for each in results]
    mass = fsum(mass for mass, _ in found)
    if index is None or mass <= 0:
        return None
    return _Known(mass=mass, index=index, squares=fsum(mass * (value - index) ** 2 for mass, value in found))


def _member(team: str, known: _Known, funnel: Funnel) -> Member:
    inner, outer = (funnel.limits(known.mass, quantile) for quantile in (INNER, OUTER))
    side: Side = "below" if known.index < inner[0] else "above" if known.index > inner[1] else "within"
    far = not outer[0] <= known.index <= outer[1]
    return Member(team=team, mass=known.mass, index=known.index, side=side, far=far)
