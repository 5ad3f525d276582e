"""The whole path on real servers, as somebody sees it who types the command."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mlops_maturity.cli.demo.live import CHOSEN
from mlops_maturity.cli.demo.servers import buildbot, mlflow, prometheus

COMMAND = Path(sys.executable).with_name("mlops-maturity")
SYSTEMS = {"mlflow", "prom", "ci"}

pytestmark = [
    pytest.mark.live,
    pytest.mark.xdist_group("live-demo"),
    pytest.mark.skipif(
        not (mlflow.is_installed() and prometheus.is_installed() and buildbot.is_installed()),
        reason="needs MLflow, Buildbot (extra `test`) and prometheus, promtool (apt-get install prometheus)",
    ),
]


def _run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(COMMAND), *map(str, arguments)], capture_output=True, text=True, check=False)


def test_real_servers_end_in_a_level_of_each_team_that_rests_on_all_of_them(tmp_path: Path) -> None:
    done = _run("demo", "--live", "--no-serve", "--home", tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "0 changed rows from 3 sources" in done.stdout

    config = tmp_path / "live" / "maturity.yaml"
    for team in CHOSEN:
        assessment = json.loads(_run("assess", "-c", config, "--team", team, "--format", "json").stdout)
        assert assessment["overall"]["level"] in (0, 1, 2, 3)
        counted = {
            part["id"].split(".")[0]
            for practice in assessment["practices"].values()
            for part in practice["parts"]
            if part["kind"] == "signal" and part["mass"] > 0
        }
        assert counted >= SYSTEMS
        history = _run("history", "-c", config, "--team", team, "--format", "json")
        weeks = {row["on"] for row in json.loads(history.stdout)}
        assert len(weeks) > 40, "the trend is there on the day the sources are connected"
    shutil.rmtree(tmp_path / "live")
