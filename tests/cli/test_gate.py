"""`gate`: its exit codes, and what it says of what blocks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from click.testing import Result

from mlops_maturity.config.catalogue_file import builtin_catalogue

Run = Callable[..., Result]
DAY = "2026-11-23"
ASPECT = "ci-cd"
WEAK = next(
    practice
    for practice in builtin_catalogue().of_aspect(ASPECT)
    if practice.key_from in (1, 2) and practice.required[1:] == (2, 3) and practice.concerns(frozenset({"classical"}))
)
"""Key at level 2: at rung 1 it alone holds its aspect at level 1."""


@pytest.fixture
def filled(run: Run, deployments: str) -> Run:
    """Everybody in team fraud says 2 of everything but one practice."""
    rows = [
        f"fraud,{practice.id},{who},{1 if practice.id == WEAK.id else 2},2026-11-20,true,,"
        for practice in builtin_catalogue().practices
        for who in ("ann", "bob", "cy")
    ]
    answers = "team,practice,respondent,value,on,attested,comment,evidence_url\n" + "\n".join(rows) + "\n"
    assert run("records", "import", "-", input=deployments).exit_code == 0
    assert run("answers", "import", "-", input=answers).exit_code == 0
    return run


def gate(run: Run, *more: str, team: str = "fraud") -> Result:
    return run("gate", "--team", team, "--as-of", DAY, *more)


def test_a_level_that_is_reached_is_exit_0(filled: Run) -> None:
    done = gate(filled, "--min-level", "1")
    assert done.exit_code == 0
    assert done.stdout.startswith("met: Fraud detection is at level 1 with confidence ")
    assert len(done.stdout.splitlines()) == 1


def test_a_level_that_is_not_reached_is_exit_1_with_the_practices_that_block_it(filled: Run) -> None:
    done = gate(filled, "--min-level", "2")
    assert done.exit_code == 1
    assert done.stdout.startswith("not met: Fraud detection is at level 1")
    assert f"level 2: {WEAK.title!r} is at 1.00, needs 1.85 (can't be outvoted)." in done.stdout
    assert "\x1b" not in done.stdout


def test_too_little_confidence_is_told_with_how_much_there_is_and_how_much_it_takes(run: Run) -> None:
    rows = [f"fraud,{practice.id},ann,2,2026-11-20" for practice in builtin_catalogue().practices]
    given = "team,practice,respondent,value,on\n" + "\n".join(rows) + "\n"
    assert run("answers", "import", "-", input=given).exit_code == 0
    told = gate(run, "--min-level", "3").stdout
    figures = re.findall(r"is known with confidence ([\d.]+) %, needs ([\d.]+) %", told)
    assert figures
    assert all(float(known) < float(needs) for known, needs in figures)
    assert "too little evidence" not in told


def test_what_can_not_be_outvoted_stands_first_and_assess_ends_with_the_next_step(filled: Run) -> None:
    told = gate(filled, "--min-level", "3", "--aspect", ASPECT).stdout.splitlines()
    barred = ["outvoted)" in line for line in told if "level 3:" in line]
    assert barred == sorted(barred, reverse=True)
    assert set(barred) == {True, False}
    shown = " ".join(filled("assess", "--team", "fraud", "--as-of", DAY).stdout.split())
    assert "`mlops-maturity roadmap --team fraud --to-level 2`" in shown


def test_every_level_up_to_the_one_asked_for_is_told(filled: Run) -> None:
    told = json.loads(gate(filled, "--min-level", "3", "--format", "json").stdout)
    assert (told["met"], told["level"], told["min_level"]) == (False, 1, 3)
    levels = {(block["aspect"], block["level"]) for block in told["blocking"] if block["practice"] == WEAK.id}
    assert levels == {(ASPECT, 2), (ASPECT, 3)}
    assert all(block["needs"] == block["rung"] - 0.15 for block in told["blocking"])


def test_an_aspect_is_judged_by_itself(filled: Run) -> None:
    assert gate(filled, "--min-level", "2", "--aspect", "standardization-automation").exit_code == 0
    done = gate(filled, "--min-level", "2", "--aspect", ASPECT)
    assert (done.exit_code, "Continuous integration and delivery is at level 1" in done.stdout) == (1, True)


def test_confidence_can_be_asked_for_as_well(filled: Run) -> None:
    assert gate(filled, "--min-level", "1", "--min-confidence", "0.3").exit_code == 0
    done = gate(filled, "--min-level", "1", "--min-confidence", "0.99")
    assert done.exit_code == 1
    assert "level 1 with confidence 99 % was asked for" in done.stdout
    assert "known to 0 % only" not in done.stdout
    assert "more practices." in done.stdout
    told = json.loads(gate(filled, "--min-level", "1", "--min-confidence", "0.99", "--format", "json").stdout)
    assert (told["level_met"], told["confidence_met"], told["blocking"]) == (True, False, [])
    assert [row["confidence"] for row in told["unsure"]] == sorted(row["confidence"] for row in told["unsure"])


def test_a_team_without_evidence_is_not_told_to_be_at_level_0(filled: Run) -> None:
    done = gate(filled, "--min-level", "1", team="idle")
    assert done.exit_code == 1
    assert done.stdout.startswith("not met: idle has no evidence at all on 2026-11-23")
    assert "First answer the questions" in done.stdout
    assert json.loads(gate(filled, "--min-level", "1", "--format", "json", team="idle").stdout)["level"] is None


def test_a_waived_practice_does_not_block_and_is_named(filled: Run) -> None:
    span = ("--from", "2026-11-01", "--until", "2026-12-31")
    why = ("--reason", "batch only", "--owner", "lead", "--author", "lead")
    waived = filled("waivers", "add", "--team", "fraud", "--practice", WEAK.id, *span, *why)
    assert waived.exit_code == 0, waived.output
    done = gate(filled, "--min-level", "2", "--aspect", ASPECT)
    assert done.exit_code == 0
    assert f"Left out by waiver: {WEAK.id}." in done.stdout


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (("--min-level", "1", "--min-confidence", "55"), "--min-confidence: 55 is no share; write 0.55 for 55 %"),
        (("--min-level", "1", "--min-confidence", "nan"), "nan is no share"),
        (("--min-level", "1", "--aspect", "ci_cd"), "--aspect: 'ci_cd' is no aspect; did you mean 'ci-cd'?"),
        (("--min-level", "1", "--team", "fruad"), "did you mean 'fraud'?"),
        (("--min-level", "4"), "--min-level"),
        (("--min-level", "0"), "--min-level"),
        ((), "--min-level"),
    ],
)
def test_wrong_use_is_exit_2(run: Run, more: tuple[str, ...], reason: str) -> None:
    done = gate(run, *more)
    assert done.exit_code == 2
    assert reason in done.stderr
