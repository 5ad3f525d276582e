"""What is published works where it is installed: sdist, wheel from the sdist, a fresh environment, the golden case."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"

pytestmark = [pytest.mark.packaging, pytest.mark.xdist_group("packaging")]


def _run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--outdir", out, ROOT, cwd=out)
    assert len(list(out.glob("*.tar.gz"))) == 1
    return next(out.glob("*.whl"))


def test_the_wheel_holds_every_module_and_data_file_of_the_rooms(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    rooms = ("config", "collectors", "evidence", "scoring", "dashboard", "cli")
    tracked = _run("git", "ls-files", *rooms, cwd=ROOT).stdout.split() if (ROOT / ".git").exists() else []
    expected = {f"mlops_maturity/{name}" for name in tracked} or {"mlops_maturity/cli/main.py"}
    assert expected <= names
    assert "mlops_maturity/py.typed" in names


def test_the_installed_wheel_scores_the_golden_case(wheel: Path, tmp_path: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    _run(uv, "venv", "-q", "--python", sys.executable, tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    _run(uv, "pip", "install", "-q", "--python", python, "-c", ROOT / "constraints.txt", wheel, cwd=tmp_path)
    command = tmp_path / "venv" / "bin" / "mlops-maturity"
    done = _run(
        command, "score", "--catalogue", GOLDEN / "catalogue.yaml", "--evidence", GOLDEN / "evidence.json",
        "--as-of", "2026-11-23", cwd=tmp_path,
    )  # fmt: skip
    expected = json.loads((GOLDEN / "expected.json").read_text())
    assert json.loads(done.stdout)["overall"] == pytest.approx(expected["overall"], abs=1e-9)
