"""What Trends tells of many teams as one: their mean index, what moved it, and who stands out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard.charts.together import Limits, Mean
from mlops_maturity.evidence.baseline import Past
from mlops_maturity.evidence.group import Group, group_of
from mlops_maturity.evidence.trends import weekly_stands
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.rollup import weighted_index
from mlops_maturity.scoring.rollup_funnel import INNER, OUTER, Funnel

STEPS = 40
"""Points of a limit's curve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Teams as one."""

    group: Group
    mean: tuple[Mean, ...]
    """Mean index by weights, of the teams known in each week."""
    cohort: tuple[Mean, ...]
    """That of the teams known in every week."""
    limits: tuple[Limits, ...]
    """The funnel's curves; empty without a funnel."""


def together(
    catalogue: Catalogue,
    teams: Sequence[Team],
    assessments: Mapping[str, Assessment],
    pasts: Mapping[str, Past],
    first: date,
    day: date,
) -> Together:
    """These teams as one, from `first` to `day`."""
    group = group_of(catalogue, teams, assessments, pasts, since=first)
    weeks = weekly_stands(catalogue, pasts, {team.id: team.weight for team in teams}, first, day)
    means = {on: weighted_index(stands) for on, stands in weeks.items()}
    return Together(
        group=group,
        mean=tuple(Mean(on, index) for on, index in means.items() if index is not None),
        cohort=tuple(Mean(on, index) for on, index in group.cohort.line),
        limits=_limits(group.funnel) if group.funnel is not None else (),
    )


def _limits(funnel: Funnel) -> tuple[Limits, ...]:
    most = max(member.mass for member in funnel.members) * 1.05
    masses = [most * step / STEPS for step in range(1, STEPS + 1)]
    curves = [(mass, funnel.limits(mass, INNER), funnel.limits(mass, OUTER)) for mass in masses]
    return tuple(
        Limits(mass=mass, outer_low=outer[0], low=inner[0], high=inner[1], outer_high=outer[1])
        for mass, inner, outer in curves
    )
