"""Verdicts of teams from their weekly past."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.store.history import HistoryRow
from mlops_maturity.evidence.trends import trends_of, weekly_stands
from mlops_maturity.scoring.evidence import Answer, Evidence
from mlops_maturity.scoring.trend_causes import causes

CATALOGUE = builtin_catalogue()
SUNDAY = date(2026, 11, 22)
SCOPES = ("overall", *(aspect.id for aspect in CATALOGUE.aspects))


def row(team: str, weeks_ago: int, index: float, scope: str = "overall", confidence: float = 0.6) -> HistoryRow:
    return HistoryRow(team=team, on=SUNDAY - timedelta(weeks=weeks_ago), scope=scope, level_lo=0, level=1, level_hi=2,
                      index_lo=0.0, index=index, index_hi=100.0, confidence=confidence, catalogue_hash="h")  # fmt: skip


def past(team: str, start: float, end: float, confidence: float = 0.6) -> list[HistoryRow]:
    """A year of every scope along a straight line."""
    return [row(team, 51 - week, start + (end - start) * week / 51, scope, confidence)
            for week in range(52) for scope in SCOPES]  # fmt: skip


def rising_answers() -> Evidence:
    """Everybody's rung moves from 0 to 2 within the year, practice by practice."""
    return Evidence(answers=tuple(
        Answer(practice=practice.id, respondent="lead", value=min(2, max(0, month // 4)),
               on=SUNDAY - timedelta(weeks=52 - 4 * month), attested=False)
        for practice in CATALOGUE.practices for month in range(13)
    ))  # fmt: skip


def explained_by(evidence_of):
    return lambda team, since, until: causes(CATALOGUE, evidence_of(team), since, until)


def test_a_rise_made_of_answers_is_rising_in_every_scope() -> None:
    pasts = {"up": past("up", 10, 60), "flat": past("flat", 40, 40)}
    found = trends_of(
        CATALOGUE, pasts, SUNDAY, explained_by({"up": rising_answers(), "flat": Evidence()}.__getitem__), pasts
    )
    assert {each.trend.verdict for each in found["up"].values()} == {"rising"}
    assert {each.trend.reason for each in found["flat"].values()} == {"small"}
    assert found["up"]["overall"].confirmed == 1


def test_all_teams_are_judged_but_only_those_asked_for_are_explained() -> None:
    def evidence_of(team: str) -> Evidence:
        assert team == "up"
        return rising_answers()

    pasts = {"up": past("up", 10, 60), "also": past("also", 10, 60)}
    found = trends_of(CATALOGUE, pasts, SUNDAY, explained_by(evidence_of), ["up"])
    assert list(found) == ["up"]
    alone = trends_of(CATALOGUE, {"up": pasts["up"]}, SUNDAY, explained_by(evidence_of), ["up"])
    assert alone["up"]["overall"].trend.measured == found["up"]["overall"].trend.measured


def test_weeks_of_which_hardly_anything_is_known_are_gaps() -> None:
    pasts = {"thin": past("thin", 10, 60, confidence=0.1)}
    found = trends_of(CATALOGUE, pasts, SUNDAY, explained_by(lambda team: Evidence()), pasts)
    assert {each.trend.reason for each in found["thin"].values()} == {"not_current"}


def test_a_team_without_a_past_is_there() -> None:
    found = trends_of(CATALOGUE, {"new": []}, SUNDAY, explained_by(lambda team: Evidence()), ["new"])
    assert (found["new"]["overall"].trend.reason, found["new"]["overall"].confirmed) == ("not_current", None)


def test_weeks_of_a_group_know_who_was_unknown() -> None:
    pasts = {"old": [row("old", 1, 30), row("old", 0, 40)], "new": [row("new", 0, 90)],
             "thin": [row("thin", 0, 5, confidence=0.1)]}  # fmt: skip
    weeks = weekly_stands(CATALOGUE, pasts, {"old": 1, "new": 2, "thin": 1}, SUNDAY - timedelta(weeks=9), SUNDAY)
    assert list(weeks) == [SUNDAY - timedelta(weeks=1), SUNDAY]
    assert [each.index for each in weeks[SUNDAY]] == [40, 90, None]
    assert [(each.index, each.slight) for each in weeks[SUNDAY - timedelta(weeks=1)]] == [
        (30, False), (None, False), (None, False),
    ]  # fmt: skip
    assert [each.slight for each in weeks[SUNDAY]] == [False, False, True]


def test_a_week_that_is_not_over_is_told_by_its_newest_day() -> None:
    monday = replace(row("old", 0, 50), on=SUNDAY + timedelta(days=1))
    weeks = weekly_stands(
        CATALOGUE, {"old": [row("old", 0, 40), monday]}, {"old": 1}, SUNDAY, SUNDAY + timedelta(days=3)
    )
    assert list(weeks) == [SUNDAY, monday.on]
