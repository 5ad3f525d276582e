"""What logged models tell of versions: the run behind them, and counts; asked for by id, and only where wanted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mlops_maturity.collectors.interface import ReadRequest
from mlops_maturity.collectors.mlflow import logged_models
from mlops_maturity.collectors.mlflow.collector import VERSIONS

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=90)
IDS = [f"m-{number:032x}" for number in range(300)]


def ms(moment):
    return int(moment.timestamp() * 1000)


def logged(model_id, run="r1", params=2, metrics=3, experiment="1"):
    return {
        "info": {
            "model_id": model_id,
            "experiment_id": experiment,
            "name": "secret name",
            "creation_timestamp_ms": ms(OLD),
            "last_updated_timestamp_ms": ms(OLD),
            "artifact_uri": "",
            "status": "LOGGED_MODEL_READY",
            **({"source_run_id": run} if run else {}),
        },
        "data": {
            "params": [{"key": f"p{number}", "value": "secret value"} for number in range(params)],
            "metrics": [
                {"key": f"m{number}", "value": 0.5, "timestamp": ms(OLD), "step": step, "model_id": model_id,
                 "run_id": "r9"}
                for number in range(metrics)
                for step in range(2)
            ],
        },
    }  # fmt: skip


def version(number, model_id=None, created=OLD, **fields):
    source = f"models:/{model_id}" if model_id else "s3://bucket/model"
    return {
        "name": "fraud",
        "version": str(number),
        "creation_timestamp": ms(created),
        "current_stage": "None",
        "source": source,
        **fields,
    }


def made(kept, number=1):
    return kept.records["model_version", f"fraud/{number}"]


def test_a_version_without_a_run_takes_that_of_its_logged_model_and_counts_are_kept_but_no_names(fake, read):
    fake.versions = [version(1, IDS[1])]
    fake.logged = [logged(IDS[1], "r7")]
    record = made(read(stream=VERSIONS))
    assert record.run == "r7"
    assert record.attributes["logged_model"] == {"id": IDS[1], "status": "READY", "params": 2, "metrics": 3}
    assert "secret" not in record.model_dump_json()


@pytest.mark.parametrize("source", [f"models:/{IDS[1]}", f"mlflow-artifacts:/1/models/{IDS[1]}/artifacts",
                                    f"s3://b/1/models/{IDS[1]}"])  # fmt: skip
def test_a_logged_model_is_found_by_the_source_of_its_version(fake, read, source):
    fake.versions = [version(1) | {"source": source}]
    fake.logged = [logged(IDS[1])]
    assert made(read(stream=VERSIONS)).run == "r1"


@pytest.mark.parametrize("source", ["models:/fraud/1", f"runs:/{IDS[1]}/model", "models:/m-' OR 'a", ""])
def test_other_sources_name_none(fake, read, source):
    fake.versions = [version(1) | {"source": source}]
    read(stream=VERSIONS)
    assert fake.logged_asked == []


def test_the_run_that_a_version_names_itself_stays(fake, read):
    fake.versions = [version(1, IDS[1], run_id="own", current_stage="Production")]
    fake.logged = [logged(IDS[1], "other")]
    record = made(read(stream=VERSIONS))
    assert (record.run, record.attributes["logged_model"]["params"]) == ("own", 2)


def test_only_versions_without_a_run_or_in_use_are_asked_for(fake, read):
    fake.versions = [version(1, IDS[1], run_id="r1"), version(2, IDS[2]), version(3), version(4, IDS[4], run_id="r4",
                     current_stage="Production")]  # fmt: skip
    read(stream=VERSIONS)
    assert fake.logged_asked == [{IDS[2], IDS[4]}]


def test_what_no_longer_changes_is_remembered_and_what_may_is_asked_again(fake, read):
    fake.versions = [version(1, IDS[1]), version(2, IDS[2], created=NOW - timedelta(days=1))]
    fake.logged = [logged(IDS[1], "r1"), logged(IDS[2], "r2", metrics=0)]
    kept = read(stream=VERSIONS)
    fake.logged = [logged(IDS[2], "r2", metrics=4)]
    fake.logged_asked.clear()
    read(kept, stream=VERSIONS, now=NOW + timedelta(hours=1))
    assert fake.logged_asked == [{IDS[2]}]
    assert made(kept).run == "r1"
    assert made(kept, 2).attributes["logged_model"]["metrics"] == 4


def test_of_versions_that_are_gone_nothing_is_remembered(fake, read):
    fake.versions = [version(1, IDS[1]), version(2, IDS[2])]
    fake.logged = [logged(IDS[1]), logged(IDS[2])]
    kept = read(stream=VERSIONS)
    fake.versions.pop()
    read(kept, stream=VERSIONS)
    assert set(kept.cursor["logged"]) == {IDS[1]}


def test_many_are_asked_for_in_parts_and_in_every_experiment(fake, read, monkeypatch):
    monkeypatch.setattr(logged_models, "_EXPERIMENTS_AT_ONCE", 1)
    fake.experiments.append({"experiment_id": "2", "name": "b", "creation_time": 2, "lifecycle_stage": "active"})
    fake.versions = [version(number, IDS[number]) for number in range(250)]
    fake.logged = [logged(IDS[number], f"r{number}", experiment=str(1 + number % 2)) for number in range(250)]
    kept = read(stream=VERSIONS)
    assert {made(kept, number).run for number in range(250)} == {f"r{number}" for number in range(250)}
    assert sorted(len(ids) for ids in fake.logged_asked) == [50, 50, 100, 100, 100, 100]


def test_an_older_server_has_none_and_the_versions_are_read_all_the_same(fake, read):
    fake.missing.add("logged-models/search")
    fake.versions = [version(1, IDS[1])]
    kept = read(stream=VERSIONS)
    assert made(kept).run is None
    assert "logged_model" not in made(kept).attributes


def test_a_refusal_is_told_and_what_was_known_before_stays(fake, scripted_server, told, read, collector):
    fake.versions = [version(1, IDS[1]), version(2, IDS[2])]
    fake.logged = [logged(IDS[1], "r1")]
    kept = read(stream=VERSIONS)
    normal = scripted_server.answer
    scripted_server.answer = lambda asked: (
        told({"message": "no"}, status=403) if asked.path.endswith("logged-models/search") else normal(asked)
    )
    request = ReadRequest(now=NOW, since=NOW - timedelta(days=100), cursor=kept.cursor)
    pages = list(collector().read(VERSIONS, request))
    assert "logged models are not read" in pages[-1].warnings[0]
    runs = {record.version: record.run for page in pages for record in page.records}
    assert runs == {"1": "r1", "2": None}
    assert pages[-1].cursor["logged"].keys() == {IDS[1]}


def test_doctor_tells_of_them(fake, collector):
    fake.versions = [version(1, IDS[1]), version(2, IDS[2]), version(3)]
    fake.logged = [logged(IDS[1]), logged(IDS[2], run=None)]
    found = {probe.name: probe for probe in collector().probe()}
    assert found["logged models"].detail == "2 behind versions, 1 name their run"
    fake.missing.add("logged-models/search")
    found = {probe.name: probe for probe in collector().probe()}
    assert found["logged models"].detail.startswith("not in this version")
    fake.versions = []
    found = {probe.name: probe for probe in collector().probe()}
    assert found["logged models"].detail == "no version was registered from one"
