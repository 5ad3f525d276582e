"""`assess`: trends beside the levels, and teams together, in every format."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from click.testing import Result

from mlops_maturity.cli.workplace import open_workplace
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.store.runs import finish_run, start_run
from mlops_maturity.evidence.survivors import LISTED

Run = Callable[..., Result]
DAY = "2026-11-23"


@pytest.fixture
def filled(run: Run) -> Run:
    """A year in which fraud rises practice by practice, and pricing says the same all along."""
    lines = ["team,practice,respondent,value,on,attested,comment,evidence_url"]
    for month in range(12):
        on = f"{2025 + (month + 11) // 12}-{(month + 11) % 12 + 1:02d}-03"
        for place, practice in enumerate(builtin_catalogue().practices):
            lines.append(f"fraud,{practice.id},lead,{min(2, (month + place % 5) // 5)},{on},,,")
            lines.append(f"pricing,{practice.id},lead,1,{on},,,")
    assert run("answers", "import", "-", input="\n".join(lines) + "\n").exit_code == 0
    return run


def test_a_team_has_its_trend_beside_the_assessment(filled: Run) -> None:
    document = json.loads(filled("assess", "--team", "fraud", "--as-of", DAY, "--format", "json").stdout)
    assert {"overall", "aspects", "practices", "catalogue", "as_of"} < set(document)
    assert set(document["trend"]["aspects"]) == set(document["aspects"])
    overall = document["trend"]["overall"]
    assert (overall["verdict"], overall["reason"]) == ("rising", None)
    assert overall["new_evidence"] > 0.8 * overall["change"] > 30
    assert overall["confirmed_level"] == document["overall"]["level"]
    ahead = document["trend"]["next_level"]
    assert ahead["level"] == document["overall"]["level"] + 1
    blocking = {block["practice"] for each in document["aspects"].values() for block in each["blocking"]}
    assert {each["practice"] for each in ahead["practices"]} <= blocking


def test_what_stays_the_same_shows_no_change_and_says_why(filled: Run) -> None:
    table = " ".join(filled("assess", "--team", "pricing", "--as-of", DAY).stdout.split())
    assert "no change shown over the last 52 weeks" in table
    assert "less than 3 is taken for none" in table
    idle = " ".join(filled("assess", "--team", "idle", "--as-of", DAY).stdout.split())
    assert "no change shown" not in idle
    early = " ".join(filled("assess", "--team", "pricing", "--as-of", "2026-02-23").stdout.split())
    assert "not judged over the last 52 weeks: " in early
    assert "at least 26 are needed" in early


@pytest.fixture
def changed(filled: Run, home: Path) -> Run:
    """The catalogue has changed since facts came in last."""
    with as_file(files("mlops_maturity.config") / "model") as folder:
        own = shutil.copytree(folder, home / "own") / "catalogue.yaml"
    own.write_text(
        own.read_text(encoding="utf-8").replace("parameters: {}", "parameters: {slack: 0.9}"), encoding="utf-8"
    )
    settings = home / "maturity.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "catalogue: own\n", encoding="utf-8")
    return filled


ASKED = ("assess", "--team", "fraud", "--as-of", DAY)
COLLECT = "The catalogue has changed since facts came in last"


def test_after_a_change_of_the_catalogue_the_weeks_are_rescored_and_told_to_wait(changed: Run) -> None:
    for told in (ASKED, (*ASKED, "--format", "markdown"), ("assess", "--as-of", DAY)):
        words = " ".join(changed(*told).stdout.split()).replace("\\", "")
        assert words.count(COLLECT) == 1
        assert "scored anew for this; `mlops-maturity collect`, or any" in words
        assert "rising" in words
    assert " weeks of 2 teams under the old one" in " ".join(changed("assess", "--as-of", DAY).stdout.split())


def test_what_is_rescored_on_the_spot_is_what_the_next_import_keeps(changed: Run) -> None:
    waits = json.loads(changed(*ASKED, "--format", "json").stdout)["trend"]
    together = json.loads(changed("assess", "--as-of", DAY, "--format", "json").stdout)["rollup"]
    assert waits.pop("weeks_rescored_for_this") > 40
    assert (together["change"]["joined"], together["change"]["left"]) == ([], [])
    answer = "team,practice,respondent,value,on\nidle,rollback,lead,1,2026-11-04\n"
    assert changed("answers", "import", "-", input=answer).exit_code == 0
    kept = json.loads(changed(*ASKED, "--format", "json").stdout)["trend"]
    assert kept.pop("weeks_rescored_for_this") == 0
    assert kept == waits
    again = json.loads(changed("assess", "--as-of", DAY, "--format", "json").stdout)["rollup"]
    assert (again["change"], again["fixed_cohort"]) == (together["change"], together["fixed_cohort"])
    assert COLLECT not in changed(*ASKED).stdout


def test_teams_together_are_told_for_the_organisation_and_for_a_group(filled: Run) -> None:
    whole = json.loads(filled("assess", "--as-of", DAY, "--format", "json").stdout)
    assert set(whole["teams"]) == {"fraud", "pricing", "idle"}
    overall = whole["rollup"]["overall"]
    assert sum(overall["teams_at"].values()) + overall["no_evidence"] + overall["too_little_evidence"] == 3
    assert overall["no_evidence"] == 1
    change = whole["rollup"]["change"]
    assert change["within"] + change["mix"] == pytest.approx(change["change"], abs=1e-9)
    assert change["within"] > 10
    group = json.loads(filled("assess", "--group", "payments", "--as-of", DAY, "--format", "json").stdout)
    assert (group["group"], set(group["teams"])) == ("payments", {"fraud", "pricing"})
    assert group["rollup"]["overall"]["no_evidence"] == 0
    assert "rollup" not in json.loads(filled("assess", "--team", "idle", "--format", "json").stdout)


def test_who_is_in_no_figure_is_named_and_not_in_the_funnel(filled: Run) -> None:
    answer = (
        "team,practice,respondent,value,on,attested,comment,evidence_url\nidle,model-registry,lead,1,2026-11-03,,,\n"
    )
    assert filled("answers", "import", "-", input=answer).exit_code == 0
    whole = json.loads(filled("assess", "--as-of", DAY, "--format", "json").stdout)["rollup"]
    assert whole["left_out"] == {"no_evidence": [], "too_little_evidence": ["idle"]}
    assert "idle" not in (whole["funnel"] or {"teams": {}})["teams"]
    assert whole["overall"]["too_little_evidence"] == 1
    told = " ".join(filled("assess", "--as-of", DAY).stdout.split())
    assert "Left out of medians, means and limits: less than 15 % of the evidence is there of idle." in told


@pytest.mark.parametrize("format", ["table", "markdown"])
def test_teams_together_are_told_in_words(filled: Run, format: str) -> None:
    told = " ".join(filled("assess", "--group", "payments", "--as-of", DAY, "--format", format).stdout.split())
    assert "teams together" in told
    assert "payments" in told
    assert "teams together" not in filled("assess", "--team", "fraud", "--format", format).stdout


def test_rows_of_teams_together_have_a_group_and_no_team(filled: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(filled("assess", "--as-of", DAY, "--format", "csv").stdout)))
    together = [row for row in rows if not row["team"]]
    assert [row["scope"] for row in together] == [row["scope"] for row in rows if row["team"] == "idle"]
    assert {row["group"] for row in together} == {"Acme"}
    assert sum(int(together[0][f"teams_at_{level}"]) for level in range(4)) + int(
        together[0]["teams_without_evidence"]
    ) == 3  # fmt: skip
    own = [row for row in rows if row["team"]]
    assert {row["trend"] for row in own} <= {"rising", "falling", "no_change_shown"}
    assert all(not row["group"] for row in own)


def test_weights_of_teams_move_the_index_of_their_group_only(filled: Run, home: Path) -> None:
    def indices() -> tuple[float, list[float]]:
        whole = json.loads(filled("assess", "--group", "payments", "--as-of", DAY, "--format", "json").stdout)
        return whole["rollup"]["overall"]["index"], [each["overall"]["index"] for each in whole["teams"].values()]

    before, teams = indices()
    settings = home / "maturity.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("{id: pricing,", "{id: pricing, weight: 9,"), encoding="utf-8")
    after, again = indices()
    assert again == teams
    assert before == pytest.approx(sum(teams) / 2)
    assert after == pytest.approx((teams[0] + 9 * teams[1]) / 10)


@pytest.mark.parametrize("weight", ["0", "-1", ".nan", ".inf", "'3'"])
def test_a_weight_that_is_none_is_refused_with_its_line(run: Run, home: Path, weight: str) -> None:
    settings = home / "maturity.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("{id: pricing,", f"{{id: pricing, weight: {weight},"), encoding="utf-8")
    done = run("check")
    assert (done.exit_code, "weight" in done.stderr + done.stdout) == (2, True)


def _registry(home: Path, run: Run, looked: datetime) -> None:
    """Three versions a month apart of a model of fraud, with their runs, all read for the first time at `looked`."""
    made = [datetime(2026, month, 5, 9, tzinfo=UTC) for month in (1, 2, 3)]
    rows = [
        {"kind": "model", "source": "tracking", "id": "fraud-a", "name": "fraud-a", "created_at": made[0].isoformat()},
        *(
            {"kind": "model_version", "source": "tracking", "id": f"fraud-a/{number}", "model": "fraud-a",
             "version": str(number), "run": f"run-{number}", "created_at": at.isoformat()}
            for number, at in enumerate(made)
        ),
        *(
            {"kind": "training_run", "source": "tracking", "id": f"run-{number}", "experiment": "fraud",
             "outcome": "success", "started_at": at.isoformat(), "finished_at": at.isoformat(),
             "commit": f"{number:040x}"}
            for number, at in enumerate(made)
        ),
    ]  # fmt: skip
    imported = run("records", "import", "-", "--complete-until", DAY, input="\n".join(map(json.dumps, rows)) + "\n")
    assert imported.exit_code == 0
    place = open_workplace(home / "maturity.yaml")
    number = start_run(place.store, "tracking", looked)
    read = [{"stream": name, "state": "ok", "rows_seen": 1, "reason": ""} for name in LISTED]
    finish_run(place.store, number, looked, state="ok", rows_seen=4, rows_changed=0, streams=read)
    place.store.close()


OLDER = "count only models and versions that tracking still held then"


def test_weeks_before_the_first_look_at_a_registry_are_told(run: Run, home: Path) -> None:
    _registry(home, run, datetime(2026, 6, 1, 9, tzinfo=UTC))
    for told in (ASKED, (*ASKED, "--format", "markdown"), ("assess", "--as-of", DAY)):
        words = " ".join(run(*told).stdout.split()).replace("\\", "")
        assert words.count(f"Weeks before 2026-06-01 {OLDER}") == 1
    (survivors,) = json.loads(run(*ASKED, "--format", "json").stdout)["trend"]["survivors"]
    assert (survivors["source"], survivors["known_from"]) == ("tracking", "2026-06-01")
    assert "mlflow.run_commit_share" in survivors["signals"]
    other = run("assess", "--team", "pricing", "--as-of", DAY, "--format", "json")
    assert json.loads(other.stdout)["trend"]["survivors"] == []


def test_history_tells_of_survivors_beside_its_rows(run: Run, home: Path) -> None:
    _registry(home, run, datetime(2026, 6, 1, 9, tzinfo=UTC))
    asked = ("history", "--team", "fraud", "--until", DAY, "--format", "json")
    shown = run(*asked)
    assert shown.stderr.count(f"Weeks before 2026-06-01 {OLDER}") == 1
    assert "survivors" not in json.loads(shown.stdout)[0]
    assert OLDER not in run(*asked, "--since", "2026-06-01").stderr
    assert OLDER not in run("history", "--team", "pricing", "--until", DAY).stderr


def test_a_registry_looked_at_all_along_is_not_told(run: Run, home: Path) -> None:
    _registry(home, run, datetime(2025, 6, 1, 9, tzinfo=UTC))
    assert OLDER not in " ".join(run(*ASKED).stdout.split())
    assert OLDER not in run("history", "--until", DAY).stderr
