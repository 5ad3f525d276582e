"""A group of teams on one day, and what its index did within a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Team
from mlops_maturity.evidence.trends import SPAN, Past, sunday_of, weekly_stands
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.rollup import Rollup, Stand, enough, roll_up, stand
from mlops_maturity.scoring.rollup_change import Change, Cohort, fixed_cohort, split_change
from mlops_maturity.scoring.rollup_funnel import Funnel, funnel


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Teams together."""

    rollup: Rollup
    since: date | None
    """End of the week that changes are counted from: the first of those looked at in which any team is known."""
    change: Change | None
    """Of the index since then; None where nothing was known, or nothing is."""
    cohort: Cohort
    """The teams known in every week since then."""
    funnel: Funnel | None


def group_of(
    catalogue: Catalogue,
    teams: Sequence[Team],
    assessments: Mapping[str, Assessment],
    pasts: Mapping[str, Past],
    since: date | None = None,
) -> Group:
    """These teams on the day of their assessments; the past from `since` on, a year where none is given."""
    day = max(each.as_of for each in assessments.values())
    weights = {team.id: team.weight for team in teams}
    own = {team.id: pasts.get(team.id, ()) for team in teams}
    weeks = weekly_stands(catalogue, own, weights, since or day - SPAN, day)
    weeks[sunday_of(day)] = now = stands_now(catalogue, teams, assessments)
    told = {week: stands for week, stands in weeks.items() if any(each.index is not None for each in stands)}
    first = min(told, default=None)
    return Group(
        rollup=roll_up(catalogue, assessments, weights),
        since=first,
        change=None if first is None else split_change(told[first], now),
        cohort=fixed_cohort({week: stands for week, stands in weeks.items() if first is not None and week >= first}),
        funnel=_funnel(catalogue, teams, assessments),
    )


def stands_now(catalogue: Catalogue, teams: Sequence[Team], assessments: Mapping[str, Assessment]) -> list[Stand]:
    """Where each team stands overall."""
    least = enough(catalogue)
    return [stand(team.id, team.weight, assessments[team.id].overall, least) for team in teams]


def _funnel(catalogue: Catalogue, teams: Sequence[Team], assessments: Mapping[str, Assessment]) -> Funnel | None:
    """The funnel of the teams of which enough is known: the index of others fades to 0, which is no finding."""
    least = enough(catalogue)
    known = {team: each for team, each in assessments.items() if (each.overall.confidence or 0) >= least}
    return funnel(known, {team.id: _counting(catalogue, team, known[team.id]) for team in teams if team.id in known})


def _counting(catalogue: Catalogue, team: Team, assessment: Assessment) -> list[str]:
    """The practices that count for a team: neither waived nor for other kinds of model."""
    waived = {practice for each in assessment.aspects.values() for practice in each.waived}
    kinds = frozenset(team.kinds)
    return [each.id for each in catalogue.practices if each.id not in waived and each.concerns(kinds)]
