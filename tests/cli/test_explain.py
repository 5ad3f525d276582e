"""`explain` on a small organisation, in all its formats."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import Result

Run = Callable[..., Result]
BOTH = ("--since", "2026-11-09", "--until", "2026-11-23")


@pytest.fixture
def filled(run: Run, answers: str) -> Run:
    later = "fraud,delivery-flow,lead,1,2026-11-16,true,,https://wiki.example/|x|\n"
    assert run("answers", "import", "-", input=answers + later).exit_code == 0
    return run


def test_the_parts_add_up_in_json(filled: Run) -> None:
    told = json.loads(filled("explain", "--team", "fraud", *BOTH, "--format", "json").stdout)
    overall = told["scopes"]["overall"]
    parts = overall["ageing"] + overall["new_evidence"] + overall["model"]
    assert parts == pytest.approx(overall["index_after"] - overall["index_before"], abs=1e-9)
    assert overall["practices"]["delivery-flow"]["new_evidence"] < 0
    assert overall["new_evidence"] == pytest.approx(sum(each["new_evidence"] for each in overall["practices"].values()))
    (answer,) = told["answers"]
    assert (answer["before"], answer["value"], answer["on"]) == (3, 1, "2026-11-16")


def test_a_reader_sees_the_split_the_practice_and_where_to_look(filled: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")  # so that no sentence is broken
    shown = filled("explain", "--team", "fraud", *BOTH).stdout
    for words in (
        "2026-11-09 to 2026-11-23",
        "new evidence -",
        "lead 3 → 1, with an artefact",
        "https://wiki.example/|x|",
    ):
        assert words in shown, shown


def test_links_are_told_of_what_the_table_shows_and_of_nothing_else(filled: Run) -> None:
    same = "fraud,rollback,lead,{},{},false,,https://wiki.example/rollback\n"
    head = "team,practice,respondent,value,on,attested,comment,evidence_url\n"
    rows = head + same.format("", "2026-11-15")  # "don't know" of what nobody knew anything of moves nothing
    assert filled("answers", "import", "-", input=rows).exit_code == 0
    for format in ("table", "markdown"):
        shown = filled("explain", "--team", "fraud", *BOTH, "--format", format).stdout
        assert "wiki.example/rollback" not in shown
        assert "points to" in shown
    told = json.loads(filled("explain", "--team", "fraud", *BOTH, "--format", "json").stdout)
    assert {answer["practice"] for answer in told["answers"]} == {"delivery-flow", "rollback"}


def test_markdown_keeps_its_table_whatever_people_wrote(filled: Run) -> None:
    shown = filled("explain", "--team", "fraud", *BOTH, "--format", "markdown").stdout
    assert shown.startswith("## Fraud detection\n")
    assert "\\|x\\|" in shown
    rows = [line for line in shown.splitlines() if line.startswith("| ")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {7}


@pytest.mark.parametrize(
    ("team", "days", "words"),
    [
        ("fraud", ("--since", "2026-11-23", "--until", "2026-11-23"), "nothing moved"),
        ("fraud", ("--since", "2026-10-01", "--until", "2026-11-23"), "Nothing was known on 2026-10-01"),
        ("idle", BOTH, "nothing was known on either day"),
        ("fraud", ("--since", "2026-11-09", "--until", "2029-11-23"), "counts any more on 2029-11-23"),
    ],
)
def test_where_there_is_little_to_tell_it_says_so(filled: Run, team: str, days: tuple[str, ...], words: str) -> None:
    assert words in filled("explain", "--team", team, *days).stdout


def test_wrong_use_is_refused_with_what_to_do(filled: Run) -> None:
    for arguments, words in (
        (("--team", "froud"), "fraud"),
        (("--team", "fraud", "--since", "2026-11-23", "--until", "2026-11-09"), "lies after the last day"),
        (("--team", "fraud", "--since", "yesterday"), "not a date"),
    ):
        done = filled("explain", *arguments)
        assert (done.exit_code, words in done.output) == (2, True), done.output


@pytest.mark.parametrize("columns", ["60", "80", "200"])
def test_the_figures_of_a_row_add_up_at_any_width(filled: Run, monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    shown = filled("explain", "--team", "fraud", *BOTH).stdout
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in shown.splitlines() if line.startswith("│")]
    figures = [[float(cell) for cell in row[1:4]] for row in rows if row[1]]
    assert figures
    assert all(ageing + new == pytest.approx(change, abs=0.11) for ageing, new, change in figures)
    head = next(line for line in shown.splitlines() if line.startswith("┃"))
    assert "model" not in head, "the catalogue did not change"


def test_ageing_is_told_in_both_its_meanings_where_there_is_any(filled: Run) -> None:
    def words(*days: str) -> str:
        return " ".join(filled("explain", "--team", "fraud", *days).stdout.split())

    told = "Ageing of an index is what would have come without anything new"
    assert told in words("--since", "2026-11-09", "--until", "2029-11-23")
    assert told not in words("--since", "2026-11-23", "--until", "2026-11-23")
