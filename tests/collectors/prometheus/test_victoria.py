"""The same history in VictoriaMetrics gives the same records as in Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from prometheus_history import DAY, NOW, RULE, TEAMS, TODAY, history
from victoria_server import PROGRAM, fill, victoria_metrics

from mlops_maturity.cli.demo.servers.openmetrics import write_history
from mlops_maturity.cli.demo.servers.prometheus import backfill, is_installed, prometheus_server
from mlops_maturity.collectors.prometheus.client import PrometheusSource
from mlops_maturity.collectors.prometheus.collector import INCIDENTS, OBSERVATIONS, RULES, SIGNALS
from mlops_maturity.collectors.prometheus.settings import PrometheusSettings

pytestmark = [
    pytest.mark.live,
    pytest.mark.xdist_group("prometheus-server"),
    pytest.mark.skipif(PROGRAM is None, reason="victoria-metrics is not installed (apt-get install victoria-metrics)"),
    pytest.mark.skipif(not is_installed(), reason="prometheus is not installed (apt-get install prometheus)"),
]
NAMED = {
    "quality_metric": "model_accuracy",
    "token_metric": "tokens_total",
    "latency_histogram": "model_latency_seconds",
    "slo_budget_metric": "slo_budget",
    "feature_updated_metric": "features_updated",
    "signals": [
        {"id": "user.shadow_share", "promql": "avg(shadow{$team})"},
        {
            "id": "user.requests",
            "promql": "sum(count_over_time(model_requests_total{$team}[$window]))",
            "window_days": 2,
        },
    ],
}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    home = tmp_path_factory.mktemp("both")
    write_history(home / "history.om", history())
    backfill(home / "history.om", home / "data")
    (home / "victoria").mkdir()
    with (
        prometheus_server(home / "data", home, rules=RULE) as prometheus,
        victoria_metrics(home / "victoria") as victoria,
    ):
        fill(victoria, history())
        yield {"prometheus": prometheus, "victoria": victoria}


@pytest.mark.parametrize("stream", [OBSERVATIONS, INCIDENTS, SIGNALS], ids=lambda stream: stream.name)
@pytest.mark.parametrize("days", [11, 90], ids=["short", "long"])
def test_tells_the_same(servers, read, stream, days):
    """A range of more than fifty steps is what VictoriaMetrics would round.

    Asked at a moment without a sample: whether one on the edge of a user's own window counts, servers don't agree.
    """
    now = NOW + timedelta(seconds=7)
    found = {
        name: read(url=url, stream=stream, now=now, since=NOW - days * DAY, teams=TEAMS, **NAMED)
        for name, url in servers.items()
    }
    ours, theirs = found["victoria"], found["prometheus"]
    assert len(theirs.records) > 3
    assert ours.records == theirs.records
    assert ours.coverage == theirs.coverage
    assert ours.cursor == theirs.cursor


@pytest.mark.parametrize("name", ["prometheus", "victoria"])
def test_counts_a_day_s_requests_to_within_a_few(servers, read, name):
    """Both estimate: the history has 48 requests a day of either status."""
    kept = read(url=servers[name], now=NOW, since=NOW - 4 * DAY, teams=TEAMS, request_metric="model_requests_total")
    counts = [
        record.value for record in kept.records.values() if record.name == "request_count" and record.subject == "fraud"
    ]
    assert counts == [pytest.approx(48 + 48, rel=0.05)] * 4


@pytest.mark.parametrize("name", ["prometheus", "victoria"])
def test_a_range_of_more_points_than_a_server_gives_at_once_comes_whole_and_once(servers, name):
    settings = PrometheusSettings.model_validate({"id": "m", "type": "prometheus", "url": servers[name]})
    source = PrometheusSource(settings)
    minute = timedelta(minutes=1)
    (series,) = source.over("vector(1)", NOW - 24_999 * minute, NOW, minute)
    source.close()
    moments = [moment for moment, _ in series.points]
    assert len(moments) == len(set(moments)) == 25_000
    assert (moments[0], moments[-1]) == ((NOW - 24_999 * minute).timestamp(), NOW.timestamp())


def test_keeps_no_rules(servers, read):
    assert read(url=servers["victoria"], stream=RULES, now=NOW).states("drift_rule") == {"*": "unsupported"}


def test_doctor_tells_that_it_is_reachable(servers, collector):
    found = {probe.name: probe for probe in collector(url=servers["victoria"]).probe()}
    assert found["reachable"].state == "ok"


def test_what_is_pushed_late_is_read_in_the_next_run(servers, read):
    kept = read(url=servers["victoria"], now=NOW - timedelta(hours=3), since=NOW - 3 * DAY, teams=TEAMS)
    read(kept, url=servers["victoria"], now=NOW, since=NOW - 3 * DAY, teams=TEAMS)
    assert kept.cursor == {"through": (TODAY - DAY).isoformat()}
