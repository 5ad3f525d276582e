"""`assess --what-if`, `--sensitivity` and `--compare-weights`: what they print, and that nothing is stored."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
DAY = "2026-11-23"
EDITS = "answers:\n  - {practice: version-control, value: 0}\nweights:\n  practices: {rollback: 9}\n"
WEIGHTS = "weightings:\n  code first: {practices: {version-control: 50}}\n"


@pytest.fixture
def filled(run: Run, deployments: str, answers: str) -> Run:
    assert run("records", "import", "-", input=deployments).exit_code == 0
    assert run("answers", "import", "-", input=answers).exit_code == 0
    return run


@pytest.fixture
def asked(filled: Run, home: Path) -> Callable[..., Result]:
    (home / "edits.yaml").write_text(EDITS, encoding="utf-8")
    (home / "weights.yaml").write_text(WEIGHTS, encoding="utf-8")

    def ask(view: str, format: str = "json", team: str = "fraud") -> Result:
        options = {
            "what-if": ("--what-if", str(home / "edits.yaml")),
            "weights": ("--compare-weights", str(home / "weights.yaml")),
            "sensitivity": ("--sensitivity",),
        }
        return filled("assess", "--team", team, "--as-of", DAY, "--format", format, *options[view])

    return ask


def test_what_if_tells_before_and_after_and_stores_nothing(asked: Callable[..., Result], filled: Run) -> None:
    plain = filled("assess", "--team", "fraud", "--as-of", DAY, "--format", "json").stdout
    done = asked("what-if")
    told = json.loads(done.stdout)
    assert done.exit_code == 0
    before, after = (told[name]["practices"]["version-control"]["value"] for name in ("before", "after"))
    assert (before, after) == (pytest.approx(8 / 3, abs=0.01), 0)
    assert told["after"]["overall"]["index"] < told["before"]["overall"]["index"]
    assert filled("assess", "--team", "fraud", "--as-of", DAY, "--format", "json").stdout == plain


def test_weights_are_compared_with_the_catalogues_own(asked: Callable[..., Result]) -> None:
    told = json.loads(asked("weights").stdout)
    assert (told["one"]["name"], told["other"]["name"]) == ("the catalogue's weights", "code first")
    difference = told["other"]["overall"]["index"] - told["one"]["overall"]["index"]
    assert difference > 0
    assert sum(each["effect"] for each in told["differences"]) == pytest.approx(difference)
    assert told["differences"][0]["practice"] == "version-control"


def test_sensitivity_is_sorted_by_effect(asked: Callable[..., Result]) -> None:
    told = json.loads(asked("sensitivity").stdout)["sensitivity"]
    assert {"tolerance", "min_confidence.1", "rollback", "ci-cd"} <= {each["name"] for each in told}
    assert [each["level_moved"] for each in told] == sorted((each["level_moved"] for each in told), reverse=True)
    rows = list(csv.DictReader(io.StringIO(asked("sensitivity", "csv").stdout)))
    assert len(rows) == len(told)


@pytest.mark.parametrize("view", ["what-if", "weights", "sensitivity"])
@pytest.mark.parametrize("format", ["table", "markdown", "csv"])
def test_every_view_in_every_format(asked: Callable[..., Result], view: str, format: str) -> None:
    done = asked(view, format)
    assert done.exit_code == 0
    if format != "csv":
        assert "Fraud detection:" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("view", ["what-if", "weights", "sensitivity"])
def test_a_team_without_evidence_has_no_figures(asked: Callable[..., Result], view: str) -> None:
    done = asked(view, "table", team="idle")
    assert done.exit_code == 0
    if view == "weights":
        assert "—" in done.stdout


def test_wrong_use_is_exit_2_and_says_what_to_do(filled: Run, home: Path) -> None:
    file = home / "edits.yaml"
    file.write_text("answers: [{practice: rolback, value: 1}]\n", encoding="utf-8")
    for arguments, reason in (
        (("--what-if", str(file)), "--what-if: looks at one team; name it with --team"),
        (("--team", "fraud", "--what-if", str(file), "--sensitivity"), "--what-if, --sensitivity: give one of them"),
        (("--team", "fraud", "--what-if", str(home / "no.yaml")), "there is no such file"),
        (("--team", "fraud", "--what-if", str(file)), f"{file}:1: answers.0.practice: 'rolback' is no practice"),
    ):
        done = filled("assess", "--as-of", DAY, *arguments)
        assert (done.exit_code, reason in done.stderr) == (2, True), done.stderr
