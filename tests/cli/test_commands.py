"""The commands on a small organisation: facts and answers in, levels out."""

from __future__ import annotations

import csv
import io
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result

from mlops_maturity.config.catalogue_file import resolve_catalogue
from mlops_maturity.evidence.store import address

Run = Callable[..., Result]
DAY = "2026-11-23"


@pytest.fixture
def filled(run: Run, deployments: str, answers: str) -> Run:
    assert run("records", "import", "-", input=deployments).exit_code == 0
    assert run("answers", "import", "-", input=answers).exit_code == 0
    return run


def test_help_names_every_command(run: Run) -> None:
    shown = run("--help", config=False).output
    for command in ("init", "check", "doctor", "collect", "records", "answers", "readings", "score", "assess"):
        assert command in shown


def test_the_starter_file_is_valid(run: Run, tmp_path: Path) -> None:
    assert run("init", str(tmp_path / "new"), config=False).exit_code == 0
    done = run("check", "-c", str(tmp_path / "new" / "maturity.yaml"), config=False)
    assert (done.exit_code, "fine" in done.output) == (0, True), done.output


def test_init_never_overwrites(run: Run, home: Path) -> None:
    done = run("init", str(home), config=False)
    assert (done.exit_code, "is there already" in done.output) == (2, True)


def test_weekly_deployments_read_one_a_week_with_the_records_behind_them(filled: Run) -> None:
    shown = filled(
        "readings", "--team", "fraud", "--signal", "ci.deployments_per_week", "--as-of", DAY, "--format", "json"
    )
    (row,) = json.loads(shown.stdout)
    assert (row["state"], row["value"], row["unit"]) == ("measured", 1, "per week")
    assert row["on"] == "2026-11-18", "dated by the newest day that the source is known for"
    assert row["records"]["sample"][0]["source"] == "cd"


def test_assess_gives_levels_and_contradictions_of_a_team(filled: Run) -> None:
    result = json.loads(filled("assess", "--team", "fraud", "--as-of", DAY, "--format", "json").stdout)
    assert result["team"] == "fraud"
    assert result["overall"]["level"] == 0
    assert result["practices"]["version-control"]["parts"][-1] == {
        "kind": "survey", "mass": pytest.approx(0.44, abs=0.1), "value": pytest.approx(8 / 3, abs=0.01),
        "respondents": 2, "spread": 1,
    }  # fmt: skip


@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown"])
def test_assess_shows_all_teams_in_every_format(filled: Run, format: str) -> None:
    done = filled("assess", "--as-of", DAY, "--format", format)
    assert done.exit_code == 0
    for team in ("Fraud" if format in ("table", "markdown") else "fraud", "pricing", "idle"):
        assert team in done.stdout


def test_a_team_without_evidence_is_level_0_of_0_to_3(filled: Run) -> None:
    overall = json.loads(filled("assess", "--team", "idle", "--format", "json").stdout)["overall"]
    assert (overall["level_lo"], overall["level"], overall["level_hi"], overall["confidence"]) == (0, 0, 3, 0)


def test_a_group_holds_the_teams_below_it(filled: Run) -> None:
    teams = json.loads(filled("assess", "--group", "payments", "--format", "json").stdout)["teams"]
    assert set(teams) == {"fraud", "pricing"}


def test_history_has_a_row_for_each_week_before_the_first_collection(filled: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(filled("history", "--team", "fraud", "--until", DAY).stdout)))
    weeks = sorted({row["on"] for row in rows})
    assert len(weeks) > 20, "weekly records make a trend on the day they are handed in"
    assert {row["scope"] for row in rows} > {"overall", "ci-cd"}
    assert {row["level"] for row in rows} <= {"0", "1", "2", "3"}
    assert all(float(row["confidence"]) > 0 for row in rows), "of what nothing is known there is no row"


def test_a_team_without_evidence_has_no_history_and_nothing_published(filled: Run) -> None:
    for extra in ([], ["--as-published"]):
        assert list(csv.DictReader(io.StringIO(filled("history", "--team", "idle", *extra).stdout))) == []


def test_a_csv_cell_of_what_is_not_known_is_empty(filled: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(filled("assess", "--team", "idle", "--format", "csv").stdout)))
    assert {(row["level"], row["index"], row["confidence"]) for row in rows} == {("", "", "0.0")}


