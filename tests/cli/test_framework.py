"""`assess --framework` and what `check` says of frameworks."""

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
OWN = """\
framework: acme
title: Acme's own
rule: staged
sources: [{title: Handbook, url: "https://acme.example/handbook", year: 2026}]
parts: [{id: all, name: All}]
levels:
  - {level: 0, name: none, summary: nothing}
  - {level: 1, name: some, summary: something}
items:
  - {id: vc, part: all, level: 1, says: Code is versioned., practices: {version-control: 2}}
"""


@pytest.fixture
def filled(run: Run, deployments: str, answers: str) -> Run:
    assert run("records", "import", "-", input=deployments).exit_code == 0
    assert run("answers", "import", "-", input=answers).exit_code == 0
    return run


@pytest.fixture
def own(home: Path) -> Path:
    """A framework beside the settings, which name its folder."""
    (home / "frameworks").mkdir()
    settings = home / "maturity.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "frameworks: [frameworks]\n", encoding="utf-8")
    (home / "frameworks" / "acme.yaml").write_text(OWN, encoding="utf-8")
    return home / "frameworks" / "acme.yaml"


@pytest.mark.parametrize("name", ["google", "microsoft", "ml_test_score"])
def test_every_framework_of_the_package_tells_a_team_in_every_format(filled: Run, name: str) -> None:
    shown = {
        format: filled("assess", "--framework", name, "--team", "fraud", "--as-of", DAY, "--format", format)
        for format in ("table", "json", "csv", "markdown")
    }
    assert {done.exit_code for done in shown.values()} == {0}
    told = json.loads(shown["json"].stdout)
    assert (told["team"], told["framework"], told["as_of"]) == ("fraud", name, DAY)
    assert told["lo"] <= told["value"] <= told["hi"]
    assert told["unknown"]
    assert told["sources"][0]["url"].startswith("https://")
    rows = list(csv.DictReader(io.StringIO(shown["csv"].stdout)))
    assert [row["scope"] for row in rows] == ["overall", *told["parts"]]
    figures = [float(rows[0][key]) if rows[0][key] else None for key in ("lo", "value", "hi")]
    assert figures == ([told["lo"], told["value"], told["hi"]] if told["confidence"] else [None] * 3)
    for format in ("table", "markdown"):
        words = " ".join(shown[format].stdout.split())
        assert "Fraud detection" in words
        assert "Nothing is known of:" in words
        assert "Source:" in words


def test_a_team_without_evidence_is_not_told_to_be_at_the_bottom(filled: Run) -> None:
    shown = filled("assess", "--framework", "google", "--as-of", DAY, "--format", "markdown").stdout
    (row,) = (line for line in shown.splitlines() if line.startswith("| idle"))
    assert "| no evidence | 0 … 2 | 0 % | 0 of 14 |" in row
    told = json.loads(filled("assess", "--framework", "google", "--as-of", DAY, "--format", "json").stdout)
    assert told["teams"]["idle"]["name"] is None


def test_a_misspelt_framework_is_refused_with_the_nearest(filled: Run) -> None:
    done = filled("assess", "--framework", "gogle")
    assert (done.exit_code, done.stderr) == (2, "--framework: 'gogle' is no framework; did you mean 'google'?\n")


def test_a_framework_of_ones_own_takes_one_file(filled: Run, own: Path) -> None:
    assert "ml_test_score, acme." in filled("check").stdout
    told = json.loads(
        filled("assess", "--framework", "acme", "--team", "fraud", "--as-of", DAY, "--format", "json").stdout
    )
    assert (told["value"], told["name"]) == (1, "some")


def test_check_refuses_it_with_every_fault_and_the_nearest_practice(filled: Run, own: Path) -> None:
    own.write_text(OWN.replace("version-control", "version-contrl").replace("level: 1, says", "level: 7, says"))
    done = filled("check")
    assert done.exit_code == 2
    assert f"{own}:10: items.0.level: no level above the lowest has the number 7; there are 1" in done.stderr
    assert (
        f"{own}:10: items.0.practices.version-contrl: 'version-contrl' is no practice of the catalogue; "
        "did you mean 'version-control'?" in done.stderr
    )


def test_the_packages_frameworks_say_what_another_catalogue_keeps_from_them(filled: Run, home: Path) -> None:
    golden = Path(__file__).parents[1] / "golden" / "catalogue.yaml"
    settings = home / "maturity.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + f"catalogue: {golden}\n", encoding="utf-8")
    done = filled("check")
    assert done.exit_code == 0
    assert "Framework google: 14 of 14 items can't be judged with this catalogue" in done.stdout
    shown = filled("assess", "--framework", "google", "--team", "fraud", "--as-of", DAY, "--format", "json")
    assert (json.loads(shown.stdout)["value"], json.loads(shown.stdout)["hi"]) == (None, 2)
