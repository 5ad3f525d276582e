from __future__ import annotations

from datetime import timedelta

import pytest
from made_assessments import DAY, past

from mlops_maturity.dashboard.facts.members import same_teams, turnover
from mlops_maturity.dashboard.facts.past import points
from mlops_maturity.dashboard.words.means import of_whom


def _line(**rungs: dict[int, int | None]):
    return points({team: past(team, weeks) for team, weeks in rungs.items()}, {})


def _weeks_ago(weeks: int):
    return DAY - timedelta(weeks=weeks)


def test_who_came_and_who_went_is_told_with_its_week() -> None:
    line = _line(always={3: 1, 2: 1, 1: 1}, came={2: 1, 1: 1}, went={3: 1}, back={3: 1, 1: 1})
    found = turnover(line)
    assert found.joined == (("came", _weeks_ago(2)), ("back", _weeks_ago(1)))
    assert found.left == (("went", _weeks_ago(2)),)


def test_where_the_teams_stay_the_same_there_is_nothing_to_tell() -> None:
    found = turnover(_line(a={2: 0, 1: 3}, b={2: 3, 1: 0}))
    assert (found.joined, found.left, of_whom(found, {})) == ((), (), "")
    assert turnover(()) == found


def test_the_change_is_that_of_the_teams_known_at_both_ends_by_their_weights() -> None:
    line = _line(a={2: 0, 1: 3}, b={2: 3, 1: 3}, new={1: 0})
    evenly, by_weight = same_teams(line[0], line[1]), same_teams(line[0], line[1], {"a": 3.0})
    assert evenly is not None
    assert by_weight is not None
    assert evenly[0] > 0
    assert by_weight[0] == pytest.approx(1.5 * evenly[0])
    assert evenly[1] == pytest.approx(0)


def test_names_in_the_sentence_are_text_and_no_more_than_a_few() -> None:
    line = _line(a={2: 0, 1: 0}, **{f"t{number}": {1: 0} for number in range(8)})
    told = of_whom(turnover(line), {f"t{number}": "<b>x</b>" for number in range(8)})
    assert "<b>" not in told
    assert "3 other teams" in told
