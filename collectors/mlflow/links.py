"""Where a record is shown in MLflow's own pages."""

from __future__ import annotations

from urllib.parse import quote

from mlops_maturity.collectors.mlflow.settings import MlflowSettings


def run_link(settings: MlflowSettings, experiment_id: str, run_id: str) -> str | None:
    """The page of a run; None for a database, which has no pages."""
    return _page(settings, f"experiments/{quote(str(experiment_id), safe='')}/runs/{quote(run_id, safe='')}")


def model_link(settings: MlflowSettings, model: str, version: str | None = None) -> str | None:
    """The page of a registered model, or of one of its versions."""
    rest = "" if version is None else f"/versions/{quote(version, safe='')}"
    return _page(settings, f"models/{quote(model, safe='')}{rest}")


def _page(settings: MlflowSettings, path: str) -> str | None:
    return f"{settings.url.rstrip('/')}/#/{path}" if settings.is_http else None
