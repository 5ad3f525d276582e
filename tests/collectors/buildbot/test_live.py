"""Against a real Buildbot: what the fake claims about its interface is true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mlops_maturity.cli.demo.servers.buildbot import ORDERS, Order, buildbot_server, is_installed, run_builds
from mlops_maturity.collectors.buildbot.settings import BuildbotSettings
from mlops_maturity.collectors.registry import build
from mlops_maturity.collectors.run import collect
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.records import read_records

pytestmark = [
    pytest.mark.live,
    pytest.mark.xdist_group("buildbot"),
    pytest.mark.skipif(not is_installed(), reason="needs Buildbot: install mlops-maturity[test]"),
]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with buildbot_server(tmp_path_factory.mktemp("buildbot")) as address:
        run_builds(address)
        yield address


@pytest.fixture
def store(tmp_path):
    store = open_store("sqlite:///test.db", tmp_path)
    yield store
    store.close()


@pytest.fixture
def settings(url):
    source = BuildbotSettings.model_validate({"id": "bb", "type": "buildbot", "url": url})
    return Settings(organisation="Acme", teams=(Team(id="t"),), sources=(source,))


def soon():
    """A moment after every build: real servers stamp with the real clock."""
    return datetime.now(UTC) + timedelta(minutes=30)


def test_everything_is_collected_a_replay_changes_nothing_and_a_second_reading_brings_what_is_new(url, store, settings):
    now = soon()
    for changed in (14, 0):
        (outcome,) = collect(store, settings, now=now, since=now - timedelta(days=30), backfill=True)
        assert (outcome.state, outcome.error) == ("ok", "")
        assert (outcome.rows_seen, outcome.rows_changed) == (14, changed)
    runs = sorted(read_records(store, kinds=["pipeline_run"]), key=lambda run: int(run.id))
    assert [(run.pipeline, run.outcome) for run in runs] == [
        (order.builder, "success" if order.succeeds else "failure") for order in ORDERS
    ]
    assert {run.repository for run in runs} == {"northwind/churn"}
    assert {run.trigger for run in runs} == {"manual"}
    assert [job.name for job in runs[1].jobs] == ["worker_preparation", "load-data", "fit", "register"]
    assert runs[5].jobs[-1].outcome == "failure"
    assert [run.sha for run in runs] == [order.revision for order in ORDERS]
    assert all(run.queued_at <= run.started_at <= run.finished_at for run in runs)
    live = sorted(read_records(store, kinds=["deployment"]), key=lambda one: int(one.id))
    assert [(one.environment, one.tier) for one in live] == [
        ("staging", "staging"),
        *[("production", "production")] * 3,
    ]
    assert [one.rollback_of for one in live] == [None, None, None, live[2].id]
    stored = "".join(record.model_dump_json() for record in read_records(store))
    assert "demo@example.org" not in stored
    assert "Demo" not in stored
    run_builds(url, [Order(builder="drift")])
    (outcome,) = collect(store, settings, now=now, since=now - timedelta(days=30))
    assert (outcome.state, outcome.rows_changed) == ("ok", 1)
    assert all(span.complete for span in read_coverage(store))


def test_doctor_reads_a_real_master(settings):
    (source,) = settings.sources
    collector = build(source, settings)
    told = {probe.name: (probe.state, probe.detail) for probe in collector.probe()}
    collector.close()
    assert told["reachable"][0] == "ok"
    assert told["builders"] == ("ok", "4 to read")
    assert told["pipelines"][0] == "ok"
    assert told["environments"][0] == "ok"
