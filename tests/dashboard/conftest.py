"""A small organisation for the pages: a few teams with a year of readings and answers, told by hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import streamlit as st
import time_machine

from mlops_maturity.collectors.registry import source_types
from mlops_maturity.config.catalogue import Catalogue, SignalUse
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.config.settings_file import load_settings
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.history import restate
from mlops_maturity.evidence.records import PipelineRun
from mlops_maturity.evidence.signals.interface import Measured, Missing, Proof
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers
from mlops_maturity.evidence.store.engine import Store, open_store
from mlops_maturity.evidence.store.readings import StoredReading, write_readings
from mlops_maturity.evidence.store.records import write_page
from mlops_maturity.evidence.store.runs import finish_run, start_run

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 13, 3, tzinfo=UTC)
WEEKS = 60
HOSTILE = "<img src=x onerror=alert(1)> **bold** :red[x] $x$"
"""A team's name that must come out as it is."""

SETTINGS = f"""\
organisation: Acme
timezone: Europe/Vienna
teams:
  - {{id: fraud, name: Fraud detection, group: payments/risk, target: {{level: 2, by: 2027-06-30}}}}
  - {{id: pricing, name: Pricing, group: payments, target: {{level: 1, by: 2026-12-31}}, models: ["pricing-*"]}}
  - {{id: search, name: Search, group: shop, models: ["search-*"]}}
  - {{id: hostile, name: "{HOSTILE}", group: shop, models: ["x-*"]}}
  - {{id: silent, name: Silent, models: ["silent-*"]}}
sources:
  - {{id: tracking, type: mlflow, url: "https://mlflow.acme.example"}}
  - {{id: metrics, type: prometheus, url: "https://prometheus.acme.example"}}
"""

STORIES = {"fraud": (0.4, 2.4), "pricing": (1.2, 1.3), "search": (2.6, 2.9), "hostile": (0.2, 0.6)}
"""Team to the rung that its systems show at the beginning and at the end."""


@dataclass(frozen=True)
class Organisation:
    """A settings file and the store behind it."""

    config: Path
    store: Store
    catalogue: Catalogue


@pytest.fixture(scope="session")
def _filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with settings and a filled store, made once and only copied from."""
    home = tmp_path_factory.mktemp("filled")
    build(home, filled=True).store.close()
    return home


@pytest.fixture
def organisation(_filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Organisation]:
    """The filled organisation, the test's own copy, named where the entry script looks for it."""
    home = shutil.copytree(_filled, tmp_path / "organisation")
    yield from _named(build(home, filled=False), monkeypatch)


@pytest.fixture
def empty_organisation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Organisation]:
    """Settings and an empty store, likewise."""
    yield from _named(build(tmp_path, filled=False), monkeypatch)


def _named(made: Organisation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Organisation]:
    monkeypatch.setenv("MLOPS_MATURITY_CONFIG", str(made.config))
    yield made
    made.store.close()


@pytest.fixture(autouse=True)
def _clean_caches() -> Iterator[None]:
    """Streamlit's caches outlive a test."""
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def at_noon() -> Iterator[None]:
    """The wall clock that the entry script reads."""
    with time_machine.travel(NOW, tick=True):
        yield


def build(home: Path, *, filled: bool) -> Organisation:
    """Write the settings file and open its store, and fill that where asked to."""
    config = home / "maturity.yaml"
    config.write_text(SETTINGS, encoding="utf-8")
    settings = load_settings(config, source_types())
    store, catalogue = open_store(settings.store, home), builtin_catalogue()
    if filled:
        fill(store, catalogue)
        restate(store, settings, catalogue, now=NOW)
    return Organisation(config, store, catalogue)


def fill(store: Store, catalogue: Catalogue) -> None:
    """Readings each week, answers each half year, two sources with a run and a span each."""
    readings = [
        StoredReading(team=team, signal=use.id, on=day, result=_result(use, team, share))
        for team, (start, end) in STORIES.items()
        for week, day in enumerate(_sundays())
        for use in {use.id: use for practice in catalogue.practices for use in practice.signals}.values()
        for share in [start + (end - start) * week / WEEKS]
    ]
    write_readings(store, readings, NOW)
    append_answers(store, [answer for team in STORIES for answer in _answers(team, catalogue)])
    _sources(store)


def _sundays() -> list[date]:
    last = TODAY - timedelta(days=TODAY.isoweekday())
    return [last - timedelta(weeks=WEEKS - week) for week in range(WEEKS + 1)]


def _result(use: SignalUse, team: str, rung: float) -> Measured | Missing:
    if team == "hostile" and use.id.startswith("prom."):
        return Missing(reason="forbidden", detail="Prometheus refused <b>this</b>; grant read access")
    sample: tuple[str, str, str, str | None] = (
        ("metrics", "observation", "up/fraud", None)
        if use.id.startswith("prom.")
        else ("tracking", "training_run", "run-1", "https://mlflow.acme.example/run-1")
    )
    proof = Proof(count=7, sample=(sample,))
    return Measured(value=_raw(use, rung), seen=9, scope=10, opportunities=12, proof=proof, note="9 of 10 models")


def _raw(use: SignalUse, rung: float) -> float:
    """The raw value whose anchors give about that rung."""
    return min(use.anchors, key=lambda anchor: abs(anchor[1] - rung))[0]


def _answers(team: str, catalogue: Catalogue) -> Iterator[StoredAnswer]:
    for respondent, value, days in (("lead", 3 if team == "hostile" else 2, 40), ("engineer", 2, 200)):
        for practice in catalogue.practices:
            on = TODAY - timedelta(days=days)
            yield StoredAnswer(
                team=team,
                practice=practice.id,
                respondent=respondent,
                value=value,
                on=on,
                attested=respondent == "lead",
                comment="see <script>alert(1)</script> [here](javascript:alert(1))",
                evidence_url="https://wiki.acme.example/page" if respondent == "lead" else "",
                recorded_at=datetime(on.year, on.month, on.day, 9, tzinfo=UTC),
                author=respondent,
            )


def _sources(store: Store) -> None:
    run = start_run(store, "tracking", NOW - timedelta(hours=2))
    build_run = PipelineRun(
        source="tracking", id="1", repository="acme/<b>lost</b>", finished_at=NOW - timedelta(days=3)
    )
    known = Coverage(
        source="tracking",
        stream="training_run",
        scope="*",
        start=NOW - timedelta(days=400),
        end=NOW - timedelta(hours=2),
    )
    hole = Coverage(
        source="tracking",
        stream="training_run",
        scope="*",
        start=NOW - timedelta(days=500),
        end=NOW - timedelta(days=400),
        complete=False,
        reason="retention",
    )
    write_page(store, [build_run], coverage=[known, hole], seen_at=NOW)
    streams = [{"stream": "runs:fraud", "state": "forbidden", "reason": "403 from <mlflow>; grant READ"}]
    finish_run(
        store,
        run,
        NOW - timedelta(hours=1, minutes=59),
        state="partial",
        rows_seen=1200,
        rows_changed=3,
        streams=streams,
        error="runs:fraud: 403 from <mlflow>; grant READ, see https://mlflow.acme.example/api?x=1",
    )
