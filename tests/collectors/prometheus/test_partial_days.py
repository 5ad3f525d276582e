"""Days that a server answered in part: read again until it answers wholly or has forgotten them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.collectors.prometheus.collector import INCIDENTS, OBSERVATIONS, SIGNALS
from mlops_maturity.collectors.prometheus.days import Span, last_second, midnight
from mlops_maturity.collectors.prometheus.partial_days import DAYS_AT_ONCE, LONGEST_PAUSE, SPANS_AT_ONCE, PartialDays

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TODAY = NOW.date()
WARNED = ["store gateway 2 did not answer"]
SIGNAL = {"id": "user.x", "promql": "everything"}


def days(first, last):
    """From so many days ago to so many days ago."""
    return Span(TODAY - first * DAY, TODAY - last * DAY)


def spans(partial):
    return partial.as_json().get("partial", {}).get("spans", [])


def later(partial, now):
    return PartialDays.opened({"through": "x", **partial.as_json()}, now)


def go(partial, answers, before=TODAY):
    """The spans that are read again, where `answers` says of each whether it is answered wholly."""
    read = []
    for span in partial.again(before):
        read.append(span)
        partial.take(span, [] if answers(span) else WARNED)
    return read


def test_what_is_read_wholly_leaves_nothing():
    partial = PartialDays(NOW)
    partial.take(days(30, 1), [])
    assert partial.as_json() == {}
    assert go(partial, bool) == []


def test_what_follows_is_one_span_and_is_read_again_in_parts():
    partial = PartialDays(NOW)
    for first in range(100, 10, -10):
        partial.take(days(first, first - 9), WARNED)
    assert spans(partial) == [[str(TODAY - 100 * DAY), str(TODAY - 11 * DAY)]]
    read = go(partial, lambda span: True)
    assert read == [days(100, 71), days(70, 41), days(40, 11)]
    assert partial.as_json() == {}


def test_so_many_parts_are_read_in_one_run_and_the_rest_in_the_next():
    partial = PartialDays(NOW)
    partial.take(days(DAYS_AT_ONCE * 6, 1), WARNED)
    assert len(go(partial, lambda span: True)) == SPANS_AT_ONCE
    assert len(go(later(partial, NOW), lambda span: True)) == 2


def test_the_last_days_are_left_to_the_reading_that_reads_them_anyway():
    partial = PartialDays(NOW)
    partial.take(days(5, 1), WARNED)
    assert go(partial, lambda span: True, before=TODAY - 2 * DAY) == [days(5, 3)]
    assert spans(partial) == [[str(TODAY - 2 * DAY), str(TODAY - DAY)]]
    partial.take(days(2, 1), [])
    assert partial.as_json() == {}


def test_what_stays_partial_waits_longer_each_time_up_to_a_day_and_lets_others_have_their_turn():
    partial = PartialDays(NOW)
    partial.take(days(90, 80), WARNED)
    partial.take(days(40, 30), WARNED)
    asked, turns, now = [], [], NOW
    for hour in range(100):
        now = NOW + hour * HOUR
        partial = later(partial, now)
        read = go(partial, lambda span: False)
        asked += [hour] * len(read)
        turns += read
    assert asked[:6] == [0, 1, 3, 7, 15, 31]
    assert max(after - before for before, after in pairwise(asked)) * HOUR == LONGEST_PAUSE
    assert turns[:3] == [days(90, 80), days(40, 30), days(90, 80)]


def test_an_answer_ends_the_waiting():
    partial = PartialDays(NOW)
    partial.take(days(90, 80), WARNED)
    partial.take(days(40, 30), WARNED)
    go(partial, lambda span: False)
    partial = later(partial, NOW + HOUR)
    assert go(partial, lambda span: True) == [days(40, 30), days(90, 80)]
    assert partial.as_json() == {}


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 20), st.booleans()), max_size=12))
def test_the_days_kept_are_those_last_read_in_part(readings):
    partial, wanted = PartialDays(NOW), {}
    for first, length, warned in readings:
        span = days(first + length, first)
        partial.take(span, WARNED if warned else [])
        wanted |= dict.fromkeys(span, warned)
    kept = [day for first, last in spans(partial) for day in Span(date.fromisoformat(first), date.fromisoformat(last))]
    assert sorted(kept) == sorted(day for day, warned in wanted.items() if warned)
    assert spans(later(partial, NOW)) == spans(partial)


def ends(number, value=1):
    return {last_second(TODAY - back * DAY).timestamp(): value for back in range(1, number + 1)}


@pytest.fixture
def server(fake):
    """Forty days of one model, of a number, and of an alert from 24 to 22 and from 12 to 11 days ago."""
    alert = {"alertname": "ModelDriftHigh", "model": "fraud"}
    fake.series = {
        "count(last_over_time(up[": [({}, ends(40))],
        "count(last_over_time(ALERTS_FOR_STATE{": [({}, ends(40))],
        "ALERTS_FOR_STATE{": [(alert, {**during(24, 22), **during(12, 11)})],
        "ALERTS{": [({**alert, "alertstate": "firing"}, dict.fromkeys({**during(24, 22), **during(12, 11)}, 1))],
        "model_requests_total": [({"model": "fraud"}, ends(40))],
        "everything": [({}, ends(40, 7))],
    }
    return fake


def during(first, last):
    """Samples of an alert, every five minutes, of when it began."""
    begun = (NOW - first * DAY).timestamp()
    return {begun + step: begun for step in range(0, (first - last) * 86_400, 300)}


def silent(first, last):
    return midnight(TODAY - first * DAY).timestamp(), midnight(TODAY - last * DAY).timestamp()


STREAMS = pytest.mark.parametrize("stream", [OBSERVATIONS, SIGNALS, INCIDENTS], ids=lambda stream: stream.name)


def whole(kept):
    """By day, whether it is known, by what was said last."""
    found = {}
    for span in kept.coverage:
        day = span.start.date()
        while midnight(day) < span.end:
            found[day] = span.complete
            day += DAY
    return found


@STREAMS
def test_days_answered_in_part_are_made_good_once_the_server_answers_wholly(server, read, stream):
    options = {"stream": stream, "since": NOW - 39 * DAY, "signals": [SIGNAL]}
    undisturbed = read(**options)
    assert all(whole(undisturbed).values())
    server.silent = silent(26, 8)
    kept = read(**options)
    assert kept.records != undisturbed.records
    assert not all(whole(kept).values())
    read(kept, now=NOW + HOUR, **options)
    assert kept.records != undisturbed.records
    server.silent = None
    read(kept, now=NOW + 3 * DAY, **options)
    own = {key for key in undisturbed.records if str(TODAY) not in key[1]}
    assert {key: kept.records.get(key) for key in own} == {key: undisturbed.records[key] for key in own}
    assert all(known for day, known in whole(kept).items() if day < TODAY)
    assert "partial" not in kept.cursor
    if stream is INCIDENTS:
        assert len(kept.of("incident")) == 2


@STREAMS
def test_what_the_server_has_forgotten_meanwhile_is_not_asked_for_again(server, read, stream):
    options = {"stream": stream, "since": NOW - 39 * DAY, "signals": [SIGNAL]}
    server.silent = silent(26, 8)
    kept = read(**options)
    server.silent = None
    server.series["count(last_over_time(up["] = [({}, ends(5))]
    read(kept, now=NOW + 3 * DAY, **options)
    assert "partial" not in kept.cursor
    assert not any(known for day, known in whole(kept).items() if TODAY - 26 * DAY <= day < TODAY - 9 * DAY)


@STREAMS
def test_a_server_that_always_warns_is_asked_for_old_days_ever_more_seldom(server, read, stream):
    options = {"stream": stream, "since": NOW - 39 * DAY, "signals": [SIGNAL]}
    kept, asked = read(**options), []
    server.warnings = WARNED
    kept = read(**options)
    for hour in range(1, 25):
        server.queries.clear()
        read(kept, now=NOW + hour * HOUR, **options)
        asked.append(sum("last_over_time(up[" in query for query in server.queries))
    assert [hour for hour, times in enumerate(asked, 1) if times > 1] == [1, 2, 4, 8, 16]


@STREAMS
def test_old_days_that_the_server_fails_at_leave_today_alone(server, read, scripted_server, told, stream):
    options = {"stream": stream, "since": NOW - 39 * DAY, "signals": [SIGNAL]}
    server.silent = silent(26, 20)
    kept = read(**options)
    whole_answer, old = scripted_server.answer, midnight(TODAY - 9 * DAY).timestamp()

    def fails(asked):
        at = asked.query.get("end", asked.query.get("time", ["9e99"]))[0]
        return told(status=500) if float(at) < old else whole_answer(asked)

    scripted_server.answer, server.silent = fails, None
    read(kept, now=NOW + 3 * DAY, **options)
    assert kept.cursor["through"] == str(TODAY + 2 * DAY)
    assert kept.cursor["partial"]["tries"] == 1
    assert whole(kept)[TODAY + 2 * DAY] is False, "read, and without a sample"


def test_victoria_metrics_says_in_words_of_its_own_that_an_answer_is_partial(server, read, scripted_server):
    whole_answer = scripted_server.answer

    def partly(asked):
        answer = whole_answer(asked)
        return replace(answer, body={**json.loads(answer.content), "isPartial": True})

    scripted_server.answer = partly
    kept = read(since=NOW - 3 * DAY)
    assert {span.reason for span in kept.coverage} == {"partial answer: some of its storage did not answer (isPartial)"}
    assert kept.cursor["partial"]
