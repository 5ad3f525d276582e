"""Runs to store, and processes that use a store at the same time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from mlops_maturity.evidence.records import Job, PipelineRun

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_run() -> Callable[..., PipelineRun]:
    """Pipeline run number `n`, an hour later than the one before."""

    def make(n: int = 0, **fields: object) -> PipelineRun:
        start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=n)
        content: dict[str, object] = {
            "source": "ci",
            "id": f"{n:06}",
            "repository": "acme/fraud",
            "pipeline": "train",
            "purpose": "training",
            "started_at": start,
            "finished_at": start + timedelta(minutes=5),
            "outcome": "success",
            "jobs": (Job(name="fit", outcome="success"),),
        }
        return PipelineRun(**{**content, **fields})  # type: ignore[arg-type]

    return make


@pytest.fixture
def start_python() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a script in a process of its own; what still runs at the end of the test is ended."""
    started: list[subprocess.Popen[str]] = []

    def start(script: str, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", script, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
