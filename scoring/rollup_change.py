"""Why a group's index moved: teams that changed, or a change of who counts and how much.

A mean can rise while every team falls (Simpson's paradox), so a change is always split, exactly:
within = sum of mean share * change of index, mix = sum of mean index * change of share (scoring design, trends).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum

from mlops_maturity.scoring.rollup import Stand, shares_of, weighted_index


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPart:
    """What one team adds to a change, in index points of the group."""

    within: float
    """Its own change, by its mean share; 0 for a team that joined or left."""
    mix: float
    """Its change of share, by how far its index lies from the group's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of a group's index from one day to another."""

    before: float
    after: float
    within: float
    """Index points from teams that changed."""
    mix: float
    """Index points from shares that changed, teams that joined or left among them."""
    joined: tuple[str, ...]
    """Teams that are known only afterwards."""
    left: tuple[str, ...]
    """Teams that were known only before."""
    parts: Mapping[str, TeamPart]
    """Known team to its parts; they sum to `within` and `mix`."""

    @property
    def total(self) -> float:
        """The change, in index points; within and mix add up to it."""
        return self.after - self.before


def split_change(before: Iterable[Stand], after: Iterable[Stand]) -> Change | None:
    """Split the change of the weighted mean index; None where nothing was known on one of the days."""
    old, new = shares_of(before), shares_of(after)
    if not old or not new:
        return None
    mean_before, mean_after = (fsum(share * index for share, index in shares.values()) for shares in (old, new))
    middle = (mean_before + mean_after) / 2
    parts = {team: _part(old.get(team), new.get(team), middle) for team in dict.fromkeys([*old, *new])}
    return Change(
        before=mean_before,
        after=mean_after,
        within=fsum(part.within for part in parts.values()),
        mix=fsum(part.mix for part in parts.values()),
        joined=tuple(team for team in new if team not in old),
        left=tuple(team for team in old if team not in new),
        parts=parts,
    )


def _part(old: tuple[float, float] | None, new: tuple[float, float] | None, middle: float) -> TeamPart:
    """Shares sum to 1 on both days, so measuring indices from `middle` adds nothing to the sum over teams.

    It makes a single team's part mean something: who joins at the group's index moves nothing.
    """
    if old is not None and new is not None:
        return TeamPart(
            within=(old[0] + new[0]) / 2 * (new[1] - old[1]),
            mix=((old[1] + new[1]) / 2 - middle) * (new[0] - old[0]),
        )
    share, index = new or old or (0.0, 0.0)
    return TeamPart(within=0.0, mix=(index - middle) * (share if new is not None else -share))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The line of the teams that are known throughout: it moves only when they do."""

    teams: tuple[str, ...]
    line: tuple[tuple[date, float], ...]
    """Day and mean index by declared weights."""


def fixed_cohort(weeks: Mapping[date, Sequence[Stand]]) -> Cohort:
    """Teams known on each of the days, and their line; no team and no line where nobody is."""
    known = [{each.team for each in teams if each.index is not None} for teams in weeks.values()]
    steady = set.intersection(*known) if known else set()
    line = []
    for on, teams in sorted(weeks.items()):
        index = weighted_index(each for each in teams if each.team in steady)
        if index is not None:
            line.append((on, index))
    return Cohort(teams=tuple(sorted(steady)), line=tuple(line))
