from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from made_assessments import CATALOGUE, DAY, assessed, past

from mlops_maturity.dashboard.charts.trend import Crowd
from mlops_maturity.dashboard.facts import trends
from mlops_maturity.dashboard.facts.past import crowd, points, weeks


def test_weeks_of_which_nothing_is_known_have_no_number() -> None:
    line = weeks(past("a", {2: None, 1: 0}))
    assert [(week.level, week.index is None) for week in line] == [(None, True), (0, False)]


def test_fewer_than_five_known_teams_have_no_middle_half() -> None:
    four = crowd([past(name, {1: rung}) for name, rung in zip("abcd", (0, 1, 2, 3), strict=True)])
    five = crowd([past(name, {1: rung}) for name, rung in zip("abcde", (0, 1, 2, 3, 3), strict=True)])
    assert four[0].quarter is None
    assert five[0].quarter is not None
    assert five[0].quarter <= (five[0].median or 0) <= (five[0].three_quarters or 0)


def test_a_team_whose_past_begins_later_is_unknown_before() -> None:
    line = crowd([past("a", {3: 0, 1: 0}), past("b", {1: 0})])
    assert [(week.unknown, sum(week.counts)) for week in line] == [(1, 1), (0, 2)]


def test_numbers_of_a_week_leave_unknown_teams_out() -> None:
    found = points({"a": past("a", {1: 3}), "b": past("b", {1: None})}, {"a": 1, "b": 1})
    assert len(found) == 1
    assert found[0].at_target == 1
    assert found[0].index > 50


def _panel(pasts, assessments, months: int = 12) -> trends.Panel:
    return trends.panels(CATALOGUE, assessments, pasts, DAY, trends.first_day(DAY, months))[0]


def test_a_panel_compares_the_same_teams_only_and_says_how_many() -> None:
    pasts = {"a": past("a", {53: 0, 1: 3}), "b": past("b", {1: 0})}
    assessments = {"a": assessed(shown=3), "b": assessed(shown=0)}
    change = _panel(pasts, assessments).change
    alone = _panel({"a": pasts["a"]}, {"a": assessments["a"]}).change
    assert change is not None
    assert alone is not None
    assert change.points == pytest.approx(alone.points)
    assert (change.teams, change.since, change.begins) == (1, DAY - timedelta(weeks=53), False)


def test_a_panel_names_the_index_that_its_line_ends_with() -> None:
    rungs = {"a": 0, "b": 1, "c": 3}
    pasts = {team: past(team, {0: rung}) for team, rung in rungs.items()}
    panel = _panel(pasts, {team: assessed(said=rung, shown=rung) for team, rung in rungs.items()})
    assert isinstance(panel.line[-1], Crowd)
    assert panel.index == pytest.approx(panel.line[-1].median)


def test_where_the_evidence_begins_later_the_change_is_told_from_there() -> None:
    change = _panel({"a": past("a", {8: 0, 1: 3})}, {"a": assessed(shown=3)}).change
    assert change is not None
    assert (change.since, change.begins) == (DAY - timedelta(weeks=8), True)
    assert _panel({"a": past("a", {0: 3})}, {"a": assessed(shown=3)}).change is None


def test_a_team_with_hardly_any_evidence_moves_no_median() -> None:
    pasts = {"a": past("a", {1: 3}), "b": past("b", {1: 3})}
    slight = replace(assessed(shown=0), overall=replace(assessed(shown=0).overall, confidence=0.01))
    panel = _panel(pasts, {"a": assessed(shown=3), "b": slight})
    alone = _panel(pasts, {"a": assessed(shown=3)})
    assert (panel.level, panel.index) == (alone.level, pytest.approx(alone.index))


def test_a_panel_without_evidence_has_no_level_and_nothing_to_compare() -> None:
    panel = _panel({"a": []}, {"a": assessed()}, months=3)
    assert (panel.level, panel.index, panel.change, panel.line) == (None, None, None, ())
