"""Overview, Trends, a group and the terminal count "a year ago" from the same day and the same numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from made_assessments import CATALOGUE, DAY, assessed

from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard.facts import trends
from mlops_maturity.dashboard.facts.overview import marks, numbers
from mlops_maturity.dashboard.facts.past import crowd, points
from mlops_maturity.dashboard.facts.together import together
from mlops_maturity.dashboard.words import trends as trend_words
from mlops_maturity.dashboard.words.standing import team_story
from mlops_maturity.evidence.baseline import a_year_before, baseline
from mlops_maturity.evidence.group import group_of
from mlops_maturity.evidence.history import rows_of

SUNDAY = DAY - timedelta(days=1)
TEAM = Team(id="a")


def weekly(rungs: dict[int, int]) -> list:
    """A past by Sundays, as it is kept, that ends on the day shown, a Monday."""
    kept = [row for week, rung in rungs.items() for row in rows_of("a", assessed(rung, rung, *[_on(week)] * 2))]
    return [*kept, *rows_of("a", assessed(3, 3))]


def _on(weeks: int):
    return SUNDAY - timedelta(weeks=weeks)


PAST = weekly({53: 0, 52: 3, 51: 1, 0: 3})
NOW = {"a": assessed(3, 3)}


def test_all_pages_take_the_same_week() -> None:
    first = trends.first_day(DAY, 12)
    panel = trends.panels(CATALOGUE, NOW, {"a": PAST}, DAY, first)[0]
    group = group_of(CATALOGUE, [TEAM], NOW, {"a": PAST})
    page = together(CATALOGUE, [TEAM], NOW, {"a": PAST}, first, DAY)
    overview = baseline({"a": PAST}, a_year_before(DAY), DAY)
    assert panel.change is not None
    assert group.change is not None
    assert page.group.change is not None
    assert overview is not None
    assert {panel.change.since, group.since, page.group.since, overview.on} == {_on(52)}
    assert marks(TEAM, NOW["a"], PAST).year_ago == 3
    assert group.change.total == page.group.change.total == pytest.approx(panel.change.points)


@pytest.mark.parametrize(("change", "told"), [(0.4, False), (-0.9, False), (1.7, True), (-2.9, True), (4.0, True)])
def test_overview_and_trends_agree_on_whether_the_index_moved(change: float, told: bool) -> None:
    index = NOW["a"].overall.index
    assert index is not None
    past = [row if row.on == DAY else replace(row, index=index - change) for row in weekly({52: 3})]
    panel = trends.panels(CATALOGUE, NOW, {"a": past}, DAY, trends.first_day(DAY, 12))[0]
    assert panel.change is not None
    assert panel.change.points == pytest.approx(change)
    assert ("no change" not in trend_words.now(panel, trends.first_day(DAY, 12), 1)) is told
    assert ("where it was" not in team_story(CATALOGUE, NOW["a"], past)) is told


def test_the_line_begins_with_what_is_compared_and_ends_on_the_day_shown() -> None:
    panel = trends.panels(CATALOGUE, NOW, {"a": PAST}, DAY, trends.first_day(DAY, 12))[0]
    assert (panel.line[0].on, panel.line[-1].on) == (_on(52), DAY)
    assert panel.change is not None
    assert panel.line[-1].index - panel.line[0].index == pytest.approx(panel.change.points)


def test_the_mean_index_of_overview_is_that_of_the_group() -> None:
    teams = [Team(id="a"), Team(id="b", weight=3)]
    now = {"a": assessed(3, 3), "b": assessed(shown=1)}
    pasts = {team: list(rows_of(team, assessment)) for team, assessment in now.items()}
    weights = {team.id: team.weight for team in teams}
    whole = group_of(CATALOGUE, teams, now, pasts).rollup.overall.index
    assert whole is not None
    assert numbers(teams, now, (), ())[0].value == f"{whole:.0f}"
    assert points(pasts, {}, 0.0, weights)[-1].index == pytest.approx(whole)


def test_no_point_lies_after_the_day_shown() -> None:
    many = {"a": PAST, "b": PAST}
    page = together(CATALOGUE, [TEAM], NOW, {"a": PAST}, _on(52), DAY)
    assert crowd(many.values())[-1].on == DAY
    assert points(many, {})[-1].on == DAY
    assert page.mean[-1].on == page.cohort[-1].on == DAY
    assert page.mean[0].on == page.cohort[0].on == _on(52)
