"""`answers status`: who answered, and what rests on one voice."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest
from click.testing import Result

Run = Callable[..., Result]
DAY = ("--as-of", "2026-11-23")


@pytest.fixture
def filled(run: Run, answers: str) -> Run:
    assert run("answers", "import", "-", input=answers).exit_code == 0
    return run


def test_it_tells_respondents_spread_and_single_voices(filled: Run) -> None:
    found = json.loads(filled("answers", "status", "--team", "fraud", "--format", "json", *DAY).stdout)["fraud"]
    assert {each["respondent"]: each["silent_days"] for each in found["respondents"]} == {"lead": 21, "engineer": 21}
    assert found["practices"][0] == {"practice": "version-control", "respondents": 2, "spread": 1, "attested": 1}
    assert found["single"] == ["delivery-flow"]
    assert (found["alpha"], "there are 2" in found["why_no_alpha"]) == (None, True)
    assert "rollback" in found["unanswered"], "nobody knows is no answer"


def test_an_assessment_carries_the_same_and_no_number_of_it(filled: Run) -> None:
    found = json.loads(filled("answers", "status", "--team", "fraud", "--format", "json", *DAY).stdout)["fraud"]
    result = json.loads(filled("assess", "--team", "fraud", "--format", "json", *DAY).stdout)
    assert result["respondents"] == found
    assert "alpha" not in json.dumps({name: part for name, part in result.items() if name != "respondents"})


@pytest.mark.parametrize("group", [(), ("--team", "idle"), ("--team", "fraud"), ("--group", "payments")])
def test_tables_tell_teams_with_and_without_answers(filled: Run, group: tuple[str, ...]) -> None:
    done = filled("answers", "status", *DAY, *group)
    assert done.exit_code == 0, done.output
    assert ("never" in done.stdout) == (group != ("--team", "fraud"))


def test_csv_has_a_row_for_each_respondent(filled: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(filled("answers", "status", "--format", "csv", *DAY).stdout)))
    assert [(row["team"], row["respondent"], row["answered"]) for row in rows] == [
        ("fraud", "engineer", "1"), ("fraud", "lead", "2"),
    ]  # fmt: skip


def test_an_unknown_team_gets_a_hint(filled: Run) -> None:
    done = filled("answers", "status", "--team", "froud")
    assert (done.exit_code, "did you mean" in done.output) == (2, True)
