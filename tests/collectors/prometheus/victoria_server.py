"""A real VictoriaMetrics on loopback. Needs the program `victoria-metrics` (Debian's package of that name)."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from mlops_maturity.cli.demo.servers.openmetrics import Series
from mlops_maturity.cli.demo.servers.program import HOST, free_port, running

PROGRAM = shutil.which("victoria-metrics")


@contextmanager
def victoria_metrics(home: Path) -> Iterator[str]:
    """Its address, once it answers."""
    url = f"http://{HOST}:{(port := free_port())}"
    command = [
        str(PROGRAM),
        f"-storageDataPath={home / 'data'}",
        f"-httpListenAddr={HOST}:{port}",
        "-retentionPeriod=100y",
        "-search.latencyOffset=0s",
    ]
    with running(command, log=home / "victoria.log", is_ready=lambda: answers(f"{url}/health")):
        yield url


def fill(url: str, series: Iterable[Series]) -> None:
    """Send samples through its import interface, one series a line, and let queries see them."""
    lines = [
        {
            "metric": {"__name__": one.name, **one.labels},
            "values": [value for _, value in one.points],
            "timestamps": [moment * 1000 for moment, _ in one.points],
        }
        for one in series
    ]
    text = "\n".join(httpx.Request("POST", url, json=line).content.decode() for line in lines)
    httpx.post(f"{url}/api/v1/import", content=text, timeout=60).raise_for_status()
    httpx.get(f"{url}/internal/force_flush", timeout=60).raise_for_status()


def answers(url: str) -> bool:
    """Whether something answers there."""
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.TransportError:
        return False
