from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from made_assessments import CATALOGUE, DAY, assessed

from mlops_maturity.config.settings import Team
from mlops_maturity.dashboard.facts import assess, gaps
from mlops_maturity.dashboard.facts.standing import counted
from mlops_maturity.dashboard.words import gaps as words
from mlops_maturity.evidence.assess import Dossier
from mlops_maturity.evidence.signals.interface import Measured, Missing, Proof
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.store.answers import StoredAnswer
from mlops_maturity.evidence.store.readings import StoredReading
from mlops_maturity.evidence.store.team_readings import TeamReadings
from mlops_maturity.scoring.evidence import Evidence, Waiver
from mlops_maturity.scoring.score import score

REGISTRY = CATALOGUE.by_id["model-registry"]
PRACTICES = CATALOGUE.of_aspect(REGISTRY.aspect)
TEAM = Team(id="fraud")
FOREIGN = {each.id for each in CATALOGUE.practices if not each.concerns(frozenset(TEAM.kinds))}
"""For other kinds of model than the team's."""
USE = REGISTRY.signals[0]


def _dossier(*readings: StoredReading, answers: tuple[StoredAnswer, ...] = ()) -> Dossier:
    return Dossier(team=TEAM, evidence=Evidence(), answers=answers, readings=TeamReadings(TEAM.id, more=readings))


def _reading(on: date, result: Measured | Missing | None = None) -> StoredReading:
    proof = Proof(
        count=9, sample=(("t", "model", "m", "https://a.example/m"), ("t", "model", "n", "javascript:alert(1)"))
    )
    measured = Measured(value=40, seen=4, scope=10, opportunities=9, proof=proof)
    return StoredReading(team="fraud", signal=USE.id, on=on, result=result or measured)


def _answer(respondent: str, value: int | None, days: int) -> StoredAnswer:
    on = DAY - timedelta(days=days)
    at = datetime(on.year, on.month, on.day, tzinfo=UTC)
    return StoredAnswer(team="fraud", practice=REGISTRY.id, respondent=respondent, value=value, on=on, recorded_at=at)


def test_a_practice_that_nobody_spoke_of_has_neither_ring_nor_dot() -> None:
    rows = gaps.claim_rows(PRACTICES, assessed(), 0.15)
    assert all(row.said is None and row.shown is None for row in rows)


def test_what_people_say_is_drawn_even_where_systems_leave_it_nothing_to_fill() -> None:
    assessment = assessed(said=2, shown=1)
    result = replace(assessment.practices[REGISTRY.id], survey=0.0)
    told = replace(assessment, practices={**assessment.practices, REGISTRY.id: result})
    assert gaps.claim_rows([REGISTRY], told, 0.15)[0].said == 2


def test_the_tick_stands_where_the_gate_is_satisfied() -> None:
    needed = {row.practice: row.needed for row in gaps.claim_rows(PRACTICES, assessed(shown=0), 0.15)}
    required = {practice.id: practice.required[0] for practice in CATALOGUE.of_aspect(REGISTRY.aspect)}
    assert set(required.values()) == {0, 1}
    assert needed == {practice: 0.85 if rung else None for practice, rung in required.items()}


def test_at_the_top_nothing_is_needed() -> None:
    rows = gaps.claim_rows(PRACTICES, assessed(said=3, shown=3), 0.15)
    assert all(row.needed is None for row in rows)


def test_waived_practices_and_those_for_other_kinds_of_model_are_left_out() -> None:
    waiver = Waiver(practice=REGISTRY.id, start=DAY, until=DAY, reason="none")
    assessment = score(CATALOGUE, Evidence(waivers=(waiver,)), DAY)
    left = {practice.id for practice in CATALOGUE.practices if practice not in counted(CATALOGUE, assessment, TEAM)}
    assert FOREIGN
    assert left == {REGISTRY.id, *FOREIGN}


@pytest.mark.parametrize(("said", "shown"), [(None, None), (2, None), (None, 1), (3, 0)])
def test_the_parts_of_the_budget_add_up_to_all_of_it(said: int | None, shown: int | None) -> None:
    for result in assessed(said=said, shown=shown).practices.values():
        parts = gaps.budget_of(result)
        total = parts.measured_good + parts.measured_bad + parts.said_good + parts.said_bad + parts.unknown
        assert total == pytest.approx(1)
        assert parts.measured_good + parts.said_good == pytest.approx(result.value_lo / 3)


