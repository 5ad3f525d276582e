"""A fake MLflow that pages as the real one does (tokens are plain offsets), on the scripted server."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mlops_maturity.collectors.interface import Page, ReadRequest, Stream
from mlops_maturity.collectors.mlflow.collector import RUNS, MlflowCollector
from mlops_maturity.collectors.mlflow.settings import MlflowSettings
from mlops_maturity.config.settings import Settings, Team

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
_CONDITION = re.compile(r"attributes\.(\w+) (>=|<) (\d+)")
_IDS = re.compile(r"attributes\.run_id IN \(([^)]*)\)")


def ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def run(
    run_id: str,
    started: datetime | int,
    ended: datetime | int | None = None,
    *,
    experiment: str = "1",
    status: str = "FINISHED",
    deleted: bool = False,
    tags: dict[str, str] | None = None,
    digests: tuple[str, ...] = (),
    params: int = 0,
    metrics: int = 0,
    names: tuple[str, ...] = (),
) -> dict[str, Any]:
    """A run as MLflow's REST interface shows it; ends a minute after its start unless told otherwise."""
    begun = started if isinstance(started, int) else ms(started)
    finished = begun + 60_000 if ended is None else ended if isinstance(ended, int) else ms(ended)
    info: dict[str, Any] = {
        "run_id": run_id,
        "run_uuid": run_id,
        "experiment_id": experiment,
        "status": status,
        "start_time": begun,
        "lifecycle_stage": "deleted" if deleted else "active",
        "user_id": "",
        "artifact_uri": "",
    }
    if status not in ("RUNNING", "SCHEDULED"):
        info["end_time"] = finished
    return {
        "info": info,
        "data": {
            "tags": [{"key": key, "value": value} for key, value in (tags or {}).items()],
            "params": [{"key": f"p{number}", "value": "secret-value"} for number in range(params)],
            "metrics": [
                {"key": name, "value": 0.5, "timestamp": begun, "step": 0}
                for name in (*names, *(f"m{number}" for number in range(metrics)))
            ],
        },
        "inputs": {
            "dataset_inputs": [
                {"tags": [], "dataset": {"name": "d", "digest": digest, "source_type": "s3", "source": "{}"}}
                for digest in digests
            ]
        },
    }


def trace(number: int, moment: datetime, *sources: str, experiment: str = "1", valid: bool = True) -> dict[str, Any]:
    """A trace as MLflow's interface shows it, with an assessment of each of these kinds."""
    written = moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "trace_id": f"tr-{number:06}",
        "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}},
        "request_time": written,
        "state": "OK",
        "request_preview": "secret question",
        "assessments": [
            {
                "assessment_id": f"a-{number}-{place}",
                "assessment_name": "good",
                "trace_id": f"tr-{number:06}",
                "source": {"source_type": kind, "source_id": "ann@acme.example"},
                "feedback": {"value": True},
                "create_time": written,
                "last_update_time": written,
                "valid": valid,
            }
            for place, kind in enumerate(sources)
        ],
    }


