"""Sources side by side: slow ones keep nobody waiting, and all of them store into one SQLite file."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from mlops_maturity.collectors.interface import Page, Stream
from mlops_maturity.collectors.run import THREADS, collect
from mlops_maturity.config.settings import Settings, SourceSettings, Team
from mlops_maturity.evidence.records import Model
from mlops_maturity.evidence.store.cursors import read_cursor
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.records import read_records

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
PAGES, ROWS = 5, 40
PATIENCE_S = 60


@pytest.fixture
def store(tmp_path):
    store = open_store("sqlite:///test.db", tmp_path)
    yield store
    store.close()


class Waiting:
    """A collector that gives its pages once `ready` returns."""

    def __init__(self, source, ready):
        self._source, self._ready = source, ready

    def streams(self):
        return [Stream(name="a", kinds=("model",))]

    def read(self, stream, request):
        for number in range(PAGES):
            self._ready()
            names = [f"{self._source.id}-{number}-{row}" for row in range(ROWS)]
            yield Page(records=[Model(source=self._source.id, id=name, name=name) for name in names],
                       cursor={"page": number})  # fmt: skip

    def close(self):
        pass


def collected(store, ids, build, **more):
    sources = tuple(SourceSettings(id=name, type="scripted", url="https://x.example") for name in ids)
    settings = Settings(organisation="Acme", teams=(Team(id="t"),), sources=sources)
    return collect(store, settings, now=NOW, since=NOW - timedelta(days=1), build=build, **more)


def test_as_many_sources_as_there_are_threads_are_read_at_once_and_none_of_their_pages_is_lost(store):
    ids = [f"s{number}" for number in range(THREADS)]
    together = threading.Barrier(THREADS)  # passes only when all of them are reading, again before each page
    outcomes = collected(store, ids, lambda source, _: Waiting(source, lambda: together.wait(PATIENCE_S)))
    assert {(outcome.state, outcome.error, outcome.rows_changed) for outcome in outcomes} == {("ok", "", PAGES * ROWS)}
    assert len(list(read_records(store))) == THREADS * PAGES * ROWS
    assert {read_cursor(store, name, "a")["page"] for name in ids} == {PAGES - 1}


def test_a_quick_source_is_done_while_many_slow_ones_wait(store):
    ids = [f"slow{number}" for number in range(THREADS - 1)] + ["quick"]
    quick_is_done = threading.Event()

    def ready(source):
        return (lambda: None) if source.id == "quick" else (lambda: quick_is_done.wait(PATIENCE_S))

    done = []

    def finished(outcome):
        done.append(outcome.source)
        quick_is_done.set()

    collected(store, ids, lambda source, _: Waiting(source, ready(source)), finished=finished)
    assert done[0] == "quick"
    assert len(done) == len(ids)


def test_more_sources_than_threads_are_all_read(store):
    ids = [f"s{number}" for number in range(7)]
    outcomes = collected(store, ids, lambda source, _: Waiting(source, lambda: None), threads=2)
    assert [(outcome.source, outcome.state) for outcome in outcomes] == [(name, "ok") for name in ids]


def test_every_thread_can_have_a_connection_of_its_own(store):
    with_overflow = store.engine.pool.size() + store.engine.pool._max_overflow
    assert with_overflow > THREADS + 1
