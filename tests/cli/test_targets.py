"""`targets`: set, listed with how they stand, and dropped; never a number of the score."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import time_machine
from click.testing import Result

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.signals.interface import Measured, Proof
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.readings import StoredReading, write_readings

Run = Callable[..., Result]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SET = ("targets", "set", "--team", "fraud", "--level", "2", "--by", "2027-06-30", "--author", "board")


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def filled(run: Run, answers: str) -> Run:
    assert run("answers", "import", "-", input=answers).exit_code == 0
    return run


@pytest.fixture
def rising(filled: Run, home: Path) -> Run:
    """The team fraud: people say rung 2 of all, and systems show a little more each week, from rung 0 towards 2."""
    store = open_store("sqlite:///maturity.db", home)
    practices = builtin_catalogue().practices
    uses = {use.id: use for practice in practices for use in practice.signals}
    readings = [
        StoredReading(
            team="fraud", signal=use.id, on=NOW.date() - timedelta(days=1, weeks=week),
            result=Measured(
                value=_raw(use.anchors, 1.6 * (60 - week) / 60), seen=1, scope=1, opportunities=50,
                proof=Proof(count=1, sample=()), note="",
            ),
        )
        for use in uses.values() for week in range(60)
    ]  # fmt: skip
    write_readings(store, readings, NOW)
    on = NOW.date() - timedelta(days=380)
    said = [
        StoredAnswer(team="fraud", practice=each.id, respondent=f"r{n}", value=2, on=on, attested=True, recorded_at=NOW)
        for each in practices for n in range(4)
    ]  # fmt: skip
    append_answers(store, said)
    store.close()
    return filled


def _raw(anchors: tuple[tuple[float, float], ...], rung: float) -> float:
    """The raw value that stands for a rung: linear between anchors."""
    pairs = pairwise(anchors)
    for (left, low), (right, high) in pairs:
        if min(low, high) <= rung <= max(low, high) and low != high:
            return left + (right - left) * (rung - low) / (high - low)
    return min(anchors, key=lambda anchor: abs(anchor[1] - rung))[0]


def _listed(run: Run, *more: str) -> list[dict]:
    done = run("targets", "list", "--format", "json", *more)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def _assessed(run: Run, *more: str) -> dict:
    return json.loads(run("assess", "--format", "json", *more).stdout)


def test_a_target_is_shown_with_the_figures_and_changes_none(filled: Run) -> None:
    before = _assessed(filled, "--team", "fraud")
    assert filled(*SET).exit_code == 0
    after = _assessed(filled, "--team", "fraud")
    (target,) = after.pop("targets")
    assert (before.pop("targets"), after) == ([], before)
    assert (target["level"], target["by"], target["origin"], target["author"]) == (2, "2027-06-30", "team", "board")
    assert (target["level_now"], target["verdict"]) == (0, "unknown")
    shown = " ".join(filled("assess", "--team", "fraud").stdout.split())
    assert "Target: level 2 by 2027-06-30 (board): unknown." in shown


def test_a_target_out_of_reach_at_this_pace_is_told_so_and_one_far_off_is_not(rising: Run) -> None:
    level = _assessed(rising, "--team", "fraud")["overall"]["level"]
    following = str(level + 1)
    rising(*SET, "--by", "2026-11-24", "--level", following)
    (target,) = _listed(rising)
    assert (target["level_now"], target["verdict"]) == (level, "not at this pace")
    assert (
        target["expected"] is None or target["expected"]["first"] is None or target["expected"]["first"] > "2026-11-24"
    )


def test_a_target_that_is_reached_is_met_and_one_gone_by_is_missed(rising: Run) -> None:
    level = _assessed(rising, "--team", "fraud")["overall"]["level"]
    assert level in (1, 2)
    rising(*SET, "--level", str(level))
    rising(*SET, "--level", "3", "--by", "2026-12-01", "--aspect", "ci-cd")
    assert [row["verdict"] for row in _listed(rising) if row["aspect"] is None] == ["met"]
    with time_machine.travel(datetime(2026, 12, 2, 12, tzinfo=UTC), tick=False):
        assert {row["aspect"]: row["verdict"] for row in _listed(rising)}["ci-cd"] == "missed"


def test_of_many_teams_no_forecast_is_made(rising: Run) -> None:
    rising(*SET, "--level", "3")
    (target,) = _assessed(rising)["teams"]["fraud"]["targets"]
    assert (target["verdict"], target["expected"]) == (None, None)


def test_a_group_target_holds_for_its_teams_until_they_have_their_own(filled: Run) -> None:
    group = ("targets", "set", "--group", "payments", "--level", "1", "--by", "2027-01-31", "--author", "board")
    assert filled(*group).exit_code == 0
    filled(*SET)
    assert {row["team"]: (row["level"], row["origin"]) for row in _listed(filled)} == {
        "fraud": (2, "team"), "pricing": (1, "group"),
    }  # fmt: skip
    assert filled("targets", "drop", "--team", "fraud", "--author", "board").exit_code == 0
    assert {row["team"]: row["origin"] for row in _listed(filled)} == {"fraud": "group", "pricing": "group"}


def test_one_of_the_settings_holds_and_can_only_be_taken_out_there(filled: Run, home: Path) -> None:
    text = (home / "maturity.yaml").read_text().replace("{id: idle,", "{id: idle, target: {level: 1, by: 2027-01-31},")
    (home / "maturity.yaml").write_text(text)
    (target,) = _listed(filled)
    assert (target["team"], target["origin"], target["verdict"]) == ("idle", "settings", "unknown")
    done = filled("targets", "drop", "--team", "idle", "--author", "board")
    assert (done.exit_code, "stands in the settings" in done.output) == (2, True)


def test_the_same_target_again_changes_nothing(filled: Run) -> None:
    filled(*SET)
    assert "recorded already" in filled(*SET).stdout


@pytest.mark.parametrize("format", ["table", "csv"])
def test_every_format_lists_them(filled: Run, format: str) -> None:
    assert "fraud" not in filled("targets", "list", "--format", format).stdout
    filled(*SET)
    shown = filled("targets", "list", "--format", format).stdout
    assert "fraud" in shown
    if format == "csv":
        (row,) = csv.DictReader(io.StringIO(shown))
        assert (row["level"], row["by"], row["verdict"], row["first"]) == ("2", "2027-06-30", "unknown", "")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("--team", "froud"), ("--team", "did you mean 'fraud'")),
        (("--group", "payments"), ("both are given",)),
        (("--aspect", "ci-dc"), ("--aspect", "did you mean 'ci-cd'")),
        (("--level", "4"), ()),
        (("--level", "0"), ()),
        (("--by", "2026-11-22"), ("--by", "should lie between today, 2026-11-23")),
        (("--by", "2062-06-30"), ("--by", "2036")),
        (("--by", "summer"), ("--by", "is not a date")),
        (("--author", "ann@acme.example"), ("--author", "personal data")),
        (("--author", ""), ("--author", "is needed")),
    ],
)
def test_a_target_that_can_not_be_is_refused(filled: Run, changed: tuple[str, str], told: tuple[str, ...]) -> None:
    done = filled(*SET, *changed)
    assert done.exit_code == 2, done.output
    assert all(part in done.output for part in told)
    assert "ann@" not in done.output
    assert _listed(filled) == []


def test_a_target_of_nobody_and_a_drop_of_nothing_are_refused(filled: Run) -> None:
    assert "neither is given" in filled("targets", "set", "--level", "1", "--by", "2027-01-01", "--author", "x").output
    done = filled("targets", "drop", "--team", "fraud", "--author", "x")
    assert (done.exit_code, "has no target to drop" in done.output) == (2, True)
