"""Against a real MLflow server: what was written to its store comes back, and what it does itself is noticed."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mlops_maturity.cli.demo.servers.mlflow import is_installed, mlflow_server
from mlops_maturity.cli.demo.servers.mlflow_store import create_store, fill_store
from mlops_maturity.collectors.interface import ReadRequest, Unreachable, Unsupported
from mlops_maturity.collectors.mlflow.collector import MODELS, PROMPTS, RUNS, TRACES, VERSIONS
from mlops_maturity.evidence.records import Model, ModelVersion, TrainingRun

pytestmark = [
    pytest.mark.live,
    pytest.mark.xdist_group("mlflow-server"),  # one server for all of them
    pytest.mark.skipif(not is_installed(), reason="the MLflow server is not installed (extra `local` or `test`)"),
]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RUNS_MADE = 240


def made_run(number: int) -> TrainingRun:
    started = NOW - DAY * (number % 90 + 1) - timedelta(minutes=number)
    by_machine = number % 3 == 0
    return TrainingRun(
        source="tracking",
        id=f"{number:032x}",
        experiment=f"fraud/{number % 4}",
        started_at=started,
        finished_at=started + timedelta(minutes=30),
        outcome=("success", "failure", "success", "cancelled")[number % 4],
        commit=f"{number:040x}" if number % 2 else None,
        dirty=number % 5 == 0 if number % 2 else None,
        datasets=(f"digest{number % 7}",) if number % 3 else (),
        params=number % 6,
        metrics=number % 4,
        trigger="automation" if by_machine else "person",
        author=None if by_machine else f"{number % 9}" * 32,
        attributes={"deleted": True} if number % 50 == 7 else {},
    )


def made_versions() -> list[ModelVersion]:
    return [
        ModelVersion(
            source="tracking",
            id=f"fraud-{model}/{number}",
            model=f"fraud-{model}",
            version=str(number),
            created_at=NOW - DAY * (30 - number),
            run=f"{number + model:032x}",
            aliases=("champion",) if number == 4 else (),
            described=number % 2 == 0,
            validated={0: True, 1: False, 2: None}[number % 3],
            tags={"validation_status": "approved" if number % 3 == 0 else "rejected"} if number % 3 != 2 else {},
        )
        for model in range(5)
        for number in range(1, 6)
    ]


def made_models() -> list[Model]:
    return [
        Model(
            source="tracking",
            id=f"fraud-{model}",
            name=f"fraud-{model}",
            created_at=NOW - DAY * 30,
            described=model % 2 == 0,
            owner="fraud" if model else None,
            aliases=("champion",),
            model_kind="genai" if model == 3 else "unknown",
        )
        for model in range(5)
    ]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("mlflow-template") / "mlflow.db"
    create_store(database)
    fill_store(database, [*(made_run(number) for number in range(RUNS_MADE)), *made_models(), *made_versions()])
    return database


@pytest.fixture(scope="session")
def server(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("mlflow-server")
    with mlflow_server(Path(shutil.copy(template, home / "mlflow.db")), home) as url:
        yield url


@pytest.fixture(scope="session")
def client(server: str) -> Any:
    from mlflow.tracking import MlflowClient

    return MlflowClient(tracking_uri=server, registry_uri=server)


def as_made(record: Any, *without: str) -> dict[str, Any]:
    return record.model_dump(exclude={"url", "author", *without})


def test_gives_back_every_run_across_many_pages(server, read):
    kept = read(url=server, since=NOW - 100 * DAY, page_size=40)
    made = [made_run(number) for number in range(RUNS_MADE)]
    assert {run.id for run in made} <= kept.ids()
    assert [as_made(kept[run.id]) for run in made] == [as_made(run) for run in made]
    people = {run.author for run in made if run.author}
    authors = {kept[run.id].author for run in made}
    assert authors.isdisjoint(people)
    assert len(authors) == len(people) + 1  # and the machine's own user


def test_a_second_reading_changes_nothing(server, read):
    kept = read(url=server, since=NOW - 100 * DAY, page_size=100)
    assert read(kept, url=server, since=NOW - 100 * DAY, page_size=100).changed == 0


def test_gives_back_models_versions_and_aliases(server, read):
    models, versions = read(url=server, stream=MODELS), read(url=server, stream=VERSIONS)
    for model in made_models():
        assert as_made(models.records["model", model.id]) == as_made(model)
    for version in made_versions():
        assert as_made(versions.records["model_version", version.id]) == as_made(version)
    found = {record.model: record.version for (kind, _), record in models.records.items() if kind == "model_alias"}
    assert {model: found[model] for model in sorted(found)[:5]} == {f"fraud-{number}": "4" for number in range(5)}


def test_a_run_that_starts_ends_and_is_deleted_meanwhile_is_followed(server, read, client):
    experiment = client.create_experiment("live/followed")
    since = datetime.now(UTC) - DAY
    run = client.create_run(experiment, start_time=int((since + timedelta(hours=1)).timestamp() * 1000))
    client.log_param(run.info.run_id, "depth", 3)
    client.log_metric(run.info.run_id, "auc", 0.9)

    def look(kept=None):
        return read(kept, url=server, now=datetime.now(UTC), since=since)

    kept = look()
    assert (kept[run.info.run_id].outcome, kept[run.info.run_id].params) == ("running", 1)
    client.set_terminated(run.info.run_id)
    assert look(kept)[run.info.run_id].outcome == "success"
    client.delete_run(run.info.run_id)
    assert look(kept)[run.info.run_id].attributes["deleted"] is True


def test_a_run_that_ends_after_weeks_is_found_by_its_end(server, read, client):
    experiment = client.create_experiment("live/weeks")
    now = datetime.now(UTC)
    run = client.create_run(experiment, start_time=int((now - 20 * DAY).timestamp() * 1000))
    kept = read(url=server, now=now, since=now - 25 * DAY)
    client.set_terminated(run.info.run_id, "FAILED", int((now + timedelta(hours=1)).timestamp() * 1000))
    forgotten = {**kept.cursor, "open": {}}
    kept.cursor = forgotten
    read(kept, url=server, now=now + timedelta(hours=2), since=now - 25 * DAY)
    assert kept[run.info.run_id].outcome == "failure"


def test_an_unfinished_run_is_asked_for_by_its_id(server, read, client):
    experiment = client.create_experiment("live/by-id")
    now = datetime.now(UTC)
    begun = now - 20 * DAY
    run = client.create_run(experiment, start_time=int(begun.timestamp() * 1000))
    kept = read(url=server, now=now, since=now - 25 * DAY)
    client.set_terminated(run.info.run_id, "KILLED", int((begun + DAY).timestamp() * 1000))
    read(kept, url=server, now=now + timedelta(hours=1), since=now - 25 * DAY)
    assert kept[run.info.run_id].outcome == "cancelled"


def test_an_alias_that_moves_is_seen_twice(server, read, client):
    client.create_registered_model("moving")
    for _ in range(2):
        client.create_model_version("moving", source="s3://models/moving")
    client.set_registered_model_alias("moving", "champion", "1")
    kept = read(url=server, stream=MODELS, now=NOW)
    client.set_registered_model_alias("moving", "champion", "2")
    read(kept, url=server, stream=MODELS, now=NOW + DAY)
    seen = [
        (record.version, record.first_seen_at)
        for (kind, _), record in kept.records.items()
        if kind == "model_alias" and record.model == "moving"
    ]
    assert seen == [("1", NOW), ("2", NOW + DAY)]


def test_prompts_stay_out(server, read, client):
    client.register_prompt("greeting", template="Hello {{name}}")
    assert "greeting" not in read(url=server, stream=MODELS).ids("model")
    assert not any(found.startswith("greeting") for found in read(url=server, stream=VERSIONS).ids("model_version"))


def test_prompts_and_their_releases_are_seen(server, read, client):
    client.register_prompt("chat-hello", template="Hello {{name}}", tags={"application": "chat"})
    client.register_prompt("chat-hello", template="Good day {{name}}")
    kept = read(url=server, stream=PROMPTS, now=NOW)
    assert kept.records["observation", "prompt_registered/chat-hello/2026-11-23"].state == "no"
    client.set_prompt_alias("chat-hello", "production", 2)
    read(kept, url=server, stream=PROMPTS, now=NOW + DAY)
    known = {record.name: record for record in kept.records.values() if record.attributes.get("prompt") == "chat-hello"}
    assert (known["prompt_registered"].state, known["prompt_registered"].observed_at.day) == ("yes", 24)
    assert known["prompt_released"].attributes["version"] == "2"


def test_traces_with_assessments_are_counted(server, read, monkeypatch):
    mlflow = pytest.importorskip("mlflow")
    from mlflow.entities import AssessmentSource

    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(server)
    try:
        experiment = mlflow.set_experiment("chat/production").experiment_id
        traces = []
        for _ in range(3):
            with mlflow.start_span("answer") as span:
                traces.append(span.trace_id)
        mlflow.flush_trace_async_logging()
        for kind in ("HUMAN", "LLM_JUDGE"):
            source = AssessmentSource(source_type=kind, source_id="someone")
            mlflow.log_feedback(trace_id=traces[0], name=f"good-{kind}", value=True, source=source)
    finally:
        mlflow.set_tracking_uri(before)
    now = datetime.now(UTC) + timedelta(seconds=1)
    kept = read(url=server, stream=TRACES, now=now, since=now - 2 * DAY)
    days = [r for r in kept.records.values() if r.attributes.get("experiment") == "chat/production"]
    assert sum(r.value for r in days) == 3
    assert sum(r.attributes["assessed"] for r in days) == 1
    assert sum(r.attributes["by_people"] for r in days) == 1
    assert experiment in {r.id.split("/")[1] for r in days}


def doubled(model_input: list[float]) -> list[float]:
    return [2 * number for number in model_input]


def test_a_model_file_tells_dependencies_and_signature(server, read, client):
    mlflow = pytest.importorskip("mlflow")
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(server)
    try:
        mlflow.set_experiment("live/files")
        with mlflow.start_run():
            mlflow.pyfunc.log_model(
                name="model", python_model=doubled, registered_model_name="filed",
                pip_requirements=["numpy"],
            )  # fmt: skip
    finally:
        mlflow.set_tracking_uri(before)
    client.set_registered_model_alias("filed", "champion", "1")
    kept = read(url=server, stream=VERSIONS, read_model_files=True)
    told = kept.records["model_version", "filed/1"].attributes
    assert {name: told[name] for name in ("dependencies", "signature")} == {"dependencies": True, "signature": True}
    assert told["logged_model"]["status"] == "READY"


def test_logged_models_tell_what_is_behind_versions_in_use_and_those_of_no_run(server, read, client):
    experiment = client.create_experiment("live/logged")
    run = client.create_run(experiment)
    in_a_run = client.create_logged_model(experiment, source_run_id=run.info.run_id, params={"depth": "3"})
    outside = client.create_logged_model(experiment, params={"depth": "4", "rate": "0.1"})
    client.log_metric(run.info.run_id, "auc", 0.9, model_id=outside.model_id)
    client.finalize_logged_model(outside.model_id, "READY")
    client.create_registered_model("logged")
    for model in (in_a_run, outside):
        client.create_model_version("logged", source=f"models:/{model.model_id}", model_id=model.model_id)
    client.set_registered_model_alias("logged", "champion", "1")
    records = read(url=server, stream=VERSIONS).records
    first, second = (records["model_version", f"logged/{number}"] for number in (1, 2))
    assert (first.run, first.attributes["logged_model"]["params"]) == (run.info.run_id, 1)
    assert second.run is None
    assert second.attributes["logged_model"] == {
        "id": outside.model_id, "status": "READY", "params": 2, "metrics": 1,
    }  # fmt: skip


def test_doctor_finds_everything(server, collector):
    found = {probe.name: probe for probe in collector(url=server).probe()}
    # Advice on names and tags, a warning, depends on what other tests left on the server; that all answers does not.
    assert {name: probe.detail for name, probe in found.items() if probe.state not in ("ok", "warning")} == {}
    assert set(found) == {"reachable", "runs", "models", "versions", "logged models", "prompts", "traces"}
    assert (found["reachable"].state, found["runs"].state, found["models"].state) == ("ok", "ok", "ok")
    assert found["reachable"].detail.startswith("MLflow 3.")


def test_a_database_gives_the_same_records_as_its_server(template, server, read):
    direct = read(url=f"sqlite:///{template}", since=NOW - 100 * DAY, page_size=70)
    served = read(url=server, since=NOW - 100 * DAY, page_size=70)
    shared = direct.ids()
    assert len(shared) == RUNS_MADE
    assert [direct[run].model_dump(exclude={"url"}) for run in sorted(shared)] == [
        served[run].model_dump(exclude={"url"}) for run in sorted(shared)
    ]
    assert read(url=f"sqlite:///{template}", stream=VERSIONS).ids("model_version") >= {"fraud-0/1"}


def test_a_database_is_never_made_changed_or_upgraded(template, read, tmp_path):
    with pytest.raises(Unreachable, match="no such file"):
        read(url=f"sqlite:///{tmp_path / 'absent.db'}")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty.db").touch()
    with pytest.raises(Unsupported, match="holds no MLflow store"):
        read(url=f"sqlite:///{tmp_path / 'empty.db'}")
    older = Path(shutil.copy(template, tmp_path / "older.db"))
    with sqlite3.connect(older) as database:
        database.execute("UPDATE alembic_version SET version_num = 'of long ago'")
    before = older.read_bytes()
    with pytest.raises(Unsupported, match="another MLflow version"):
        read(url=f"sqlite:///{older}")
    assert older.read_bytes() == before


def test_a_database_in_the_middle_of_reading_is_stopped_by_another_thread(template, collector):
    reader = collector(url=f"sqlite:///{template}", page_size=50)
    pages = reader.read(RUNS, ReadRequest(now=NOW, since=NOW - 100 * DAY))
    next(pages)
    closing = threading.Thread(target=reader.close)
    closing.start()
    closing.join()
    with pytest.raises(Unreachable, match="stopped"):
        list(pages)
    again = collector(url=f"sqlite:///{template}").read(RUNS, ReadRequest(now=NOW, since=NOW - DAY))
    assert list(again)


def test_streams_are_those_that_were_tested(collector, server):
    assert list(collector(url=server).streams()) == [MODELS, VERSIONS, PROMPTS, RUNS, TRACES]
