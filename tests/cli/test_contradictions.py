"""`contradictions`: listed with both sides, explained, opened again, resolved; never a number of the score."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from click.testing import Result

Run = Callable[..., Result]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CASE = ("--team", "fraud", "--practice", "delivery-flow")
EXPLAIN = ("contradictions", "explain", *CASE, "--reason", "the new line is built", "--until", "2026-12-10",
           "--author", "lead")  # fmt: skip


def _on(day: datetime) -> time_machine.travel:
    return time_machine.travel(day, tick=False)


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    with _on(NOW):
        yield


@pytest.fixture
def filled(run: Run, answers: str, deployments: str) -> Run:
    """Weekly deployments, where the lead says that the flow of delivery is at rung 3 since 2 November."""
    assert run("records", "import", "-", input=deployments).exit_code == 0
    assert run("answers", "import", "-", input=answers).exit_code == 0
    return run


def _listed(run: Run, *more: str) -> list[dict]:
    done = run("contradictions", "--format", "json", *more)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def _numbers(run: Run) -> dict:
    found = json.loads(run("assess", "--team", "fraud", "--format", "json").stdout)
    return {name: part for name, part in found.items() if name not in ("contradictions",)}


def test_both_sides_are_told_in_rungs_and_words_with_who_and_what_is_behind_them(filled: Run) -> None:
    (case,) = _listed(filled, "--team", "fraud")
    assert (case["practice"], case["kind"], case["state"]) == ("delivery-flow", "overclaim", "open")
    assert case["gap"] == pytest.approx(case["said"]["value"] - case["shown"]["value"])
    assert (case["said"]["rung"], case["since"], case["age_days"]) == (3, "2026-11-02", 21)
    assert case["said"]["words"] != case["shown"]["words"] != ""
    assert case["respondents"] == [{"respondent": "lead", "value": 3, "on": "2026-11-02", "attested": False}]
    (against,) = [each for each in case["against"] if each["signal"] == "ci.deployments_per_week"]
    assert against["rung"] < 3
    assert against["records"]["sample"][0]["source"] == "cd"


@pytest.mark.parametrize("format", ["table", "csv", "markdown"])
def test_every_format_lists_it(filled: Run, format: str) -> None:
    done = filled("contradictions", "--format", format)
    assert done.exit_code == 0
    assert "2026-11-02" in done.stdout
    if format == "csv":
        (row,) = csv.DictReader(io.StringIO(done.stdout))
        assert (row["team"], row["state"], row["respondents"], row["reason"]) == ("fraud", "open", "lead", "")
        assert "ci.deployments_per_week" in row["against"]


def test_links_stand_whole_below_the_table_however_narrow(
    run: Run, answers: str, deployments: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = "https://code.example/acme/fraud-model/deployments/" + "9" * 60
    rows = [json.dumps({**json.loads(row), "url": link}) for row in deployments.splitlines()]
    assert run("records", "import", "-", input="\n".join(rows) + "\n").exit_code == 0
    assert run("answers", "import", "-", input=answers).exit_code == 0
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("contradictions").stdout.splitlines()
    assert [line for line in lines if line.endswith(f"ci.deployments_per_week rests for example on {link}")]
    assert not [line for line in lines if "http" in line and "│" in line]
    assert link in run("contradictions", "--format", "markdown").stdout


def test_an_explanation_holds_to_the_end_of_its_last_day_and_changes_no_number(filled: Run) -> None:
    before = _numbers(filled)
    history = filled("history", "--team", "fraud").stdout
    assert filled(*EXPLAIN).exit_code == 0
    (case,) = _listed(filled)
    assert (case["state"], case["reason"], case["explained_until"]) == (
        "explained",
        "the new line is built",
        "2026-12-10",
    )
    assert (case["author"], case["said_at"][:10]) == ("lead", "2026-11-23")
    assert _numbers(filled) == before
    assert filled("history", "--team", "fraud").stdout == history
    assert _listed(filled, "--as-of", "2026-11-20")[0]["state"] == "open", "nobody had explained it yet"
    assert [_listed(filled, "--as-of", day)[0]["state"] for day in ("2026-12-10", "2026-12-11")] == [
        "explained",
        "open",
    ]


@pytest.mark.parametrize("format", ["table", "markdown", "json"])
def test_an_assessment_carries_it_with_its_state(filled: Run, format: str) -> None:
    filled(*EXPLAIN)
    shown = filled("assess", "--team", "fraud", "--format", format).stdout
    if format == "json":
        found = json.loads(shown)
        assert [case["state"] for case in found["contradictions"]] == ["explained"]
        assert set(found["practices"]["delivery-flow"]["contradiction"]) == {"kind", "gap"}
    else:
        words = " ".join(shown.replace("\\", "").split())
        assert "since 2026-11-02 (3 weeks)" in words
        assert "explained until 2026-12-10: the new line is built (lead)" in words


def test_it_can_be_opened_again_and_explained_anew(filled: Run) -> None:
    filled(*EXPLAIN)
    reopen = ("contradictions", "reopen", *CASE, "--author", "audit")
    assert filled(*reopen, "--reason", "there is no new line").exit_code == 0
    (case,) = _listed(filled, "--state", "open")
    assert (case["reason"], case["author"]) == ("there is no new line", "audit")
    assert "open already" in filled(*reopen).stdout
    filled(*EXPLAIN)
    assert (_listed(filled)[0]["state"], _listed(filled, "--state", "open")) == ("explained", [])


def test_the_same_explanation_again_changes_nothing(filled: Run) -> None:
    filled(*EXPLAIN)
    done = filled(*EXPLAIN)
    assert (done.exit_code, "recorded already" in done.stdout) == (0, True)


def test_a_new_answer_resolves_it(filled: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    filled(*EXPLAIN)
    with _on(datetime(2026, 11, 30, 12, tzinfo=UTC)):
        new = "team,practice,respondent,value,on\nfraud,delivery-flow,lead,2,2026-11-30\n"
        assert filled("answers", "import", "-", input=new).exit_code == 0
        assert _listed(filled) == []
        (case,) = _listed(filled, "--state", "resolved")
        assert (case["ended_by"], case["until"], case["since"]) == ("answer", "2026-11-29", "2026-11-02")
        assert _listed(filled, "--state", "lapsed") == []
        shown = filled("contradictions", "--state", "resolved").stdout
        assert "a new answer" in " ".join(shown.split())


def test_one_whose_evidence_fades_has_lapsed_and_is_not_resolved(filled: Run) -> None:
    with _on(datetime(2027, 9, 1, 12, tzinfo=UTC)):
        assert _listed(filled) == _listed(filled, "--state", "resolved") == []
        (case,) = _listed(filled, "--state", "lapsed")
        assert case["ended_by"] == "ageing"


def test_what_is_waived_is_no_work(filled: Run) -> None:
    waive = ("waivers", "add", *CASE, "--reason", "sold", "--until", "2027-01-31", "--owner", "board")
    assert filled(*waive).exit_code == 0
    assert _listed(filled) == []


def test_a_group_without_any_says_so(filled: Run) -> None:
    assert filled("contradictions", "--group", "labs").stdout.strip() == "There is none."


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("--team", "froud"), ("--team", "did you mean 'fraud'")),
        (("--practice", "delivery-flaw"), ("--practice", "did you mean 'delivery-flow'")),
        (("--practice", "rollback"), ("--practice", "does not contradict itself today")),
        (("--reason", " "), ("--reason", "is needed")),
        (("--reason", "a\x00b"), ("--reason", "U+0000")),
        (("--reason", "x" * 501), ("--reason", "501 characters")),
        (("--author", "ann@acme.example"), ("--author", "personal data")),
        (("--author", ""), ("--author", "is needed")),
        (("--until", "2026-11-22"), ("--until", "should lie between today, 2026-11-23, and 2027-11-24")),
        (("--until", "2027-11-25"), ("--until", "2027-11-24")),
        (("--until", "never"), ("--until", "is not a date")),
    ],
)
def test_an_explanation_that_can_not_be_is_refused(
    filled: Run, changed: tuple[str, str], told: tuple[str, ...]
) -> None:
    done = filled(*EXPLAIN, *changed)
    assert done.exit_code == 2, done.output
    assert all(part in done.output for part in told)
    assert "ann@" not in done.output
    assert _listed(filled)[0]["reason"] is None


def test_everything_wrong_is_told_at_once(filled: Run) -> None:
    done = filled(*EXPLAIN[:2], "--team", "x", "--practice", "y", "--author", "a@b.c", "--reason", "", "--until", "z")
    told = {line.split(":")[0] for line in done.output.splitlines()}
    assert told == {"--team", "--practice", "--author", "--reason", "--until"}
