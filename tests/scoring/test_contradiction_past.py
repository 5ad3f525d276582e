"""Since when answers and telemetry contradict each other, and what ended that."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_maturity.config.catalogue import Parameters
from mlops_maturity.scoring.contradiction_past import PracticePast, episode_on, last_episode
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading
from mlops_maturity.scoring.score import score

TODAY = date(2026, 11, 23)  # a Monday
LONG_AGO = TODAY - timedelta(weeks=260)
DAY = timedelta(days=1)


@pytest.fixture
def practice(bench):
    return bench.practice(signals=(bench.signal(share=0.5),))


@pytest.fixture
def past(practice):
    def make(*evidence: Answer | Reading) -> PracticePast:
        answers = tuple(each for each in evidence if isinstance(each, Answer))
        readings = tuple(each for each in evidence if isinstance(each, Reading))
        return PracticePast(practice, Evidence(answers=answers, readings=readings), Parameters())

    return make


def _weekly(bench, value, first, last=0):
    """A reading each week, from `first` weeks ago to `last` weeks ago, on Sundays."""
    return [bench.read(value, days_ago=7 * week + 1) for week in range(last, first + 1)]


def test_it_stands_since_the_day_of_the_answer_that_claims_too_much(bench, past):
    found = episode_on(past(bench.said(3, days_ago=40), *_weekly(bench, 0, 20)), TODAY, earliest=LONG_AGO)
    assert found is not None
    assert (found.kind, found.gap, found.last) == ("overclaim", pytest.approx(3), TODAY)
    assert found.first == TODAY - timedelta(days=40)


def test_it_stands_since_systems_first_showed_something_else(bench, past):
    evidence = [bench.said(0, days_ago=200), *_weekly(bench, 3, 9), *_weekly(bench, 0, 30, 10)]
    found = episode_on(past(*evidence), TODAY, earliest=LONG_AGO)
    assert found is not None
    assert (found.kind, found.first) == ("underclaim", TODAY - timedelta(days=7 * 9 + 1))


def test_one_in_the_other_direction_is_another_one(bench, past):
    evidence = [
        bench.said(3, days_ago=200),
        *_weekly(bench, 0, 20),
        bench.said(0, days_ago=10),
        bench.read(3, days_ago=0),
    ]
    found = episode_on(past(*evidence), TODAY, earliest=LONG_AGO)
    assert found is not None
    assert (found.kind, found.first) == ("underclaim", TODAY)


def test_it_is_followed_no_further_back_than_asked(bench, past):
    earliest = TODAY - timedelta(days=17)
    found = episode_on(past(bench.said(3, days_ago=100), *_weekly(bench, 0, 20)), TODAY, earliest=earliest)
    assert found is not None
    assert found.first == earliest


def test_there_is_no_episode_where_nothing_contradicts_itself(bench, past):
    assert episode_on(past(bench.said(3), bench.read(3)), TODAY, earliest=LONG_AGO) is None
    assert episode_on(past(bench.said(3)), TODAY, earliest=LONG_AGO) is None
    assert last_episode(past(bench.said(3), bench.read(3)), TODAY, earliest=LONG_AGO) is None


@pytest.mark.parametrize(
    ("news", "cause"),
    [
        (lambda bench: bench.said(0, days_ago=10), "answer"),
        (lambda bench: bench.said(None, days_ago=10), "answer"),
        (lambda bench: bench.read(3, days_ago=10), "reading"),
    ],
)
def test_what_ended_one_is_told_with_its_last_day(bench, past, news, cause):
    before = [bench.said(3, days_ago=100), *_weekly(bench, 0, 20, 2)]
    found_past = past(*before, news(bench))
    assert found_past.contradiction(TODAY) is None
    found = last_episode(found_past, TODAY, earliest=LONG_AGO)
    assert found is not None
    assert found.last == TODAY - timedelta(days=11)
    assert found_past.ended_by(found.last + DAY) == cause


def test_one_whose_evidence_faded_was_ended_by_nobody(bench, past):
    dark = past(bench.said(3, days_ago=300), *_weekly(bench, 0, 40, 20))
    found = last_episode(dark, TODAY, earliest=LONG_AGO)
    assert found is not None
    assert dark.ended_by(found.last + DAY) == "ageing"


def test_a_reading_that_says_the_same_again_ends_nothing(bench, past):
    """The answer fades below what counts on a day on which a reading comes in as well."""
    faded = bench.said(3, days_ago=720 + 40)
    daily = [bench.read(0, days_ago=days) for days in range(800)]
    dark = past(faded, *daily)
    found = last_episode(dark, TODAY, earliest=LONG_AGO)
    assert found is not None
    assert dark.ended_by(found.last + DAY) == "ageing"


_DAYS = st.integers(0, 400)
_ANSWERS = st.lists(st.tuples(st.sampled_from("ab"), st.none() | st.integers(0, 3), _DAYS), max_size=6)
_READINGS = st.lists(st.tuples(st.sampled_from([0.0, 1.0, 2.9]), st.sampled_from([0.0, 1.0]), _DAYS), max_size=12)


@given(answers=_ANSWERS, readings=_READINGS, days_ago=_DAYS)
@settings(max_examples=300, deadline=None)
def test_it_is_the_contradiction_that_the_score_names_on_each_day(bench, answers, readings, days_ago):
    practice = bench.practice(signals=(bench.signal(share=0.5),))
    evidence = Evidence(
        answers=tuple(bench.said(value, by=by, days_ago=ago) for by, value, ago in answers),
        readings=tuple(bench.read(value, scope=scope, days_ago=ago) for value, scope, ago in readings),
    )
    past, day = PracticePast(practice, evidence, Parameters()), TODAY - timedelta(days=days_ago)

    def scored(on: date):
        return score(bench.catalogue(practice), evidence, on).practices["p"].contradiction

    assert past.contradiction(day) == scored(day)
    found = episode_on(past, day, earliest=LONG_AGO)
    if found is not None:
        assert scored(found.first) is not None
        before = scored(found.first - DAY)
        assert before is None or before.kind != found.kind
        sundays = (found.first + timedelta(days=n) for n in range((day - found.first).days))
        assert all(scored(sunday) is not None for sunday in sundays if sunday.isoweekday() == 7)


def test_one_that_came_and_went_between_two_sundays_is_seen(bench, past):
    wednesday, friday = 12, 10  # days before a Monday, within one week
    came_and_went = past(
        *_weekly(bench, 0, 20), bench.said(3, days_ago=wednesday), bench.said(0, days_ago=friday)
    )  # fmt: skip
    found = last_episode(came_and_went, TODAY, earliest=LONG_AGO)
    assert found is not None
    assert (found.first, found.last) == (TODAY - wednesday * DAY, TODAY - (friday + 1) * DAY)
    assert came_and_went.ended_by(found.last + DAY) == "answer"
    assert last_episode(came_and_went, TODAY, earliest=TODAY - friday * DAY) is None