@dataclass
class FakeMlflow:
    """What the server holds; the tests add and take away at will."""

    told: Any
    experiments: list[dict[str, Any]] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    models: list[dict[str, Any]] = field(default_factory=list)
    versions: list[dict[str, Any]] = field(default_factory=list)
    prompts: list[dict[str, Any]] = field(default_factory=list)
    traces: list[dict[str, Any]] = field(default_factory=list)
    logged: list[dict[str, Any]] = field(default_factory=list)
    """Logged models."""
    logged_asked: list[set[str]] = field(default_factory=list)
    """The ids of each request for them."""
    files: dict[str, bytes] = field(default_factory=dict)
    """`model/version` to its model file."""
    version: str = "3.17.2"
    trace_requests: int = 0
    before_runs: Callable[[], None] = lambda: None
    """Called before each page of runs is made: what happens on the server meanwhile."""
    missing: set[str] = field(default_factory=set)
    """Paths that this version of the server does not have."""

    def answer(self, asked: Any) -> Any:
        name = asked.path.removeprefix("/api/2.0/mlflow/")
        if asked.path in ("/health", "/version"):
            return self.told(b"OK" if asked.path == "/health" else self.version.encode())
        if asked.path == "/model-versions/get-artifact":
            return self._file(asked.query)
        pages = {
            "experiments/search": lambda: self._listed(self.experiments, "experiments", asked.json),
            "runs/search": lambda: self._runs(asked.json),
            "registered-models/search": lambda: self._listed(self._models(asked), "registered_models", asked.query),
            "model-versions/search": lambda: self._listed(
                self._named(self.versions, asked), "model_versions", asked.query
            ),
        }
        if name == "logged-models/search":
            pages[name] = lambda: self._logged_models(asked.json)
        if asked.path == "/api/3.0/mlflow/traces/search":
            name, pages[asked.path] = asked.path, lambda: self._traces(asked.json)
        if name not in pages or name in self.missing:
            return self.told({"error_code": "ENDPOINT_NOT_FOUND", "message": "no such API"}, status=404)
        return self.told(pages[name]())

    def _runs(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.before_runs()
        chosen = [entry for entry in self.runs if entry["info"]["experiment_id"] in asked["experiment_ids"]]
        for attribute, operator, number in _CONDITION.findall(asked.get("filter", "")):
            chosen = [entry for entry in chosen if _fulfils(entry["info"].get(attribute), operator, int(number))]
        for ids in _IDS.findall(asked.get("filter", "")):
            chosen = [entry for entry in chosen if f"'{entry['info']['run_id']}'" in ids]
        if asked.get("run_view_type") == "DELETED_ONLY":
            chosen = [entry for entry in chosen if entry["info"]["lifecycle_stage"] == "deleted"]
        attribute = asked["order_by"][0].removeprefix("attributes.").removesuffix(" ASC")
        chosen.sort(key=lambda entry: (entry["info"].get(attribute, 0), entry["info"]["run_id"]))
        return self._listed(chosen, "runs", asked)

    def _models(self, asked: Any) -> list[dict[str, Any]]:
        if _only(asked.query.get("filter", "")) == "tags.`mlflow.prompt.is_prompt` = 'true'":
            return self.prompts
        return self._named(self.models, asked)

    def _traces(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.trace_requests += 1
        wanted = {place["mlflow_experiment"]["experiment_id"] for place in asked["locations"]}
        lowest, end = (int(number) for number in re.findall(r"\d+", asked["filter"]))
        chosen = [
            entry
            for entry in sorted(self.traces, key=lambda entry: (entry["request_time"], entry["trace_id"]))
            if entry["trace_location"]["mlflow_experiment"]["experiment_id"] in wanted
            and lowest <= ms(datetime.fromisoformat(entry["request_time"])) < end
        ]
        return self._listed(chosen, "traces", asked)

    def _logged_models(self, asked: dict[str, Any]) -> dict[str, Any]:
        wanted = set(re.findall(r"'(m-[0-9a-f]+)'", asked["filter"]))
        self.logged_asked.append(wanted)
        chosen = [
            entry
            for entry in self.logged
            if entry["info"]["model_id"] in wanted and entry["info"]["experiment_id"] in asked["experiment_ids"]
        ]
        return self._listed(chosen, "models", asked)

    def _file(self, query: dict[str, Any]) -> Any:
        key = f"{_only(query['name'])}/{_only(query['version'])}"
        if key not in self.files:
            return self.told(b"no such file", status=404)
        return self.told(self.files[key])

    def _named(self, items: list[dict[str, Any]], asked: Any) -> list[dict[str, Any]]:
        assert "filter" not in asked.query, "an older server takes the filter on prompts for something else"
        return items

    def _listed(self, items: list[dict[str, Any]], key: str, asked: dict[str, Any]) -> dict[str, Any]:
        size, offset = int(_only(asked.get("max_results", 1000))), int(_only(asked.get("page_token", 0)))
        page = items[offset : offset + size]
        token = {"next_page_token": str(offset + size)} if len(page) == size else {}
        return {key: page, **token}


def _fulfils(value: int | None, operator: str, limit: int) -> bool:
    if value is None:
        return False
    return value >= limit if operator == ">=" else value < limit


def _only(value: Any) -> Any:
    return value[0] if isinstance(value, list) else value


@pytest.fixture
def fake(scripted_server: Any, told: Any) -> FakeMlflow:
    content = FakeMlflow(told)
    content.experiments.append(
        {"experiment_id": "1", "name": "fraud/train", "creation_time": 1, "lifecycle_stage": "active"}
    )
    scripted_server.answer = content.answer
    return content


@pytest.fixture
def waits() -> list[float]:
    """What the collector would have waited between tries."""
    return []


@pytest.fixture
def collector(scripted_server: Any, waits: list[float]) -> Iterator[Callable[..., MlflowCollector]]:
    """Makes collectors of the scripted server."""
    made: list[MlflowCollector] = []

    def make(**settings: Any) -> MlflowCollector:
        source = MlflowSettings.model_validate(
            {"id": "tracking", "type": "mlflow", "url": scripted_server.url, **settings}
        )
        organisation = Settings(organisation="Acme", teams=(Team(id="fraud", name="Fraud detection"),))
        made.append(MlflowCollector(source, organisation, sleep=waits.append))
        return made[-1]

    yield make
    for one in made:
        one.close()


@dataclass
class Kept:
    """What a store would hold after reading: records by kind and id, the cursor, and what changed last."""

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

    def ids(self, kind: str = "training_run") -> set[str]:
        return {identity for found, identity in self.records if found == kind}

    def __getitem__(self, run_id: str) -> Any:
        return self.records["training_run", run_id]


@pytest.fixture
def read(collector: Callable[..., MlflowCollector]) -> Callable[..., Kept]:
    """Reads a stream into a `Kept`, in which it goes on; `stop_after` pages it is cut off, as by a crash."""

    def go(
        kept: Kept | None = None,
        stream: Stream = RUNS,
        now: datetime = NOW,
        since: datetime = NOW - timedelta(days=100),
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


@pytest.fixture(scope="session")
def make_trace() -> Callable[..., dict[str, Any]]:
    return trace


@pytest.fixture(scope="session")
def make_run() -> Callable[..., dict[str, Any]]:
    return run
