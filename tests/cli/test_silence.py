"""Teams without a level: why there is none and what to do first, in a few lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import Result

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.waivers import StoredWaiver, declare_waivers

Run = Callable[..., Result]


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def waived(run: Run, home: Path) -> Run:
    """Every practice is waived for the team idle, for good."""
    rows = [
        StoredWaiver(
            team="idle", practice=practice.id, start=date(2026, 11, 10), until=date(2999, 6, 1), reason="stopped",
            owner="board", author="board", recorded_at=datetime(2026, 11, 10, tzinfo=UTC),
        )
        for practice in builtin_catalogue().practices
    ]  # fmt: skip
    store = open_store("sqlite:///maturity.db", home)
    assert declare_waivers(store, rows).inserted == len(rows)
    store.close()
    return run


@pytest.mark.usefixtures("wide")
def test_a_team_nobody_knows_of_is_told_in_two_lines(run: Run) -> None:
    shown = run("assess", "--team", "idle").stdout
    assert "it has no level, which is not level 0" in shown
    assert "First answer the questions" in shown
    assert "too little is known" not in shown
    assert len(shown.splitlines()) < 12
    assert "no change shown" not in shown, "what has no level has no trend"


@pytest.mark.usefixtures("wide")
def test_a_gate_for_a_team_nobody_knows_of_names_the_first_step_not_every_practice(run: Run) -> None:
    shown = run("gate", "--team", "idle", "--min-level", "2")
    assert shown.exit_code == 1
    assert len(shown.stdout.splitlines()) == 2
    assert "First answer the questions" in shown.stdout


@pytest.mark.usefixtures("wide")
def test_a_wholly_waived_team_is_told_as_such(waived: Run) -> None:
    shown = waived("assess", "--team", "idle").stdout
    assert "44 practices waived, none is left." in shown
    assert "`waivers list --team idle` shows until when, and why." in shown
    assert "too little is known" not in shown
    gate = waived("gate", "--team", "idle", "--min-level", "1")
    assert (gate.exit_code, len(gate.stdout.splitlines())) == (1, 2)


@pytest.mark.usefixtures("wide")
def test_what_nobody_knows_of_stands_in_one_line_an_aspect(run: Run, answers: str) -> None:
    assert run("answers", "import", "-", input=answers).exit_code == 0
    shown = run("assess", "--team", "fraud", "--as-of", "2026-11-23").stdout
    for aspect in builtin_catalogue().aspects:
        assert shown.count(f"{aspect.name}, to level 1: nothing is known of") <= 1
    assert " more." in shown


@pytest.mark.usefixtures("wide")
def test_the_roadmap_of_a_team_nobody_knows_of_asks_first(run: Run) -> None:
    shown = run("roadmap", "--team", "idle", "--to-level", "1").stdout
    first = next(line for line in shown.splitlines() if line.startswith("│"))
    assert ("first" in first, "evidence work" in first) == (True, True)
    assert "ask first" not in shown.replace("│ first", ""), "said once, not in every row"
    markdown = run("roadmap", "--team", "idle", "--to-level", "1", "--format", "markdown").stdout
    assert "| first | evidence work | Learn where " in markdown
    assert "makes steps smaller, or needless" in markdown
