"""Many teams as one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard.facts.together import Together, together
from mlops_maturity.dashboard.words import together as words
from mlops_maturity.evidence.history import rows_of
from mlops_maturity.scoring.evidence import Answer, Evidence
from mlops_maturity.scoring.score import score

CATALOGUE = builtin_catalogue()
DAY = date(2026, 11, 22)
FIRST = DAY - timedelta(weeks=9)
TEAMS = [Team(id="a"), Team(id="b", weight=3), Team(id="late"), Team(id="silent"), Team(id="slight")]
TITLES = {team.id: team.title for team in TEAMS}


def said(value: int, weeks_ago: int) -> tuple[Answer, ...]:
    return tuple(Answer(practice=practice.id, respondent="lead", value=value, on=DAY - timedelta(weeks=weeks_ago),
                        attested=True) for practice in CATALOGUE.practices)  # fmt: skip


STORIES = {"a": said(1, 9) + said(3, 2), "b": said(1, 9), "late": said(2, 1), "silent": (), "slight": said(1, 1)[:1]}


def found(teams: Sequence[Team] = TEAMS) -> Together:
    evidence = {
        team: Evidence(answers=answers, kinds=frozenset(["classical"]))
        for team, answers in STORIES.items()
        if team in {each.id for each in teams}
    }
    pasts = {
        team: [row for week in range(9, -1, -1)
               for row in rows_of(team, score(CATALOGUE, known, DAY - timedelta(weeks=week)))]
        for team, known in evidence.items()
    }  # fmt: skip
    assessments = {team: score(CATALOGUE, known, DAY) for team, known in evidence.items()}
    return together(CATALOGUE, teams, assessments, pasts, FIRST, DAY)


def test_what_moved_the_mean_is_split_and_names_who_came() -> None:
    shown = found()
    change = shown.group.change
    assert change is not None
    assert change.within == pytest.approx((1 / 4 + 1 / 5) / 2 * 200 / 3)
    assert change.within + change.mix == pytest.approx(change.total)
    assert "Known since: late" in words.moved(shown, TITLES, 0.15)
    assert (shown.mean[0].index, shown.mean[-1].index) == (pytest.approx(100 / 3), pytest.approx(change.after))


def test_the_steady_line_is_of_the_teams_known_throughout() -> None:
    shown = found()
    assert shown.group.cohort.teams == ("a", "b")
    assert [round(each.index) for each in shown.cohort][-1] == round((100 + 3 * 100 / 3) / 4)
    assert "2 teams known in every week" in words.cohort(shown)


def test_a_team_of_which_nothing_is_known_is_in_no_figure() -> None:
    shown = found()
    assert shown.group.rollup.overall.unknown == 1
    assert shown.group.funnel is not None
    assert "silent" not in {member.team for member in shown.group.funnel.members}
    assert len(shown.limits) > 10


def test_who_is_not_in_the_funnel_is_counted_named_and_told_why() -> None:
    shown = found()
    assert shown.group.funnel is not None
    assert {member.team for member in shown.group.funnel.members} == {"a", "b", "late"}
    assert (shown.group.slight, shown.group.silent) == (("slight",), ("silent",))
    told = words.left_out(shown, TITLES, 0.15)
    assert told == "2 teams left out: silent (no evidence); slight (under 15\u00a0% of the evidence)"


def test_where_all_teams_count_nobody_is_said_to_be_left_out() -> None:
    shown = found(TEAMS[:2])
    assert words.left_out(shown, TITLES, 0.15) == ""
    assert shown.group.funnel is None
