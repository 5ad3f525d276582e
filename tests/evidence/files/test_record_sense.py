from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pytest

from mlops_maturity.config.settings import Team
from mlops_maturity.evidence.records_file import import_records, read_records_file
from mlops_maturity.evidence.selection import assign
from mlops_maturity.evidence.store.records import read_records

_AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def _line(**fields):
    whole = {"kind": "deployment", "source": "ci", "id": "1", "finished_at": "2026-03-01T12:00:00Z", **fields}
    return json.dumps({name: value for name, value in whole.items() if value is not ...})


def _file(*lines):
    return io.BytesIO("\n".join(lines).encode())


@pytest.fixture
def refusal(problems_of, now):
    """What a file of these lines is refused with."""
    return lambda *lines: problems_of(lambda: list(read_records_file(_file(*lines), "f.jsonl", now=now)))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"started_at": "2026-03-01T12:00:01Z"}, "finished_at: 2026-03-01 12:00:00+00:00 lies before started_at"),
        ({"kind": "training_run", "started_at": "2026-03-02T00:00:00Z"}, "finished_at: "),
        ({"kind": "pipeline_run", "queued_at": "2026-03-02T00:00:00Z"}, "lies before queued_at"),
        (
            {"kind": "change", "finished_at": ..., "created_at": "2026-03-02T00:00:00Z", "merged_at": _AT.isoformat()},
            "merged_at: 2026-03-01 09:30:00+00:00 lies before created_at",
        ),
        (
            {"kind": "incident", "finished_at": ..., "detected_at": "2026-03-02T00:00:00Z", "resolved_at": str(_AT)},
            "resolved_at: ",
        ),
        ({"started_at": "1969-12-31T23:59:59Z"}, "started_at: 1969-12-31 23:59:59+00:00 lies before 1970-01-01"),
        ({"kind": "change", "finished_at": ..., "number": -3}, "number: should be 0 to 2,147,483,647"),
        ({"kind": "pipeline_run", "attempt": 10**12}, "attempt: should be 0 to 2,147,483,647"),
        ({"url": "https://ann:hunter2@ci.acme.example/1"}, "url: holds a user name or password"),
        ({"url": "javascript:alert(1)"}, "url: should be a web address"),
        ({"environment": "x" * 4_001}, "environment: has 4,001 characters"),
        ({"environment": "prod\0"}, "environment: holds a NUL character"),
        ({"attributes": {"a": {"b": "x\0"}}}, "attributes.a.b: holds a NUL character"),
    ],
)
def test_what_can_not_have_been_is_refused_with_its_line(refusal, fields, told):
    (problem,) = refusal(_line(), _line(**fields))

    assert problem.startswith("f.jsonl:2: ")
    assert told in problem
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ('{"kind": "deployment", "source": "a", "id": "1", "id": "2"}', "id"),
        ('{"kind": "deployment", "source": "a", "id": "1", "attributes": {"a": {"b": 1, "b": 1}}}', "attributes.a.b"),
        ('{"kind": "pipeline_run", "source": "a", "id": "1",'
         ' "jobs": [{"name": "x", "name": "y", "outcome": "success"}]}',
         "jobs.0.name"),
    ],
)  # fmt: skip
def test_a_key_that_is_there_twice_is_refused_at_any_depth(refusal, line, path):
    assert refusal(line) == [f"f.jsonl:1: {path}: is there twice; keep one of them"]


def test_one_fault_of_a_line_hides_no_other(refusal):
    told = refusal(
        '{"kind": "deployment", "source": "ci", "source": "cd", "id": "", "outcom": 1,'
        ' "started_at": "2026-03-02T00:00:00Z", "finished_at": "2026-03-01T00:00:00Z",'
        ' "outcome": "succes", "attributes": {"a": NaN}, "url": "ftp://h/x"}'
    )  # fmt: skip

    for path in ("source", "id", "outcom", "finished_at", "outcome", "attributes.a", "url"):
        assert [problem.startswith(f"f.jsonl:1: {path}: ") for problem in told].count(True) == 1
    assert len(told) == 7


def test_a_missing_field_hides_no_wrong_one(refusal):
    told = refusal('{"kind": "measurement", "source": "a", "signal": "s", "on": "2031-01-01", "value": 1}')

    assert [problem.split(":")[2].strip() for problem in told] == ["id", "subject", "on"]


@pytest.mark.parametrize("signal", ["ci.lead_time_hours", "user.shadow_share"])
def test_measurements_of_known_signals_and_of_ones_own_are_taken(store, now, signal):
    line = _line(kind="measurement", finished_at=..., signal=signal, subject="t", on="2026-11-01", value=1)

    report = import_records(store, _file(line), "f", now=now, signals={"ci.lead_time_hours"})

    assert report.changes.inserted == 1


@pytest.mark.parametrize("signal", ["ci.lead_time_hour", "user.", "", "x" * 600])
def test_a_measurement_of_no_known_signal_is_refused(store, now, problems_of, signal):
    line = _line(kind="measurement", finished_at=..., signal=signal, subject="t", on="2026-11-01", value=1)

    told = problems_of(lambda: import_records(store, _file(line), "f", now=now, signals={"ci.lead_time_hours"}))

    assert any("is no known signal" in problem for problem in told)
    assert all(problem.startswith("f:1: signal: ") and len(problem) < 300 for problem in told)


def test_more_seen_than_there_is_to_see_is_refused(refusal):
    fields = {"kind": "measurement", "finished_at": ..., "signal": "s", "subject": "t", "on": "2026-11-01", "value": 1}

    assert refusal(_line(**fields, seen=3, scope=1)) == [
        "f.jsonl:1: seen: 3 seen of 1 (scope) can't be; scope counts everything there is to see"
    ]


def test_records_of_no_team_are_taken_and_told(store, now):
    teams = [Team(id="fraud", repositories=("acme/fraud-*",), models=("fraud-*",)), Team(id="ads", models=("ads",))]
    lines = [_line(id=str(n), repository="acme/other") for n in range(12)] + [
        _line(id="own", repository="acme/fraud-a")
    ]

    report = import_records(store, _file(*lines), "f", now=now, teams=teams)

    assert report.changes.inserted == 13
    assert [(group.kind, group.name, group.count) for group in report.unselected] == [("deployment", "acme/other", 12)]
    assert (
        "12 records belong to no team, e.g. deployment of acme/other ('ci', 12); `mlops-maturity doctor`"
        in report.summary()
    )


def test_records_that_others_give_a_team_belong_to_it(store, now):
    teams = [Team(id="fraud", models=("fraud-*",)), Team(id="ads", models=("ads",))]
    version = _line(kind="model_version", finished_at=..., source="ml", model="fraud-a", version="1", run="r1")
    live = _line(id="d", repository="acme/serving", model="fraud-a")
    import_records(store, _file(version, live), "earlier", now=now, teams=teams)
    runs = [_line(kind="training_run", source="ml", id=run, experiment="e") for run in ("r1", "r2")]
    incidents = [
        _line(kind="incident", finished_at=..., id=repository, subject=repository, detected_at=str(_AT))
        for repository in ("acme/serving", "acme/other")
    ]

    report = import_records(store, _file(*runs, *incidents), "f", now=now, teams=teams)

    assert [(group.kind, group.examples) for group in report.unselected] == [
        ("incident", ("acme/other",)),
        ("training_run", ("r2",)),
    ]
    everything = assign(teams, read_records(store)).unselected
    assert everything == report.unselected


def test_without_teams_nobody_is_asked_whose_records_are(store, now):
    assert import_records(store, _file(_line()), "f", now=now).unselected == ()
