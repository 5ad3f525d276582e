"""The runner: pages committed with their cursor, failures kept apart, leases, deadlines, and what is told of it all."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from mlops_maturity.collectors.interface import (
    BadAnswer,
    Forbidden,
    Page,
    RateLimited,
    Stream,
    Unauthorized,
    Unreachable,
    Unsupported,
)
from mlops_maturity.collectors.run import collect
from mlops_maturity.config.problems import InputRefused
from mlops_maturity.config.settings import Settings, SourceSettings, Team
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.record_sense import faults_of
from mlops_maturity.evidence.records import Incident, Model, PipelineRun
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.cursors import read_cursor
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.lease import acquire_lease
from mlops_maturity.evidence.store.records import read_records
from mlops_maturity.evidence.store.runs import read_runs

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SINCE = NOW - timedelta(days=30)


@pytest.fixture
def store(tmp_path):
    store = open_store("sqlite:///test.db", tmp_path)
    yield store
    store.close()


class Scripted:
    """A collector whose streams are lists: a Page to yield, an exception to raise, a function to call."""

    def __init__(self, streams):
        self.script, self.requests, self.closed = streams, [], 0

    def streams(self):
        if isinstance(self.script, Exception):
            raise self.script
        return [Stream(name=name, kinds=("model",), scope=name) for name in self.script]

    def read(self, stream, request):
        self.requests.append((stream.name, request))
        for step in self.script[stream.name]:
            if isinstance(step, BaseException):
                raise step
            if callable(step):
                step()
                continue
            yield step

    def close(self):
        self.closed += 1


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def model(name, **more):
    return Model(source="s1", id=name, name=name, **more)


def page(*names, cursor=None, **more):
    return Page(records=[model(name) for name in names], cursor=cursor or {"at": names[-1]}, **more)


def settings(*ids, **more):
    sources = tuple(SourceSettings(id=name, type="scripted", url="https://x.example", **more) for name in ids)
    return Settings(organisation="Acme", teams=(Team(id="t"),), sources=sources)


def run(store, *scripts, chosen=None, **more):
    """Collects from scripted sources s1, s2, …; their outcomes."""
    collectors = {f"s{number}": Scripted(script) for number, script in enumerate(scripts, 1)}
    return collect(
        store,
        chosen or settings(*collectors),
        **{"now": NOW, "since": SINCE, "build": lambda source, _: collectors[source.id], **more},
    )


def names(store):
    return sorted(record.id for record in read_records(store))


def test_pages_are_stored_with_their_cursor_and_a_replay_changes_nothing(store):
    script = {"a": [page("m1", "m2"), page("m3")], "b": [page("m4")]}
    (first,) = run(store, script)
    assert (first.state, first.rows_seen, first.rows_changed, first.error) == ("ok", 4, 4, "")
    assert names(store) == ["m1", "m2", "m3", "m4"]
    assert read_cursor(store, "s1", "a") == {"at": "m3"}
    (again,) = run(store, script)
    assert (again.state, again.rows_seen, again.rows_changed) == ("ok", 4, 0)


def test_a_stream_is_asked_with_its_own_cursor_and_the_run_s_times(store):
    run(store, {"a": [page("m1")]})
    collector = Scripted({"a": []})
    collect(store, settings("s1"), now=NOW, since=SINCE, backfill=True, build=lambda *_: collector)
    ((name, request),) = collector.requests
    assert (name, request.now, request.since, request.cursor) == ("a", NOW, SINCE, {"at": "m1"})
    assert request.backfill
    assert collector.closed


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Unreachable("s1: refused"), "unreachable"),
        (Unauthorized("s1: 401"), "unauthorized"),
        (Forbidden("s1: 403"), "forbidden"),
        (BadAnswer("s1: odd"), "error"),
        (RateLimited("s1: wait", None), "partial"),
        (ZeroDivisionError("division by zero"), "error"),
    ],
)
def test_a_failing_stream_keeps_its_pages_and_leaves_the_others_alone(store, error, state):
    (outcome,) = run(store, {"a": [page("m1"), error], "b": [page("m2")]})
    assert [stream.state for stream in outcome.streams] == [state, "ok"]
    assert str(error) in outcome.streams[0].reason
    assert outcome.state == "partial"
    assert outcome.error.startswith("a: ")
    assert names(store) == ["m1", "m2"]
    assert read_cursor(store, "s1", "a") == {"at": "m1"}


def test_an_unexpected_exception_is_told_with_type_and_place_and_without_secrets(store, monkeypatch):
    monkeypatch.setenv("TEST_TOKEN", "hush-hush")
    fault = RuntimeError("GET https://me:pw@x.example/a?key=q1 with hush-hush failed\nsecond line")
    (outcome,) = run(store, {"a": [fault]}, chosen=settings("s1", token_env="TEST_TOKEN"))
    reason = outcome.streams[0].reason
    assert reason.startswith("RuntimeError: GET https://x.example/a?… with *** failed (at test_run.py:")
    assert "\n" not in reason


def test_a_failing_source_leaves_the_others_alone(store):
    outcomes = run(store, Unreachable("s1: refused. Is it running?"), {"a": [page("m1")]}, ValueError("odd"))
    assert [outcome.state for outcome in outcomes] == ["unreachable", "ok", "error"]
    assert outcomes[0].error == "s1: refused. Is it running?"
    assert names(store) == ["m1"]


def test_a_source_that_can_t_be_built_for_want_of_a_secret_is_unauthorised(store):
    def build(source, _):
        raise LookupError("s1: token_env names X, which is not set")

    (outcome,) = collect(store, settings("s1"), now=NOW, since=SINCE, build=build)
    assert (outcome.state, outcome.error) == ("unauthorized", "s1: token_env names X, which is not set")


def test_every_run_leaves_a_row_also_a_failed_one(store):
    run(store, {"a": [page("m1")], "b": [Forbidden("no")]}, Unreachable("s2: refused"))
    rows = {row.source: row for row in read_runs(store)}
    assert (rows["s1"].state, rows["s1"].rows_seen, rows["s1"].rows_changed) == ("partial", 1, 1)
    assert [stream["state"] for stream in rows["s1"].streams] == ["ok", "forbidden"]
    assert (rows["s2"].state, rows["s2"].error) == ("unreachable", "s2: refused")
    assert all(row.finished_at is not None for row in rows.values())


def test_an_endpoint_that_this_version_lacks_is_no_failure_beside_others(store):
    (outcome,) = run(store, {"a": [page("m1")], "b": [Unsupported("404")]})
    assert outcome.state == "ok"
    (outcome,) = run(store, {"b": [Unsupported("404")]})
    assert (outcome.state, outcome.error) == ("unsupported", "b: 404")


def test_a_backfill_that_was_cut_short_goes_on_where_it_was_and_one_that_ended_begins_anew(store):
    def asked(*script, since=SINCE, backfill=True):
        collector = Scripted({"a": list(script)})
        collect(store, settings("s1"), now=NOW, since=since, backfill=backfill, build=lambda *_: collector)
        ((_, request),) = collector.requests
        return request.backfill, dict(request.cursor)

    asked(page("m0", cursor={"at": 9}), backfill=False)
    assert asked(page("m1", cursor={"at": 1}), RuntimeError("killed")) == (True, {"at": 9})
    assert asked(RuntimeError("killed")) == (False, {"at": 1})
    assert asked(RuntimeError("killed"), backfill=False) == (False, {"at": 1})
    assert asked(RuntimeError("killed"), since=SINCE - timedelta(days=1)) == (True, {"at": 1})
    assert asked(page("m2", cursor={"at": 2})) == (False, {"at": 1})
    assert read_cursor(store, "s1", "a") == {"at": 2}
    assert asked(page("m1", cursor={"at": 1})) == (True, {"at": 2})


@pytest.mark.parametrize(
    ("error", "word"),
    [(Forbidden("403"), "permission"), (Unauthorized("401"), "permission"), (Unsupported("404"), "uns")],
)
def test_a_refused_scope_is_noted_as_unknown_and_what_was_known_stays(store, error, word):
    known = Coverage(source="s1", stream="model", scope="a", start=SINCE, end=NOW - timedelta(days=3))
    run(store, {"a": [page("m1", coverage=[known])]})
    run(store, {"a": [error]})
    run(store, {"a": [error]})
    first, second = read_coverage(store)
    assert first == known
    assert (second.start, second.end, second.complete) == (known.end, NOW, False)
    assert second.reason.startswith(word)


def test_a_server_that_is_down_leaves_no_mark_on_what_is_known(store):
    run(store, {"a": [Unreachable("down")]})
    assert read_coverage(store) == ()


def test_times_in_the_future_are_set_to_now_and_counted(store):
    late = model("m1", created_at=NOW + timedelta(hours=3))
    (outcome,) = run(store, {"a": [Page(records=[late, model("m2", created_at=NOW)], cursor={})]})
    assert outcome.state == "ok"
    assert outcome.streams[0].clamped == 1
    assert "1 times in the future" in outcome.streams[0].reason
    assert {record.id: record.created_at for record in read_records(store)} == {"m1": NOW, "m2": NOW}


def test_records_that_end_before_they_begin_are_told_and_can_be_imported_again(store):
    runs = [PipelineRun(source="s1", id=f"r{n}", started_at=NOW, finished_at=NOW - timedelta(hours=n)) for n in (1, 2)]
    wrong = Incident(source="s1", id="i1", detected_at=NOW, resolved_at=NOW - timedelta(hours=1))
    (outcome,) = run(store, {"a": [Page(records=[*runs, wrong], cursor={"at": 1})]})
    stream = outcome.streams[0]
    assert (stream.state, stream.mended, stream.refused) == ("partial", 2, 1)
    assert (
        "2 records can't have been as the source tells; what is wrong was left out, first pipeline_run r1"
        in stream.reason
    )
    assert stream.refused_examples[0].startswith("incident i1: resolved_at")
    stored = list(read_records(store))
    assert [(one.id, one.started_at) for one in stored] == [("r2", None), ("r1", None)]
    assert [list(faults_of(one, NOW)) for one in stored] == [[], []]
    json.dumps(outcome.as_json())


def test_objects_that_make_no_record_are_named_and_the_rest_is_kept(store):
    odd = [
        model("m1"),
        model("m2", attributes={"made": object()}),
        model("m3", attributes={"text": "\ud800"}),
        model("m\0"),
    ]
    (outcome,) = run(store, {"a": [Page(records=odd, cursor={"at": 1}, refused=["run 7: no id"])]})
    stream = outcome.streams[0]
    assert names(store) == ["m1"]
    assert stream.state == "partial"
    assert stream.refused == 4
    assert stream.refused_examples[0] == "run 7: no id"
    assert any("model m2: it can't be written as JSON" in example for example in stream.refused_examples)
    assert read_cursor(store, "s1", "a") == {"at": 1}
    json.dumps(outcome.as_json())


def test_a_span_that_a_collector_could_not_read_makes_the_stream_partial(store):
    gap = Coverage(source="s1", stream="model", scope="a", start=SINCE, end=NOW, complete=False, reason="cap")
    (outcome,) = run(store, {"a": [page("m1", coverage=[gap])]})
    assert outcome.streams[0].state == "partial"
    assert "cap" in outcome.streams[0].reason


@pytest.mark.parametrize("reason", ["retention: older builds are deleted", "no data before 2026-01-01 (retention)"])
def test_what_no_later_run_could_read_is_told_but_no_failure(store, reason):
    gap = Coverage(source="s1", stream="model", scope="a", start=SINCE, end=NOW, complete=False, reason=reason)
    (outcome,) = run(store, {"a": [page("m1", coverage=[gap])]})
    assert (outcome.state, outcome.streams[0].state) == ("ok", "ok")
    assert reason in outcome.streams[0].reason


def test_a_warning_is_told_once_and_is_no_failure(store):
    warned = [page("m1", warnings=["drift_alerts: did you mean 'ModelDrift'?"]) for _ in range(2)]
    (outcome,) = run(store, {"a": warned})
    assert (outcome.state, outcome.streams[0].reason) == ("ok", "drift_alerts: did you mean 'ModelDrift'?")


def test_the_deadline_of_a_source_ends_it_between_two_pages(store):
    clock = Clock()
    script = {"a": [page("m1"), lambda: clock.sleep(301), page("m2"), page("m3")], "b": [page("m4")]}
    (outcome,) = run(store, script, clock=clock)
    assert [stream.state for stream in outcome.streams] == ["partial", "partial"]
    assert "deadline of 300 s" in outcome.error
    assert names(store) == ["m1", "m2"]
    assert read_runs(store)[0].finished_at == NOW + timedelta(seconds=301)


def test_only_the_chosen_sources_are_read_and_unknown_ones_refused(store):
    outcomes = run(store, {"a": [page("m1")]}, {"a": [page("m2")]}, only=["s2"])
    assert [outcome.source for outcome in outcomes] == ["s2"]
    with pytest.raises(InputRefused, match="s3"):
        run(store, {}, {}, only=["s3"])


def test_without_sources_there_is_nothing_to_do(store):
    assert collect(store, settings(), now=NOW, since=SINCE) == []


def test_progress_is_told_step_by_step(store):
    steps = []
    run(store, {"a": [page("m1", "m2", progress="week 1", done=0.5), page("m3", done=1.0)]}, progress=steps.append)
    told = [(step.source, step.stream, step.rows, step.what, step.done) for step in steps]
    assert told == [("s1", "a", 0, "asking", None), ("s1", "a", 2, "week 1", 0.5), ("s1", "a", 3, "", 1.0)]


def test_two_processes_don_t_read_one_source_at_once(store):
    clock = Clock()
    acquire_lease(store, "collect:s1", "other", now=NOW, ttl=timedelta(hours=1))
    first, second = run(store, {"a": [page("m1")]}, {"a": [page("m2")]}, clock=clock, sleep=clock.sleep, threads=1)
    assert (first.state, second.state) == ("busy", "ok")
    assert names(store) == ["m2"]
    assert [row.source for row in read_runs(store)] == ["s2"]


def test_the_lease_of_a_killed_run_is_waited_out(store):
    clock = Clock()
    acquire_lease(store, "collect:s1", "killed", now=NOW, ttl=timedelta(seconds=30))
    (outcome,) = run(store, {"a": [page("m1")]}, clock=clock, sleep=clock.sleep)
    assert outcome.state == "ok"
    assert 30 <= clock.now < 35


def test_whoever_lost_the_lease_writes_nothing_more(store):
    clock = Clock()

    def lose():
        clock.sleep(60)
        acquire_lease(store, "collect:s1", "other", now=NOW + timedelta(seconds=60), ttl=timedelta(hours=1))

    (outcome,) = run(store, {"a": [page("m1"), lose, page("m2")], "b": [page("m3")]}, clock=clock)
    assert outcome.state == "error"
    assert "another process" in outcome.error
    assert names(store) == ["m1"]


def test_ctrl_c_ends_the_runs_writes_them_down_and_goes_on(store, monkeypatch):
    reading, closed = threading.Event(), threading.Event()

    class Waiting(Scripted):
        def close(self):
            closed.set()

    def hang():
        reading.set()
        closed.wait(10)
        raise Unreachable("stopped while waiting")

    def interrupt(*_, **__):
        reading.wait(10)
        raise KeyboardInterrupt

    monkeypatch.setattr("mlops_maturity.collectors.run._keep_leases", interrupt)
    collector = Waiting({"a": [page("m1"), hang], "b": [page("m2")]})
    with pytest.raises(KeyboardInterrupt):
        collect(store, settings("s1"), now=NOW, since=SINCE, build=lambda *_: collector)
    (row,) = read_runs(store)
    assert row.state == "interrupted"
    assert [stream["state"] for stream in row.streams] == ["partial", "partial"]
    assert (row.rows_seen, row.rows_changed) == (1, 1)
    assert names(store) == ["m1"]
    monkeypatch.undo()
    (outcome,) = run(store, {"a": [page("m2")]})
    assert outcome.state == "ok", "the lease was given back"


def test_a_run_that_is_killed_has_told_the_rows_so_far(store):
    seen = []

    def look():
        (row,) = read_runs(store)
        seen.append((row.state, row.rows_seen, row.rows_changed))

    run(store, {"a": [page("m1"), look, page("m1", "m2"), look]})
    assert seen == [("running", 1, 1), ("running", 3, 2)]


def test_a_request_that_hangs_is_ended_at_the_deadline_and_the_others_go_on(store):
    closed = threading.Event()

    class Hanging(Scripted):
        def close(self):
            closed.set()

    def hang():
        assert closed.wait(30)
        raise Unreachable("stopped")

    collectors = {"s1": Hanging({"a": [page("m1"), hang], "b": []}), "s2": Scripted({"a": [page("m2")]})}
    one, other = collect(
        store, settings("s1", "s2", deadline_s=0.2), now=NOW, since=SINCE, build=lambda source, _: collectors[source.id]
    )
    assert (one.state, other.state) == ("partial", "ok")
    assert all("deadline of 0.2 s" in stream.reason for stream in one.streams)
    assert names(store) == ["m1", "m2"]


def test_a_source_that_is_done_is_told_while_another_is_still_read(store):
    told, goes_on = [], threading.Event()

    def hang():
        assert goes_on.wait(10)

    def finished(outcome):
        told.append((outcome.source, outcome.rows_changed, names(store)))
        goes_on.set()

    outcomes = run(store, {"a": [hang, page("slow")]}, {"a": [page("fast")]}, finished=finished)
    assert told[0] == ("s2", 1, ["fast"])
    assert [name for name, _, _ in told] == ["s2", "s1"]
    assert [outcome.state for outcome in outcomes] == ["ok", "ok"]


def test_sources_are_read_side_by_side(store):
    meeting = threading.Barrier(2, timeout=10)
    outcomes = run(store, {"a": [meeting.wait, page("m1")]}, {"a": [meeting.wait, page("m2")]})
    assert [outcome.state for outcome in outcomes] == ["ok", "ok"]


@pytest.mark.parametrize("kill", range(7))
def test_a_run_killed_after_any_page_and_started_again_ends_like_an_undisturbed_one(tmp_path, kill):
    def counting(limit):
        """A stream of six pages that goes on from its cursor, and dies after `limit` pages."""

        class Counting(Scripted):
            def read(self, stream, request):
                for done, number in enumerate(range(request.cursor.get("at", 0), 6)):
                    if done == limit:
                        raise RuntimeError("killed")
                    yield page(f"m{number}", cursor={"at": number + 1})

        return Counting({"a": []})

    whole = open_store("sqlite:///whole.db", tmp_path)
    halves = open_store("sqlite:///halves.db", tmp_path)
    collect(whole, settings("s1"), now=NOW, since=SINCE, build=lambda *_: counting(99))
    for limit in (kill, 99):
        collect(halves, settings("s1"), now=NOW, since=SINCE, build=lambda *_, limit=limit: counting(limit))
    assert list(read_records(whole)) == list(read_records(halves))
    assert read_cursor(whole, "s1", "a") == read_cursor(halves, "s1", "a")
    whole.close()
    halves.close()


def test_a_server_that_refuses_is_told_in_one_line(store):
    down = Unreachable("s1: http://x.example/api: connection refused. Is the server running, and `url` right?")
    (outcome,) = run(store, {"a": [down], "b": [down], "c": [down]})
    assert outcome.remarks() == (str(down),)


def test_each_stream_s_remark_begins_with_the_source(store):
    (outcome,) = run(store, {"a": [Forbidden("no right")], "b": [page("m1")]})
    assert outcome.remarks() == ("s1: a: no right",)


def test_a_gap_is_told_as_it_is_at_the_end(store):
    def span(start, end, complete):
        days = (SINCE + timedelta(days=number) for number in (start, end))
        first, last = days
        return Coverage(
            source="s1",
            stream="model",
            scope="a",
            start=first,
            end=last,
            complete=complete,
            reason="" if complete else "late",
        )

    pages = [page("m1", coverage=[span(0, 10, False)]), page("m2", coverage=[span(4, 20, True)])]
    (outcome,) = run(store, {"a": pages})
    assert "not known from 2026-01-31 10:00 to 2026-02-04 10:00 UTC: late" in outcome.error
