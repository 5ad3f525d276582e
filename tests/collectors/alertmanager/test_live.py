"""Against a real Alertmanager: an alert that fires, is muted, and ends. Time is the server's own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest
from fake_alertmanager import FakeAlertmanager, iso

from mlops_maturity.collectors.alertmanager.collector import INCIDENTS, AlertmanagerCollector
from mlops_maturity.collectors.alertmanager.settings import AlertmanagerSettings
from mlops_maturity.collectors.interface import ReadRequest

PROGRAM = next(filter(None, map(shutil.which, ("prometheus-alertmanager", "alertmanager"))), None)
CONFIG = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
LABELS = {"alertname": "ModelDriftHigh", "model": "churn", "severity": "warning"}
MINUTE = timedelta(minutes=1)

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(PROGRAM is None, reason="needs Alertmanager: apt-get install prometheus-alertmanager"),
]


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture
def server(tmp_path):
    """Its address, below a path, once it answers."""
    (tmp_path / "alertmanager.yml").write_text(CONFIG)
    url = f"http://127.0.0.1:{free_port()}"
    with (tmp_path / "log").open("wb") as log:
        program = subprocess.Popen(
            [
                PROGRAM,
                f"--config.file={tmp_path / 'alertmanager.yml'}",
                f"--storage.path={tmp_path / 'data'}",
                f"--web.listen-address={url.removeprefix('http://')}",
                "--web.route-prefix=/am",
                "--cluster.listen-address=",
            ],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        wait_for(lambda: httpx.get(f"{url}/am/-/ready").is_success, program, tmp_path / "log")
        yield f"{url}/am"
    finally:
        os.killpg(program.pid, signal.SIGTERM)
        program.wait(timeout=10)


def wait_for(ready, program, log):
    for _ in range(200):
        assert program.poll() is None, log.read_text()
        try:
            if ready():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"Alertmanager is not ready after 10 s: {log.read_text()}")


@pytest.fixture
def collector(server):
    source = AlertmanagerSettings.model_validate(
        {"id": "alerts", "type": "alertmanager", "url": server, "drift_alerts": "ModelDrift.*"}
    )
    made = AlertmanagerCollector(source)
    yield made
    made.close()


def post(server, what, body):
    httpx.post(f"{server}/api/v2/{what}", json=body).raise_for_status()


def now_of(server):
    return parsedate_to_datetime(httpx.get(f"{server}/api/v2/status").headers["date"])


def read(collector, now, cursor=None):
    (page,) = collector.read(INCIDENTS, ReadRequest(now=now, since=now, cursor=cursor or {}))
    return page


def test_an_alert_is_seen_muted_and_gone(server, collector, monkeypatch):
    now = now_of(server)
    start = now - 90 * MINUTE
    alert = {"labels": LABELS, "startsAt": iso(start + timedelta(milliseconds=250))}
    post(server, "alerts", [alert, {"labels": {"alertname": "DiskFull"}, "startsAt": iso(start)}])
    first = read(collector, now)
    (record,) = first.records
    assert (record.subject, record.detected_at, record.severity) == ("churn", start, "warning")
    assert (record.acknowledged_at, record.resolved_at, first.refused) == (None, None, [])

    matcher = {"name": "model", "value": "churn", "isRegex": False}
    silence = {
        "matchers": [matcher],
        "startsAt": iso(now),
        "endsAt": iso(now + 60 * MINUTE),
        "createdBy": "ann",
        "comment": "x",
    }
    post(server, "silences", silence)
    second = read(collector, now + MINUTE, first.cursor)
    (muted,) = second.records
    assert muted.id == record.id
    assert now <= muted.acknowledged_at <= now + MINUTE

    post(server, "alerts", [{**alert, "endsAt": iso(now_of(server))}])
    kept = read(collector, now + 2 * MINUTE, second.cursor)
    assert kept.records == [], "so soon after its start, it may not have been told of all alerts"
    assert read(collector, now + 20 * MINUTE, kept.cursor).records == [], "the server's own clock counts too"
    monkeypatch.setattr("mlops_maturity.collectors.http.LAG", -MINUTE)  # as if it had run for a while
    (gone,) = read(collector, now + 20 * MINUTE, kept.cursor).records
    assert (gone.id, gone.resolved_at) == (record.id, now + 20 * MINUTE)
    assert gone.acknowledged_at == muted.acknowledged_at


def test_doctor_tells_its_version_and_what_it_sees(server, collector):
    post(server, "alerts", [{"labels": LABELS, "startsAt": iso(now_of(server) - MINUTE)}])
    found = {probe.name: probe for probe in collector.probe()}
    assert {name: probe.state for name, probe in found.items()} == dict.fromkeys(
        ("reachable", "drift_alerts", "silences"), "ok"
    )
    assert found["reachable"].detail.startswith("Alertmanager 0.")
    assert found["drift_alerts"].detail == "1 fire now: ModelDriftHigh"


def test_the_fake_answers_in_the_same_shapes(server):
    now = now_of(server)
    fake = FakeAlertmanager()
    fake.silence(fake.fire(now), now)
    post(server, "alerts", [{"labels": LABELS, "startsAt": iso(now)}])
    silence = {"startsAt": iso(now), "endsAt": iso(now + MINUTE), "createdBy": "ann", "comment": "x"}
    post(server, "silences", {**silence, "matchers": [{"name": "model", "value": "churn", "isRegex": False}]})
    for what in ("alerts", "silences", "status"):
        real = httpx.get(f"{server}/api/v2/{what}", params={"silenced": "true"}).json()
        url = f"{server.removesuffix('/am')}/api/v2/{what}"
        made = fake.handle(httpx.Request("GET", url, params={"silenced": "true"})).json()
        missing = set(flattened(made)) - set(flattened(real))
        assert {path for path in missing if "generatorURL" not in path and "summary" not in path} == set()


def flattened(value, path=""):
    """The paths of everything in it, with the type that stands there."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from flattened(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from flattened(inner, f"{path}[]")
    else:
        yield f"{path}: {type(value).__name__}"
