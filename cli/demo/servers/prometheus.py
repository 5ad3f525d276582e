"""A real Prometheus on loopback, on backfilled history. Needs the programs `prometheus` and `promtool`."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from mlops_maturity.cli.demo.servers.program import HOST, DidNotStart, free_port, running

KEEPS = "10y"
_BLOCK = "1440h"
"""Without it promtool reads the whole file once for every two hours of history; it knows no days."""


def is_installed() -> bool:
    """Whether both programs are there."""
    return shutil.which("prometheus") is not None and shutil.which("promtool") is not None


def backfill(history: Path, data: Path) -> None:
    """Turn a file of OpenMetrics text into blocks in `data`. Raises DidNotStart with promtool's own words."""
    data.mkdir(parents=True, exist_ok=True)
    command = ["promtool", "tsdb", "create-blocks-from", f"--max-block-duration={_BLOCK}"]
    done = subprocess.run(
        [*command, "openmetrics", str(history), str(data)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise DidNotStart(f"promtool refused {history}: {(done.stderr or done.stdout)[-2000:]}")


@contextmanager
def prometheus_server(data: Path, home: Path, *, rules: str = "", scrape: str = "", further: str = "") -> Iterator[str]:
    """The URL of a server on the blocks in `data`.

    `rules` is the text of a rule file, `scrape` the lines below `scrape_configs:`, `further` more of its settings;
    without them it keeps still.
    Raises DidNotStart.
    """
    if not is_installed():
        raise DidNotStart("prometheus and promtool are not installed; on Debian: apt-get install prometheus")
    home.mkdir(parents=True, exist_ok=True)
    data.mkdir(parents=True, exist_ok=True)
    port = free_port()
    url = f"http://{HOST}:{port}"
    command = [
        "prometheus",
        f"--config.file={_configured(home, rules, scrape, further)}",
        f"--storage.tsdb.path={data}",
        f"--storage.tsdb.retention.time={KEEPS}",
        f"--web.listen-address={HOST}:{port}",
    ]
    with running(command, log=home / "prometheus.log", is_ready=lambda: _answers(f"{url}/-/ready")):
        yield url


def _configured(home: Path, rules: str, scrape: str, further: str) -> Path:
    config = ["global: {scrape_interval: 15s, evaluation_interval: 15s}"]
    if rules:
        (home / "rules.yml").write_text(rules, encoding="utf-8")
        config.append(f"rule_files: ['{home.resolve() / 'rules.yml'}']")
    if scrape:
        config.append(f"scrape_configs:\n{scrape}")
    if further:
        config.append(further)
    path = home / "prometheus.yml"
    path.write_text("\n".join(config) + "\n", encoding="utf-8")
    return path


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
