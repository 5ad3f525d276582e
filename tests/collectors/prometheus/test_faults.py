"""What goes wrong between us and the server; long ranges; tokens."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

import pytest

from mlops_maturity.collectors.interface import (
    BadAnswer,
    Forbidden,
    RateLimited,
    Unauthorized,
    Unreachable,
)
from mlops_maturity.collectors.prometheus.client import MOST_POINTS, PrometheusSource, QueryRefused
from mlops_maturity.collectors.prometheus.settings import PrometheusSettings

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def source(scripted_server, waits):
    made = []

    def make(**settings):
        given = {"id": "metrics", "type": "prometheus", "url": scripted_server.url, **settings}
        made.append(PrometheusSource(PrometheusSettings.model_validate(given), sleep=waits.append))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def one_sample(told):
    return told({"status": "success", "data": {"resultType": "scalar", "result": [1, "42"]}})


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 502, "body": b"<html>"},
        {"status": 503, "body": b"starting up"},
        {"status": 504},
        {"status": 429, "headers": {"Retry-After": "2"}},
        {"fault": "reset"},
        {"fault": "short", "body": b'{"status":'},
    ],
    ids=lambda fault: str(fault.get("status", fault.get("fault"))),
)
def test_what_passes_is_tried_again(source, scripted_server, told, waits, one_sample, fault):
    scripted_server.faults.extend([told(**fault), told(**fault)])
    scripted_server.answer = lambda asked: one_sample
    assert source().at("x", NOW)[0].points == ((1.0, 42.0),)
    assert len(waits) == 2


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ({"status": 401}, Unauthorized, "token_env"),
        ({"status": 403, "body": b"no"}, Forbidden, "read access"),
        ({"status": 404}, BadAnswer, "Mimir lives below /prometheus"),
        (
            {"status": 400, "body": {"status": "error", "errorType": "bad_data", "error": "parse error"}},
            QueryRefused,
            "bad_data: parse error",
        ),
        (
            {"status": 422, "body": {"status": "error", "errorType": "execution", "error": "too many samples"}},
            QueryRefused,
            "too many samples",
        ),
        (
            {"status": 503, "body": {"status": "error", "errorType": "timeout", "error": "query timed out"}},
            QueryRefused,
            "ask for less at once",
        ),
        ({"status": 500}, BadAnswer, "HTTP 500 to the end"),
        ({"status": 429, "headers": {"Retry-After": "7200"}}, RateLimited, "asks to wait"),
        ({"body": b"<html>log in</html>"}, BadAnswer, "something else than a JSON object"),
        ({"body": b'{"status": "succ'}, BadAnswer, "something else than a JSON object"),
        ({"body": b""}, BadAnswer, "answered nothing"),
        ({"body": {"status": "error", "error": "odd"}}, BadAnswer, "odd"),
        ({"body": {"status": "success"}}, BadAnswer, "not shaped as Prometheus"),
        ({"body": {"status": "success", "data": {"result": [{"metric": {}, "value": "x"}]}}}, BadAnswer, "not shaped"),
        ({"fault": "reset"}, Unreachable, "broke off"),
    ],
    ids=str,
)
def test_what_does_not_pass_is_told_in_one_line(source, scripted_server, told, answer, error, words):
    scripted_server.answer = lambda asked: told(**answer)
    with pytest.raises(error, match=words) as caught:
        source().at('secret_metric{a="b"}', NOW)
    assert "\n" not in str(caught.value)
    assert "secret_metric" not in str(caught.value)


def test_a_server_that_never_answers_ends_in_time(source, scripted_server, told):
    scripted_server.answer = lambda asked: told(fault="stall")
    with pytest.raises(Unreachable, match=r"within 0.05 s"):
        source(timeout_s=0.05).at("x", NOW)


def test_a_refused_connection_is_one_line_at_once(source, waits):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(Unreachable, match="connection refused"):
        source(url=f"http://127.0.0.1:{port}").at("x", NOW)
    assert sum(waits) < 10


def test_sends_the_source_s_own_token_and_no_other(source, scripted_server, one_sample, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("TOKEN_A", "aaa-secret")
    scripted_server.answer = lambda asked: one_sample
    source(token_env="TOKEN_A").at("x", NOW)
    source().at("x", NOW)
    assert [asked.headers.get("authorization") for asked in scripted_server.asked] == ["Bearer aaa-secret", None]


def test_names_the_tenant_with_every_question_and_without_one_none(source, scripted_server, one_sample):
    scripted_server.answer = lambda asked: one_sample
    source(tenant="ml|platform").at("x", NOW)
    source().at("x", NOW)
    assert [asked.headers.get("x-scope-orgid") for asked in scripted_server.asked] == ["ml|platform", None]


def test_a_redirect_to_another_address_is_not_followed(source, scripted_server, told, monkeypatch):
    monkeypatch.setenv("TOKEN_A", "aaa-secret")
    elsewhere = scripted_server.url.replace("127.0.0.1", "localhost")
    scripted_server.answer = lambda asked: told(status=302, headers={"Location": f"{elsewhere}/api/v1/query"})
    with pytest.raises(BadAnswer, match="points to another address"):
        source(token_env="TOKEN_A").at("x", NOW)
    assert len(scripted_server.asked) == 1


def test_a_certificate_file_that_is_none_is_told(source, tmp_path):
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(Unreachable, match="holds no readable certificates"):
        source(ca_bundle=str(tmp_path / "ca.pem")).at("x", NOW)


def test_a_long_range_is_asked_in_parts_that_share_no_point(source, scripted_server, fake):
    step = timedelta(seconds=60)
    start, points = NOW - 25_000 * step, {}
    for number in range(25_001):
        points[(start + number * step).timestamp()] = number
    fake.series = {"x": [({"a": "b"}, points)]}
    (series,) = source().over("x", start, NOW, step)
    assert [value for _, value in series.points] == list(range(25_001))
    asked = [
        (float(entry.query["end"][0]) - float(entry.query["start"][0])) / 60 + 1 for entry in scripted_server.asked
    ]
    assert max(asked) <= MOST_POINTS
    assert sum(asked) == 25_001


def test_a_long_query_goes_in_the_body(source, scripted_server, one_sample):
    scripted_server.answer = lambda asked: one_sample
    query = "x" * 20_000
    source().at(query, NOW)
    (asked,) = scripted_server.asked
    assert asked.method == "POST"
    assert asked.query == {}
    assert query.encode() in asked.body


def test_probe_says_what_is_there_and_what_to_fix(fake, collector, scripted_server):
    fake.series = {
        "count by (model) (last_over_time(model_requests_total[1d]))": [({"model": "fraud"}, {NOW.timestamp(): 2})],
        "count by (model) (last_over_time(model_drift_score[1d]))": [({}, {NOW.timestamp(): 2})],
    }
    found = {probe.name: probe for probe in collector(latency_histogram="latency").probe()}
    assert {name: probe.state for name, probe in found.items()} == {
        "reachable": "ok",
        "serving_metric": "ok",
        "drift_metric": "warning",
        "latency_histogram": "warning",
        "drift_alerts": "warning",
    }
    assert "2.42.0" in found["reachable"].detail
    assert "labels.model" in found["drift_metric"].fix
    assert found["latency_histogram"].detail == "no series named latency_bucket in the last day"
    assert "ModelDrift.*" in found["drift_alerts"].detail


@pytest.mark.parametrize(
    ("status", "state", "step"),
    [
        (404, "warning", "name the server that evaluates the rules"),
        (403, "error", "give the token read access"),
        (500, "error", "look at the server's log"),
    ],
)
def test_probe_tells_what_rules_need_by_the_status_of_their_answer(
    fake, collector, scripted_server, told, status, state, step
):
    rest = scripted_server.answer
    scripted_server.answer = lambda asked: told(status=status) if asked.path.endswith("/rules") else rest(asked)
    rules = {probe.name: probe for probe in collector().probe()}["drift_alerts"]
    assert (rules.state, f"HTTP {status}" in rules.detail) == (state, True)
    assert rules.fix.startswith(step)


def test_probe_says_what_is_not_configured(fake, collector):
    found = {p.name: p for p in collector(serving_metric=None, drift_metric=None, drift_alerts=None).probe()}
    assert {name for name, probe in found.items() if probe.detail == "not configured"} == {
        "serving_metric",
        "drift_metric",
        "drift_alerts",
    }


def test_probe_never_raises(collector, scripted_server, told):
    scripted_server.answer = lambda asked: told(status=401)
    (only,) = collector().probe()
    assert (only.name, only.state) == ("reachable", "error")
