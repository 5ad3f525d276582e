"""Every collector against every fault: a missing cell is a failing test.

What passes leaves no trace. What stays is told by its name, makes nothing known that is not, stores nothing wrong, and
is made good by the next run once it is over.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from rigs import PAGE, RIGS, ROWS, Rig, rows_of
from sqlalchemy import event

import mlops_maturity.collectors as room
from mlops_maturity.collectors import bounded_session, http, http_client, registry
from mlops_maturity.collectors.run import collect
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.store.coverage import read_coverage
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.records import read_records

TOKEN = "s3cret-of-the-source"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Fault:
    """An answer in place of the right one. `wire` is what happens to the connection instead."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    wire: str = ""


PASSING = {
    "429 3 s": Fault(429, headers={"Retry-After": "3"}),
    "429": Fault(429),
    "500": Fault(500),
    "502": Fault(502, b"<html>Bad gateway"),
    "503 2 s": Fault(503, headers={"Retry-After": "2"}),
    "reset": Fault(wire="reset"),
    "stall": Fault(wire="stall"),
    "short": Fault(wire="short"),
}
LASTING = {
    "401": (Fault(401), {"unauthorized"}),
    "403": (Fault(403), {"forbidden"}),
    "404": (Fault(404), {"forbidden", "unsupported"}),
    "429 1 h": (Fault(429, headers={"Retry-After": "3600"}), {"partial"}),
    "429": (Fault(429), {"partial"}),
    "500": (Fault(500), {"error"}),
    "502": (Fault(502, b"<html>Bad gateway"), {"error"}),
    "reset": (Fault(wire="reset"), {"unreachable"}),
    "stall": (Fault(wire="stall"), {"unreachable", "partial"}),
    "truncated": (Fault(body=b'{"builds": [{"buildid": 1'), {"error"}),
    "html": (Fault(body=b"<!doctype html><title>Sign in"), {"error"}),
    "nothing": (Fault(body=b""), {"error"}),
    "numbers": (Fault(body=b"[1, 2, 3]"), {"error"}),
    "another shape": (Fault(body=b'{"message": "no"}'), {"error"}),
    "another host": (Fault(302, headers={"Location": "http://evil.example/login"}), {"error"}),
}
REMARKED = {"401", "403", "404"}
MAY_BE_OPTIONAL = {"403", "404"}
"""What a collector may take as the absence of a detail in the middle of its work, and go on without it."""
UNPAGED = {
    "alertmanager": "all alerts come in one answer, and all silences",
    "prometheus": "answers are whole; long ranges are asked in parts that share no sample (test_observations)",
}
"""Kinds whose lists have no pages, and why no fault of paging can be."""

NEVER_TWICE = {
    "prometheus": "a series has one sample a moment",
    "jenkins": "builds are asked by their places in a list, which holds each once; those that shift are tested below",
}


