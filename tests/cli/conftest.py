"""A small organisation on disk, and the command run on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from mlops_maturity.cli.main import app

SETTINGS = """\
organisation: Acme
timezone: Europe/Vienna
store: sqlite:///maturity.db
teams:
  - {id: fraud, name: Fraud detection, group: payments/risk, repositories: ["acme/fraud-*"], models: ["fraud-*"]}
  - {id: pricing, group: payments, repositories: ["acme/pricing"]}
  - {id: idle, group: labs}
"""

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "maturity.yaml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    """Run the command on the organisation in `home`; `input` is its standard input."""

    def invoke(*arguments: str, input: str | bytes | None = None, config: bool = True) -> Result:
        extra = ("-c", str(home / "maturity.yaml")) if config else ()
        return CliRunner().invoke(app, [*arguments, *extra], input=input, catch_exceptions=False)

    return invoke


def jsonl(rows: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def weekly_deployments(count: int, last: datetime = datetime(2026, 11, 18, 12, tzinfo=UTC)) -> list[dict[str, Any]]:
    """One successful production deployment a week of acme/fraud-model, the newest at `last`."""
    moments = [last - timedelta(weeks=weeks) for weeks in range(count)]
    return [
        {
            "kind": "deployment", "source": "cd", "id": f"d{number}", "repository": "acme/fraud-model",
            "environment": "prod", "tier": "production", "sha": f"{number:040x}", "outcome": "success",
            "started_at": (moment - timedelta(minutes=5)).isoformat(), "finished_at": moment.isoformat(),
        }
        for number, moment in enumerate(reversed(moments))
    ]  # fmt: skip


@pytest.fixture
def deployments() -> str:
    return jsonl(weekly_deployments(30))


@pytest.fixture
def answers() -> str:
    return (
        "team,practice,respondent,value,on,attested,comment,evidence_url\n"
        "fraud,version-control,lead,2,2026-11-02,false,,\n"
        "fraud,version-control,engineer,3,2026-11-02,,all of it,https://wiki.example/vc\n"
        "fraud,delivery-flow,lead,3,2026-11-02,,,\n"
        "fraud,rollback,lead,,2026-11-02,,,\n"
    )
