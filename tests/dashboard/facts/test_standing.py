from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from made_assessments import CATALOGUE, DAY, assessed

from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard.facts.standing import (
    counts,
    disagreements,
    level_of,
    levels_of,
    usual_level,
    worst_aspect,
    worst_first,
)
from mlops_maturity.evidence.assess import Dossier
from mlops_maturity.evidence.store.answers import StoredAnswer
from mlops_maturity.scoring.evidence import Evidence

ASSESSMENTS = {"low": assessed(shown=0), "high": assessed(said=3, shown=3), "silent": assessed()}


def test_without_evidence_there_is_no_level_rather_than_level_0() -> None:
    levels = levels_of(ASSESSMENTS)
    assert levels["silent"] is None
    assert levels["low"] is not None
    assert levels["low"].level == 0


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


def test_the_newest_contradiction_comes_first_dated_by_its_newest_evidence() -> None:
    assessment = assessed(said=3, shown=0, on=DAY - timedelta(days=9))
    contradicted = [name for name, result in assessment.practices.items() if result.contradiction]
    newest = contradicted[-2]
    answers = tuple(_stored(name, DAY - timedelta(days=2 if name == newest else 9)) for name in contradicted)
    dossier = Dossier(team=Team(id="low"), evidence=Evidence(), answers=answers, readings=())
    found = disagreements(CATALOGUE, [dossier], {"low": assessment})
    assert found[0].practice == newest
    assert found[0].since == DAY - timedelta(days=2)
    assert {each.kind for each in found} == {"overclaim"}
    asked = {practice.id for practice in CATALOGUE.practices if practice.concerns(frozenset({"classical"}))}
    assert {each.practice for each in found} == asked.intersection(contradicted)


def _stored(practice: str, on: date) -> StoredAnswer:
    at = datetime(on.year, on.month, on.day, tzinfo=UTC)
    return StoredAnswer(team="low", practice=practice, respondent="lead", value=3, on=on, recorded_at=at)