class Meddler:
    """Stands between collector and server; changes the answers to requests from `first` on, `times` of them."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.fault: Fault | None = None
        self.first, self.times = 0, 0
        self.meanwhile: Any = None
        self.bodies: Any = None
        self.links = False

    def at(self, fault: Fault | None, first: int = 0, times: int = 10**9) -> None:
        self.asked, self.fault, self.first, self.times = [], fault, first, times

    def fault_now(self, request: Any) -> Fault | None:
        number = len(self.asked)
        self.asked.append(request)
        if self.meanwhile is not None and number == self.first:
            self.meanwhile()
        return self.fault if self.fault is not None and self.first <= number < self.first + self.times else None

    def body(self, content: bytes) -> bytes:
        return content if self.bodies is None else self.bodies(content)


WIRE = {
    "reset": lambda: httpx.ReadError("reset by peer"),
    "stall": lambda: httpx.ReadTimeout("stalled"),
    "short": lambda: httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
}


@dataclass
class Scene:
    """One source under test."""

    rig: Rig
    meddler: Meddler
    settings: Settings

    def run(self, store: Any, *, later: timedelta = timedelta(0)) -> Any:
        now = self.rig.now + later
        (outcome,) = collect(store, self.settings, now=now, since=self.rig.now - timedelta(days=30))
        return outcome


@pytest.fixture
def scene(request, scripted_server, told, monkeypatch) -> Scene:
    kind, rows = request.param if isinstance(request.param, tuple) else (request.param, ROWS)
    rig = RIGS[kind](told, rows)
    meddler = Meddler()
    monkeypatch.setenv("RIG_TOKEN", TOKEN)
    monkeypatch.setenv("RIG_USER", "ann")
    for place, number in rig.small.items():
        module, _, name = place.rpartition(".")
        monkeypatch.setattr(f"{room.__name__}.{module}.{name}", number)
    for client in (http.Http, bounded_session.BoundedSession):
        monkeypatch.setattr(client, "_interruptible_sleep", lambda self, seconds: None)
    if rig.serve is not None:
        transport = httpx.MockTransport(lambda asked: meddled(meddler, rig, asked))
        make = http_client.open_client
        monkeypatch.setattr(http, "open_client", lambda source, headers, _: make(source, headers, transport))
    else:
        scripted_server.answer = lambda asked: scripted(meddler, rig, asked, told)
    url = scripted_server.url if rig.serve is None else "http://gitlab.internal:8181"
    given = {"id": "s1", "type": rig.kind, "url": url, "token_env": "RIG_TOKEN", "timeout_s": 0.5, **rig.settings}
    given |= {"deadline_s": 60}
    source = registry.source_types()[rig.kind].model_validate(given)
    return Scene(rig, meddler, Settings(organisation="Acme", teams=(Team(id="t"),), sources=(source,)))


def meddled(meddler: Meddler, rig: Rig, asked: httpx.Request) -> httpx.Response:
    fault = meddler.fault_now(asked)
    if fault is None:
        answer = rig.serve(asked)
        if answer.status_code != 200:
            return answer
        headers = linked(asked, answer) if meddler.links else plain(answer.headers)
        return httpx.Response(200, content=meddler.body(answer.content), headers=headers)
    if fault.wire:
        raise WIRE[fault.wire]()
    return httpx.Response(fault.status, content=fault.body, headers=fault.headers)


def plain(headers: httpx.Headers) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "content-length"}


def scripted(meddler: Meddler, rig: Rig, asked: Any, told: Any) -> Any:
    fault = meddler.fault_now(asked)
    if fault is None:
        answer = rig.script(asked)
        return replace(answer, body=meddler.body(answer.content)) if answer.status == 200 else answer
    return told(fault.body, status=fault.status, headers=fault.headers, fault=fault.wire)


@contextmanager
def stored(tmp_path: Any, name: str) -> Iterator[Any]:
    # Copied from one without records: making the tables takes longer than most faults do.
    template = tmp_path.parent / "empty-store.db"
    if not template.exists():
        open_store(f"sqlite:///{template}", tmp_path).close()
    shutil.copy(template, tmp_path / f"{name}.db")
    store = open_store(f"sqlite:///{name}.db", tmp_path)
    # Nobody pulls the plug here; waiting for the disk at each page is half of the time otherwise.
    event.listen(store.engine, "connect", lambda wire, _: wire.execute("PRAGMA synchronous = OFF"))
    store.close()
    try:
        yield store
    finally:
        store.close()


def held(store: Any) -> dict[Any, Any]:
    """By key; without addresses, as the server's port is another one each time."""
    return {
        (one.kind, one.id, getattr(one, "attempt", None)): one.model_copy(update={"url": None})
        for one in read_records(store)
    }


def facts(records: dict[Any, Any]) -> dict[Any, Any]:
    """Without what is said of a whole source (why something could not be told stays true of its day), and without
    aliases, which bear the time at which we saw them first."""
    return {
        key: one for key, one in records.items() if one.kind != "model_alias" and getattr(one, "subject", None) != "*"
    }


def whole(store: Any) -> list[Any]:
    return [span for span in read_coverage(store) if span.complete]


@dataclass(frozen=True)
class Undisturbed:
    """What is stored, and known, after a run; the number of its requests; and what is stored after a second one."""

    records: dict[Any, Any]
    known: list[Any]
    asked: int
    afterwards: dict[Any, Any]


@pytest.fixture(scope="module")
def remembered() -> dict[Any, Undisturbed]:
    return {}


@pytest.fixture
def undisturbed(request, scene, tmp_path, remembered) -> Undisturbed:
    """Of each kind once: the rigs always hold the same."""
    key = (scene.rig.kind, scene.rig.rows)
    if key not in remembered:
        with stored(tmp_path, "undisturbed") as store:
            scene.meddler.at(None)
            first = scene.run(store)
            assert first.state == "ok", first
            found, known, asked = held(store), whole(store), len(scene.meddler.asked)
            assert found
            assert known or scene.rig.kind == "alertmanager", "which is known from the first look on"
            assert scene.run(store, later=HOUR).state == "ok"
            remembered[key] = Undisturbed(found, known, asked, held(store))
    return remembered[key]


def test_there_is_a_rig_for_every_kind_of_source():
    assert set(RIGS) == set(registry.kinds())


kinds = pytest.mark.parametrize("scene", sorted(registry.kinds()), indirect=True)


