"""Spans that were listed whole: kept, found again by the parts they were halved into, forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_maturity.collectors.github.memory import SECOND, Memory, Remembered, monday_of, weeks

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = (MONDAY, MONDAY + timedelta(days=7) - SECOND)
SEEN = Remembered(etags=('W/"a"',), attempts={"7": 1})


def test_a_span_comes_back_from_the_cursor():
    memory = Memory("r")
    memory.put(WEEK, SEEN)
    again = Memory.opened(memory.as_json(), "r")
    assert again.of(WEEK) == SEEN
    assert again.of((WEEK[0], WEEK[1] - SECOND)) is None


def test_what_was_read_by_other_rules_is_not_remembered():
    memory = Memory("r")
    memory.put(WEEK, SEEN)
    assert Memory.opened(memory.as_json(), "other").of(WEEK) is None
    assert Memory.opened({}, "r").of(WEEK) is None


@settings(
    suppress_health_check=[HealthCheck.too_slow]
)  # a few integers: only a machine short of time is slow with them
@given(st.sets(st.integers(1, 604_799), max_size=8))
def test_a_halved_span_is_found_by_its_parts(cuts):
    borders = [0, *sorted(cuts), 604_800]
    parts = [(MONDAY + a * SECOND, MONDAY + (b - 1) * SECOND) for a, b in pairwise(borders)]
    memory = Memory("r")
    for part in parts:
        memory.put(part, SEEN)
    assert memory.parts(WEEK) == parts
    if len(parts) > 1:
        memory.drop(parts[-1])
        assert memory.parts(WEEK) == [WEEK]


def test_what_is_over_is_forgotten():
    memory = Memory("r")
    memory.put(WEEK, SEEN)
    memory.keep_from(WEEK[1])
    assert memory.of(WEEK)
    memory.keep_from(WEEK[1] + SECOND)
    assert memory.of(WEEK) is None


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10 * 366 * 86_400), st.integers(0, 40 * 86_400))
def test_weeks_hold_both_ends_and_leave_no_hole(since, seconds):
    start = datetime(2020, 1, 1, tzinfo=UTC) + since * SECOND
    end = start + seconds * SECOND
    spans = list(weeks(start, end))
    assert spans[0][0] == monday_of(start) <= start
    assert spans[-1][0] <= end <= spans[-1][1]
    assert all(after[0] == before[1] + SECOND for before, after in pairwise(spans))
    assert all(span[0].weekday() == 0 for span in spans)
