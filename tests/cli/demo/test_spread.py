"""What the demo organisation reads as: the stories that its teams were invented for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from ruamel.yaml import YAML

from mlops_maturity.cli.demo.generate import demo_answers, demo_coverage, demo_records, demo_settings
from mlops_maturity.cli.demo.teams import TEAMS
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.readings import compute
from mlops_maturity.evidence.signals.assembly import views_of
from mlops_maturity.evidence.signals.interface import Measured
from mlops_maturity.evidence.signals.view import TeamView
from mlops_maturity.evidence.store.answers import StoredAnswer
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading
from mlops_maturity.scoring.score import score

pytestmark = pytest.mark.slow

END = date(2026, 11, 23)
CATALOGUE = builtin_catalogue()
LEVELS = {
    "fraud-detection": 3,
    "credit-scoring": 2,
    "pricing": 2,
    "demand-forecast": 1,
    "search-ranking": 3,
    "recommendations": 0,
    "churn": 1,
    "document-ai": 2,
    "support-agent": 1,
    "predictive-maintenance": 1,
    "delivery-eta": 2,
    "energy-load": 0,
}


@dataclass(frozen=True)
class Organisation:
    teams: Mapping[str, Team]
    views: Mapping[str, TeamView]
    answers: tuple[StoredAnswer, ...]

    def assess(self, team: str, day: date = END) -> Assessment:
        """What the team reads as on a day, from that day's readings alone."""
        return score(CATALOGUE, self.evidence(team, day), day)

    def evidence(self, team: str, day: date = END) -> Evidence:
        readings = tuple(
            Reading(
                signal=row.signal,
                value=row.result.value,
                seen=row.result.seen,
                scope=row.result.scope,
                opportunities=row.result.opportunities,
                on=row.on,
            )
            for row in compute(self.views[team], day)
            if isinstance(row.result, Measured) and row.signal in CATALOGUE.signal_ids
        )
        answers = tuple(
            Answer(
                practice=answer.practice,
                respondent=answer.respondent,
                value=answer.value,
                on=answer.on,
                attested=answer.attested,
            )
            for answer in self.answers
            if answer.team == team
        )
        return Evidence(kinds=frozenset(self.teams[team].kinds), answers=answers, readings=readings)


@pytest.fixture(scope="module")
def organisation() -> Organisation:
    read = YAML(typ="safe").load(demo_settings(END))
    settings = Settings(
        organisation=read["organisation"],
        timezone=read["timezone"],
        teams=tuple(Team(**team) for team in read["teams"]),
    )
    return Organisation(
        teams={team.id: team for team in settings.teams},
        views=views_of(settings, demo_records(END), demo_coverage(END)),
        answers=tuple(demo_answers(END)),
    )


def contradictions(assessment: Assessment) -> Counter[str]:
    found = (result.contradiction for result in assessment.practices.values())
    return Counter(contradiction.kind for contradiction in found if contradiction is not None)


def index(assessment: Assessment) -> float:
    assert assessment.overall.index is not None
    return assessment.overall.index


def ago(months: float) -> date:
    return END - timedelta(days=round(30.4 * months))


def test_the_teams_spread_over_all_levels(organisation: Organisation) -> None:
    assert set(LEVELS) == {team.id for team in TEAMS}

    assert {team: organisation.assess(team).overall.level for team in LEVELS} == LEVELS


def test_signals_of_every_system_are_measured_for_several_teams(organisation: Organisation) -> None:
    measured = Counter(reading.signal for team in LEVELS for reading in organisation.evidence(team).readings)

    often = [signal for signal, teams in measured.items() if teams >= 4]
    assert len(often) >= 29
    assert {signal.partition(".")[0] for signal in often} >= {"ci", "mlflow", "prom", "scm"}


def test_pricing_rises_and_demand_forecast_falls(organisation: Organisation) -> None:
    rising = [organisation.assess("pricing", ago(months)) for months in (15, 9, 3, 0)]
    falling = [organisation.assess("demand-forecast", ago(months)) for months in (12, 4, 0)]

    assert [index(assessment) for assessment in rising] == sorted(index(assessment) for assessment in rising)
    assert index(rising[0]) + 25 < index(rising[-1])
    assert [assessment.overall.level for assessment in falling] == [2, 1, 1]
    assert index(falling[0]) - 20 > index(falling[1]) > index(falling[2])


def test_one_team_claims_more_and_one_less_than_its_systems_show(organisation: Organisation) -> None:
    found = {team: contradictions(organisation.assess(team)) for team in LEVELS}

    assert max(found, key=lambda team: found[team]["overclaim"]) == "recommendations"
    assert found["recommendations"]["overclaim"] >= 5
    assert max(found, key=lambda team: found[team]["underclaim"]) == "predictive-maintenance"
    assert found["predictive-maintenance"]["underclaim"] >= 5


def test_the_silent_source_ages_and_its_signals_go_dark(organisation: Organisation) -> None:
    watched = [
        reading
        for reading in organisation.evidence("delivery-eta").readings
        if reading.signal.startswith("prom.") and reading.signal.endswith("_share")
    ]
    dark = {
        part.id
        for result in organisation.assess("delivery-eta").practices.values()
        for part in result.signals
        if part.expired
    }

    assert watched
    assert all(END - reading.on > timedelta(days=140) for reading in watched)
    assert {"prom.target_coverage", "prom.drift_metric_share"} <= dark


def test_one_team_has_only_answers_and_one_only_telemetry(organisation: Organisation) -> None:
    asked, watched = organisation.evidence("support-agent"), organisation.evidence("energy-load")
    unasked = organisation.assess("energy-load").overall

    assert asked.answers
    assert not asked.readings
    assert watched.readings
    assert not watched.answers
    assert unasked.level_hi is not None
    assert unasked.level_hi >= 2


def test_a_team_that_was_connected_late_starts_late(organisation: Organisation) -> None:
    before = organisation.assess("document-ai", ago(8)).overall.confidence
    after = organisation.assess("document-ai", ago(3)).overall.confidence

    assert before is not None
    assert after is not None
    assert before < 0.05
    assert after > 0.5
