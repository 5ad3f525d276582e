from __future__ import annotations

import base64
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from cdevent_samples import cdevent, lines
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.collectors.files.cdevents import read_cdevents
from mlops_maturity.collectors.files.cdevents_out import write_cdevents
from mlops_maturity.collectors.files.interface import Reading
from mlops_maturity.collectors.mapping import Mapper
from mlops_maturity.config.rules import Rules
from mlops_maturity.evidence.import_report import ProblemList
from mlops_maturity.evidence.records import (
    Change,
    Deployment,
    Incident,
    Job,
    Measurement,
    Model,
    Observation,
    PipelineRun,
)

_NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_NAMED = {"pipelineName": "train-fraud", "url": "https://ci.example/77"}
_RUN = [
    cdevent("pipelinerun.queued", "2026-11-01T10:00:00Z", content=_NAMED, custom={"repository": "acme/fraud"}),
    cdevent("pipelinerun.started", "2026-11-01T10:01:00Z", content=_NAMED),
    cdevent(
        "taskrun.finished", "2026-11-01T10:20:00Z", "t1",
        content={"taskName": "fit", "pipelineRun": {"id": "77"}, "outcome": "success"},
    ),
    cdevent("pipelinerun.finished", "2026-11-01T11:30:00+01:00", content={**_NAMED, "outcome": "failure"}),
]  # fmt: skip


def test_events_of_a_run_make_one_run_with_its_jobs_and_purpose(read):
    (run,), reading = read("cdevents", lines(_RUN))
    assert reading.problems.found == 0
    assert run == PipelineRun(
        source="cdevents:/ci", id="77", url="https://ci.example/77", repository="acme/fraud", pipeline="train-fraud",
        purpose="training", queued_at=datetime(2026, 11, 1, 10, tzinfo=UTC),
        started_at=datetime(2026, 11, 1, 10, 1, tzinfo=UTC), finished_at=datetime(2026, 11, 1, 10, 30, tzinfo=UTC),
        outcome="failure", raw_status="failure", jobs=(Job(name="fit", outcome="success"),),
    )  # fmt: skip


@given(order=st.permutations(_RUN + _RUN[:2]), cut=st.integers(0, 6))
def test_neither_order_nor_repetition_nor_cutting_into_two_files_matters(order, cut):
    def taken(events, stored=()):
        reading = Reading(
            problems=ProblemList("f"), now=_NOW, mapper=Mapper(Rules()),
            known=lambda source, kind, ids: [entry for entry in stored if entry.id in ids],
        )  # fmt: skip
        return list(read_cdevents(io.BytesIO(lines(events).encode()), reading))

    whole = taken(_RUN)
    assert taken(order) == whole
    later = taken(order[cut:], taken(order[:cut]))
    assert not order[cut:] or not later or later[0].finished_at in (None, whole[0].finished_at)
    both = {run.id: run for run in (*taken(order[:cut]), *later)}
    if _RUN[2] not in order[:cut] or len(taken(order[:cut])) == 1:  # a task alone says nothing of a run yet
        assert list(both.values()) == whole


def test_a_run_without_an_end_is_running(read):
    (run,), _ = read("cdevents", lines(_RUN[:2]))
    assert run.outcome == "running"
    assert run.finished_at is None


def test_a_service_put_back_is_an_unplanned_rollback_and_shows_the_artifact(read):
    where = {"environment": {"id": "prod-eu"}, "artifactId": "pkg:oci/fraud@sha256%3Aab?repository_url=x"}
    (up, back), _ = read("cdevents", lines([
        cdevent("service.deployed", "2026-11-01T10:00:00Z", "fraud", content=where),
        cdevent("service.rolledback", "2026-11-02T10:00:00Z", "fraud", content=where, custom={"repository": "a/f"}),
    ]))  # fmt: skip
    assert (up.tier, up.sha, up.outcome, up.repository, up.unplanned) == (
        "production", "sha256:ab", "success", "fraud", None,
    )  # fmt: skip
    assert (back.rollback_of, back.unplanned, back.repository) == ("previous", True, "a/f")
    assert up.id != back.id


def test_a_change_and_an_incident_keep_their_first_moments(read):
    repo = {"repository": {"id": "acme/fraud"}}
    (change, incident), _ = read("cdevents", lines([
        cdevent("change.reviewed", "2026-11-03T10:00:00Z", "12", content=repo),
        cdevent("change.reviewed", "2026-11-02T10:00:00Z", "12", content=repo),
        cdevent("change.created", "2026-11-01T10:00:00Z", "12", content=repo),
        cdevent("change.merged", "2026-11-04T10:00:00Z", "12", content=repo),
        cdevent("incident.reported", "2026-11-05T10:00:00Z", "i1", content={"service": {"id": "fraud"}}),
        cdevent("incident.resolved", "2026-11-06T10:00:00Z", "i1", content={"service": {"id": "fraud"}}),
    ]))  # fmt: skip
    assert (change.id, change.number) == ("acme/fraud#12", 12)
    assert [moment.day for moment in (change.created_at, change.first_review_at, change.merged_at)] == [1, 2, 4]
    assert (incident.subject, incident.origin, incident.detected_at.day, incident.resolved_at.day) == (
        "fraud", "tracker", 5, 6,
    )  # fmt: skip


