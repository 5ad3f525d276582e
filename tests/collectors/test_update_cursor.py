"""The cursor of lists in order of their last changes: rows of which a detail was refused are read again another day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mlops_maturity.collectors.interface import ReadRequest
from mlops_maturity.collectors.update_cursor import AGAIN, UpdateCursor

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SINCE = NOW - 200 * DAY


def opened(stored, now=NOW, backfill=False):
    return UpdateCursor.opened(ReadRequest(now=now, since=SINCE, cursor=stored, backfill=backfill), stored)


def read(stored, *refused, now=NOW):
    """What is stored after a whole reading in which details of rows changed at these instants were refused."""
    cursor = opened(stored, now)
    for moment in refused:
        cursor.refuse(moment)
    cursor.finish(now, source="s", stream="change", scope="r")
    return cursor.as_json()


def test_without_a_refusal_reading_goes_on_where_it_ended():
    stored = read({})
    assert set(stored) == {"high_water", "known_from"}
    cursor = opened(stored, NOW + DAY)
    assert (cursor.high_water, cursor.goes_back) == (NOW, False)


def test_the_oldest_refused_row_is_gone_back_to_on_another_day_and_not_on_the_same():
    stored = read({}, NOW - 3 * DAY, NOW - 5 * DAY, NOW - DAY)
    assert opened(stored, NOW + HOUR).high_water == NOW
    assert not opened(stored, NOW + HOUR).goes_back
    later = opened(stored, NOW + DAY)
    assert (later.high_water, later.known_from, later.goes_back) == (NOW - 5 * DAY, NOW, True)


def test_a_refusal_is_remembered_over_further_readings_of_the_day():
    stored = read(read({}, NOW - 5 * DAY), now=NOW + HOUR)
    assert opened(stored, NOW + DAY).high_water == NOW - 5 * DAY


def test_what_is_known_is_told_once_and_of_what_is_read_again_no_more():
    cursor = opened(read({}, NOW - 5 * DAY), NOW + DAY)
    (span,) = cursor.finish(NOW + DAY, source="s", stream="change", scope="r")
    assert (span.start, span.end) == (NOW, NOW + DAY)
    assert "refused_from" not in cursor.as_json()


def test_stopped_while_going_back_it_goes_on_from_there():
    cursor = opened(read({}, NOW - 5 * DAY), NOW + DAY)
    cursor.reach(NOW - 4 * DAY, NOW + DAY)
    again = opened(cursor.as_json(), NOW + DAY + HOUR)
    assert (again.high_water, again.known_from) == (NOW - 4 * DAY, NOW)


def test_nobody_goes_back_further_than_the_rolling_window():
    assert "refused_from" not in read({}, NOW - AGAIN - DAY)
    stored = read({}, NOW - AGAIN + DAY)
    assert opened(stored, NOW + 10 * DAY).high_water == NOW + 10 * DAY - AGAIN


def test_a_backfill_reads_all_anyway():
    assert opened(read({}, NOW - DAY), NOW + DAY, backfill=True).high_water == SINCE
