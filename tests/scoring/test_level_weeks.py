"""Every week in which a level moved is found, as scoring each of them by itself finds it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_cases import TODAY, Case, cases, catalogues

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.level_moves import Stand
from mlops_maturity.scoring.level_weeks import LONGEST, levels_of, weeks_moved
from mlops_maturity.scoring.score import score

CHANGED = TODAY - timedelta(days=40)


def stand(catalogue: Catalogue, evidence: Evidence, days_ago: int) -> Stand:
    day = TODAY - timedelta(days=days_ago)
    return Stand(catalogue=catalogue, evidence=evidence, assessment=score(catalogue, evidence, day))


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), catalogues(), st.sampled_from([0, 1, 6, 7, 8, 30, 130]))
def test_the_weeks_are_those_that_scoring_each_day_finds(case: Case, old: Catalogue, days: int) -> None:
    since = TODAY - timedelta(days=days)

    def in_force(day: object) -> Catalogue:
        return old if day < CHANGED else case.catalogue

    course = [since + timedelta(days=each) for each in range(days + 1)]
    asked = [day for day in course if day.isoweekday() == 7 or day in (since, TODAY)]
    by_day = {day: levels_of(score(in_force(day), case.evidence, day)) for day in asked}
    expected = [(one, two) for one, two in pairwise(asked) if by_day[one] != by_day[two]]
    first, last = stand(in_force(since), case.evidence, days), stand(case.catalogue, case.evidence, 0)
    found = weeks_moved(first, last, in_force)
    assert [(week.before.as_of, week.after.as_of) for week in found] == expected
    for week in found:
        for move in week.moves:
            assert move.aspect in week.scopes
            assert (levels_of(week.after)[move.aspect] > levels_of(week.before)[move.aspect]) == move.gained


def test_a_level_lost_and_gained_again_is_told_though_the_ends_are_alike(bench) -> None:
    catalogue = bench.catalogue(bench.watched("p"))
    rungs = {56: 1.0, 36: 0.5, 15: 1.0, 0: 1.0}
    known = Evidence(readings=tuple(bench.read(rung, "p.sig", days_ago=ago) for ago, rung in rungs.items()))
    weeks = weeks_moved(stand(catalogue, known, 56), stand(catalogue, known, 0), lambda day: catalogue)
    told = [(week.after.as_of, [(move.level, move.gained) for move in week.moves]) for week in weeks]
    assert told == [(TODAY - timedelta(days=36), [(1, False)]), (TODAY - timedelta(days=15), [(1, True)])]
    assert weeks[0].scopes == ("overall", "a")


def test_spans_of_any_length_are_looked_at_for_ten_years_at_most(bench) -> None:
    """From the first day there is to the last one: the ends are compared, and the weeks that evidence can tell of."""
    catalogue = bench.catalogue(bench.practice("p"))
    known = Evidence(answers=(bench.said(2),))
    first = Stand(catalogue=catalogue, evidence=known, assessment=score(catalogue, known, date.min))
    last = Stand(catalogue=catalogue, evidence=known, assessment=score(catalogue, known, date.max))
    asked: list[date] = []
    assert weeks_moved(first, last, lambda day: asked.append(day) or catalogue) == ()
    assert len(asked) in (LONGEST, LONGEST - 1)
    (week,) = weeks_moved(first, stand(catalogue, known, 0), lambda day: catalogue)
    assert (TODAY - week.before.as_of).days <= 7
