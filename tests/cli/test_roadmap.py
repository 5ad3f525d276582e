"""`roadmap`: what it prints, and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from click.testing import Result

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.scoring import plan_programme

Run = Callable[..., Result]
DAY = "2026-11-23"


@pytest.fixture
def filled(run: Run, deployments: str, answers: str) -> Run:
    assert run("records", "import", "-", input=deployments).exit_code == 0
    assert run("answers", "import", "-", input=answers).exit_code == 0
    return run


def test_the_path_to_a_level_is_found_and_reaches_it(filled: Run) -> None:
    done = filled("roadmap", "--team", "fraud", "--to-level", "1", "--as-of", DAY, "--format", "json")
    plan = json.loads(done.stdout)
    assert (done.exit_code, plan["team"], plan["as_of"], plan["outcome"]) == (0, "fraud", DAY, "found")
    assert (plan["before"]["level"], plan["after"]["level"]) == (0, 1)
    assert {step["kind"] for step in plan["steps"]} <= {"improve", "connect", "ask", "attach"}
    assert sum(step["effort_days"]["expected"] for step in plan["steps"]) == pytest.approx(
        plan["effort_days"]["expected"]
    )


def test_a_team_of_which_nothing_is_known_has_no_level_to_start_from(filled: Run) -> None:
    asked = ("roadmap", "--team", "idle", "--to-level", "1", "--as-of", DAY)
    plan = json.loads(filled(*asked, "--format", "json").stdout)
    assert plan["before"] == {"level": None, "index": None, "confidence": 0.0}
    assert plan["after"]["level"] == 1
    assert plan["message"].endswith("Nothing is known of the team today: it has no level, which is not level 0.")
    assert {step["unknown_today"] for step in plan["steps"] if step["to_rung"] == 1} == {True}
    for format in ("table", "markdown"):
        told = " ".join(filled(*asked, "--format", format).stdout.split())
        assert "it has no level, which is not level 0" in told
        assert "from level 0" not in told
    assert "from rung 0" not in told.replace("so the plan starts from rung 0", "")  # not in a table: its cells wrap
    told = filled("roadmap", "--team", "idle", "--budget-days", "0.01", "--as-of", DAY).stdout
    assert "it has no level, which is not level 0" in " ".join(told.split())


def test_a_level_0_for_want_of_evidence_only_is_told_apart_from_one_that_was_found(run: Run) -> None:
    lines = ["team,practice,respondent,value,on,attested,comment,evidence_url"]
    _, *heard = builtin_catalogue().aspects
    asked = [each for aspect in heard for each in builtin_catalogue().of_aspect(aspect.id)]
    for team, rung in (("fraud", 1), ("pricing", 0)):
        lines += [f"{team},{each.id},lead,{rung},2026-11-03,,," for each in asked]
    assert run("answers", "import", "-", input="\n".join(lines) + "\n").exit_code == 0

    def message(team: str) -> str:
        done = run("roadmap", "--team", team, "--to-level", "1", "--as-of", DAY, "--format", "json")
        return str(json.loads(done.stdout)["message"])

    alone = (
        "Nothing is known of 1 of 4 aspects today."
        " Missing evidence alone keeps the team at level 0, nothing that was found."
    )
    assert "level 1, from level 0" in message("fraud")
    assert message("fraud").endswith(alone)
    assert message("pricing").endswith("Nothing is known of 1 of 4 aspects today.")


def test_a_budget_is_kept(filled: Run) -> None:
    done = filled("roadmap", "--team", "fraud", "--budget-days", "6", "--as-of", DAY, "--format", "json")
    plan = json.loads(done.stdout)
    assert (done.exit_code, plan["budget_days"]) == (0, 6)
    assert 0 < plan["effort_days"]["expected"] <= 6
    assert plan["benefit"] > 0


@pytest.mark.parametrize("format", ["table", "markdown"])
def test_the_plan_is_told_in_words(filled: Run, format: str) -> None:
    done = filled("roadmap", "--team", "fraud", "--to-level", "1", "--as-of", DAY, "--format", format)
    assert done.exit_code == 0
    told = " ".join(done.stdout.split())
    assert "Fraud detection" in told
    assert "improvement" in told
    assert "expected" in told


def test_robustness_adds_the_share_of_draws(filled: Run) -> None:
    shown = [
        filled("roadmap", "--team", "fraud", "--to-level", "1", "--as-of", DAY, "--robustness", "--format", format)
        for format in ("json", "json", "markdown", "table")
    ]
    first, again = (json.loads(done.stdout) for done in shown[:2])
    assert first == again
    assert all(0 < step["share_of_draws"] <= 1 for step in first["steps"])
    assert all("stays" in done.stdout for done in shown[2:])


def test_a_level_that_no_plan_reaches_is_exit_1_in_words(filled: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_programme.Programme, "cheapest", lambda *_: None)
    done = filled("roadmap", "--team", "fraud", "--to-level", "3", "--as-of", DAY)
    assert (done.exit_code, "No plan reaches level 3." in done.stdout) == (1, True)


def test_a_budget_too_small_for_any_step_is_exit_1_in_words(filled: Run) -> None:
    done = filled("roadmap", "--team", "idle", "--budget-days", "0.01", "--as-of", DAY)
    assert (done.exit_code, "No step that brings anything fits" in done.stdout) == (1, True)


def test_a_solver_that_gives_up_is_exit_1_with_what_to_do(filled: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    gave_up = SimpleNamespace(status=1, message="Time limit reached", x=None)
    monkeypatch.setattr("scipy.optimize.milp", lambda *_, **__: gave_up)
    done = filled("roadmap", "--team", "fraud", "--to-level", "3", "--as-of", DAY)
    assert (done.exit_code, "lower level or a smaller budget" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "neither is given"),
        (("--to-level", "2", "--budget-days", "5"), "both are given"),
        (("--budget-days", "0"), "give more than 0"),
        (("--budget-days", "nan"), "give more than 0"),
        (("--to-level", "4"), "should be at most 3"),
        (("--to-level", "0"), "should be at least 1"),
        (("--to-level", "1", "--as-of", "soon"), "is not a date"),
    ],
)
def test_wrong_use_is_exit_2_and_says_why(run: Run, options: tuple[str, ...], told: str) -> None:
    done = run("roadmap", "--team", "fraud", *options)
    assert (done.exit_code, told in done.stderr) == (2, True), done.stderr


def test_an_unknown_or_missing_team_is_exit_2(run: Run) -> None:
    assert run("roadmap", "--team", "fruad", "--to-level", "1").exit_code == 2
    assert run("roadmap", "--to-level", "1").exit_code == 2
