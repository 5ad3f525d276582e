"""What goes wrong between us and the server, and that nothing of ours leaks or hangs."""

from __future__ import annotations

import os
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
from mlops_maturity.collectors.mlflow.collector import MODELS

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def two_runs(fake, make_run):
    fake.runs = [make_run("r1", NOW - timedelta(days=2)), make_run("r2", NOW - timedelta(days=1))]
    return fake


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 502, "body": b"<html>bad gateway</html>"},
        {"status": 503},
        {"status": 504},
        {"status": 429, "headers": {"Retry-After": "2"}},
        {"fault": "reset"},
        {"fault": "short", "body": b'{"runs":'},
    ],
    ids=lambda fault: str(fault.get("status", fault.get("fault"))),
)
def test_what_passes_is_tried_again(two_runs, read, scripted_server, told, waits, fault):
    scripted_server.faults.extend([told(**fault), told(**fault)])
    assert read().ids() == {"r1", "r2"}
    assert len(waits) == 2


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ({"status": 401, "body": b"no"}, Unauthorized, "token_env"),
        ({"status": 403, "body": b"no"}, Forbidden, "read access"),
        ({"status": 404, "body": b"no"}, BadAnswer, "No MLflow answers there"),
        ({"status": 400, "body": {"error_code": "INVALID_PARAMETER_VALUE", "message": "no"}}, BadAnswer, "HTTP 400"),
        ({"status": 500}, BadAnswer, "HTTP 500 to the end"),
        ({"status": 429, "headers": {"Retry-After": "7200"}}, RateLimited, "asks to wait 7200 s"),
        ({"body": b"<html>log in</html>"}, BadAnswer, "something else than a JSON object"),
        ({"body": b'{"runs": [{"info"'}, BadAnswer, "something else than a JSON object"),
        ({"body": b""}, BadAnswer, "something else than a JSON object"),
        ({"body": b"[1, 2]"}, BadAnswer, "something else than a JSON object"),
        ({"body": {"experiments": "garbage"}}, BadAnswer, "not shaped as MLflow's interface promises"),
        ({"body": {"experiments": [{"experiment_id": {"a": 1}}]}}, BadAnswer, "not shaped"),
        ({"fault": "reset"}, Unreachable, "broke off"),
    ],
    ids=str,
)
def test_what_does_not_pass_is_told_in_one_line(fake, read, scripted_server, told, answer, error, words):
    scripted_server.answer = lambda asked: told(**answer)
    with pytest.raises(error, match=words) as caught:
        read()
    assert str(caught.value).startswith("tracking: http://127.0.0.1")
    assert "\n" not in str(caught.value)


def test_a_server_that_never_answers_ends_in_time(fake, read, scripted_server, told):
    scripted_server.answer = lambda asked: told(fault="stall")
    with pytest.raises(Unreachable, match=r"within 0.05 s"):
        read(timeout_s=0.05)


def test_a_refused_connection_is_one_line_at_once(read, waits):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(Unreachable, match=r"connection refused\. Is the server running"):
        read(url=f"http://127.0.0.1:{port}")
    assert sum(waits) < 10


def test_what_was_read_before_a_fault_stays_and_the_next_reading_goes_on(
    two_runs, collector, scripted_server, told, read
):
    from mlops_maturity.collectors.interface import ReadRequest
    from mlops_maturity.collectors.mlflow.collector import RUNS

    request = ReadRequest(now=NOW, since=NOW - timedelta(days=20))
    pages = collector(page_size=1).read(RUNS, request)
    before = [next(pages) for _ in range(5)]
    scripted_server.answer = lambda asked: told(status=403)
    with pytest.raises(Forbidden):
        list(pages)
    scripted_server.answer = two_runs.answer
    rest = collector(page_size=1).read(RUNS, ReadRequest(now=NOW, since=request.since, cursor=before[-1].cursor))
    found = {record.id for page in [*before, *rest] for record in page.records}
    assert found == {"r1", "r2"}


def test_a_list_that_goes_in_a_circle_ends(fake, read, scripted_server, told):
    same = {"registered_models": [{"name": "m"}], "next_page_token": "again"}
    scripted_server.answer = lambda asked: told(same)
    with pytest.raises(BadAnswer, match="goes in a circle"):
        read(stream=MODELS)


def test_runs_that_go_in_a_circle_end(two_runs, read, scripted_server, told, make_run):
    same = {"runs": [make_run("r1", 0)], "next_page_token": "again"}

    def answer(asked):
        return told(same) if asked.path.endswith("runs/search") else two_runs.answer(asked)

    scripted_server.answer = answer
    with pytest.raises(BadAnswer, match="goes in a circle"):
        read()


def test_runs_out_of_order_are_refused_instead_of_lost(two_runs, read, scripted_server, told, make_run):
    mixed = {"runs": [make_run("r1", NOW - timedelta(days=1)), make_run("r2", NOW - timedelta(days=2))]}

    def answer(asked):
        return told(mixed) if asked.path.endswith("runs/search") else two_runs.answer(asked)

    scripted_server.answer = answer
    with pytest.raises(BadAnswer, match="order of start_time"):
        read()


