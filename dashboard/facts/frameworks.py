"""How teams stand to each other in the view of another framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mlops_maturity.config.settings import Team
from mlops_maturity.scoring.framework_result import FrameworkResult


def left_out(view: FrameworkResult) -> bool:
    """Whether all that could be judged is waived or for other kinds of model."""
    standings = {item.standing for item in view.items}
    return "left out" in standings and standings <= {"left out", "not judged"}


def lowest_first(teams: Sequence[Team], views: Mapping[str, FrameworkResult]) -> list[Team]:
    """Teams by result, then by what is proven and possible; those without evidence, then those left out, at the end."""

    def rank(team: Team) -> tuple[int, float, float, float, str]:
        view = views[team.id]
        silent = 2 if left_out(view) else 0 if view.has_evidence and view.figures.value is not None else 1
        return silent, view.figures.value or 0.0, view.figures.lo or 0.0, view.figures.hi or 0.0, team.id

    return sorted(teams, key=rank)
