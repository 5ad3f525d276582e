"""A real MLflow server on loopback, on a SQLite file. Needs the whole MLflow (extra `local` or `test`)."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from mlops_maturity.cli.demo.servers.program import HOST, DidNotStart, free_port, running

READY_WITHIN_S = 120.0
"""A first start after installation was measured at 18 s on two cores; other work may slow it further."""
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # else eight more processes, 700 MiB
}


def is_installed() -> bool:
    """Whether the server part of MLflow is there; the client alone (mlflow-skinny) has none."""
    return importlib.util.find_spec("mlflow.server") is not None and importlib.util.find_spec("uvicorn") is not None


@contextmanager
def mlflow_server(database: Path, home: Path) -> Iterator[str]:
    """The URL of a server on `database` (made by `mlflow_store`), with its log and artefacts in `home`.

    Raises DidNotStart.
    """
    if not is_installed():
        raise DidNotStart("the MLflow server is not installed; install mlops-maturity[local]")
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    url = f"http://{HOST}:{port}"
    command = [
        sys.executable, "-m", "mlflow", "server",
        "--backend-store-uri", f"sqlite:///{database.resolve()}",
        "--artifacts-destination", str((home / "artifacts").resolve()),
        "--host", HOST,
        "--port", str(port),
        "--workers", "1",
    ]  # fmt: skip
    with running(
        command,
        log=home / "mlflow.log",
        environment=QUIET,
        is_ready=lambda: _answers(f"{url}/health"),
        ready_within_s=READY_WITHIN_S,
    ):
        yield url


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