@kinds
@pytest.mark.parametrize("fault", PASSING)
def test_what_passes_leaves_no_trace(scene, undisturbed, tmp_path, fault):
    records, known, asked = undisturbed.records, undisturbed.known, undisturbed.asked
    with stored(tmp_path, "faulty") as store:
        scene.meddler.at(PASSING[fault], asked // 2, times=1)
        outcome = scene.run(store)
        assert (outcome.state, outcome.error) == ("ok", "")
        assert held(store) == records
        assert whole(store) == known


@kinds
@pytest.mark.parametrize("place", ["first", "middle"])
@pytest.mark.parametrize("fault", LASTING)
def test_what_stays_is_told_and_made_good_later(scene, undisturbed, tmp_path, fault, place):
    records, asked, afterwards = undisturbed.records, undisturbed.asked, undisturbed.afterwards
    what, states = LASTING[fault]
    if fault == "stall":
        source = scene.settings.sources[0].model_copy(update={"timeout_s": 0.1, "deadline_s": 1.0})
        scene.settings = scene.settings.model_copy(update={"sources": (source,)})
    with stored(tmp_path, "faulty") as store:
        scene.meddler.at(what, 0 if place == "first" else asked // 2)
        outcome = scene.run(store)
        found = held(store)
        assert outcome.error or (place == "middle" and fault in MAY_BE_OPTIONAL)
        assert TOKEN not in repr(outcome)
        if place == "first":
            # A stream that may be refused by itself is remarked, and the source read in part.
            assert outcome.state in {*states, "partial"} if fault in REMARKED else states, outcome
            assert whole(store) == []
            assert facts(found) == {}
        elif fault not in MAY_BE_OPTIONAL:
            assert outcome.state in {*states, "partial"}, outcome
            assert {key: (one, records.get(key)) for key, one in facts(found).items() if records.get(key) != one} == {}
        scene.meddler.at(None)
        if fault == "stall":
            source = scene.settings.sources[0].model_copy(update={"timeout_s": 5.0, "deadline_s": 60.0})
            scene.settings = scene.settings.model_copy(update={"sources": (source,)})
        assert scene.run(store, later=HOUR).state == "ok"
        assert facts(held(store)).keys() >= facts(afterwards).keys()
        if fault not in MAY_BE_OPTIONAL:
            assert facts(held(store)) == facts(afterwards)


@kinds
def test_no_other_host_is_asked(scene, tmp_path):
    scene.meddler.at(LASTING["another host"][0])
    with stored(tmp_path, "faulty") as store:
        outcome = scene.run(store)
    assert "evil.example" in outcome.error
    hosts = {
        asked.url.host if isinstance(asked, httpx.Request) else asked.headers["host"].partition(":")[0]
        for asked in scene.meddler.asked
    }
    assert hosts <= {"gitlab.internal", "127.0.0.1"}


@kinds
def test_rows_that_come_twice_are_stored_once(scene, undisturbed, tmp_path):
    if scene.rig.kind in NEVER_TWICE:
        pytest.skip(NEVER_TWICE[scene.rig.kind])

    def twice(body: bytes) -> bytes:
        found = rows_of(body)
        if found is None:
            return body
        data, rows = found
        rows[:] = [row for row in rows for _ in range(2)]
        return httpx.Response(200, json=data).content

    records = undisturbed.records
    with stored(tmp_path, "faulty") as store:
        scene.meddler.at(None)
        scene.meddler.bodies = twice
        assert scene.run(store).error == ""
        assert held(store).keys() == records.keys()


@kinds
@pytest.mark.parametrize("change", ["create", "delete"])
@pytest.mark.parametrize("place", [1, 3, 6])
def test_rows_that_come_or_go_while_paging_lose_nothing_else(scene, undisturbed, tmp_path, change, place):
    meanwhile = getattr(scene.rig, change)
    if meanwhile is None:
        assert scene.rig.kind in UNPAGED
        pytest.skip(UNPAGED[scene.rig.kind])
    records = undisturbed.records
    with stored(tmp_path, "faulty") as store:
        scene.meddler.at(None, first=place)
        scene.meddler.meanwhile = meanwhile
        assert scene.run(store).state in ("ok", "partial")
        scene.meddler.meanwhile = None
        assert scene.run(store, later=HOUR).state == "ok"
        found = held(store)
    missing = {key for key in records if key not in found}
    assert len(missing) <= (1 if change == "delete" else 0) * 2, missing
    if change == "create":
        assert len(found) > len(records)


FULL = [(kind, rows) for kind in sorted(registry.kinds()) for rows in (PAGE, 2 * PAGE)]


@pytest.mark.parametrize("scene", FULL, indirect=True, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def test_an_empty_page_ends_a_list_and_is_none_of_the_rows(scene, undisturbed, tmp_path):
    """Rows that fill their pages to the last; where links lead from page to page, one leads to an empty one."""
    if scene.rig.kind in UNPAGED:
        pytest.skip(UNPAGED[scene.rig.kind])
    records, known = undisturbed.records, undisturbed.known
    with stored(tmp_path, "faulty") as store:
        scene.meddler.at(None)
        scene.meddler.links = True
        assert scene.run(store).state == "ok"
        assert held(store) == records
        assert whole(store) == known


def linked(asked: httpx.Request, answer: httpx.Response) -> dict[str, str]:
    """Headers of a list with a link to a further page, where it has rows and was the last."""
    found = rows_of(answer.content)
    headers = plain(answer.headers)
    if found is None or 'rel="next"' in headers.get("link", "") or "page" not in str(asked.url.query):
        return headers
    number = int(asked.url.params.get("page", 1)) + 1
    following = asked.url.copy_set_param("page", number)
    return {**headers, "link": f'<{following}>; rel="next"', "x-next-page": str(number)}