def test_practices_of_other_kinds_of_model_are_left_out(filled: Run, home: Path) -> None:
    def listed() -> set[str]:
        return set(json.loads(filled("assess", "--team", "idle", "--format", "json").stdout)["practices"])

    classical = listed()
    settings = (home / "maturity.yaml").read_text()
    (home / "maturity.yaml").write_text(settings.replace("{id: idle,", "{id: idle, kinds: [classical, genai],"))
    every = listed()
    catalogue = resolve_catalogue("mlops", home)
    added = {entry.id for entry in catalogue.practices if entry.applies_to and "classical" not in entry.applies_to}
    assert classical.isdisjoint(added)
    assert {entry.id for entry in catalogue.practices if "genai" in (entry.applies_to or ())} <= every


def test_a_day_to_come_is_said_to_be_a_forecast(filled: Run) -> None:
    done = filled("assess", "--team", "fraud", "--as-of", "2199-01-01", "--format", "csv")
    assert (done.exit_code, "a day to come" in done.stderr, "a day to come" in done.stdout) == (0, True, False)


def test_names_of_teams_are_plain_text_in_markdown(filled: Run, home: Path) -> None:
    settings = (home / "maturity.yaml").read_text()
    (home / "maturity.yaml").write_text(settings.replace("name: Fraud detection", 'name: "<b>A|B</b> [x](y) *&*"'))
    shown = filled("assess", "--as-of", DAY, "--format", "markdown").stdout
    assert r"&lt;b>A\|B&lt;/b> \[x\](y) \*&amp;\*" in shown
    assert "<b>" not in shown


def test_history_comes_as_json_and_parquet(filled: Run) -> None:
    span = ("history", "--team", "fraud", "--since", "2026-10-01", "--until", DAY)
    rows = json.loads(filled(*span, "--format", "json").stdout)
    frame = pd.read_parquet(io.BytesIO(filled(*span, "--format", "parquet").stdout_bytes))
    assert len(rows) == len(frame) > 0
    assert str(frame["on"].iloc[0])[:10] == rows[0]["on"]


def test_history_as_published_has_what_was_published(filled: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(filled("history", "--team", "fraud", "--as-published").stdout)))
    assert {row["scope"] for row in rows} > {"overall"}
    assert all(row["published_at"] for row in rows)


def test_the_same_files_again_change_nothing(filled: Run, deployments: str, answers: str) -> None:
    before = filled("records", "export").stdout, filled("answers", "export").stdout
    assert filled("records", "import", "-", input=deployments).exit_code == 0
    assert filled("answers", "import", "-", input=answers).exit_code == 0
    assert (filled("records", "export").stdout, filled("answers", "export").stdout) == before


def test_what_is_exported_can_be_imported_elsewhere(filled: Run, home: Path, tmp_path: Path) -> None:
    exported = filled("records", "export").stdout
    other = tmp_path / "other"
    other.mkdir()
    (other / "maturity.yaml").write_text((home / "maturity.yaml").read_text())
    config = ("-c", str(other / "maturity.yaml"))
    assert filled("records", "import", "-", *config, input=exported, config=False).exit_code == 0
    assert filled("records", "export", *config, config=False).stdout == exported


def test_pushed_readings_reach_the_score(filled: Run) -> None:
    row = {"team": "pricing", "signal": "mlflow.run_commit_share", "value": 99, "seen": 5, "scope": 5,
           "opportunities": 40, "on": "2026-11-20"}  # fmt: skip
    assert filled("readings", "import", "-", input=json.dumps(row) + "\n").exit_code == 0
    result = json.loads(filled("assess", "--team", "pricing", "--as-of", DAY, "--format", "json").stdout)
    assert result["practices"]["version-control"]["telemetry"] > 0.3


def test_measurements_feed_a_signal_of_the_catalogue(filled: Run) -> None:
    row = {"kind": "measurement", "source": "own", "id": "m1", "signal": "scm.review_share", "subject": "pricing",
           "on": "2026-11-20", "value": 97, "opportunities": 50}  # fmt: skip
    assert filled("records", "import", "-", input=json.dumps(row) + "\n").exit_code == 0
    shown = filled("readings", "--team", "pricing", "--signal", "scm.review_share", "--as-of", DAY, "--format", "json")
    assert json.loads(shown.stdout)[0]["value"] == 97


def test_db_upgrade_creates_the_store(run: Run, home: Path) -> None:
    assert run("db", "upgrade").exit_code == 0
    assert (home / "maturity.db").exists()


def test_the_version_is_told(run: Run) -> None:
    done = run("--version", config=False)
    assert (done.exit_code, done.output.strip()) == (0, f"mlops-maturity {version('mlops-maturity')}")


def test_doctor_writes_nothing(run: Run, home: Path) -> None:
    assert run("doctor").exit_code == 0
    assert [path.name for path in home.iterdir()] == ["maturity.yaml"]


