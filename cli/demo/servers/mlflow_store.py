"""An MLflow store whose content would be collected as given records: history that no client could back-date.

MLflow makes the schema, then rows go in by the thousand; the names of its tables are known to its version that is
installed, so this is for demonstrations and tests only.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from mlops_maturity.evidence.records import Model, ModelVersion, Outcome, Record, TrainingRun

_STATUS: Mapping[Outcome, str] = {
    "success": "FINISHED",
    "failure": "FAILED",
    "cancelled": "KILLED",
    "running": "RUNNING",
}
_NAMES = UUID("7a0f6c7e-2a1c-4c39-9a6b-5f0d3f6c9d11")


def create_store(database: Path) -> None:
    """An empty store with MLflow's schema."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow.tracking import MlflowClient

    uri = f"sqlite:///{database.resolve()}"
    client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    client.search_experiments()
    client.search_registered_models()


def fill_store(database: Path, records: Iterable[Record]) -> None:
    """Add runs, models and versions to a store; other kinds of records are left out.

    Experiments are made as runs name them, aliases as versions carry them. What MLflow can't hold is lost: who was
    behind a keyed hash, and when an alias moved.
    """
    engine = sa.create_engine(f"sqlite:///{database.resolve()}")
    try:
        tables = sa.MetaData()
        tables.reflect(engine)
        with engine.begin() as connection:
            writer = _Writer(connection, tables)
            for record in records:
                writer.add(record)
            writer.flush()
    finally:
        engine.dispose()


class _Writer:
    def __init__(self, connection: sa.Connection, tables: sa.MetaData) -> None:
        self._connection = connection
        self._tables = tables.tables
        self._in_order = tables.sorted_tables  # what others refer to comes first
        self._rows: defaultdict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
        experiments = self._tables["experiments"].c
        found = connection.execute(sa.select(experiments.name, experiments.experiment_id))
        self._experiments: dict[str, int] = {str(row[0]): int(row[1]) for row in found}
        self._datasets: set[str] = set()

    def add(self, record: Record) -> None:
        if isinstance(record, TrainingRun):
            self._run(record)
        elif isinstance(record, Model):
            self._model(record)
        elif isinstance(record, ModelVersion):
            self._version(record)

    def flush(self) -> None:
        for table in self._in_order:
            for (name, _), rows in self._rows.items():
                if name == table.name:
                    self._connection.execute(table.insert(), rows)
        self._rows.clear()

    def _put(self, table: str, **row: Any) -> None:
        if "workspace" in self._tables[table].c:
            row.setdefault("workspace", "default")
        self._rows[table, tuple(row)].append(row)

    def _experiment(self, name: str, begun: int) -> int:
        if name not in self._experiments:
            number = max(self._experiments.values(), default=0) + 1
            self._experiments[name] = number
            self._put(
                "experiments",
                experiment_id=number,
                name=name,
                artifact_location=f"mlflow-artifacts:/{number}",
                lifecycle_stage="active",
                creation_time=begun,
                last_update_time=begun,
            )
        return self._experiments[name]

    def _run(self, run: TrainingRun) -> None:
        begun, deleted = _ms(run.started_at), bool(run.attributes.get("deleted"))
        experiment = self._experiment(run.experiment or "Default", begun or 0)
        user = run.author[:8] if run.author else "jenkins" if run.trigger == "automation" else ""
        self._put(
            "runs",
            run_uuid=run.id,
            name=run.id[:8],
            source_type="UNKNOWN",
            source_name="",
            entry_point_name="",
            user_id=user,
            status=_STATUS.get(run.outcome, "FINISHED"),
            start_time=begun,
            end_time=_ms(run.finished_at),
            deleted_time=_ms(run.finished_at) if deleted else None,
            source_version="",
            lifecycle_stage="deleted" if deleted else "active",
            artifact_uri=f"mlflow-artifacts:/{experiment}/{run.id}/artifacts",
            experiment_id=experiment,
        )
        for key, value in _run_tags(run, user).items():
            self._put("tags", run_uuid=run.id, key=key, value=value)
        for number in range(run.params or 0):
            self._put("params", run_uuid=run.id, key=f"param_{number}", value=str(number))
        for number in range(run.metrics or 0):
            point = {"key": f"metric_{number}", "value": 0.5, "timestamp": begun, "step": 0, "is_nan": False}
            self._put("metrics", run_uuid=run.id, **point)
            self._put("latest_metrics", run_uuid=run.id, **point)
        for digest in run.datasets:
            self._dataset(run.id, experiment, digest)

    def _dataset(self, run: str, experiment: int, digest: str) -> None:
        known = uuid5(_NAMES, f"{experiment}/{digest}").hex
        if known not in self._datasets:
            self._datasets.add(known)
            self._put(
                "datasets",
                dataset_uuid=known,
                experiment_id=experiment,
                name="training-data",
                digest=digest,
                dataset_source_type="local",
                dataset_source=json.dumps({"uri": "s3://data"}),
                dataset_schema=None,
                dataset_profile=None,
            )
        used = uuid5(_NAMES, f"{run}/{digest}").hex
        self._put(
            "inputs",
            input_uuid=used,
            source_type="DATASET",
            source_id=known,
            destination_type="RUN",
            destination_id=run,
            step=0,
        )
        self._put("input_tags", input_uuid=used, name="mlflow.data.context", value="training")

    def _model(self, model: Model) -> None:
        made = _ms(model.created_at)
        self._put(
            "registered_models",
            name=model.name,
            creation_time=made,
            last_updated_time=made,
            description="What it is for, its data and its limits." if model.described else None,
        )
        tags = {"owner": model.owner, "model_kind": None if model.model_kind == "unknown" else model.model_kind}
        for key, value in tags.items():
            if value is not None:
                self._put("registered_model_tags", name=model.name, key=key, value=value)

    def _version(self, version: ModelVersion) -> None:
        made = _ms(version.created_at)
        self._put(
            "model_versions",
            name=version.model,
            version=int(version.version),
            creation_time=made,
            last_updated_time=made,
            description="What changed, and how it was checked." if version.described else None,
            user_id=None,
            current_stage=version.stage or "None",
            source=f"runs:/{version.run}/model" if version.run else f"s3://models/{version.id}",
            storage_location=None,
            run_id=version.run,
            run_link=None,
            status="READY",
            status_message=None,
        )
        for key, value in version.tags.items():
            self._put("model_version_tags", name=version.model, version=int(version.version), key=key, value=value)
        for alias in version.aliases:
            self._put("registered_model_aliases", name=version.model, version=int(version.version), alias=alias)


def _run_tags(run: TrainingRun, user: str) -> dict[str, str]:
    tags = {
        "mlflow.user": user or None,
        "mlflow.source.type": {"automation": "JOB", "person": "LOCAL"}.get(run.trigger),
        "mlflow.source.git.commit": run.commit,
        "mlflow.source.git.dirty": None if run.dirty is None else str(run.dirty).lower(),
        "mlflow.parentRunId": run.parent,
    }
    return {key: value for key, value in tags.items() if value is not None}


def _ms(instant: datetime | None) -> int | None:
    return None if instant is None else int(instant.timestamp() * 1000)
