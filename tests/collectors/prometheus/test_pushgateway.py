"""What a batch job pushes: through a real Pushgateway and a Prometheus that scrapes it, to a team's number."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest
from victoria_server import answers

from mlops_maturity.cli.demo.servers.program import HOST, free_port, running
from mlops_maturity.cli.demo.servers.prometheus import is_installed, prometheus_server
from mlops_maturity.collectors.prometheus.collector import SIGNALS
from mlops_maturity.collectors.prometheus.promql import Grouping, newest
from mlops_maturity.config.settings import Team

PROGRAM = shutil.which("prometheus-pushgateway") or shutil.which("pushgateway")
WITHIN_S = 30.0
TEAMS = (Team(id="risk", prometheus={"team": "risk"}), Team(id="growth", prometheus={"team": "growth"}))
PUSHED = """\
# TYPE batch_scored_share gauge
batch_scored_share{team="risk",model="fraud"} 0.75
# TYPE model_drift_score gauge
model_drift_score{team="risk",model="fraud"} 0.1
# TYPE model_requests_total counter
model_requests_total{team="risk",model="fraud"} 12
"""
SCRAPE = """\
  - job_name: pushgateway
    honor_labels: true
    scrape_interval: 1s
    scrape_timeout: 1s
    static_configs: [{{targets: ['{target}']}}]
"""

pytestmark = [
    pytest.mark.live,
    pytest.mark.xdist_group("prometheus-server"),
    pytest.mark.skipif(
        PROGRAM is None, reason="prometheus-pushgateway is not installed (apt-get install prometheus-pushgateway)"
    ),
    pytest.mark.skipif(not is_installed(), reason="prometheus is not installed (apt-get install prometheus)"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prometheus that has scraped what was pushed."""
    home = tmp_path_factory.mktemp("pushed")
    target = f"{HOST}:{free_port()}"
    command = [str(PROGRAM), f"--web.listen-address={target}"]
    ready = f"http://{target}/-/ready"
    with running(command, log=home / "pushgateway.log", is_ready=lambda: answers(ready)):
        httpx.put(f"http://{target}/metrics/job/nightly", content=PUSHED).raise_for_status()
        with prometheus_server(home / "data", home, scrape=SCRAPE.format(target=target)) as url:
            wait_for(lambda: found(url, "batch_scored_share") == found(url, "push_time_seconds") == 1)
            yield url


def wait_for(is_so) -> None:
    give_up = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < give_up, f"not scraped within {WITHIN_S:g} s"
        time.sleep(0.1)


def found(url: str, metric: str) -> int:
    answer = httpx.get(f"{url}/api/v1/query", params={"query": metric}).json()
    return len(answer["data"]["result"])


def now_of(url: str) -> datetime:
    return parsedate_to_datetime(httpx.get(f"{url}/api/v1/query", params={"query": "1"}).headers["date"])


def test_a_pushed_number_becomes_a_team_s_measurement(server, read):
    signal = {"id": "user.scored_share", "promql": "avg(last_over_time(batch_scored_share{$team}[$window]))"}
    now = now_of(server) + timedelta(seconds=1)
    kept = read(url=server, stream=SIGNALS, now=now, since=now, teams=TEAMS, signals=[signal])
    (measurement,) = kept.of("measurement")
    assert (measurement.subject, measurement.signal, measurement.value) == ("risk", "user.scored_share", 0.75)
    assert measurement.on == now.date()


def test_a_model_scored_by_a_batch_job_serves_on_the_day_of_the_push(server, read):
    now = now_of(server) + timedelta(seconds=1)
    kept = read(url=server, now=now, since=now, teams=TEAMS)
    assert kept.states("serving") == {"fraud": "yes"}
    assert kept.states("drift_metric") == {"fraud": "yes"}


def test_the_time_of_the_push_bears_the_labels_by_which_dead_jobs_are_left_out(server):
    """A job that died days ago is in the history of `test_live`: the gateway takes no time of push from outside."""
    query = newest("model_drift_score", Grouping("model"))
    assert found(server, query) == 1
    assert found(server, query.replace("> 86400", "> -86400")) == 0