def test_two_sources_never_see_each_others_token(two_runs, read, scripted_server, monkeypatch):
    monkeypatch.setenv("TOKEN_A", "aaa-secret")
    monkeypatch.setenv("TOKEN_B", "bbb-secret")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "ambient-secret")
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "ambient")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "ambient-secret")
    seen = {}
    for name in ("TOKEN_A", "TOKEN_B", None):
        scripted_server.asked.clear()
        read(token_env=name)
        seen[name] = {asked.headers.get("authorization") for asked in scripted_server.asked}
    assert seen == {"TOKEN_A": {"Bearer aaa-secret"}, "TOKEN_B": {"Bearer bbb-secret"}, None: {None}}


def test_the_environment_stays_as_it_was(two_runs, read):
    before = dict(os.environ)
    read()
    read(stream=MODELS)
    assert dict(os.environ) == before


def test_a_netrc_file_gives_no_credentials(two_runs, read, scripted_server, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    read()
    assert {asked.headers.get("authorization") for asked in scripted_server.asked} == {None}


def test_a_missing_token_says_which_variable(fake, read):
    with pytest.raises(Unauthorized, match="NOT_THERE"):
        read(token_env="NOT_THERE")


def test_an_echoed_token_is_not_repeated(fake, read, scripted_server, told, monkeypatch):
    monkeypatch.setenv("TOKEN_A", "aaa-secret")
    scripted_server.answer = lambda asked: told(f"refused {asked.headers['authorization']}".encode(), status=403)
    with pytest.raises(Forbidden) as caught:
        read(token_env="TOKEN_A")
    assert "aaa-secret" not in str(caught.value)


def test_a_redirect_to_another_address_is_not_followed(fake, read, scripted_server, told, monkeypatch):
    monkeypatch.setenv("TOKEN_A", "aaa-secret")
    elsewhere = scripted_server.url.replace("127.0.0.1", "localhost")
    scripted_server.answer = lambda asked: told(status=307, headers={"Location": f"{elsewhere}/"})
    with pytest.raises(BadAnswer, match="points to another address"):
        read(token_env="TOKEN_A")
    assert len(scripted_server.asked) == 1


def test_a_redirect_on_the_same_address_is_followed(two_runs, read, scripted_server, told):
    def answer(asked):
        if not asked.path.startswith("/moved"):
            return told(status=308, headers={"Location": f"/moved{asked.path}"})
        from dataclasses import replace

        return two_runs.answer(replace(asked, path=asked.path.removeprefix("/moved")))

    scripted_server.answer = answer
    assert read().ids() == {"r1", "r2"}


def test_probe_says_what_is_there_and_what_to_fix(two_runs, collector):
    two_runs.models = [{"name": "fraud", "aliases": [{"alias": "live", "version": "1"}]}]
    two_runs.versions = [{"name": "fraud", "version": "1"}]
    found = {probe.name: probe for probe in collector().probe()}
    assert {name: probe.state for name, probe in found.items()} == {
        "reachable": "ok",
        "runs": "ok",
        "models": "warning",
        "versions": "warning",
        "logged models": "ok",
        "prompts": "ok",
        "traces": "ok",
    }
    assert "3.17.2" in found["reachable"].detail
    assert "1 experiment, 2 runs" in found["runs"].detail
    assert "in use: live" in found["models"].fix
    assert "validation_tag" in found["versions"].fix


def test_probe_tells_of_prompts_and_traces(fake, collector, make_trace):
    fake.prompts = [{"name": "greeting", "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}]}]
    fake.traces = [make_trace(1, NOW), make_trace(2, NOW)]
    found = {probe.name: probe for probe in collector().probe()}
    assert (found["prompts"].state, found["traces"].state) == ("warning", "ok")
    assert "application_tag" in found["prompts"].fix
    assert "2 traces" in found["traces"].detail
    other = {probe.name: probe for probe in collector(trace_experiments=["prod/*"]).probe()}
    assert other["traces"].state == "warning"
    assert "trace_experiments" in other["traces"].fix


def test_probe_of_an_old_server_says_what_it_lacks(fake, collector):
    fake.version = "2.9.1"
    fake.missing = {"/api/3.0/mlflow/traces/search"}
    found = {probe.name: probe for probe in collector().probe()}
    assert (found["prompts"].state, found["traces"].state) == ("ok", "ok")
    assert found["prompts"].detail.startswith("not in this version: ")
    assert found["traces"].detail.startswith("not in this version: ")


@pytest.mark.parametrize(
    ("status", "state", "step"),
    [
        (404, "warning", "update MLflow"),
        (403, "error", "give the token read access"),
        (500, "error", "look at the server's log"),
    ],
)
def test_probe_tells_what_a_part_needs_by_the_status_of_its_answer(
    fake, collector, scripted_server, told, status, state, step
):
    rest = scripted_server.answer
    scripted_server.answer = lambda asked: told(status=status) if "model-versions" in asked.path else rest(asked)
    versions = {probe.name: probe for probe in collector().probe()}["versions"]
    assert (versions.state, f"HTTP {status}" in versions.detail) == (state, True)
    assert versions.fix.startswith(step)


def test_probe_names_a_login_page(fake, collector, scripted_server, told):
    scripted_server.answer = lambda asked: told(b"<html><title>Sign in</title>")
    (probe,) = collector().probe()
    assert (probe.name, probe.state) == ("reachable", "error")
    assert "answers with a web page (a login?)" in probe.detail
    assert "<html>" not in probe.detail


def test_probe_never_raises(fake, collector, scripted_server, told):
    scripted_server.answer = lambda asked: told(status=401)
    (only,) = collector().probe()
    assert (only.name, only.state) == ("reachable", "error")
    assert "HTTP 401" in only.detail
