"""The laws of the score, on random catalogues and evidence.

Evidence is drawn to be awkward: same-day ties, future and expired records, readings that saw nothing, signals
that several practices share, waivers, kinds of model. Each entry is one draw from a table, to keep it cheap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from math import fsum, isfinite
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mlops_maturity.config.catalogue import Aspect, Catalogue, Practice, SignalUse
from mlops_maturity.scoring.assessment import Assessment, PracticeResult
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading, Waiver
from mlops_maturity.scoring.score import score

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 23)
NEAR = 1e-9

law = settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],  # the machine may be busy
)


@dataclass(frozen=True)
class Case:
    catalogue: Catalogue
    evidence: Evidence

    def score(self, as_of: date = TODAY) -> Assessment:
        return score(self.catalogue, self.evidence, as_of)

    def having(self, **entries: Iterable[Answer | Reading | Waiver]) -> Case:
        return replace(self, evidence=replace(self.evidence, **{name: tuple(part) for name, part in entries.items()}))

    @property
    def of_the_past(self) -> Case:
        known = self.evidence
        return self.having(
            answers=(answer for answer in known.answers if answer.on <= TODAY),
            readings=(reading for reading in known.readings if reading.on <= TODAY),
            waivers=(waiver for waiver in known.waivers if waiver.start <= TODAY),
        )


RISING = {"s0": True, "s1": True, "s2": False, "s3": False}
"""Signal to whether more of it is better."""


def _use(signal: str, share: float, half_life: float) -> SignalUse:
    anchors = ((0.0, 0.0), (1.0, 0.5), (4.0, 3.0)) if RISING[signal] else ((0.0, 3.0), (3.0, 1.0), (4.0, 0.0))
    return SignalUse(id=signal, share=share, half_life_days=half_life, anchors=anchors, source="judgement")


USES = [
    (),
    (_use("s0", 0.75, 30),),
    (_use("s1", 1.0, 7),),
    (_use("s2", 0.4, 30), _use("s0", 0.6, 30)),
    (_use("s1", 0.3, 7), _use("s2", 0.3, 30), _use("s3", 0.2, 90)),
    (_use("s3", 0.8, 90),),
]
REQUIRED = [(1, 2, 3), (1, 1, 2), (1, 1, 1), (0, 1, 2), (0, 0, 1), (0, 2, 3)]
AGES = [0, 0, 0, 1, 5, 28, 29, 100, 120, 121, 180, 361, 720, 721, -1, -40]
SPANS = [(-9, 9), (0, 0), (-9, -1), (1, 9)]
LAYOUTS = [(1,), (2,), (3,), (1, 2), (3, 1), (2, 2, 1)]
"""How many practices each aspect has."""
MOST = max(sum(layout) for layout in LAYOUTS)
KINDS = [None, None, frozenset({"classical"}), frozenset({"genai", "agent"})]


def _day(age: int) -> date:
    return TODAY - timedelta(days=age)


def _practice(
    weight: float,
    key_from: int | None,
    applies_to: tuple[str, ...] | None,
    required: tuple[int, int, int],
    signals: tuple[SignalUse, ...],
) -> Practice:
    return Practice(
        id="",
        aspect="",
        title="",
        question="",
        answers=("", "", "", ""),
        why="",
        weight=weight,
        required=required,
        effort_days={},
        key_from=key_from if key_from and required[key_from - 1] else None,
        applies_to=applies_to,
        signals=signals,
    )


# One draw an entry: drawing every field by itself takes several times as long as scoring.
a_practice = st.sampled_from(
    [
        _practice(*fields)
        for fields in product(
            [1.0, 0.5, 3.0, 4.0], [None, 1, 2, 3], [None, None, ("genai",), ("classical", "agent")], REQUIRED, USES
        )
    ]
)
an_answer = st.sampled_from(
    [
        (place, Answer(practice="", respondent=who, value=value, on=_day(age), attested=attested))
        for place, who, value, age, attested in product(range(MOST), "abc", [None, 0, 1, 2, 3], AGES, [False, True])
    ]
)
a_reading = st.sampled_from(
    [
        Reading(signal=signal, value=value, seen=seen, scope=scope, opportunities=times, on=_day(age))
        for signal, value, (seen, scope), times, age in product(
            RISING, [0.0, 0.5, 1.0, 2.0, 4.5], [(1, 1), (3, 10), (20, 18), (0, 4), (0, 0)], [0, 1, 8, 50], AGES
        )
    ]
)
a_waiver = st.sampled_from(
    [
        (place, Waiver(practice="", start=_day(-start), until=_day(-until), reason="random"))
        for place, (start, until) in product(range(MOST), SPANS)
    ]
)
some_answers = st.lists(an_answer, max_size=8)
some_readings = st.lists(a_reading, max_size=6)
some_waivers = st.lists(a_waiver, max_size=2)
any_layout = st.sampled_from(LAYOUTS)
any_weights = st.sampled_from(list(product([1.0, 0.3, 5.0], repeat=3)))
any_kinds = st.sampled_from(KINDS)


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """One to three aspects; the first practice of each is required at every level."""
    layout = draw(any_layout)
    places = [(aspect, number) for aspect, count in enumerate(layout) for number in range(count)]
    practices = [replace(draw(a_practice), id=f"a{aspect}.p{number}", aspect=f"a{aspect}") for aspect, number in places]
    return Catalogue(
        id="random",
        version="1",
        levels=(),
        aspects=tuple(
            Aspect(id=f"a{number}", name="", weight=weight, intent="")
            for number, weight in zip(range(len(layout)), draw(any_weights), strict=False)
        ),
        practices=tuple(
            replace(practice, required=(1, 2, 3)) if number == 0 else practice
            for practice, (_, number) in zip(practices, places, strict=True)
        ),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    catalogue = draw(catalogues())
    names = [practice.id for practice in catalogue.practices]
    evidence = Evidence(
        kinds=draw(any_kinds),
        answers=tuple(replace(answer, practice=names[place % len(names)]) for place, answer in draw(some_answers)),
        readings=tuple(draw(some_readings)),
        waivers=tuple(replace(waiver, practice=names[place % len(names)]) for place, waiver in draw(some_waivers)),
    )
    return Case(catalogue, evidence)


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
    result = case.score()
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
    for result in case.score().practices.values():
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
    result = case.score()
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
    before = case.having(**entries).score()
    for part in entries.values():
        Random(seed).shuffle(part)
    assert case.having(**entries).score() == before


@law
@given(cases(), st.integers(1, 3))
def test_p5_repeated_records_change_nothing(case, times):
    known = case.evidence
    repeated = case.having(
        answers=known.answers + known.answers[:2] * times,
        readings=known.readings * times + known.readings[1:],
        waivers=known.waivers * times,
    )
    assert repeated.score() == case.score()


@law
@given(cases())
def test_p6_records_of_the_future_change_nothing(case):
    known = case.evidence
    later = timedelta(days=1000)
    more = case.having(
        answers=(*known.answers, *(replace(answer, on=answer.on + later) for answer in known.answers)),
        readings=(*known.readings, *(replace(reading, on=reading.on + later) for reading in known.readings)),
        waivers=(*known.waivers, *(Waiver(practice=p.id, start=_day(-1), until=_day(-9), reason="later")
                                   for p in case.catalogue.practices)),
    )  # fmt: skip
    assert case.of_the_past.score() == case.score() == more.score()


@law
@given(cases(), st.sampled_from([0.1, 0.7, 3.0, 1e-200, 1e200]), st.sampled_from([0.1, 1.0, 7.7, 1e-5]))
def test_p7_only_ratios_of_weights_matter(case, practices_by, aspects_by):
    catalogue = case.catalogue
    scaled = replace(
        catalogue,
        practices=tuple(replace(p, weight=p.weight * practices_by) for p in catalogue.practices),
        aspects=tuple(replace(aspect, weight=aspect.weight * aspects_by) for aspect in catalogue.aspects),
    )
    before, after = case.score(), score(scaled, case.evidence, TODAY)
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
    assert _lowered(case.score(), raised.score()) == []


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
    assert _lowered(case.score(), improved.score()) == []


@law
@given(cases())
def test_p9_without_telemetry_the_catalogue_might_as_well_be_survey_only(case):
    silent = case.having(readings=())
    bare = replace(
        case.catalogue, practices=tuple(replace(practice, signals=()) for practice in case.catalogue.practices)
    )
    with_signals, without = silent.score(), score(bare, silent.evidence, TODAY)
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
    before = case.score().practices
    after = case.having(answers=(*case.evidence.answers, joining)).score().practices
    assert all(_width(after[id]) <= _width(before[id]) + NEAR for id in before)
    assert all(after[id].confidence >= before[id].confidence - NEAR for id in before)


@law
@given(cases(), st.integers(0, 3), st.sampled_from([0, 1, 100, 720]), st.booleans(), st.data())
def test_p11_an_agreeing_respondent_nests_strictly(case, value, age, attested, data):
    practice = data.draw(st.sampled_from(case.catalogue.practices)).id
    joining = Answer(practice=practice, respondent="new", value=value, on=_day(age), attested=attested)
    others = [answer if answer.value is None else replace(answer, value=value) for answer in case.evidence.answers]
    before = case.having(answers=others).score().practices[practice]
    after = case.having(answers=(*others, joining)).score().practices[practice]
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
    before = case.score().practices
    after = case.having(readings=(*readings[:index], wider, *readings[index + 1 :])).score().practices
    assert all(_width(after[id]) <= _width(before[id]) + NEAR for id in before)
    assert all(after[id].confidence >= before[id].confidence - NEAR for id in before)


@law
@given(cases(), st.integers(0, 400), st.integers(1, 400))
def test_p13_ageing_alone_never_narrows_and_ends_at_nothing_known(case, first, second):
    past = case.of_the_past
    days = [TODAY, _day(-first), _day(-first - second), _day(-721)]
    now, soon, later, end = (past.score(day).practices for day in days)
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
    assert alone.score().aspects[aspect] == case.score().aspects[aspect]
