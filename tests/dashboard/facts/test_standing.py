from __future__ import annotations

from made_assessments import CATALOGUE, assessed

from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard.facts.standing import (
    at_the_top,
    counts,
    level_of,
    levels_of,
    usual_level,
    worst_aspect,
    worst_first,
)

ASSESSMENTS = {"low": assessed(shown=0), "high": assessed(said=3, shown=3), "silent": assessed()}


def test_without_evidence_there_is_no_level_rather_than_level_0() -> None:
    levels = levels_of(ASSESSMENTS)
    assert levels["silent"] is None
    assert levels["low"] is not None
    assert levels["low"].level == 0


def test_only_where_all_stand_on_the_highest_level_nothing_is_left_to_close() -> None:
    low, high = level_of(ASSESSMENTS["low"].overall), level_of(ASSESSMENTS["high"].overall)
    assert at_the_top([high, high])
    assert not at_the_top([high, low])
    assert not at_the_top([high, None])


def test_teams_without_evidence_count_on_no_level() -> None:
    assert sum(counts(levels_of(ASSESSMENTS).values())) == 2


def test_the_usual_level_is_the_lower_of_two_middle_ones() -> None:
    low, high = level_of(ASSESSMENTS["low"].overall), level_of(ASSESSMENTS["high"].overall)
    assert usual_level([low, high]) == 0
    assert usual_level([None, high]) == 3
    assert usual_level([None]) is None


def test_the_weakest_team_comes_first_and_the_unknown_one_last() -> None:
    teams = [Team(id="silent"), Team(id="high"), Team(id="low")]
    assert [team.id for team in worst_first(teams, ASSESSMENTS)] == ["low", "high", "silent"]


def test_the_worst_aspect_is_the_one_with_the_lowest_usual_level() -> None:
    assert worst_aspect(CATALOGUE, [assessed()]) is None
    worst = worst_aspect(CATALOGUE, [ASSESSMENTS["low"]])
    assert worst is not None
    assert worst[1] == 0