@pytest.mark.parametrize("envelope", [
    lambda event: {"specversion": "1.0", "data": event},
    lambda event: {"specversion": "1.0", "data": json.dumps(event)},
    lambda event: {"specversion": "1.0", "data_base64": base64.b64encode(json.dumps(event).encode()).decode()},
    lambda event: event,
])  # fmt: skip
@pytest.mark.parametrize("document", [lines, lambda events: json.dumps(events, indent=2), json.dumps])
def test_every_envelope_and_every_way_to_write_several_gives_the_same(read, envelope, document):
    plain, _ = read("cdevents", lines(_RUN))
    wrapped, reading = read("cdevents", document([envelope(event) for event in _RUN]))
    assert (wrapped, reading.problems.found) == (plain, 0)


def test_what_we_have_no_record_for_is_counted_not_refused(read):
    records, reading = read("cdevents", lines([
        cdevent("branch.created", "2026-11-01T10:00:00Z"),
        cdevent("incident.resolved", "2026-11-01T10:00:00Z", "i9"),
        cdevent("taskrun.finished", "2026-11-01T10:00:00Z", content={"taskName": "a", "pipelineRun": {"id": "0"}}),
    ]))  # fmt: skip
    assert records == []
    assert reading.problems.found == 0
    assert reading.left_out == {
        "branch.created": 1,
        "incident resolved that was never detected": 1,
        "task of a pipeline run that is not in the file": 1,
    }


@pytest.mark.parametrize(("event", "told"), [
    ({"context": {}}, "f:1: context.id: is needed"),
    (cdevent("pipelinerun.started", "2026-11-01"), "context.timestamp: should be an instant with offset"),
    (cdevent("pipelinerun.started", "yesterday"), "context.timestamp: should be an instant with offset"),
    (cdevent("pipelinerun.started", "2031-01-01T00:00:00Z"), "is in the future"),
    (cdevent("pipelinerun.started", "2026-11-01T10:00:00Z", "x" * 500), "subject.id: is needed, as text of at most"),
    ({"specversion": "1.0", "data": "<html>"}, "data: should hold a CDEvent as JSON"),
    (cdevent("pipelinerun.started", "2026-11-01T10:00:00Z", custom={"mlops_maturity": {"kind": "modle"}}),
     "customData.mlops_maturity.kind: 'modle' is no kind of record"),
    ([1], "f:1: [0]: should be an object"),
    ("text", "f:1: should be an object"),
])  # fmt: skip
def test_a_broken_event_is_named_by_place_and_reason(read, event, told):
    records, reading = read("cdevents", json.dumps(event))
    assert records == []
    assert any(told in str(problem) for problem in reading.problems.listed), reading.problems.listed


def test_words_of_a_sender_that_are_not_ours_say_nothing(read):
    (incident, run), reading = read("cdevents", lines([
        cdevent(
            "pipelinerun.finished", "2026-11-01T10:00:00Z", content={"outcome": "exploded"}, custom={"trigger": "x"}
        ),
        cdevent("incident.detected", "2026-11-01T10:00:00Z", "i", custom={"category": "weather"}),
    ]))  # fmt: skip
    assert (run.outcome, run.raw_status, run.trigger, incident.category) == (
        "unknown",
        "exploded",
        "unknown",
        "service",
    )
    assert reading.problems.found == 0


_DAY = datetime(2026, 11, 1, tzinfo=UTC)
_RECORDS = [
    PipelineRun(source="gh", id="1", attempt=2, pipeline="ci", queued_at=_DAY, started_at=_DAY, finished_at=_DAY,
                outcome="unstable", jobs=(Job(name="a", outcome="failure"),)),
    PipelineRun(source="gh", id="1", attempt=1, pipeline="ci", started_at=_DAY, outcome="running"),
    Deployment(source="gh", id="1", environment="prod", tier="production", finished_at=_DAY, outcome="failure"),
    Deployment(source="gh", id="2", environment="prod", finished_at=_DAY, outcome="success", rollback_of="1"),
    Change(source="gh", id="a#1", repository="a", number=1, created_at=_DAY, merged_at=_DAY + timedelta(days=1)),
    Incident(source="am", id="i", subject="m", category="drift", detected_at=_DAY),
    Model(source="ml", id="m", name="m", created_at=_DAY),
    Observation(source="p", id="o", subject="m", name="serving", state="yes", observed_at=_DAY),
    Measurement(source="p", id="x", signal="user.x", subject="m", on=_DAY.date(), value=2.5),
]  # fmt: skip


def test_what_goes_out_as_events_comes_back_the_same(read):
    out = io.StringIO()
    assert write_cdevents(_RECORDS, out) == len(_RECORDS)
    back, reading = read("cdevents", out.getvalue())
    assert reading.problems.found == 0
    assert reading.left_out == {}
    assert sorted(back, key=repr) == sorted(_RECORDS, key=repr)


def test_events_go_out_as_cloudevents_with_stable_ids_and_only_what_is_true():
    first, second = io.StringIO(), io.StringIO()
    write_cdevents(_RECORDS, first)
    write_cdevents(_RECORDS, second)
    assert first.getvalue() == second.getvalue()
    events = [json.loads(line) for line in first.getvalue().splitlines()]
    assert len({event["id"] for event in events}) == len(events)
    for event in events:
        assert event["specversion"] == "1.0"
        assert event["type"] == event["data"]["context"]["type"]
    kinds = [event["type"] for event in events]
    assert "dev.cdevents.service.rolledback.0.2.0" in kinds
    # A deployment that failed has not been deployed.
    assert not any("service.deployed" in kind for kind in kinds)


def test_a_record_without_a_date_is_no_event():
    out = io.StringIO()
    assert write_cdevents([Model(source="ml", id="m", name="m")], out) == 0
    assert out.getvalue() == ""
