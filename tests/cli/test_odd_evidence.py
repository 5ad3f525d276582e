"""Evidence as it comes: none, of one person, very much of one practice, out of order, twice on a day, on a leap day."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from mlops_maturity.config.catalogue_file import builtin_catalogue

Run = Callable[..., Result]
DAY = "2026-11-23"
HEAD = "team,practice,respondent,value,on\n"
SIGNAL, PRACTICE = "ci.deployments_per_week", "delivery-flow"


def assessed(run: Run, team: str = "fraud", day: str = DAY) -> Any:
    return json.loads(run("assess", "--team", team, "--as-of", day, "--format", "json").stdout)


def read(run: Run, *lines: dict[str, Any]) -> None:
    text = "".join(json.dumps({"team": "fraud", "signal": SIGNAL, **line}) + "\n" for line in lines)
    done = run("readings", "import", "-", input=text)
    assert done.exit_code == 0, done.output


def test_a_team_with_no_evidence_is_at_0_of_0_to_3_in_figures_and_at_no_level_in_words(run: Run) -> None:
    overall = assessed(run, "idle")["overall"]
    assert [overall[name] for name in ("level_lo", "level", "level_hi", "index", "confidence")] == [0, 0, 3, 0, 0]
    told = " ".join(run("assess", "--team", "idle", "--as-of", DAY).stdout.split())
    assert "it has no level, which is not level 0" in told


def test_one_respondent_speaks_and_is_no_proof_of_the_top(run: Run) -> None:
    rows = "".join(f"fraud,{each.id},ann,3,2026-11-20\n" for each in builtin_catalogue().practices)
    assert run("answers", "import", "-", input=HEAD + rows).exit_code == 0
    found = assessed(run)
    assert found["overall"]["level"] == 2
    assert {each["parts"][-1]["respondents"] for each in found["practices"].values()} == {1}
    assert {each["parts"][-1]["spread"] for each in found["practices"].values()} == {0}
    told = " ".join(run("gate", "--team", "fraud", "--min-level", "3", "--as-of", DAY).stdout.split())
    assert "(from 1 person and 0 of" in told


def test_ten_thousand_answers_of_one_practice_are_taken_and_the_newest_of_each_person_counts(run: Run) -> None:
    rows = "".join(
        f"fraud,{PRACTICE},person-{number % 50},{(number // 50) % 4},{2020 + number // 2000:04d}-"
        f"{1 + number // 50 % 12:02d}-{1 + number % 28:02d}\n"
        for number in range(10_000)
    )
    done = run("answers", "import", "-", input=HEAD + rows)
    assert (done.exit_code, "10,000 answers" in done.stdout) == (0, True), done.output
    survey = assessed(run, day="2025-06-30")["practices"][PRACTICE]["parts"][-1]
    assert survey["respondents"] == 50
    assert 0 < survey["mass"] <= 0.6


def test_readings_out_of_order_say_the_same_as_in_order(run: Run) -> None:
    lines = [{"on": f"2026-11-{day:02d}", "value": day / 10, "opportunities": 8} for day in (5, 19, 12, 20, 1)]
    read(run, *lines)
    before = assessed(run)["practices"][PRACTICE]
    read(run, *sorted(lines, key=lambda line: line["on"]), *reversed(lines))
    assert assessed(run)["practices"][PRACTICE] == before
    (part,) = (each for each in before["parts"] if each.get("id") == SIGNAL)
    read(run, {"on": "2026-11-20", "value": 2.0, "opportunities": 8})
    (again,) = (each for each in assessed(run)["practices"][PRACTICE]["parts"] if each.get("id") == SIGNAL)
    assert part == again, "the newest day counts, whatever came last"


def test_a_second_reading_of_a_day_takes_the_place_of_the_first(run: Run) -> None:
    read(run, {"on": DAY, "value": 0.0, "opportunities": 8}, {"on": DAY, "value": 5.0, "opportunities": 8})
    last = assessed(run)["practices"][PRACTICE]
    read(run, {"on": DAY, "value": 5.0, "opportunities": 8})
    assert assessed(run)["practices"][PRACTICE] == last
    read(run, {"on": DAY, "value": 0.0, "opportunities": 8})
    assert assessed(run)["practices"][PRACTICE]["value"] < last["value"]


@pytest.mark.parametrize("day", ["2024-02-28", "2024-02-29", "2024-03-01"])
def test_a_leap_day_is_a_day_like_others(run: Run, day: str) -> None:
    answers = f"fraud,{PRACTICE},ann,2,2024-02-29\nfraud,{PRACTICE},bob,1,2024-02-28\n"
    assert run("answers", "import", "-", input=HEAD + answers).exit_code == 0
    people = {"2024-02-28": 1, "2024-02-29": 2, "2024-03-01": 2}[day]
    assert assessed(run, day=day)["practices"][PRACTICE]["parts"][-1]["respondents"] == people
    asked = ("history", "--team", "fraud", "--since", "2024-02-28", "--until", day, "--step", "day", "--format", "json")
    (*_, last) = (row for row in json.loads(run(*asked).stdout) if row["scope"] == "overall")
    assert (last["on"], last["index"]) == (day, pytest.approx(assessed(run, day=day)["overall"]["index"], abs=1e-9))
    refused = run("assess", "--team", "fraud", "--as-of", "2026-02-29")
    assert (refused.exit_code, "is not a date" in refused.stderr) == (2, True)
