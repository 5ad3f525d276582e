"""`waivers`: entering, ending and showing what does not apply, and what that does to every figure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
import time_machine
from click.testing import Result

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.waivers import StoredWaiver, declare_waivers

Run = Callable[..., Result]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADD = ("waivers", "add", "--team", "fraud", "--practice", "delivery-flow", "--owner", "risk")
WHY = ("--reason", "delivered by hand, by law", "--until", "2026-12-20")


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def filled(run: Run, answers: str) -> Run:
    assert run("answers", "import", "-", input=answers).exit_code == 0
    return run


@pytest.fixture
def all_waived(filled: Run, home: Path) -> Run:
    """Every practice is waived for the team fraud."""
    store = open_store("sqlite:///maturity.db", home)
    rows = [
        StoredWaiver(
            team="fraud", practice=practice.id, start=date(2026, 11, 10), until=date(2027, 6, 1), reason="dissolved",
            owner="board", author="board", recorded_at=NOW,
        )
        for practice in builtin_catalogue().practices
    ]  # fmt: skip
    assert declare_waivers(store, rows).inserted == len(rows)
    store.close()
    assert filled("waivers", "end", "--team", "fraud", "--practice", rows[0].practice, "--author", "x").exit_code == 0
    again = (*ADD[:5], rows[0].practice, "--owner", "board", *WHY[:2], "--until", "2027-06-01")
    assert filled(*again).exit_code == 0
    return filled


def _team(run: Run, *more: str) -> dict:
    return json.loads(run("assess", "--team", "fraud", "--format", "json", *more).stdout)


def test_a_waived_practice_is_out_of_the_figures_and_shown_with_them(filled: Run) -> None:
    before = _team(filled)
    done = filled(*ADD, *WHY)
    assert (done.exit_code, "before" in done.stdout) == (0, True), done.output
    after = _team(filled)
    assert after["aspects"]["ci-cd"]["waived"] == ["delivery-flow"]
    assert after["overall"]["index"] != before["overall"]["index"]
    (waiver,) = after["waivers"]
    assert (waiver["practice"], waiver["aspect"], waiver["until"]) == ("delivery-flow", "ci-cd", "2026-12-20")
    assert (waiver["reason"], waiver["owner"], waiver["days_left"]) == ("delivered by hand, by law", "risk", 27)


@pytest.mark.parametrize("format", ["table", "markdown"])
def test_an_assessment_names_every_waiver_and_warns_before_its_end(filled: Run, format: str) -> None:
    filled(*ADD, *WHY)
    shown = " ".join(filled("assess", "--team", "fraud", "--format", format).stdout.split())
    assert "until 2026-12-20: delivered by hand, by law (risk). Ends in 27 days: renew it" in shown


def test_a_waiver_with_time_left_is_not_warned_of(filled: Run) -> None:
    filled(*ADD, *WHY[:2], "--until", "2026-12-24")
    assert "Ends in" not in filled("assess", "--team", "fraud").stdout


def test_csv_counts_waivers_in_the_row_of_the_aspect_and_of_the_whole(filled: Run) -> None:
    filled(*ADD, *WHY)
    rows = csv.DictReader(io.StringIO(filled("assess", "--team", "fraud", "--format", "csv").stdout))
    waived = {row["scope"]: row["waived"] for row in rows}
    assert (waived["overall"], waived["ci-cd"]) == ("delivery-flow", "delivery-flow")
    assert set(waived.values()) == {"delivery-flow", ""}


def test_the_past_is_re_scored_with_the_waivers_of_that_time(filled: Run) -> None:
    def by_day() -> dict[str, str]:
        rows = csv.DictReader(io.StringIO(filled("history", "--team", "fraud", "--step", "day").stdout))
        return {row["on"]: row["index"] for row in rows if row["scope"] == "overall"}

    before = by_day()
    filled(*ADD, *WHY, "--from", "2026-11-20")
    after = by_day()
    assert {day for day in before if before[day] != after[day]} == {f"2026-11-{day}" for day in (20, 21, 22, 23)}


def test_an_ended_waiver_counts_again_and_stays_in_the_history(filled: Run) -> None:
    before = _team(filled)
    filled(*ADD, *WHY)
    assert (
        filled("waivers", "end", "--team", "fraud", "--practice", "delivery-flow", "--author", "audit").exit_code == 0
    )
    assert _team(filled) == before
    assert json.loads(filled("waivers", "list", "--format", "json").stdout) == []
    every = json.loads(filled("waivers", "list", "--all", "--format", "json").stdout)
    assert [(row["state"], row["author"]) for row in every] == [("ends in 27 days", "risk"), ("taken back", "audit")]


def test_the_same_waiver_again_changes_nothing(filled: Run) -> None:
    filled(*ADD, *WHY)
    with time_machine.travel(datetime(2026, 11, 30, 12, tzinfo=UTC), tick=False):
        done = filled(*ADD, *WHY)
    assert (done.exit_code, "recorded already" in done.stdout) == (0, True)
    assert len(filled("waivers", "list", "--all", "--format", "csv").stdout.splitlines()) == 2


def test_a_reason_is_never_run_or_followed(filled: Run) -> None:
    filled(*ADD, "--reason", '=cmd|"x" [a](http://evil.example) <b>|', "--until", "2026-12-20")
    (row,) = csv.DictReader(io.StringIO(filled("waivers", "list", "--format", "csv").stdout))
    assert row["reason"].startswith("'=")
    shown = filled("assess", "--team", "fraud", "--format", "markdown").stdout
    assert "\\[a\\](http" in shown
    assert "&lt;b>\\|" in shown


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("--team", "froud"), ("--team", "did you mean 'fraud'")),
        (("--practice", "delivery-flaw"), ("--practice", "did you mean 'delivery-flow'")),
        (("--reason", "  "), ("--reason", "is needed")),
        (("--reason", "a\x1bb"), ("--reason", "U+001B")),
        (("--reason", "x" * 501), ("--reason", "501 characters")),
        (("--owner", "ann@acme.example"), ("--owner", "personal data")),
        (("--author", "ann@acme.example"), ("--author", "personal data")),
        (("--until", "2026-11-22"), ("--until", "lies in the past")),
        (("--until", "2027-11-25"), ("--until", "a year at most, here until 2027-11-24")),
        (("--until", "soon"), ("--until", "'soon' is not a date")),
        (("--until", ""), ("--until", "is needed")),
        (("--from", "2026-12-21"), ("--from", "lies after the end")),
        (("--from", "2025-02-30"), ("--from", "is not a date")),
    ],
)
def test_a_waiver_that_can_not_be_is_refused(filled: Run, changed: tuple[str, str], told: tuple[str, ...]) -> None:
    done = filled(*ADD, *WHY, *changed)
    assert done.exit_code == 2, done.output
    assert all(part in done.output for part in told)
    assert "ann@" not in done.output
    assert json.loads(filled("waivers", "list", "--all", "--format", "json").stdout) == []


def test_everything_wrong_is_told_at_once(filled: Run) -> None:
    done = filled(*ADD[:2], "--team", "x", "--practice", "y", "--owner", "a@b.c", "--reason", "", "--until", "z")
    assert [line.split(":")[0] for line in done.output.splitlines()] == [
        "--team", "--practice", "--until", "--reason", "--owner",
    ]  # fmt: skip


def test_an_end_without_a_waiver_is_refused(filled: Run) -> None:
    done = filled("waivers", "end", "--team", "fraud", "--practice", "delivery-flow", "--author", "audit")
    assert (done.exit_code, "is not waived" in done.output) == (2, True)


@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown"])
def test_a_team_of_which_everything_is_waived_is_not_judged_in_any_format(all_waived: Run, format: str) -> None:
    done = all_waived("assess", "--team", "fraud", "--format", format)
    assert done.exit_code == 0, done.output
    if format == "json":
        result = json.loads(done.stdout)
        assert set(result["overall"].values()) == {None}
        assert all(part["level"] is part["index"] is None for part in result["aspects"].values())
        assert all(not part["blocking"] for part in result["aspects"].values())
    elif format == "csv":
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        assert {row["level"] + row["index"] + row["confidence"] for row in rows} == {""}
    else:
        assert "44 practices waived" in " ".join(done.stdout.split())
        assert "nan" not in done.stdout.casefold().replace("governance", "")


def test_the_history_of_what_is_waived_is_empty_and_not_nought(all_waived: Run) -> None:
    rows = json.loads(all_waived("history", "--team", "fraud", "--format", "json").stdout)
    waived = [row for row in rows if row["on"] >= "2026-11-10"]
    assert {row["level"] for row in waived} == {row["index"] for row in waived} == {None}
    table = list(csv.DictReader(io.StringIO(all_waived("history", "--team", "fraud").stdout)))
    assert {row["level"] + row["index"] for row in table if row["on"] >= "2026-11-10"} == {""}
    parquet = all_waived("history", "--team", "fraud", "--format", "parquet").stdout_bytes
    frame = pd.read_parquet(io.BytesIO(parquet))
    assert frame[frame["on"].astype(str) >= "2026-11-10"]["index"].isna().all()
    published = all_waived("history", "--team", "fraud", "--as-published", "--format", "json")
    assert json.loads(published.stdout)[-1]["level"] is None


def test_there_is_no_road_where_everything_is_waived(all_waived: Run) -> None:
    done = all_waived("roadmap", "--team", "fraud", "--to-level", "1")
    assert done.exit_code == 1, done.output


def test_a_team_without_evidence_has_no_level_before_and_none_after(run: Run) -> None:
    told = run(*ADD, *WHY)
    assert told.exit_code == 0, told.output
    assert "Today: no evidence before, no evidence now." in told.stdout


def test_a_list_goes_out_as_csv_and_comes_in_again(filled: Run) -> None:
    rows = "fraud,rollback,,{until},nothing to take back,board,\nfraud,delivery-flow,,{until},no releases,board,lead\n"
    text = "team,practice,from,until,reason,owner,author\n" + rows.format(until="2027-01-31")
    done = filled("waivers", "import", "-", input=text)
    assert (done.exit_code, "2 waivers: 2 new" in done.stdout) == (0, True), done.output
    listed = filled("waivers", "list", "--format", "csv").stdout
    again = filled("waivers", "import", "-", input=listed)
    assert (again.exit_code, "0 new, 0 changed, 2 as before" in again.stdout) == (0, True), again.output
    assessed = json.loads(filled("assess", "--team", "fraud", "--format", "json").stdout)
    assert {"rollback", "delivery-flow"} <= {
        name for aspect in assessed["aspects"].values() for name in aspect["waived"]
    }
    wrong = filled("waivers", "import", "-", input=text.replace("rollback", "rolback"))
    assert (wrong.exit_code, "did you mean 'rollback'" in wrong.output) == (2, True), wrong.output
