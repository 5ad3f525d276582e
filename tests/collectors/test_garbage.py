"""Answers of another shape: what can not be read is told, and never taken for "there are none"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from mlops_maturity.collectors import http_client, registry
from mlops_maturity.collectors.run import collect
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.records import read_records

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SOURCES = {
    "github": {"repositories": ["acme/x"]},
    "gitlab": {"projects": ["acme/x"]},
    "jenkins": {},
    "buildbot": {},
}
GARBAGE = {
    "numbers": b"[1, 2, 3]",
    "text": b'"x"',
    "empty object": b"{}",
    "null": b"null",
    "truncated": b'{"builds": [{"buildid": 1',
    "list of lists": b"[[]]",
}


@pytest.fixture
def told(tmp_path, monkeypatch):
    """What `collect` says of a source of that kind that answers every question with that body."""
    store = open_store("sqlite:///test.db", tmp_path)

    def run(kind, body):
        answering = httpx.MockTransport(lambda request: httpx.Response(200, content=body))
        make = http_client.open_client
        monkeypatch.setattr(
            "mlops_maturity.collectors.http.open_client", lambda source, headers, _: make(source, headers, answering)
        )
        given = {"id": "s1", "type": kind, "url": "http://ci.example", **SOURCES[kind]}
        source = registry.source_types()[kind].model_validate(given)
        settings = Settings(organisation="Acme", teams=(Team(id="t"),), sources=(source,))
        (outcome,) = collect(store, settings, now=NOW, since=NOW - timedelta(days=30))
        return outcome

    yield run, store
    store.close()


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
@pytest.mark.parametrize("kind", SOURCES)
def test_garbage_is_a_failure_and_never_none(told, kind, body):
    run, store = told
    outcome = run(kind, body)
    assert outcome.state == "error", outcome
    assert outcome.error.startswith(("s1: ", *(f"{stream.stream}: " for stream in outcome.streams)))
    assert not [span for span in read_coverage(store) if span.complete]
    assert list(read_records(store)) == []
