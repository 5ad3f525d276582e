"""Wrong use and bad input: a clear message, exit code 2 (or 1), and nothing stored is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
GOLDEN = Path(__file__).parents[1] / "golden"
READING = (
    '{"readings": [{"signal": "registered_share", "value": %s, "seen": 1, "scope": 1, "opportunities": 1, "on": "%s"}]}'
)


def _refused(done: Result, *parts: str) -> None:
    assert done.exit_code == 2, done.output
    for part in parts:
        assert part in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        (("asses",), "did you mean 'assess'?"),
        (("contradictions", "list"), "known are explain, reopen, and `contradictions` alone"),
        (("contradictions", "explian"), "did you mean 'explain'?"),
        (("readings", "show"), "known are import, and `readings` alone"),
        (("records", "exprot"), "did you mean 'export'?"),
        (("answers", "add"), "known are import, export, status"),
        (("waivers", "lst"), "did you mean 'list'?"),
        (("targets", "remove"), "known are set, drop, list"),
        (("db", "migrate"), "known are upgrade"),
    ],
)
def test_a_command_that_is_none_is_answered_with_what_there_is(
    run: Run, asked: tuple[str, ...], hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    _refused(run(*asked, config=False), f"There is no command {asked[-1]!r}", hint)


def test_a_missing_settings_file_names_the_next_step(run: Run, tmp_path: Path) -> None:
    _refused(run("check", "-c", str(tmp_path / "none.yaml"), config=False), "mlops-maturity init")


def test_every_problem_of_the_settings_is_told_at_once_with_its_line(run: Run, home: Path) -> None:
    (home / "maturity.yaml").write_text(
        "organisation: Acme\ntimezone: Mars/Base\nteams:\n  - id: a\n    modles: [x]\n  - id: a\n"
        "sources:\n  - {id: s, type: mlfow, url: 'http://127.0.0.1'}\n"
    )
    done = run("check")
    _refused(done, "maturity.yaml:2:", "timezone", "maturity.yaml:5:", "models", "mlflow")
    assert len([line for line in done.output.splitlines() if "maturity.yaml:" in line]) >= 4


def test_malformed_yaml_is_told_with_its_line(run: Run, home: Path) -> None:
    (home / "maturity.yaml").write_text("organisation: Acme\nteams: [\n")
    _refused(run("check"), "maturity.yaml:")


def test_a_bad_catalogue_is_refused_with_all_reasons(run: Run, home: Path) -> None:
    text = (GOLDEN / "catalogue.yaml").read_text()
    bad = text.replace("weight: 2.0", "weight: .nan").replace("share: 0.75", "share: 1.75")
    (home / "bad.yaml").write_text(bad)
    settings = (home / "maturity.yaml").read_text()
    (home / "maturity.yaml").write_text(settings + "catalogue: bad.yaml\n")
    _refused(run("check"), "weight", "share", "bad.yaml:")


def test_bad_settings_do_not_hide_a_bad_catalogue(run: Run, home: Path) -> None:
    (home / "bad.yaml").write_text((GOLDEN / "catalogue.yaml").read_text().replace("weight: 2.0", "weight: .nan"))
    (home / "maturity.yaml").write_text("organisation: Acme\nteams: [{id: a, modles: [x]}]\ncatalogue: bad.yaml\n")

    _refused(run("check"), "maturity.yaml:2:", "modles", "bad.yaml:", "weight")


def test_wrong_options_do_not_hide_each_other(run: Run) -> None:
    _refused(run("readings", "--team", "froud", "--as-of", "x", "--signal", "ci.leed"), "--team", "--as-of", "--signal")
    ended = run("waivers", "end", "--team", "froud", "--practice", "a", "--author", "a@b.example", "--on", "x")
    _refused(ended, "--team", "--author", "--on")


def test_a_group_above_others_is_known_by_its_own_name(run: Run) -> None:
    assert "did you mean 'payments'?" in run("assess", "--group", "paymnts").stderr
    assert "did you mean 'payments/risk'?" in run("assess", "--group", "payments/rsk").stderr


@pytest.mark.parametrize("option", [["--team", "froud"], ["--group", "paymants"]])
def test_an_unknown_team_or_group_gets_a_hint(run: Run, option: list[str]) -> None:
    _refused(run("assess", *option), "did you mean")


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "23.11.2026"])
def test_a_bad_date_is_refused(run: Run, day: str) -> None:
    _refused(run("assess", "--as-of", day), "--as-of", "2026-11-23")


@pytest.mark.parametrize(
    "evidence",
    [
        '{"answers": [{"practice": "nope", "respondent": "a", "value": 3, "on": "2026-01-01"}]}',
        '{"answers": [{"practice": "registry", "respondent": "a", "value": 7, "on": "2026-01-01"}]}',
        READING % ("NaN", "2026-01-01"),
        READING % ("1", "soon"),
        "[]",
        "{",
    ],
)
def test_bad_evidence_is_refused(run: Run, tmp_path: Path, evidence: str) -> None:
    path = tmp_path / "evidence.json"
    path.write_text(evidence)
    catalogue = str(GOLDEN / "catalogue.yaml")
    done = run("score", "--catalogue", catalogue, "--evidence", str(path), "--as-of", "2026-11-23", config=False)
    _refused(done, "evidence.json")


def _lines(deployments: str) -> list[str]:
    return deployments.splitlines(keepends=True)


@pytest.mark.parametrize(
    "broken", ["{oops\n", '{"kind": "deployment", "source": "cd", "id": "x", "colour": 1}\n', "[]\n"]
)
def test_a_broken_line_in_the_middle_refuses_the_whole_file(run: Run, deployments: str, broken: str) -> None:
    lines = _lines(deployments)
    done = run("records", "import", "-", input="".join([*lines[:3], broken, *lines[3:]]))
    _refused(done, ":4:")
    assert run("records", "export").stdout == ""


def test_keep_going_keeps_the_valid_lines_and_exits_with_1(run: Run, deployments: str) -> None:
    lines = _lines(deployments)
    done = run("records", "import", "--keep-going", "-", input="".join([*lines[:3], "{oops\n", *lines[3:]]))
    assert (done.exit_code, ":4:" in done.output) == (1, True)
    assert len(run("records", "export").stdout.splitlines()) == len(lines)


@pytest.mark.parametrize(
    ("field", "value"),
    [("finished_at", "2090-01-01T00:00:00+00:00"), ("finished_at", "2026-11-18T12:00:00"), ("outcome", "great")],
)
def test_impossible_fields_of_a_record_are_refused(run: Run, deployments: str, field: str, value: str) -> None:
    row = {**json.loads(_lines(deployments)[0]), field: value}
    _refused(run("records", "import", "-", input=json.dumps(row) + "\n"), field)


@pytest.mark.parametrize("value", ["7", "three", "2.5", "-1", "nan"])
def test_an_answer_that_is_no_rung_is_refused_by_row_and_column(run: Run, answers: str, value: str) -> None:
    done = run("answers", "import", "-", input=answers.replace("lead,2,", f"lead,{value},"))
    _refused(done, ":2:", "value")
    assert len(run("answers", "export").stdout.splitlines()) <= 1


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("fraud,rollback", "fraud,rolback", "rollback"),
        ("fraud,rollback", "froud,rollback", "fraud"),
        (",2026-11-02,false", ",2090-11-02,false", "future"),
        ("practice,respondent", "practise,respondent", "practice"),
    ],
)
def test_answers_naming_what_is_not_there_are_refused(run: Run, answers: str, old: str, new: str, named: str) -> None:
    _refused(run("answers", "import", "-", input=answers.replace(old, new)), named)


def test_collect_without_sources_says_so(run: Run) -> None:
    _refused(run("collect"), "sources", "records import")


def test_collect_without_sources_counts_what_was_imported_as_of_today(run: Run, home: Path, deployments: str) -> None:
    assert run("records", "import", "-", input=deployments).exit_code == 0
    settings = home / "maturity.yaml"
    settings.write_text(settings.read_text().replace('"acme/pricing"', '"acme/fraud-model"'))
    readings = ("readings", "--team", "pricing", "--format", "json")
    assert "measured" not in run(*readings).stdout, "nothing was read again by the new selector yet"
    done = run("collect")
    assert (done.exit_code, "No source is configured" in done.stderr) == (0, True)
    assert "measured" in run(*readings).stdout
    _refused(run("collect", "--source", "gh"), "there are none")


@pytest.mark.parametrize("every", ["soon", "0m", "15"])
def test_a_period_that_is_none_is_refused(run: Run, every: str) -> None:
    _refused(run("collect", "--every", every), "15m")


def test_a_secret_that_is_named_but_not_set_is_told_by_check(run: Run, home: Path) -> None:
    settings = (home / "maturity.yaml").read_text()
    source = "sources:\n  - {id: gh, type: github, repositories: [acme/x], token_env: SURELY_NOT_SET_ANYWHERE}\n"
    (home / "maturity.yaml").write_text(settings + source)
    done = run("check")
    assert (done.exit_code, "SURELY_NOT_SET_ANYWHERE" in done.output) == (0, True)
    _, failed = run("doctor"), run("collect")
    assert (failed.exit_code, "SURELY_NOT_SET_ANYWHERE" in failed.output) == (1, True)


def test_a_store_that_is_no_database_is_refused_and_left_alone(run: Run, home: Path) -> None:
    (home / "maturity.db").write_text("precious notes")
    _refused(run("assess"), "maturity.db")
    assert (home / "maturity.db").read_text() == "precious notes"
