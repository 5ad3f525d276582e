"""A team read for some days only reads the same on these days as with all it ever had."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.extents import Named, extents_beside_runs, extents_of, extents_of_sketches
from mlops_maturity.evidence.portions import StoredPortion, stored_portions
from mlops_maturity.evidence.readings import known_span, readings_of
from mlops_maturity.evidence.records import RECORD, Record
from mlops_maturity.evidence.signals.interface import Measured, Window
from mlops_maturity.evidence.signals.registry import signals
from mlops_maturity.evidence.signals.view import Surroundings
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.records import write_page

START = datetime(2024, 1, 1, tzinfo=UTC)
SPAN = 800
STREAMS = (
    "pipeline_run", "deployment", "change", "incident", "training_run", "model_version", "model", "model_alias",
    "observation", "repository",
)  # fmt: skip
SETTINGS = Settings(
    organisation="Acme",
    timezone="Europe/Vienna",
    teams=(Team(id="fraud", models=("m*",), repositories=("acme/*",), experiments=("x",)),),
)
RUNS = [signal for signal in signals().values() if not signal.reads or "pipeline_run" in signal.reads]

moments = st.integers(0, SPAN * 24).map(lambda hour: START + timedelta(hours=hour, minutes=7))
names = st.sampled_from(["s1", "s2", "s3", "s4", "s5", "s6"])
repositories = st.sampled_from(["acme/a", "acme/b", "acme/c"])
shared = st.sampled_from([None, [], ["acme/ci"], "not a list"])


def later(at: datetime, days: int) -> datetime:
    return at + timedelta(days=days)


def made(kind: str, number: int, **more: Any) -> Record:
    fields = {name: value for name, value in more.items() if value is not None}
    return RECORD.validate_python({"kind": kind, "source": "src", "id": f"{kind}{number}", **fields})


@st.composite
def a_run(draw: st.DrawFn, number: int) -> Record:
    at = draw(st.one_of(moments, moments, moments, st.none()))
    jobs = draw(st.lists(st.sampled_from(["test", "gate", "sign", "rollback", "scan", "evaluate"]), max_size=2))
    return made(
        "pipeline_run", draw(st.integers(0, number)), attempt=draw(st.sampled_from([1, 1, 1, 2])),
        repository=draw(repositories), pipeline="ci", ref=draw(st.sampled_from(["main", "refs/heads/b1", "b2", None])),
        purpose=draw(st.sampled_from(["ci", "ci", "training", "deployment", "evaluation"])), sha=draw(names),
        trigger=draw(st.sampled_from(["push", "schedule", "pull_request"])), started_at=at,
        finished_at=None if at is None else draw(st.sampled_from([later(at, 0), later(at, 2), None])),
        outcome=draw(st.sampled_from(["success", "failure"])),
        jobs=[{"name": name, "outcome": "success"} for name in jobs],
        attributes={"shared_workflows": draw(shared)} if draw(st.booleans()) else {},
    )  # fmt: skip


@st.composite
def another(draw: st.DrawFn, number: int) -> Record:
    kind, at = draw(st.sampled_from(["deployment", "change", "training_run", "model_version", "model_alias",
                                     "incident"])), draw(moments)  # fmt: skip
    version, run = str(draw(st.integers(0, 3))), f"training_run{draw(st.integers(0, number))}"
    fields: dict[str, dict[str, Any]] = {
        "deployment": {
            "repository": draw(repositories), "tier": "production", "outcome": "success", "finished_at": at,
            "sha": draw(names), "model": "m", "model_version": version,
            "pipeline_run": f"pipeline_run{draw(st.integers(0, number))}",
        },
        "change": {
            "repository": draw(repositories), "created_at": draw(st.sampled_from([at, None])),
            "merged_at": later(at, 3), "merge_sha": draw(names), "author_kind": "human",
            "attributes": draw(st.sampled_from([{}, {"head_sha": "s1"}, {"branch": "b1"}, {"branch": "b2"}])),
        },
        "training_run": {"experiment": "x", "started_at": at, "finished_at": later(at, 1), "commit": draw(names),
                         "outcome": "success"},
        "model_version": {"model": "m", "version": version, "created_at": at, "run": run},
        "model_alias": {"model": "m", "alias": "champion", "version": version, "first_seen_at": at,
                        "last_seen_at": later(at, 4)},
        "incident": {"subject": "m", "category": "drift", "detected_at": at, "resolved_at": later(at, 1)},
    }  # fmt: skip
    return made(kind, draw(st.integers(0, number)), **fields[kind])


worlds = st.tuples(
    st.integers(4, 30).flatmap(lambda number: st.lists(a_run(number), min_size=1, max_size=number)),
    st.integers(2, 15).flatmap(lambda number: st.lists(another(number), max_size=number)),
).map(lambda parts: [*parts[0], *parts[1]])


def read(store: Store) -> tuple[Surroundings, StoredPortion]:
    around, portions = stored_portions(store, SETTINGS)
    return around, next(iter(portions))


def filled(folder: str, records: list[Record]) -> Store:
    store = open_store("sqlite:///records.db", Path(folder))
    known = [
        Coverage(source="src", stream=stream, scope="*", start=START, end=later(START, SPAN)) for stream in STREAMS
    ]
    write_page(store, records, coverage=known, seen_at=START)
    return store


@given(records=worlds, passed=st.integers(120, SPAN))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_the_runs_left_out_are_looked_at_by_no_signal(records: list[Record], passed: int) -> None:
    day = later(START, passed).date()
    with TemporaryDirectory() as folder:
        store = filled(folder, records)
        around, portion = read(store)
        whole = portion.view(store, around)
        for signal in RUNS:
            part = portion.read(store, around, day - timedelta(days=signal.window_days - 1)).view
            assert known_span(part, signal) == known_span(whole, signal)
            days = [day, min(later(START, SPAN).date(), day + timedelta(days=40))]
            expected = list(readings_of(whole, signal, days, {}))
            assert list(readings_of(part, signal, days, {})) == expected, signal.id
        store.close()


@given(records=worlds, passed=st.integers(0, SPAN))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@example(records=[made("pipeline_run", 1, sha="s1")], passed=9)
def test_extents_are_those_of_all_runs(records: list[Record], passed: int) -> None:
    with TemporaryDirectory() as folder:
        store = filled(folder, records)
        around, portion = read(store)
        part = portion.read(store, around, later(START, passed).date())
        named = Named(part.view)
        told = {
            ("pipeline_run", run.id, run.attempt, day(first), day(last))
            for run, first, last in extents_of_sketches(part.runs, named)
        }
        told |= {
            (record.kind, record.id, getattr(record, "attempt", 0), first, last)
            for record, first, last in extents_beside_runs(part.view, named)
        }
        assert told == {
            (record.kind, record.id, getattr(record, "attempt", 0), first, last)
            for record, first, last in extents_of(portion.view(store, around))
        }
        store.close()


def day(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None


def world_of_old_ties() -> list[Record]:
    """A year of silence between what was built and what is said of it."""
    old, new = later(START, 10), later(START, 700)
    jobs = [{"name": name, "outcome": "success"} for name in ("test", "scan", "sign", "evaluate")]
    return [
        made("pipeline_run", 0, repository="acme/a", sha="first", purpose="ci", finished_at=START, outcome="failure"),
        made("pipeline_run", 6, repository="acme/a", sha="s7", purpose="ci", finished_at=later(START, 1),
             outcome="failure", attributes={"shared_workflows": []}),
        made("pipeline_run", 7, repository="acme/a", sha="s7", purpose="ci", finished_at=later(START, 2),
             outcome="failure", attributes={"shared_workflows": ["acme/ci"]}),
        made("pipeline_run", 1, repository="acme/a", sha="s1", purpose="ci", trigger="pull_request", finished_at=old,
             outcome="success", jobs=jobs),
        made("pipeline_run", 2, repository="acme/a", sha="s2", purpose="evaluation", finished_at=old, ref="main",
             outcome="success"),
        made("pipeline_run", 3, repository="acme/a", sha="s9", purpose="ci", finished_at=later(old, 1), ref="b2",
             outcome="success"),
        made("pipeline_run", 4, repository="acme/a", sha="s8", purpose="ci", finished_at=later(old, 2), ref="b9",
             outcome="failure", jobs=jobs),
        made("pipeline_run", 5, repository="acme/a", sha="s1", purpose="ci", trigger="pull_request", finished_at=new,
             outcome="success", jobs=[{"name": "lint", "outcome": "success"}]),
        made("deployment", 1, repository="acme/a", tier="production", outcome="success", finished_at=new, sha="s1",
             model="m", model_version="1", pipeline_run="pipeline_run4"),
        made("change", 1, repository="acme/a", author_kind="human", created_at=old, merged_at=new,
             attributes={"branch": "b2"}),
        made("training_run", 1, experiment="x", finished_at=old, commit="s2", outcome="success"),
        made("model_version", 1, model="m", version="1", created_at=later(old, 5), run="training_run1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("signal", "value"),
    [("ci.scan_share", 100), ("ci.test_job_share", 100), ("ci.eval_gate_share", 100), ("ci.signed_share", 100),
     ("ci.change_build_share", 100), ("ci.template_share", 100), ("mlflow.eval_before_promotion_share", 100)],
)  # fmt: skip
def test_old_runs_that_new_records_lead_to_are_read(signal: str, value: float, tmp_path: Path) -> None:
    store = filled(str(tmp_path), world_of_old_ties())
    around, portion = read(store)
    asked, day = signals()[signal], later(START, 720).date()
    view = portion.read(store, around, day - timedelta(days=asked.window_days - 1)).view
    result = asked.measure(view, _window(asked.window_days, day))
    assert isinstance(result, Measured)
    assert result.value == value
    store.close()


def test_runs_that_nothing_leads_to_are_not_read(tmp_path: Path) -> None:
    lonely = [
        made("pipeline_run", number, repository="acme/a", sha=f"lonely{number}", finished_at=later(START, number))
        for number in range(50, 150)
    ]
    store = filled(str(tmp_path), [*lonely, *world_of_old_ties()])
    around, portion = read(store)
    view = portion.read(store, around, later(START, 600).date()).view
    assert {run.id for run in view.pipeline_runs} == {f"pipeline_run{number}" for number in range(8)}
    store.close()


def _window(days: int, last: date) -> Window:
    return Window(first=last - timedelta(days=days - 1), last=last, zone=SETTINGS.zone)
