"""Collectors of the scripted server, and a fake Prometheus that answers by what a query contains."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mlops_maturity.collectors.interface import Page, ReadRequest, Stream
from mlops_maturity.collectors.prometheus.collector import OBSERVATIONS, PrometheusCollector
from mlops_maturity.collectors.prometheus.settings import PrometheusSettings
from mlops_maturity.config.settings import Settings, Team

sys.path.insert(0, str(Path(__file__).parent))  # so that tests import what they share by its own name
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAMES = {
    "labels": {"model": "model", "version": "version"},
    "drift_alerts": "ModelDrift.*",
    "drift_metric": "model_drift_score",
    "serving_metric": "model_requests_total",
}


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def collector(scripted_server: Any, waits: list[float]) -> Iterator[Callable[..., PrometheusCollector]]:
    made: list[PrometheusCollector] = []

    def make(teams: tuple[Team, ...] = (Team(id="all"),), **settings: Any) -> PrometheusCollector:
        given = {"id": "metrics", "type": "prometheus", "url": scripted_server.url, **NAMES, **settings}
        kept = {key: value for key, value in given.items() if value is not None}
        source = PrometheusSettings.model_validate(kept)
        made.append(PrometheusCollector(source, Settings(organisation="Acme", teams=teams), sleep=waits.append))
        return made[-1]

    yield make
    for one in made:
        one.close()


@dataclass
class Kept:
    """What a store would hold after reading."""

    records: dict[tuple[str, str], Any] = field(default_factory=dict)
    cursor: dict[str, Any] = field(default_factory=dict)
    coverage: list[Any] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    pages: int = 0
    changed: int = 0

    def take(self, page: Page) -> None:
        self.pages += 1
        self.cursor = dict(page.cursor)
        self.coverage += page.coverage
        self.warnings += page.warnings
        for record in page.records:
            key = (record.kind, record.id)
            self.changed += self.records.get(key) != record
            self.records[key] = record

    def states(self, name: str, day: str | None = None) -> dict[str, str]:
        """Subject to state, of observations of that name."""
        return {
            record.subject: record.state
            for (kind, identity), record in self.records.items()
            if kind == "observation" and record.name == name and (day is None or day in identity)
        }

    def of(self, kind: str) -> list[Any]:
        return [record for (found, _), record in self.records.items() if found == kind]


@pytest.fixture
def read(collector: Callable[..., PrometheusCollector]) -> Callable[..., Kept]:
    """Reads a stream into a `Kept`, in which it goes on; `stop_after` pages it is cut off, as by a crash."""

    def go(
        kept: Kept | None = None,
        stream: Stream = OBSERVATIONS,
        now: datetime = NOW,
        since: datetime = NOW - timedelta(days=10),
        stop_after: int | None = None,
        backfill: bool = False,
        **settings: Any,
    ) -> Kept:
        kept = kept or Kept()
        kept.changed = kept.pages = 0
        request = ReadRequest(now=now, since=since, cursor=kept.cursor, backfill=backfill)
        for page in collector(**settings).read(stream, request):
            kept.take(page)
            if kept.pages == stop_after:
                break
        return kept

    return go


@dataclass
class FakePrometheus:
    """Answers with the series of the first entry whose text the query contains.

    A series is (labels, {epoch: value}). Range queries get the samples at their steps, raw range selectors those in
    the window, other instant queries the sample at their time.
    """

    told: Any
    series: dict[str, list[tuple[dict[str, str], dict[float, Any]]]] = field(default_factory=dict)
    rules: list[dict[str, Any]] = field(default_factory=list)
    built: dict[str, Any] = field(default_factory=lambda: {"version": "2.42.0", "goVersion": "go1.19"})
    warnings: list[str] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    queries: list[str] = field(default_factory=list)
    silent: tuple[float, float] | None = None
    """From when to before when a store behind the server does not answer: there are no samples of then, and answers
    that could hold some are warned of."""
    left_open: bool = False
    """Whether a window leaves out the sample on its left edge, as from Prometheus 3 on (its migration guide)."""

    def answer(self, asked: Any) -> Any:
        if asked.path in self.missing:
            return self.told(b"404 page not found", status=404)
        if asked.path == "/api/v1/rules":
            return self.told({"status": "success", "data": {"groups": self.rules}})
        if asked.path == "/api/v1/status/buildinfo":
            return self.told({"status": "success", "data": self.built})
        given = {name: values[0] for name, values in asked.query.items()}
        self.queries.append(given["query"])
        found = next((entries for text, entries in self.series.items() if text in given["query"]), [])
        warnings = self.warnings
        if self.silent is not None and self._asks_for(given, *self.silent):
            begun, over = self.silent
            warnings = [*warnings, "store gateway 2 did not answer"]
            found = [
                (labels, {at: value for at, value in points.items() if not begun <= at < over})
                for labels, points in found
            ]
        result = self._range(found, given) if "step" in given else self._instant(found, given)
        kind = "matrix" if "step" in given or given["query"].endswith("]") else "vector"
        answer = {"status": "success", "data": {"resultType": kind, "result": result}}
        return self.told({**answer, "warnings": warnings} if warnings else answer)

    def _asks_for(self, given: dict[str, str], begun: float, over: float) -> bool:
        """Whether samples of a span could be in an answer; every window of the collector is a day at most."""
        first, last = given.get("start", given.get("time")), given.get("end", given.get("time"))
        return first is None or (float(first) - 86_400 < over and begun <= float(last))

    def _range(self, found: list[Any], given: dict[str, str]) -> list[dict[str, Any]]:
        start, end, step = float(given["start"]), float(given["end"]), float(given["step"])
        moments = [start + number * step for number in range(int((end - start) // step) + 1)]
        return [
            {"metric": labels, "values": [[moment, str(points[moment])] for moment in moments if moment in points]}
            for labels, points in found
            if any(moment in points for moment in moments)
        ]

    def _within(self, begun: float, at: float, moment: float) -> bool:
        return begun < at <= moment if self.left_open else begun <= at <= moment

    def _instant(self, found: list[Any], given: dict[str, str]) -> list[dict[str, Any]]:
        moment = float(given.get("time", NOW.timestamp()))
        if given["query"].endswith("s]"):
            window = given["query"].rpartition("[")[2].rstrip("s]")
            begun = moment - (float(window[:-1]) / 1000 if window.endswith("m") else float(window))
            raw = (
                (labels, [[at, str(value)] for at, value in sorted(points.items()) if self._within(begun, at, moment)])
                for labels, points in found
            )
            return [{"metric": labels, "values": values} for labels, values in raw if values]
        return [
            {"metric": labels, "value": [moment, str(points[moment])]} for labels, points in found if moment in points
        ]


@pytest.fixture
def fake(scripted_server: Any, told: Any) -> FakePrometheus:
    content = FakePrometheus(told)
    scripted_server.answer = content.answer
    return content
