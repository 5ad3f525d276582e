"""Days and weeks are cut where the people live, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.evidence.signals.weeks import (
    Days,
    blocks_back,
    full_weeks,
    local_day,
    merged,
    midnight,
    span,
    within,
    without,
)

VIENNA = ZoneInfo("Europe/Vienna")


def days(first: date, last: date) -> Days:
    return Days(first.toordinal(), last.toordinal())


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)],
)
def test_a_local_day_is_as_long_as_the_clocks_make_it(day: date, hours: int) -> None:
    start, end = span(day, day, VIENNA)
    assert end - start == timedelta(hours=hours)


def test_a_day_begins_at_local_midnight() -> None:
    assert midnight(date(2026, 11, 23), VIENNA) == datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert local_day(datetime(2026, 11, 22, 23, tzinfo=UTC), VIENNA) == date(2026, 11, 23)
    assert local_day(datetime(2026, 11, 22, 22, 59, tzinfo=UTC), VIENNA) == date(2026, 11, 22)


def test_weeks_cut_by_an_end_are_left_out() -> None:
    # Tuesday to the Saturday of the third week: one whole week between.
    weeks = list(full_weeks(days(date(2026, 11, 3), date(2026, 11, 21))))
    assert weeks == [days(date(2026, 11, 9), date(2026, 11, 15))]


def test_a_window_of_ninety_days_up_to_a_sunday_holds_twelve_weeks() -> None:
    weeks = list(full_weeks(days(date(2026, 8, 25), date(2026, 11, 22))))
    assert len(weeks) == 12
    assert date.fromordinal(weeks[-1].last) == date(2026, 11, 22)


def test_fewer_than_seven_days_hold_no_week() -> None:
    assert not list(full_weeks(days(date(2026, 11, 16), date(2026, 11, 21))))


def test_blocks_are_counted_back_from_the_last_day() -> None:
    blocks = list(blocks_back(Days(1, 60), 28))
    assert blocks == [Days(33, 60), Days(5, 32)]


def test_one_day_is_a_part_too() -> None:
    assert within((Days(1, 5), Days(9, 12)), Days(5, 9)) == (Days(5, 5), Days(9, 9))
    assert within((Days(1, 4),), Days(5, 9)) == ()


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 20))),
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9))),
)
def test_spans_without_holes_hold_each_day_that_is_in_a_span_and_in_no_hole(
    spans: list[tuple[int, int]], holes: list[tuple[int, int]]
) -> None:
    parts = merged([Days(first, first + length) for first, length in spans])
    gaps = merged([Days(first, first + length) for first, length in holes])
    left = without(parts, gaps)
    wanted = {day for part in parts for day in range(part.first, part.last + 1)}
    wanted -= {day for gap in gaps for day in range(gap.first, gap.last + 1)}
    assert {day for part in left for day in range(part.first, part.last + 1)} == wanted
    assert list(left) == sorted(left)
