"""Traces are counted by day and experiment, each once, and nothing of their contents is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mlops_maturity.collectors.interface import BadAnswer
from mlops_maturity.collectors.mlflow.collector import TRACES

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MS = timedelta(milliseconds=1)


@pytest.fixture
def look(read):
    def go(kept=None, now=NOW, since=NOW - 10 * DAY, **settings):
        return read(kept, stream=TRACES, now=now, since=since, **settings)

    return go


def counted(kept, day, experiment="1"):
    return kept.records["observation", f"trace_day/{experiment}/{day}"]


def test_counts_by_day_and_experiment(fake, look, make_trace):
    fake.experiments.append(
        {"experiment_id": "2", "name": "chat/prod", "creation_time": 1, "lifecycle_stage": "active"}
    )
    fake.traces = [
        make_trace(1, NOW - DAY, "HUMAN", "LLM_JUDGE"),
        make_trace(2, NOW - DAY, "CODE"),
        make_trace(3, NOW - DAY),
        make_trace(4, NOW - DAY, "HUMAN", valid=False),
        make_trace(5, NOW - HOUR, experiment="2"),
    ]
    kept = look()
    record = counted(kept, "2026-11-22")
    assert (record.subject, record.value, record.observed_at) == ("fraud/train", 4, datetime(2026, 11, 22, tzinfo=UTC))
    assert record.attributes == {"experiment": "fraud/train", "assessed": 2, "by_people": 1}
    assert counted(kept, "2026-11-23", "2").value == 1
    remarks = {r.observed_at.date().isoformat(): (r.state, r.value) for r in kept.records.values() if r.subject == "*"}
    assert len(remarks) == 11
    assert (remarks["2026-11-22"], remarks["2026-11-21"]) == (("yes", 4), ("no", 0))
    assert "secret" not in str(kept.records)
    assert "ann" not in str(kept.records)


def test_each_trace_once_across_pages_also_within_one_millisecond(fake, look, make_trace):
    fake.traces = [make_trace(number, NOW - DAY + MS * (number // 3)) for number in range(1700)]
    fake.traces += [make_trace(number, NOW - 2 * DAY) for number in range(2000, 3300)]
    kept = look()
    assert (counted(kept, "2026-11-22").value, counted(kept, "2026-11-21").value) == (1700, 1300)


def test_a_day_with_too_many_is_counted_in_part_and_the_others_are_whole(fake, look, make_trace):
    fake.traces = [make_trace(number, NOW - 2 * DAY + MS * number) for number in range(1800)]
    fake.traces += [make_trace(9000, NOW - DAY)]
    kept = look(traces_per_day=600)
    assert (counted(kept, "2026-11-21").value, counted(kept, "2026-11-21").attributes["capped"]) == (600, True)
    assert kept.records["observation", "trace_day/*/2026-11-21"].state == "unknown"
    assert counted(kept, "2026-11-22").value == 1
    assert "capped" not in counted(kept, "2026-11-22").attributes
    assert fake.trace_requests <= 6


def test_again_the_same_day_asks_only_for_today_and_changes_nothing(fake, look, make_trace):
    fake.traces = [make_trace(1, NOW - 3 * DAY), make_trace(2, NOW - HOUR)]
    kept = look(since=NOW - 100 * DAY)
    asked = fake.trace_requests
    look(kept, now=NOW + MS, since=NOW - 100 * DAY)
    assert (kept.changed, fake.trace_requests - asked) == (0, 1)


def test_an_assessment_that_comes_days_later_is_found_the_next_day(fake, look, make_trace):
    fake.traces = [make_trace(1, NOW - 3 * DAY)]
    kept = look()
    fake.traces = [make_trace(1, NOW - 3 * DAY, "HUMAN")]
    look(kept, now=NOW + HOUR)
    assert counted(kept, "2026-11-20").attributes["assessed"] == 0
    look(kept, now=NOW + DAY)
    assert counted(kept, "2026-11-20").attributes["assessed"] == 1


def test_a_reading_cut_off_goes_on_where_it_was(fake, read, look, make_trace):
    fake.traces = [make_trace(number, NOW - DAY * number) for number in range(1, 60)]
    kept = read(stream=TRACES, since=NOW - 60 * DAY, stop_after=2)
    look(kept, since=NOW - 60 * DAY)
    assert sum(r.value for r in kept.records.values() if r.subject != "*") == 59
    assert kept.pages < 9


def test_a_longer_past_asked_for_later_is_read(fake, look, make_trace):
    fake.traces = [make_trace(1, NOW - 30 * DAY)]
    kept = look(since=NOW - 5 * DAY)
    look(kept, since=NOW - 40 * DAY)
    assert counted(kept, "2026-10-24").value == 1


def test_only_experiments_of_production_and_the_declared_sampling(fake, look, make_trace):
    fake.traces = [make_trace(1, NOW - DAY)]
    kept = look(trace_sampling=0.25)
    assert counted(kept, "2026-11-22").attributes["sampling"] == 0.25
    assert {r.subject for r in look(trace_experiments=["chat/*"]).records.values()} == {"*"}


def test_a_server_without_traces_is_remarked(fake, look):
    fake.missing = {"/api/3.0/mlflow/traces/search"}
    (remark,) = look().records.values()
    assert (remark.subject, remark.state) == ("*", "unsupported")


def test_a_list_that_goes_in_a_circle_ends(fake, look, make_trace, monkeypatch):
    fake.traces = [make_trace(number, NOW - DAY) for number in range(700)]
    honest = fake._traces
    monkeypatch.setattr(fake, "_traces", lambda asked: honest({**asked, "page_token": 0}))
    with pytest.raises(BadAnswer, match="circle"):
        look()
