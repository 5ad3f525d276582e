"""A server that sends its header a byte at a time: every byte begins the read time-out anew; the clock must end it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mlops_maturity.collectors import registry
from mlops_maturity.collectors.bounded_session import BoundedSession
from mlops_maturity.collectors.cut_off import CutOff
from mlops_maturity.collectors.http import Http
from mlops_maturity.collectors.interface import Unreachable
from mlops_maturity.collectors.run import collect
from mlops_maturity.config.settings import Settings, SourceSettings, Team
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.runs import read_runs

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HEADER = b"HTTP/1.1 200 OK\r\nX-Slow: "


class Dripping:
    """Takes connections and never comes to the end of its header."""

    def __init__(self) -> None:
        self.asked, self._done = threading.Event(), threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._done.set()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._drip, args=(connection,), daemon=True).start()

    def _drip(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(4096)
            connection.sendall(HEADER)
            self.asked.set()
            while not self._done.wait(0.02):
                connection.sendall(b"x")


@pytest.fixture
def dripping() -> Iterator[Dripping]:
    server = Dripping()
    yield server
    server.close()


def settings(url: str, **more: object) -> SourceSettings:
    return SourceSettings.model_validate({"id": "source", "type": "any", "url": url, **more})


def ask_session(source: SourceSettings) -> BoundedSession:
    return BoundedSession(source, sleep=lambda seconds: None)


def ask(client: BoundedSession | Http, url: str) -> None:
    if isinstance(client, Http):
        client.get("")
    else:
        client.request("GET", url)


CLIENTS = [ask_session, lambda source: Http(source, sleep=lambda seconds: None)]


@pytest.mark.parametrize("make", CLIENTS)
def test_a_header_that_never_ends_is_left_at_the_time_out(dripping, make):
    client = make(settings(dripping.url, timeout_s=0.1))
    with pytest.raises(Unreachable, match=r"0.1 s\. Raise `timeout_s`"):
        ask(client, dripping.url)
    client.close()


@pytest.mark.parametrize("make", CLIENTS)
def test_closing_from_another_thread_ends_a_header_that_never_ends(dripping, make):
    client = make(settings(dripping.url, timeout_s=600))

    def close() -> None:
        dripping.asked.wait(30)
        client.close()

    closing = threading.Thread(target=close)
    closing.start()
    with pytest.raises(Unreachable, match="stopped"):
        ask(client, dripping.url)
    closing.join()


def test_a_connection_made_after_the_end_is_shut_down_at_once():
    here, there = socket.socketpair()
    cut_off = CutOff()
    cut_off.end()
    cut_off.watch(here)
    assert here.recv(1) == b""
    there.close()
    here.close()


def test_no_connection_is_kept_open_by_its_twin():
    here, there = socket.socketpair()
    cut_off = CutOff()
    cut_off.watch(here)
    with cut_off.within(60) as over:
        here.close()
    assert there.recv(1) == b""
    assert not over.is_set()
    there.close()


KINDS = {
    "prometheus": {},
    "mlflow": {},
    "alertmanager": {"drift_alerts": "Drift.*"},
    "github": {"repositories": ["acme/x"]},
    "gitlab": {"projects": ["acme/x"]},
    "jenkins": {},
    "buildbot": {},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_that_drips_is_left_at_its_deadline(tmp_path, dripping, kind):
    store = open_store("sqlite:///test.db", tmp_path)
    (outcome,) = collect(
        store, organisation(kind, dripping.url, deadline_s=0.5), now=NOW, since=NOW - timedelta(days=3)
    )
    assert outcome.state == "partial"
    assert "the deadline of 0.5 s is over" in outcome.error
    store.close()


@pytest.mark.parametrize("kind", ["prometheus", "github"])
def test_ctrl_c_ends_a_source_that_drips(tmp_path, dripping, kind, monkeypatch):
    def interrupt(*_, **__):
        dripping.asked.wait(30)
        raise KeyboardInterrupt

    monkeypatch.setattr("mlops_maturity.collectors.run._keep_leases", interrupt)
    store = open_store("sqlite:///test.db", tmp_path)
    with pytest.raises(KeyboardInterrupt):
        collect(store, organisation(kind, dripping.url, timeout_s=600), now=NOW, since=NOW - timedelta(days=3))
    assert read_runs(store)[0].state == "interrupted"
    store.close()


def organisation(kind: str, url: str, **more: object) -> Settings:
    """An organisation with one source of that kind."""
    model = registry.source_types()[kind]
    source = model.model_validate({"id": "s1", "type": kind, "url": url, **KINDS[kind], **more})
    return Settings(organisation="Acme", teams=(Team(id="t"),), sources=(source,))