def test_a_signal_line_shows_the_newest_reading_up_to_the_day() -> None:
    dossier = _dossier(
        _reading(DAY - timedelta(days=9)), _reading(DAY - timedelta(days=2)), _reading(DAY + timedelta(days=1))
    )
    line = gaps.signal_lines(REGISTRY, assessed().practices[REGISTRY.id], dossier, signals(), DAY)[0]
    assert line.reading is not None
    assert line.reading.on == DAY - timedelta(days=2)
    assert line.missing is None


def test_only_web_addresses_become_proof_links() -> None:
    line = gaps.signal_lines(REGISTRY, assessed().practices[REGISTRY.id], _dossier(_reading(DAY)), signals(), DAY)[0]
    assert line.proofs == (("model m", "https://a.example/m", "t"), ("model n", None, "t"))
    assert line.proof_count == 9


def test_a_signal_that_is_missing_since_says_why_beside_its_last_value() -> None:
    missing = Missing(reason="forbidden", detail="grant <b>read</b>")
    dossier = _dossier(_reading(DAY - timedelta(days=9)), _reading(DAY, missing))
    line = gaps.signal_lines(REGISTRY, assessed().practices[REGISTRY.id], dossier, signals(), DAY)[0]
    assert line.reading is not None
    assert line.missing == missing
    assert r"\<b\>" in words.signal_missing(missing)


def test_a_missing_reading_that_was_measured_again_is_forgotten() -> None:
    missing = Missing(reason="forbidden", detail="x")
    dossier = _dossier(_reading(DAY - timedelta(days=9), missing), _reading(DAY))
    assert gaps.signal_lines(REGISTRY, assessed().practices[REGISTRY.id], dossier, signals(), DAY)[0].missing is None


def test_the_newest_answer_of_each_respondent_counts_and_a_correction_goes_before_what_it_corrects() -> None:
    answers = (_answer("ann", 1, 9), _answer("ann", 3, 2), _answer("ann", 2, 2), _answer("bob", 0, 30))
    found = gaps.answers_on(REGISTRY.id, answers, DAY)
    assert [(answer.respondent, answer.value) for answer in found] == [("ann", 2), ("bob", 0)]
    assert [answer.value for answer in gaps.answers_on(REGISTRY.id, answers, DAY - timedelta(days=5))] == [1, 0]


def test_own_answers_are_told_from_those_of_others() -> None:
    answers = (_answer("ann", None, 2), _answer("bob", 0, 30), _answer("cat", 3, 30), _answer("dan", None, 1))
    own = assess.own_answers(answers, "ann")
    assert assess.choice_of(own[REGISTRY.id]) == assess.DONT_KNOW
    assert assess.choice_of(None) is None
    assert assess.others(REGISTRY.id, answers, "ann") == (0, 3)


def test_dont_know_is_an_answer_for_the_progress() -> None:
    own = assess.own_answers([_answer("ann", None, 2)], "ann")
    progress = assess.progress(CATALOGUE, assessed(), TEAM, own)[REGISTRY.aspect]
    assert (progress.answered, progress.questions) == (1, len({each.id for each in PRACTICES} - FOREIGN))


def test_an_aspect_without_questions_is_done() -> None:
    assert assess.Progress(answered=0, questions=0).share == 1


def test_the_first_aspect_to_look_at_is_the_lowest_known_one() -> None:
    waivers = tuple(
        Waiver(practice=practice.id, start=DAY, until=DAY, reason="x") for practice in CATALOGUE.of_aspect("ci-cd")
    )
    assessment = score(CATALOGUE, Evidence(waivers=waivers), DAY)
    assert gaps.default_aspect(CATALOGUE, assessment) == CATALOGUE.aspects[0].id
    assert gaps.default_aspect(CATALOGUE, assessed(shown=2)) in {aspect.id for aspect in CATALOGUE.aspects}


def test_the_past_of_a_practice_begins_with_the_evidence() -> None:
    assert gaps.history_days(DAY, _dossier()) == (DAY,)
    moments = gaps.moments(REGISTRY.id, [assessed(as_of=DAY), assessed(said=2)])
    assert [moment.value for moment in moments] == [None, pytest.approx(2)]
