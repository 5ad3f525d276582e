from __future__ import annotations

from datetime import timedelta

import pytest
from made_assessments import CATALOGUE, DAY, assessed, past

from mlops_maturity.dashboard.facts import trends
from mlops_maturity.dashboard.facts.past import a_year_before, crowd, points, standing_on, weeks


def test_weeks_of_which_nothing_is_known_have_no_number() -> None:
    line = weeks(past("a", {2: None, 1: 0}))
    assert [(week.level, week.index is None) for week in line] == [(None, True), (0, False)]


def test_what_stood_a_year_ago_is_the_nearest_earlier_row() -> None:
    rows = past("a", {53: 1, 51: 3})
    found = standing_on(rows, a_year_before(DAY))
    assert found is not None
    assert found.on == DAY - timedelta(weeks=53)


@pytest.mark.parametrize("rungs", [{}, {60: 1}, {52: None}, {51: 1}])
def test_a_row_too_old_or_unknown_or_later_does_not_stand_for_a_year_ago(rungs: dict[int, int | None]) -> None:
    assert standing_on(past("a", rungs), a_year_before(DAY)) is None


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


def test_a_panel_compares_the_same_teams_only() -> None:
    pasts = {"a": past("a", {52: 0, 1: 3}), "b": past("b", {1: 0})}
    assessments = {"a": assessed(shown=3), "b": assessed(shown=0)}
    overall, *aspects = trends.panels(CATALOGUE, assessments, pasts, DAY, trends.first_day(DAY, 12))
    grown = trends.panels(CATALOGUE, {"a": assessments["a"]}, {"a": pasts["a"]}, DAY, trends.first_day(DAY, 12))[0]
    assert overall.change == pytest.approx(grown.change)
    assert [panel.scope for panel in aspects] == [aspect.id for aspect in CATALOGUE.aspects]


def test_a_panel_without_evidence_has_no_level_and_nothing_to_compare() -> None:
    panel = trends.panels(CATALOGUE, {"a": assessed()}, {"a": []}, DAY, trends.first_day(DAY, 3))[0]
    assert (panel.level, panel.index, panel.change, panel.line) == (None, None, None, ())


def test_a_past_of_an_earlier_catalogue_is_noticed() -> None:
    rows = past("a", {1: 0})
    assert not trends.older_catalogue(CATALOGUE, {"a": rows})
    other = type(CATALOGUE)(
        id="other", version="1", levels=CATALOGUE.levels, aspects=CATALOGUE.aspects, practices=CATALOGUE.practices
    )
    assert trends.older_catalogue(other, {"a": rows})
