"""The built-in catalogue: that it judges clear-cut organisations as anybody would."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from mlops_maturity.config.catalogue import Catalogue, SignalUse
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading
from mlops_maturity.scoring.score import score
from mlops_maturity.scoring.thresholds import reaches

AS_OF = date(2026, 11, 23)

OPPORTUNITIES = {
    "mlflow.active_tracking_weeks": 13,
    "mlflow.run_commit_share": 10,
    "mlflow.tracked_version_share": 10,
    "mlflow.dataset_logged_share": 10,
    "mlflow.pipeline_origin_share": 10,
    "mlflow.eval_before_promotion_share": 12,
    "ci.deployments_per_week": 12,
    "ci.lead_time_hours": 40,
    "ci.change_fail_percent": 20,
    "ci.rework_percent": 20,
    "ci.recovery_hours": 3,
    "ci.training_success_percent": 30,
    "ci.auto_trigger_share": 30,
    "ci.default_branch_success": 60,
    "ci.duration_minutes": 60,
    "ci.pipeline_deploy_share": 20,
    "scm.review_share": 40,
    "scm.first_review_hours": 40,
    "prom.drift_action_hours": 4,
    "prom.ignored_alert_share": 4,
}
MODELS = 4
"""Opportunities of what is counted by model or repository."""

WITHOUT_TROUBLE = {"ci.recovery_hours", "prom.drift_action_hours", "prom.ignored_alert_share"}
"""Signals that stay silent where no release fails and no alert fires."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return builtin_catalogue()


def uses(catalogue: Catalogue) -> dict[str, list[SignalUse]]:
    found: dict[str, list[SignalUse]] = {}
    for practice in catalogue.practices:
        for use in practice.signals:
            found.setdefault(use.id, []).append(use)
    return found


def speaks_at(use: SignalUse, rung: float) -> bool:
    """Whether there is anything to count at this rung; a gate that isn't there stops nothing and passes nothing."""
    return rung >= min(rung for _, rung in use.anchors) - 0.5


def raw_at(use: SignalUse, rung: float) -> float:
    """The raw value at which the signal speaks for that rung, or for the nearest it can speak for."""
    anchors = sorted((y, x) for x, y in use.anchors)
    rung = max(anchors[0][0], min(rung, anchors[-1][0]))
    for (below, x0), (above, x1) in pairwise(anchors):
        if below <= rung <= above and above > below:
            return x0 + (x1 - x0) * (rung - below) / (above - below)
    raise AssertionError(f"{use.id} has no anchor around rung {rung}")


def telemetry(catalogue: Catalogue, rung: float, without: Iterable[str] = ()) -> tuple[Reading, ...]:
    """A fresh reading of every signal at `rung`, but for those whose id starts with one of `without`."""
    return tuple(
        Reading(
            signal=signal,
            value=raw_at(found[0], rung),
            seen=MODELS,
            scope=MODELS,
            opportunities=OPPORTUNITIES.get(signal, MODELS),
            on=AS_OF,
        )
        for signal, found in uses(catalogue).items()
        if not signal.startswith(tuple(without)) and speaks_at(found[0], rung)
    )


def questionnaire(catalogue: Catalogue, rung: int, respondents: int = 2, age: int = 0) -> tuple[Answer, ...]:
    return tuple(
        Answer(practice=practice.id, respondent=f"person-{n}", value=rung, on=AS_OF - timedelta(days=age))
        for practice in catalogue.practices
        for n in range(respondents)
    )


def flattering(catalogue: Catalogue, rung: int) -> tuple[Answer, ...]:
    """Two people, of whom one puts every fourth practice a rung too high."""
    exact = questionnaire(catalogue, rung)
    return tuple(
        replace(answer, value=min(3, rung + 1)) if place % 8 == 0 else answer for place, answer in enumerate(exact)
    )


def level(assessment: Assessment) -> int | None:
    return assessment.overall.level


@pytest.mark.parametrize("kind", ["classical", "genai", "agent"])
@pytest.mark.parametrize("rung", [0, 1, 2, 3])
def test_a_team_that_is_where_it_says_and_shows_it_reads_that_level(catalogue: Catalogue, rung: int, kind: str) -> None:
    evidence = Evidence(
        kinds=frozenset({kind}),
        answers=questionnaire(catalogue, rung),
        readings=telemetry(catalogue, rung),
    )

    assert level(score(catalogue, evidence, AS_OF)) == rung


@pytest.mark.parametrize("rung", [1, 2, 3])
def test_what_a_level_asks_of_each_practice_can_be_reached(catalogue: Catalogue, rung: int) -> None:
    evidence = Evidence(answers=questionnaire(catalogue, rung), readings=telemetry(catalogue, rung))
    results = score(catalogue, evidence, AS_OF).practices
    floor = catalogue.parameters.min_confidence[rung]

    short = {
        practice.id: (results[practice.id].value, results[practice.id].confidence)
        for practice in catalogue.practices
        if not reaches(results[practice.id].value, practice.required[rung - 1] - 0.15)
        or not reaches(results[practice.id].confidence, floor)
    }

    assert short == {}


@pytest.mark.parametrize("kinds", [{"classical"}, {"genai"}, {"agent"}, {"classical", "genai", "agent"}])
@pytest.mark.parametrize("respondents", [2, 3, 5])
@pytest.mark.parametrize("rung", [0, 1, 2, 3])
def test_the_sources_with_a_collector_are_enough_for_every_level(
    catalogue: Catalogue, rung: int, respondents: int, kinds: set[str]
) -> None:
    evidence = Evidence(
        kinds=frozenset(kinds),
        answers=questionnaire(catalogue, rung, respondents),
        readings=telemetry(catalogue, rung, without=("other.",)),
    )

    assert level(score(catalogue, evidence, AS_OF)) == rung


