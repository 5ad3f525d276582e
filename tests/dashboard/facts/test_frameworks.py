from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from made_assessments import CATALOGUE, DAY, assessed

from mlops_maturity.config.framework_file import load_frameworks
from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard.facts.frameworks import left_out, lowest_first
from mlops_maturity.dashboard.words.frameworks import about, team_table
from mlops_maturity.scoring.evidence import Evidence, Waiver
from mlops_maturity.scoring.framework import judge
from mlops_maturity.scoring.framework_result import FrameworkResult
from mlops_maturity.scoring.score import score

FRAMEWORKS = load_frameworks((), CATALOGUE.by_id.keys())
WAIVERS = tuple(
    Waiver(practice=each.id, start=DAY, until=DAY + timedelta(days=30), reason="sold") for each in CATALOGUE.practices
)
ASSESSMENTS = {
    "waived": score(CATALOGUE, Evidence(waivers=WAIVERS), DAY),
    "silent": assessed(),
    "high": assessed(said=3, shown=3),
    "low": assessed(shown=0),
    "middle": assessed(said=1, shown=1),
}
TEAMS = [Team(id=team) for team in ASSESSMENTS]


def _views(framework: str) -> dict[str, FrameworkResult]:
    return {team: judge(FRAMEWORKS[framework], CATALOGUE, found) for team, found in ASSESSMENTS.items()}


@pytest.mark.parametrize("framework", sorted(FRAMEWORKS))
def test_teams_come_by_the_result_that_is_shown_and_those_without_one_at_the_end(framework: str) -> None:
    views = _views(framework)
    order = [team.id for team in lowest_first(TEAMS, views)]
    values: list[Any] = [views[team].figures.value for team in order[:3]]
    assert values == sorted(values)
    assert order[-3:] == ["high", "silent", "waived"]
    assert left_out(views["waived"])
    assert not left_out(views["silent"])


@pytest.mark.parametrize("framework", sorted(FRAMEWORKS))
def test_two_teams_of_one_name_have_a_row_each(framework: str) -> None:
    views = _views(framework)
    table = team_table([("Search", views["low"]), ("Search", views["waived"])], FRAMEWORKS[framework])
    assert table["Team"] == ["Search", "Search"]
    assert table["Result"][1] == "*waived*"
    assert "confidence " in table["Rests on"][0]
    assert table["Rests on"][1] == ""


@pytest.mark.parametrize("framework", FRAMEWORKS.values(), ids=lambda framework: framework.id)
def test_the_year_of_a_source_is_told_once(framework: Any) -> None:
    lines = about(framework)[-len(framework.sources) :]
    for source, line in zip(framework.sources, lines, strict=True):
        assert line.count(str(source.year)) >= 1
        assert not (str(source.year) in source.title and line.endswith(f", {source.year}"))
