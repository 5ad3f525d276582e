"""The laws of the score, on random catalogues and evidence, for both ways to compute it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from math import fsum, isfinite
from random import Random

import pytest
from by_history import score_by_history
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from random_cases import RISING, TODAY, Case, an_answer, cases, catalogues, day_of

from mlops_maturity.scoring.assessment import Assessment, PracticeResult
from mlops_maturity.scoring.evidence import Answer, Evidence, Waiver
from mlops_maturity.scoring.score import score as pure_score

pytestmark = pytest.mark.slow

NEAR = 1e-9

law = settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],  # the machine may be busy
)


@pytest.fixture(autouse=True, scope="module", params=[pure_score, score_by_history], ids=["function", "history"])
def way(request):
    """The laws hold for the pure function and for the history in arrays alike."""
    global score
    score = request.param


def scored(case: Case, as_of=TODAY) -> Assessment:
    return score(case.catalogue, case.evidence, as_of)


def _figures(result: Assessment) -> dict[tuple[str, str], float | None]:
    """Every figure that must never fall when evidence gets better."""
    scopes = {"overall": result.overall, **result.aspects}
    levels = ("level_lo", "level", "level_hi", "index_lo", "index", "index_hi")
    figures = {(scope, name): getattr(part, name) for scope, part in scopes.items() for name in levels}
    bounds = ("value_lo", "value", "value_hi", "level")
    return figures | {(id, name): getattr(part, name) for id, part in result.practices.items() for name in bounds}


def _lowered(before: Assessment, after: Assessment) -> list[tuple[str, str]]:
    old, new = _figures(before), _figures(after)
    return [name for name, figure in old.items() if figure is not None and new[name] < figure - NEAR]


def _width(result: PracticeResult) -> float:
    return result.value_hi - result.value_lo


@law
@given(cases())
def test_p1_every_figure_keeps_its_bounds(case):
    result = scored(case)
    for practice in result.practices.values():
        assert 0 <= practice.value_lo <= practice.value <= practice.value_hi <= 3
        assert practice.telemetry + practice.survey + practice.unknown == pytest.approx(1, abs=NEAR)
        assert min(practice.telemetry, practice.survey, practice.unknown) >= 0
        assert 0 <= practice.confidence <= 1
    for part in (*result.aspects.values(), result.overall):
        if part.level is not None:
            assert 0 <= part.level_lo <= part.level <= part.level_hi <= 3
            assert 0 <= part.index_lo <= part.index <= part.index_hi <= 100
            assert 0 <= part.confidence <= 1
    assert all(isfinite(figure) for figure in _figures(result).values() if figure is not None)


@law
@given(cases())
def test_p2_the_parts_add_up_to_what_is_known_and_to_the_lower_bound(case):
    for result in scored(case).practices.values():
        parts = (*result.signals, result.answers)
        assert fsum(part.mass for part in parts) == pytest.approx(1 - result.unknown, abs=NEAR)
        told = fsum(part.mass * part.value for part in parts if part.value is not None)
        assert told == pytest.approx(result.value_lo, abs=NEAR)
        for signal in result.signals:
            share = signal.coverage * signal.sample * signal.freshness
            assert (signal.mass > 0) == (share > 0) == (signal.value is not None)


@law
@given(cases())
def test_p3_the_overall_level_is_the_least_of_the_aspects(case):
    result = scored(case)
    told = [aspect for aspect in result.aspects.values() if aspect.level is not None]
    for name in ("level_lo", "level", "level_hi"):
        assert getattr(result.overall, name) == min((getattr(aspect, name) for aspect in told), default=None)


@law
@given(cases(), st.integers(0, 2**32))
def test_p4_the_order_of_the_input_is_irrelevant(case, seed):
    # Ties are made on purpose: a reading of the same signal and day, with other amounts.
    known = case.evidence
    tied = [replace(reading, seen=1, scope=2, opportunities=3) for reading in known.readings[:2]]
    attested = [replace(answer, attested=not answer.attested) for answer in known.answers[:2]]
    entries = {
        "answers": [*known.answers, *attested],
        "readings": [*known.readings, *tied],
        "waivers": list(known.waivers),
    }
    before = scored(case.having(**entries))
    for part in entries.values():
        Random(seed).shuffle(part)
    assert scored(case.having(**entries)) == before


@law
@given(cases(), st.integers(1, 3))
def test_p5_repeated_records_change_nothing(case, times):
    known = case.evidence
    repeated = case.having(
        answers=known.answers + known.answers[:2] * times,
        readings=known.readings * times + known.readings[1:],
        waivers=known.waivers * times,
    )
    assert scored(repeated) == scored(case)


@law
@given(cases())
def test_p6_records_of_the_future_change_nothing(case):
    known = case.evidence
    later = timedelta(days=1000)
    more = case.having(
        answers=(*known.answers, *(replace(answer, on=answer.on + later) for answer in known.answers)),
        readings=(*known.readings, *(replace(reading, on=reading.on + later) for reading in known.readings)),
        waivers=(*known.waivers, *(Waiver(practice=p.id, start=day_of(-1), until=day_of(-9), reason="later")
                                   for p in case.catalogue.practices)),
    )  # fmt: skip
    assert scored(case.of_the_past) == scored(case) == scored(more)


@law
@given(cases(), st.sampled_from([0.1, 0.7, 3.0, 1e-200, 1e200]), st.sampled_from([0.1, 1.0, 7.7, 1e-5]))
def test_p7_only_ratios_of_weights_matter(case, practices_by, aspects_by):
    catalogue = case.catalogue
    scaled = replace(
        catalogue,
        practices=tuple(replace(p, weight=p.weight * practices_by) for p in catalogue.practices),
        aspects=tuple(replace(aspect, weight=aspect.weight * aspects_by) for aspect in catalogue.aspects),
    )
    before, after = scored(case), score(scaled, case.evidence, TODAY)
    assert after.practices == before.practices
    assert _figures(after) == pytest.approx(_figures(before), abs=NEAR)
    for id, aspect in before.aspects.items():
        assert after.aspects[id].blocking == aspect.blocking
        assert after.aspects[id].confidence == pytest.approx(aspect.confidence, abs=NEAR)


@law
@given(cases(), st.data())
def test_p8_a_better_answer_lowers_nothing(case, data):
    # Two answers of one day compete, and a better one may make way for the other: outside of this law.
    answers = case.evidence.answers
    taken = Counter((answer.practice, answer.respondent, answer.on) for answer in answers)
    raisable = [
        index
        for index, answer in enumerate(answers)
        if answer.value in (0, 1, 2) and taken[answer.practice, answer.respondent, answer.on] == 1
    ]
    assume(raisable)
    index = data.draw(st.sampled_from(raisable))
    better = replace(answers[index], value=data.draw(st.integers(answers[index].value + 1, 3)))
    raised = case.having(answers=(*answers[:index], better, *answers[index + 1 :]))
    assert _lowered(scored(case), scored(raised)) == []


@law
@given(cases(), st.data())
def test_p8_a_better_reading_lowers_nothing(case, data):
    readings = case.evidence.readings
    taken = Counter((reading.signal, reading.on) for reading in readings)
    alone = [index for index, reading in enumerate(readings) if taken[reading.signal, reading.on] == 1]
    assume(alone)
    index = data.draw(st.sampled_from(alone))
    step = data.draw(st.sampled_from([0.25, 1.0, 5.0]))
    value = readings[index].value + (step if RISING[readings[index].signal] else -step)
    improved = case.having(readings=(*readings[:index], replace(readings[index], value=value), *readings[index + 1 :]))
    assert _lowered(scored(case), scored(improved)) == []


@law
@given(cases())
def test_p9_without_telemetry_the_catalogue_might_as_well_be_survey_only(case):
    silent = case.having(readings=())
    bare = replace(
        case.catalogue, practices=tuple(replace(practice, signals=()) for practice in case.catalogue.practices)
    )
    with_signals, without = scored(silent), score(bare, silent.evidence, TODAY)
    for id, result in with_signals.practices.items():
        other = without.practices[id]
        # Confidence is what is known of what could be: there it does matter that nobody looked.
        assert replace(result, confidence=0, signals=()) == replace(other, confidence=0, signals=())
        assert result.confidence <= other.confidence
    for id, aspect in with_signals.aspects.items():
        other = without.aspects[id]
        assert (aspect.index_lo, aspect.index, aspect.index_hi) == (other.index_lo, other.index, other.index_hi)
        assert aspect.level_hi == other.level_hi
        assert aspect.level is None or aspect.level <= other.level


@law
@given(catalogues())
def test_p10_no_evidence_is_nothing_proven_and_nothing_ruled_out(catalogue):
    result = score(catalogue, Evidence(), TODAY)
    for practice in result.practices.values():
        assert (practice.value_lo, practice.value, practice.value_hi) == (0, 0, 3)
        assert (practice.confidence, practice.unknown) == (0, 1)
    for part in (*result.aspects.values(), result.overall):
        assert (part.level_lo, part.level, part.level_hi) == (0, 0, 3)
        assert (part.index_lo, part.index, part.index_hi, part.confidence) == (0, 0, 100, 0)


@law
@given(cases(), st.data())
def test_p11_one_more_respondent_never_widens(case, data):
    practice = data.draw(st.sampled_from(case.catalogue.practices)).id
    joining = replace(data.draw(an_answer)[1], practice=practice, respondent="new")
    before = scored(case).practices
    after = scored(case.having(answers=(*case.evidence.answers, joining))).practices
    assert all(_width(after[id]) <= _width(before[id]) + NEAR for id in before)
    assert all(after[id].confidence >= before[id].confidence - NEAR for id in before)


@law
@given(cases(), st.integers(0, 3), st.sampled_from([0, 1, 100, 720]), st.booleans(), st.data())
def test_p11_an_agreeing_respondent_nests_strictly(case, value, age, attested, data):
    practice = data.draw(st.sampled_from(case.catalogue.practices)).id
    joining = Answer(practice=practice, respondent="new", value=value, on=day_of(age), attested=attested)
    others = [answer if answer.value is None else replace(answer, value=value) for answer in case.evidence.answers]
    before = scored(case.having(answers=others)).practices[practice]
    after = scored(case.having(answers=(*others, joining))).practices[practice]
    assert after.value_lo >= before.value_lo - NEAR
    assert after.value_hi <= before.value_hi + NEAR
    assert _width(after) < _width(before)


@law
@given(cases(), st.data())
def test_p12_more_coverage_never_widens(case, data):
    readings = case.evidence.readings
    assume(readings)
    index = data.draw(st.integers(0, len(readings) - 1))
    seen = readings[index].seen + data.draw(st.sampled_from([0.5, 1.0, 10.0]))
    wider = replace(readings[index], seen=seen)
    before = scored(case).practices
    after = scored(case.having(readings=(*readings[:index], wider, *readings[index + 1 :]))).practices
    assert all(_width(after[id]) <= _width(before[id]) + NEAR for id in before)
    assert all(after[id].confidence >= before[id].confidence - NEAR for id in before)


@law
@given(cases(), st.integers(0, 400), st.integers(1, 400))
def test_p13_ageing_alone_never_narrows_and_ends_at_nothing_known(case, first, second):
    past = case.of_the_past
    days = [TODAY, day_of(-first), day_of(-first - second), day_of(-721)]
    now, soon, later, end = (scored(past, day).practices for day in days)
    for id in now:
        widths = [_width(results[id]) for results in (now, soon, later)]
        assert widths[0] <= widths[1] + NEAR
        assert widths[1] <= widths[2] + NEAR
        assert now[id].confidence >= soon[id].confidence - NEAR >= later[id].confidence - 2 * NEAR
        assert (end[id].value_lo, end[id].value, end[id].value_hi, end[id].unknown) == (0, 0, 3, 1)
        assert all(signal.expired or not signal.mass for signal in end[id].signals)


@law
@given(cases(), st.data())
def test_p14_an_aspect_ignores_the_evidence_of_the_others(case, data):
    aspect = data.draw(st.sampled_from(case.catalogue.aspects)).id
    own = {practice.id for practice in case.catalogue.of_aspect(aspect)}
    heard = {use.id for practice in case.catalogue.of_aspect(aspect) for use in practice.signals}
    known = case.evidence
    alone = case.having(
        answers=(answer for answer in known.answers if answer.practice in own),
        readings=(reading for reading in known.readings if reading.signal in heard),
        waivers=(waiver for waiver in known.waivers if waiver.practice in own),
    )
    assert scored(alone).aspects[aspect] == scored(case).aspects[aspect]
