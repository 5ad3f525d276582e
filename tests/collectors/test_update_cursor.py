"""The cursor of lists in order of their last changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mlops_maturity.collectors.interface import ReadRequest
from mlops_maturity.collectors.update_cursor import UpdateCursor

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = timedelta(days=1)
SINCE = NOW - 200 * DAY


def opened(stored, now=NOW, backfill=False):
    return UpdateCursor.opened(ReadRequest(now=now, since=SINCE, cursor=stored, backfill=backfill), stored)


def finished(cursor, now):
    return [(span.start, span.end) for span in cursor.finish(now, source="s", stream="change", scope="r")]


def test_the_first_reading_begins_where_it_is_asked_to_and_the_next_where_it_ended():
    cursor = opened({})
    assert cursor.high_water == SINCE
    assert finished(cursor, NOW) == [(SINCE, NOW)]
    again = opened(cursor.as_json(), NOW + DAY)
    assert again.high_water == NOW
    assert finished(again, NOW + DAY) == [(NOW, NOW + DAY)]


def test_stopped_in_the_middle_it_goes_on_from_there_and_tells_the_whole_span_at_the_end():
    cursor = opened({})
    cursor.reach(NOW - 4 * DAY, NOW)
    again = opened(cursor.as_json())
    assert again.high_water == NOW - 4 * DAY
    assert finished(again, NOW) == [(SINCE, NOW)]


def test_what_is_younger_than_settled_is_read_again():
    cursor = opened({})
    cursor.reach(NOW, NOW - DAY)
    assert cursor.high_water == NOW - DAY


def test_nothing_new_is_nothing_known_anew():
    cursor = opened({})
    cursor.finish(NOW, source="s", stream="change", scope="r")
    assert finished(opened(cursor.as_json()), NOW) == []


def test_a_backfill_reads_all_anyway():
    cursor = opened({})
    cursor.finish(NOW, source="s", stream="change", scope="r")
    assert opened(cursor.as_json(), NOW + DAY, backfill=True).high_water == SINCE