@pytest.mark.parametrize("rung", [0, 1, 2, 3])
def test_a_fresh_questionnaire_of_one_person_reads_its_level_up_to_2(catalogue: Catalogue, rung: int) -> None:
    evidence = Evidence(answers=questionnaire(catalogue, rung, respondents=1))

    assert level(score(catalogue, evidence, AS_OF)) == min(rung, 2)


@pytest.mark.parametrize("only", ["mlflow.", "prom.", "ci.", "scm."])
@pytest.mark.parametrize("respondents", [1, 2])
@pytest.mark.parametrize("rung", [0, 1, 2, 3])
def test_one_source_alone_freezes_nobody(catalogue: Catalogue, rung: int, respondents: int, only: str) -> None:
    readings = tuple(reading for reading in telemetry(catalogue, rung) if reading.signal.startswith(only))
    evidence = Evidence(answers=questionnaire(catalogue, rung, respondents), readings=readings)

    assert level(score(catalogue, evidence, AS_OF)) == min(rung, 2)


@pytest.mark.parametrize("silent", ["business-goals", "experiment-tracking", "rollback", "model-inventory"])
def test_one_question_without_an_answer_holds_nobody_at_level_0(catalogue: Catalogue, silent: str) -> None:
    answers = tuple(answer for answer in questionnaire(catalogue, 1, respondents=1) if answer.practice != silent)

    assert level(score(catalogue, Evidence(answers=answers), AS_OF)) == 1


@pytest.mark.parametrize(
    "without", [("other.",), ("other.", "mlflow."), ("other.", "prom."), ("other.", "ci.", "scm.")]
)
def test_levels_and_index_rise_with_the_truth(catalogue: Catalogue, without: tuple[str, ...]) -> None:
    found = [
        score(
            catalogue,
            Evidence(answers=flattering(catalogue, rung), readings=telemetry(catalogue, rung, without)),
            AS_OF,
        ).overall
        for rung in (0, 1, 2, 3)
    ]
    levels, indices = [each.level or 0 for each in found], [each.index or 0.0 for each in found]

    assert levels == sorted(levels)
    assert levels[0] == 0
    assert levels[3] >= 2
    assert all(later - earlier > 10 for earlier, later in pairwise(indices))
    assert all(read <= rung + 1 for rung, read in enumerate(levels))


def test_one_person_who_claims_everything_reads_level_2_and_no_more(catalogue: Catalogue) -> None:
    evidence = Evidence(answers=questionnaire(catalogue, 3, respondents=1))

    assert level(score(catalogue, evidence, AS_OF)) == 2


def test_a_claim_that_no_system_bears_out_does_not_hold(catalogue: Catalogue) -> None:
    evidence = Evidence(answers=questionnaire(catalogue, 3), readings=telemetry(catalogue, 0))
    assessment = score(catalogue, evidence, AS_OF)

    assert level(assessment) == 0
    contradicted = {name for name, result in assessment.practices.items() if result.contradiction is not None}
    assert {"version-control", "ci-on-change", "service-monitoring"} <= contradicted


def test_a_questionnaire_wears_off_within_a_year(catalogue: Catalogue) -> None:
    by_age = [
        level(score(catalogue, Evidence(answers=questionnaire(catalogue, 3, 1, age)), AS_OF))
        for age in (0, 90, 240, 365)
    ]

    assert by_age == [2, 2, 1, 0]


@pytest.mark.parametrize("respondents", [1, 2])
@pytest.mark.parametrize("missing", [("mlflow.",), ("prom.",), ("ci.", "scm.")])
@pytest.mark.parametrize("rung", [1, 2])
def test_one_source_that_is_not_connected_leaves_the_level_to_the_answers(
    catalogue: Catalogue, rung: int, missing: tuple[str, ...], respondents: int
) -> None:
    evidence = Evidence(
        answers=questionnaire(catalogue, rung, respondents),
        readings=telemetry(catalogue, rung, without=missing),
    )

    assert level(score(catalogue, evidence, AS_OF)) == rung


@pytest.mark.parametrize("missing", [("mlflow.",), ("prom.",), ("ci.", "scm.")])
def test_without_one_source_the_top_level_is_not_reached(catalogue: Catalogue, missing: tuple[str, ...]) -> None:
    evidence = Evidence(answers=questionnaire(catalogue, 3), readings=telemetry(catalogue, 3, missing))
    assessment = score(catalogue, evidence, AS_OF)

    assert level(assessment) == 2
    assert assessment.overall.level_hi == 3


def test_a_team_whose_releases_never_fail_can_still_reach_the_top(catalogue: Catalogue) -> None:
    evidence = Evidence(
        answers=questionnaire(catalogue, 3, respondents=3),
        readings=telemetry(catalogue, 3, without=WITHOUT_TROUBLE),
    )

    assert level(score(catalogue, evidence, AS_OF)) == 3


def test_a_week_of_silence_costs_no_level(catalogue: Catalogue) -> None:
    evidence = Evidence(answers=questionnaire(catalogue, 3), readings=telemetry(catalogue, 3))

    assert level(score(catalogue, evidence, AS_OF + timedelta(days=7))) == 3
