"""The user's own signals."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mlops_maturity.collectors.prometheus.collector import SIGNALS
from mlops_maturity.collectors.prometheus.days import last_second
from mlops_maturity.config.settings import Team

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ANYTHING = "count(last_over_time(up["
TEAMS = (
    Team(id="fraud", prometheus={"team": "fraud"}),
    Team(id="pricing", prometheus={"team": 'pri"cing'}),
    Team(id="none"),
)
SHADOW = {"id": "user.shadow_share", "promql": "avg(shadow{$team})", "unit": "share", "window_days": 30}


def on(values, now=NOW):
    """Samples as of the end of the days back to which values are given; 0 is today."""
    return {
        (now if back == 0 else last_second(now.date() - back * DAY)).timestamp(): value
        for back, value in values.items()
    }


@pytest.fixture
def server(fake):
    fake.series = {
        ANYTHING: [({}, on(dict.fromkeys(range(5), 1)))],
        'team="fraud"': [({}, on({0: 0.5, 1: 0.25, 2: "NaN", 3: 0.75}))],
        'team="pri\\"cing"': [({}, on({1: 1}))],
        "everything": [({}, on({1: 7}))],
        "many": [({"a": "1"}, on({1: 7})), ({"a": "2"}, on({1: 8}))],
    }
    return fake


def values(kept, signal="user.shadow_share"):
    return {
        (record.subject, record.on.isoformat()): record.value
        for record in kept.of("measurement")
        if record.signal == signal
    }


def test_gives_one_number_for_each_team_and_day(server, read):
    kept = read(stream=SIGNALS, teams=TEAMS, signals=[SHADOW], since=NOW - 4 * DAY)
    assert values(kept) == {
        ("fraud", "2026-11-20"): 0.75,
        ("fraud", "2026-11-22"): 0.25,
        ("fraud", "2026-11-23"): 0.5,
        ("pricing", "2026-11-22"): 1.0,
    }
    record = kept.records["measurement", "user.shadow_share/fraud/2026-11-22"]
    assert (record.on, record.attributes) == (date(2026, 11, 22), {"unit": "share"})


def test_an_expression_without_the_team_counts_for_every_team(server, read):
    kept = read(stream=SIGNALS, teams=TEAMS, signals=[{"id": "user.all", "promql": "everything"}])
    assert {subject for subject, _ in values(kept, "user.all")} == {"fraud", "pricing", "none"}


def test_the_only_team_needs_no_matchers(server, read):
    server.series = {ANYTHING: server.series[ANYTHING], '__maturity__=""': [({}, on({1: 3}))]}
    kept = read(stream=SIGNALS, teams=(Team(id="only"),), signals=[SHADOW])
    assert values(kept) == {("only", "2026-11-22"): 3.0}


def test_several_series_are_no_number_and_leave_the_other_signals_alone(server, read):
    signals = [{"id": "user.many", "promql": "many"}, SHADOW]
    kept = read(stream=SIGNALS, teams=TEAMS, signals=signals, since=NOW - 4 * DAY)
    assert values(kept, "user.many") == {}
    assert len(values(kept)) == 4
    assert not any(span.complete for span in kept.coverage)
    assert "user.many: gives 2 series for team fraud; make one number" in kept.coverage[0].reason


def test_a_wrong_expression_is_told_and_leaves_the_others_alone(server, read, scripted_server, told):
    def answer(asked):
        if "wrong(" in asked.query["query"][0]:
            return told({"status": "error", "errorType": "bad_data", "error": "unknown function"}, status=400)
        return server.answer(asked)

    scripted_server.answer = answer
    signals = [{"id": "user.wrong", "promql": "wrong(x)"}, SHADOW]
    kept = read(stream=SIGNALS, teams=TEAMS, signals=signals, since=NOW - 4 * DAY)
    assert len(values(kept)) == 4
    assert "bad_data: unknown function" in kept.coverage[0].reason
    assert sum("wrong(" in asked.query["query"][0] for asked in scripted_server.asked) == 1


def test_reading_again_changes_nothing_and_asks_for_two_days(server, read):
    kept = read(stream=SIGNALS, teams=TEAMS, signals=[SHADOW], since=NOW - 4 * DAY)
    assert read(kept, stream=SIGNALS, teams=TEAMS, signals=[SHADOW], since=NOW - 4 * DAY).changed == 0
    assert kept.cursor == {"through": "2026-11-22"}
