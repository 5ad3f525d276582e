"""A group of teams on one day, and what its index did within a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Team
from mlops_maturity.evidence.baseline import Past, a_year_before, baseline
from mlops_maturity.evidence.trends import weekly_stands
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.rollup import Rollup, Stand, enough, roll_up, stand
from mlops_maturity.scoring.rollup_change import Change, Cohort, fixed_cohort, split_change
from mlops_maturity.scoring.rollup_funnel import Funnel, funnel
from mlops_maturity.scoring.trend_series import week_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Teams together."""

    rollup: Rollup
    since: date | None
    """The day that changes are counted from."""
    begins: bool
    """Whether enough evidence begins there, later than the span looked at does."""
    change: Change | None
    """Of the index since then; None where nothing was known, or nothing is."""
    cohort: Cohort
    """The teams known in every week since then."""
    funnel: Funnel | None
    """None where fewer than three teams are known well enough."""
    slight: tuple[str, ...]
    """Teams in no figure and not in the funnel, as too little of them is known."""
    silent: tuple[str, ...]
    """Teams likewise left out, as nothing of them is known."""


def group_of(
    catalogue: Catalogue,
    teams: Sequence[Team],
    assessments: Mapping[str, Assessment],
    pasts: Mapping[str, Past],
    since: date | None = None,
) -> Group:
    """These teams on the day of their assessments, compared with `since`; with a year before where none is given."""
    day = max(each.as_of for each in assessments.values())
    weights = {team.id: team.weight for team in teams}
    own = {team.id: pasts.get(team.id, ()) for team in teams}
    least = enough(catalogue)
    now = stands_now(catalogue, teams, assessments)
    before = baseline(own, since or a_year_before(day), day, least=least)
    then = [
        stand(team, weights[team], before.rows[team], least)
        if before is not None and team in before.rows
        else Stand(team=team, weight=weights[team], level=None, index=None)
        for team in own
    ]
    weeks = {} if before is None else weekly_stands(catalogue, own, weights, before.on, day)
    past = {on: stands for on, stands in weeks.items() if week_of(on) < week_of(day)}
    return Group(
        rollup=roll_up(catalogue, assessments, weights),
        since=None if before is None else before.on,
        begins=before is not None and before.short,
        change=None if before is None else split_change(then, now),
        cohort=fixed_cohort({**past, day: now}),
        funnel=_funnel(catalogue, teams, assessments),
        slight=tuple(each.team for each in now if each.slight),
        silent=tuple(each.team for each in now if each.index is None and not each.slight),
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
