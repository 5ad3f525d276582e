"""One alert that a real Prometheus raises and a real Alertmanager silences, read from both: one incident."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest
from victoria_server import answers

from mlops_maturity.cli.demo.servers.program import HOST, free_port, running
from mlops_maturity.cli.demo.servers.prometheus import is_installed, prometheus_server
from mlops_maturity.collectors.alertmanager.collector import AlertmanagerCollector
from mlops_maturity.collectors.alertmanager.settings import AlertmanagerSettings
from mlops_maturity.collectors.interface import Collector, ReadRequest
from mlops_maturity.collectors.prometheus.collector import INCIDENTS, PrometheusCollector
from mlops_maturity.collectors.prometheus.settings import PrometheusSettings
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.alert_merging import merged_alerts
from mlops_maturity.evidence.records import Record
from mlops_maturity.evidence.signals.figures import proof

PROGRAM = next(filter(None, map(shutil.which, ("prometheus-alertmanager", "alertmanager"))), None)
WITHIN_S = 60.0
RULES = """\
groups:
  - name: drift
    interval: 1s
    rules:
      - alert: ModelDriftHigh
        expr: vector(1)
        for: 8s  # Prometheus finds its Alertmanager after five, and sends again after a minute only
        labels: {model: fraud, severity: warning}
"""
ALERTING = "alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{target}']}}]}}]}}"
QUIET = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"

pytestmark = [
    pytest.mark.live,
    pytest.mark.xdist_group("prometheus-server"),
    pytest.mark.skipif(PROGRAM is None, reason="needs Alertmanager: apt-get install prometheus-alertmanager"),
    pytest.mark.skipif(not is_installed(), reason="prometheus is not installed (apt-get install prometheus)"),
]


@pytest.fixture
def alertmanager(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "quiet.yml").write_text(QUIET)
    target = f"{HOST}:{free_port()}"
    command = [
        str(PROGRAM),
        f"--config.file={tmp_path / 'quiet.yml'}",
        f"--storage.path={tmp_path / 'alerts'}",
        f"--web.listen-address={target}",
        "--cluster.listen-address=",
    ]
    ready = f"http://{target}/-/ready"
    with running(command, log=tmp_path / "alertmanager.log", is_ready=lambda: answers(ready)):
        yield f"http://{target}"


@pytest.fixture
def prometheus(tmp_path: Path, alertmanager: str) -> Iterator[str]:
    """It sends its alerts to that Alertmanager."""
    further = ALERTING.format(target=alertmanager.removeprefix("http://"))
    with prometheus_server(tmp_path / "data", tmp_path / "server", rules=RULES, further=further) as url:
        yield url


def wait_for(is_so: Callable[[], bool]) -> None:
    give_up = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < give_up, f"not so within {WITHIN_S:g} s"
        time.sleep(0.1)


def silence(url: str) -> None:
    now = now_of(url)
    matcher = {"name": "model", "value": "fraud", "isRegex": False}
    ends = {"startsAt": now.isoformat(), "endsAt": (now + timedelta(hours=1)).isoformat()}
    httpx.post(
        f"{url}/api/v2/silences", json={"matchers": [matcher], "createdBy": "ann", "comment": "seen", **ends}
    ).raise_for_status()


def now_of(url: str) -> datetime:
    return parsedate_to_datetime(httpx.get(f"{url}/api/v2/status").headers["date"])


def read(collector: Collector, now: datetime) -> Sequence[Record]:
    request = ReadRequest(now=now, since=now - timedelta(days=1))
    found = [record for page in collector.read(INCIDENTS, request) for record in page.records]
    collector.close()
    return found


def test_it_is_one_incident_with_the_acknowledgement_and_both_proofs(prometheus: str, alertmanager: str) -> None:
    wait_for(lambda: bool(httpx.get(f"{alertmanager}/api/v2/alerts").json()))
    silence(alertmanager)
    wait_for(lambda: bool(httpx.get(f"{alertmanager}/api/v2/alerts").json()[0]["status"]["silencedBy"]))
    now = now_of(alertmanager) + timedelta(seconds=1)
    given = {"drift_alerts": "ModelDrift.*"}
    metrics = PrometheusSettings.model_validate({"id": "metrics", "type": "prometheus", "url": prometheus, **given})
    alerts = AlertmanagerSettings.model_validate({"id": "alerts", "type": "alertmanager", "url": alertmanager, **given})
    teams = Settings(organisation="Acme", teams=(Team(id="all"),))
    records = [*read(PrometheusCollector(metrics, teams), now), *read(AlertmanagerCollector(alerts), now)]

    assert sorted(record.source for record in records) == ["alerts", "metrics"]
    (one,) = merged_alerts(records)
    assert one.kind == "incident"
    assert (one.source, one.subject, one.resolved_at) == ("metrics", "fraud", None)
    assert one.acknowledged_at is not None
    assert one.detected_at <= one.acknowledged_at <= now
    assert {row[0] for row in proof([one]).sample} == {"alerts", "metrics"}
