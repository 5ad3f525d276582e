"""`history` into files, on days to come; `score` with the built-in catalogue."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result

Run = Callable[..., Result]


@pytest.fixture
def filled(run: Run, deployments: str) -> Run:
    assert run("records", "import", "-", input=deployments).exit_code == 0
    return run


def test_a_day_to_come_is_aged_evidence_never_restated(filled: Run) -> None:
    today = datetime.now(UTC).date()
    far = today + timedelta(days=90)
    shown = filled("history", "--team", "fraud", "--since", str(today - timedelta(days=60)), "--until", str(far))
    assert f"{far} is a day to come: this is the evidence known today, aged until then." in shown.stderr
    rows = list(csv.DictReader(io.StringIO(shown.stdout)))
    bases = {row["basis"] for row in rows if row["on"] > str(today + timedelta(days=1))}
    assert bases == {"aged"}
    assert {row["basis"] for row in rows if row["on"] < str(today - timedelta(days=1))} == {"restated"}


def test_a_row_names_the_day_whose_readings_it_rests_on(run: Run, deployments: str, answers: str) -> None:
    assert run("answers", "import", "-", input=answers).exit_code == 0
    asked = ("history", "--team", "fraud", "--until", "2026-11-15", "--step", "day", "--format", "json")
    said = json.loads(run(*asked).stdout)
    assert {row["readings_on"] for row in said} == {None}
    assert run("records", "import", "-", input=deployments).exit_code == 0
    rows = {row["on"]: row for row in json.loads(run(*asked).stdout) if row["scope"] == "overall"}
    for on, read in (("2026-11-08", "2026-11-08"), ("2026-11-11", "2026-11-08"), ("2026-11-15", "2026-11-15")):
        assert rows[on]["readings_on"] == read
        shown = run("assess", "--team", "fraud", "--as-of", on, "--format", "json")
        same = rows[on]["index"] == pytest.approx(json.loads(shown.stdout)["overall"]["index"], abs=1e-9)
        assert same or on != read, on
    table = list(csv.DictReader(io.StringIO(run(*asked[:-1], "csv").stdout)))
    assert {row["readings_on"] for row in table if row["on"] == "2026-11-11"} == {"2026-11-08"}


def test_the_last_day_asked_for_is_read_itself_and_agrees_with_assess(filled: Run) -> None:
    for on in ("2026-11-11", "2026-11-12"):
        asked = ("history", "--team", "fraud", "--since", on, "--until", on, "--format", "json")
        (row,) = (row for row in json.loads(filled(*asked).stdout) if row["scope"] == "overall")
        shown = json.loads(filled("assess", "--team", "fraud", "--as-of", on, "--format", "json").stdout)
        assert row["readings_on"] == on
        assert row["index"] == pytest.approx(shown["overall"]["index"], abs=1e-9)


@pytest.mark.parametrize("command", [["gate", "--min-level", "1"], ["roadmap", "--to-level", "1"], ["assess"]])
def test_every_command_says_what_a_day_to_come_is(filled: Run, command: list[str]) -> None:
    shown = filled(*command, "--team", "fraud", "--as-of", "2999-01-01")
    assert "2999-01-01 is a day to come" in shown.stderr


@pytest.mark.parametrize("format", ["csv", "json", "parquet"])
def test_history_goes_into_a_file(filled: Run, tmp_path: Path, format: str) -> None:
    file = tmp_path / f"out.{format}"
    done = filled("history", "--team", "fraud", "--until", "2026-11-23", "--format", format, "-o", str(file))
    assert (done.exit_code, done.stdout) == (0, "")
    if format == "json":
        assert {row["team"] for row in json.loads(file.read_text(encoding="utf-8"))} == {"fraud"}
    else:
        frame = pd.read_parquet(file) if format == "parquet" else pd.read_csv(file)
        assert set(frame["team"]) == {"fraud"}


def test_a_file_that_cannot_be_written_is_named(filled: Run, tmp_path: Path) -> None:
    done = filled("history", "--format", "parquet", "-o", str(tmp_path / "no" / "out.parquet"))
    assert (done.exit_code, "can't be written" in done.output) == (2, True)


def test_parquet_is_not_written_to_a_screen(filled: Run, home: Path) -> None:
    screen, end = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "mlops_maturity.cli", "history", "--format", "parquet", "-c", home / "maturity.yaml"],
        stdout=end, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(end)
    os.close(screen)
    assert done.returncode == 2
    assert "name a file with -o FILE" in done.stderr


def test_score_knows_the_built_in_catalogue_by_name_and_by_default(run: Run, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence.json"
    evidence.write_text("{}", encoding="utf-8")
    given = ("score", "--evidence", str(evidence), "--as-of", "2026-11-23")
    named = run(*given, "--catalogue", "mlops", config=False)
    assert (named.exit_code, json.loads(named.stdout)["catalogue"]["id"]) == (0, "mlops")
    assert run(*given, config=False).stdout == named.stdout
    wrong = run(*given, "--catalogue", "mlopps", config=False)
    assert (wrong.exit_code, "did you mean 'mlops'" in wrong.output) == (2, True), wrong.output