def test_doctor_lists_what_no_team_selects(filled: Run) -> None:
    stray = {"kind": "model", "source": "reg", "id": "m", "name": "nobodys-model"}
    assert filled("records", "import", "-", input=json.dumps(stray) + "\n").exit_code == 0
    assert "nobodys-model" in filled("doctor").stdout


@pytest.mark.parametrize(
    "command", [["assess"], ["history"], ["readings"], ["roadmap", "--team", "fraud", "--to-level", "1"],
                ["records", "export"], ["answers", "export"]]
)  # fmt: skip
def test_who_may_not_write_the_store_can_read_it(
    filled: Run, home: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address, "_writable", lambda place: place.suffix != ".db")
    done = filled(*command)
    assert done.exit_code == 0, done.output
    assert done.stdout


@pytest.mark.parametrize("command", [["collect"], ["records", "import", "-"], ["answers", "import", "-"]])
def test_who_may_not_write_the_store_is_told_so_at_once(
    filled: Run, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address, "_writable", lambda place: place.suffix != ".db")
    done = filled(*command, input="")
    assert (done.exit_code, "read-only" in done.output, "Traceback" in done.output) == (2, True, False)


def test_a_taken_port_is_told_before_any_address(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--port", str(port))
    assert (done.exit_code, "http://" in done.output) == (2, False)
    assert f"{port} is taken" in done.output
    assert f"--port {port + 1}" in done.output


def test_one_is_not_told_as_many(run: Run) -> None:
    answer = "team,practice,respondent,value,on\nfraud,rollback,lead,2,2026-11-02\n"
    assert "standard input: 1 answer: 1 new" in run("answers", "import", "-", input=answer).stdout


def test_known_names_are_listed_in_order(run: Run) -> None:
    answer = "team,practice,respondent,value,on\nxxxxxxxxxx,rollback,lead,2,2026-11-02\n"
    assert "known are fraud, idle, pricing" in run("answers", "import", "-", input=answer).output


def test_facts_in_a_format_of_others_come_in_and_go_out_again_unchanged(run, home, deployments):
    assert run("records", "import", "-", input=deployments).exit_code == 0
    out = home / "events.jsonl"
    assert run("records", "export", "--as", "cdevents", "-o", str(out)).exit_code == 0
    back = run("records", "import", "--as", "cdevents", str(out))
    assert (back.exit_code, ": 0 new, 0 changed, " in back.output) == (0, True)


def test_measurements_of_a_csv_file_become_readings_of_their_team(run):
    text = "signal,subject,on,value\nuser.training_share,fraud,2026-11-01,62.5\n"
    assert run("records", "import", "--as", "measurements", "-", input=text).exit_code == 0
    told = run("readings", "--team", "fraud", "--signal", "user.training_share", "--format", "json")
    assert '"value": 62.5' in told.output


@pytest.mark.parametrize(("arguments", "told"), [
    (("import", "--as", "cdevent", "-"), "did you mean 'cdevents'"),
    (("export", "--as", "scorecard"), "can only be read; written can be jsonl, cdevents"),
    (("import", "--source", "x", "-"), "name their source themselves"),
])  # fmt: skip
def test_a_format_that_is_not_there_is_named_with_those_that_are(run, arguments, told):
    refused = run("records", *arguments, input="")
    assert (refused.exit_code, told in refused.output) == (2, True), refused.output


def test_a_mistyped_command_is_told_which_one_was_meant(run):
    told = run("asess", config=False)
    assert (told.exit_code, "did you mean 'assess'" in told.output) == (2, True)


def test_a_command_loads_no_other_one():
    script = (
        "import sys; from mlops_maturity.cli.main import app; from typer.main import get_group;"
        "group = get_group(app); group.get_command(None, 'init');"
        "print([name for name in sys.modules if name.startswith('mlops_maturity.cli.commands.')])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "['mlops_maturity.cli.commands.init']"


def test_dora_bands_name_their_edition_and_what_is_not_known(filled):
    told = filled("readings", "--dora", "2023", "--format", "json")
    assert told.exit_code == 0
    teams = json.loads(told.output)["teams"]
    assert teams["idle"]["bands"]["ci.lead_time_hours"] == {"value": None, "band": None}
    assert "State of DevOps 2023" in filled("readings", "--dora", "2023").output
    assert filled("readings", "--dora", "1999").exit_code == 2


def test_init_where_no_folder_can_be_says_so_in_a_line(run, home):
    (home / "file").write_text("", encoding="utf-8")
    told = run("init", str(home / "file"), config=False)
    assert (told.exit_code, "can't be written" in told.output) == (2, True)
