"""A level that moved, in words: figures that never contradict what they need, and the weeks in which it happened."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.cli.explain_levels import decimals
from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.waivers import StoredWaiver, declare_waivers
from mlops_maturity.scoring.thresholds import reaches

Run = Callable[..., Result]
CATALOGUE = builtin_catalogue()
ASPECT = CATALOGUE.aspects[0].id
HEAD = "team,practice,respondent,value,on,attested,comment,evidence_url\n"


@given(st.floats(-1e-8, 1e-8) | st.floats(-0.02, 0.02), st.sampled_from([0.85, 1.85, 2.85, 0.15, 0.25, 0.55, 1.7]))
def test_a_figure_looks_enough_just_when_it_is(lack: float, needs: float) -> None:
    count = decimals([(needs + lack, needs)])
    shown = float(f"{needs + lack:.{count}f}"), float(f"{needs:.{count}f}")
    assert (shown[0] >= shown[1]) == reaches(needs + lack, needs)


def rows(value: int, on: date, practices: Iterable[str]) -> str:
    said = [(practice, who) for practice in practices for who in ("ann", "bob")]
    return "".join(f"fraud,{practice},{who},{value},{on},true,,https://wiki.example\n" for practice, who in said)


@pytest.fixture
def moved(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """An aspect at rung 2, of which one key practice is said to be at 1 for three weeks, and at 2 again."""
    monkeypatch.setenv("COLUMNS", "300")
    own = CATALOGUE.of_aspect(ASPECT)
    key = next(each.id for each in own if each.key_from is not None and each.key_from <= 2)
    text = HEAD + rows(2, date(2026, 9, 1), (each.id for each in own))
    text += rows(1, date(2026, 10, 6), [key]) + rows(2, date(2026, 10, 27), [key])
    assert run("answers", "import", "-", input=text).exit_code == 0
    return run


def test_the_practice_that_bars_a_level_is_named_with_what_it_had_and_has(moved: Run) -> None:
    asked = ("explain", "--team", "fraud", "--since", "2026-09-27", "--until", "2026-10-11")
    told = json.loads(moved(*asked, "--format", "json").stdout)
    (move,) = [move for move in told["moves"] if move["aspect"] == ASPECT]
    (turn,) = move["practices"]
    assert (move["level"], move["gained"], turn["alone"]) == (2, False, True)
    days = [json.loads(moved("assess", "--team", "fraud", "--as-of", day, "--format", "json").stdout)
            for day in ("2026-09-27", "2026-10-11")]  # fmt: skip
    for side, assessment in zip(("before", "after"), days, strict=True):
        figures = (assessment.get("assessment", assessment)["practices"])[turn["practice"]]
        assert (turn[side]["value"], turn[side]["confidence"]) == (figures["value"], figures["confidence"])
    assert turn["value"]["new_evidence"] == pytest.approx(turn["after"]["value"] - turn["before"]["value"])
    (piece,) = turn["pieces"]
    assert {each["after"]["evidence_url"] for each in piece["answers"]} == {"https://wiki.example"}
    shown = moved(*asked).stdout
    title = CATALOGUE.by_id[turn["practice"]].title
    assert f"“{title}” met it, now bars it (can't be outvoted): value 2.00 → 1.00 (needs 1.85)" in shown
    assert "ann 2 → 1 on 2026-10-06, see https://wiki.example" in shown


def test_a_newer_dont_know_is_told_as_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    own = CATALOGUE.of_aspect(ASPECT)
    key = next(each.id for each in own if each.key_from is not None and each.key_from <= 2)
    text = HEAD + rows(2, date(2026, 9, 1), (each.id for each in own))
    text += "".join(f"fraud,{key},{who},,2026-10-06,false,,\n" for who in ("ann", "bob"))
    assert run("answers", "import", "-", input=text).exit_code == 0
    asked = ("explain", "--team", "fraud", "--since", "2026-09-27", "--until", "2026-10-11")
    shown = run(*asked).stdout
    assert "ann 2 → don't know on 2026-10-06" in shown, shown
    told = json.loads(run(*asked, "--format", "json").stdout)
    days = {answer["dont_know_on"] for move in told["moves"] for turn in move["practices"]
            for piece in turn["pieces"] for answer in piece["answers"] if answer["respondent"] == "ann"}  # fmt: skip
    assert days == {"2026-10-06"}


def test_weeks_are_named_though_the_ends_are_alike(moved: Run) -> None:
    shown = moved("explain", "--team", "fraud", "--since", "2026-09-27", "--until", "2026-11-15").stdout
    assert "Levels are as before, but moved meanwhile:" in shown
    assert re.findall(r"(2026-\d\d-\d\d) to 2026-\d\d-\d\d: .* Level 2 (gained|lost) by “", shown) == [
        ("2026-10-04", "lost"),
        ("2026-10-25", "gained"),
    ]


def test_nested_lines_stay_nested_in_markdown(moved: Run) -> None:
    asked = ("explain", "--team", "fraud", "--since", "2026-09-27", "--until", "2026-10-11", "--format", "markdown")
    shown = moved(*asked).stdout
    assert re.search(r"^  - Level 2 lost", shown, re.MULTILINE)
    assert re.search(r"^    - “", shown, re.MULTILINE)


def test_one_week_is_not_told_twice(moved: Run) -> None:
    since = date(2026, 10, 4)
    shown = moved("explain", "--team", "fraud", "--since", str(since), "--until", str(since + timedelta(days=7))).stdout
    assert "Level 2 lost" in shown
    assert "Weeks in which" not in shown


def test_the_overall_level_names_the_aspects_it_is_that_of(moved: Run) -> None:
    others = [each.id for each in CATALOGUE.practices if each.aspect != ASPECT]
    assert moved("answers", "import", "-", input=HEAD + rows(2, date(2026, 9, 1), others)).exit_code == 0
    shown = moved("explain", "--team", "fraud", "--since", "2026-09-27", "--until", "2026-10-11").stdout
    name = CATALOGUE.aspects[0].name
    told = f"Overall level 2 → 1: the least of the aspects. On 2026-09-27 that was every one, on 2026-10-11 {name}."
    assert told in shown


def test_what_nobody_knew_of_is_unknown_and_not_nought(moved: Run) -> None:
    other = next(each.id for each in CATALOGUE.of_aspect(ASPECT) if each.key_from is None)
    assert moved("answers", "import", "-", input=HEAD + rows(1, date(2026, 7, 20), [other])).exit_code == 0
    shown = moved("explain", "--team", "fraud", "--since", "2026-08-01", "--until", "2026-09-27").stdout
    assert "barred it (nothing known of it), now meets it: value unknown → 2.00 (needs 0.85)" in shown


def test_a_waiver_that_took_a_practice_out_is_told_with_its_reason(moved: Run, home: Path) -> None:
    own = CATALOGUE.of_aspect(ASPECT)
    key = next(each.id for each in own if each.key_from is not None and each.key_from <= 2)
    waiver = StoredWaiver(
        team="fraud", practice=key, start=date(2026, 10, 10), until=date(2026, 10, 20), reason="bought ready",
        owner="lead", author="lead", recorded_at=datetime(2026, 10, 9, tzinfo=UTC),
    )  # fmt: skip
    declare_waivers(open_store("sqlite:///maturity.db", home), [waiver])
    shown = moved("explain", "--team", "fraud", "--since", "2026-10-08", "--until", "2026-10-12").stdout
    barred = "barred it (can't be outvoted), now has no part"
    assert f"{barred} (waived from 2026-10-10 to 2026-10-20: bought ready)" in shown


@pytest.fixture
def three_years(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """All practices of all aspects said to be at 2, each quarter anew; a key one goes to 1 and back every month."""
    monkeypatch.setenv("COLUMNS", "300")
    key = next(each.id for each in CATALOGUE.of_aspect(ASPECT) if each.key_from is not None and each.key_from <= 2)
    quarters = [date(2023, 12, 4) + timedelta(weeks=13 * place) for place in range(12)]
    months = [date(2023, 12, 5) + timedelta(weeks=4 * place) for place in range(39)]
    text = HEAD + "".join(rows(2, on, (each.id for each in CATALOGUE.practices if each.id != key)) for on in quarters)
    text += "".join(rows(2 - place % 2, on, [key]) for place, on in enumerate(months))
    assert run("answers", "import", "-", input=text).exit_code == 0
    return run


LONG = ("explain", "--team", "fraud", "--since", "2023-12-10", "--until", "2026-11-22")


def test_three_years_add_up_in_every_figure_of_every_practice(three_years: Run) -> None:
    told = json.loads(three_years(*LONG, "--format", "json").stdout)
    assert len(told["weeks"]) > 30
    parts = ("ageing", "new_evidence", "model")
    for scope in told["scopes"].values():
        assert sum(scope[part] for part in parts) == pytest.approx(scope["change"], abs=1e-9)
        for part in parts:
            every = sum(practice[part] for practice in scope["practices"].values())
            assert every == pytest.approx(scope[part], abs=1e-9)
    overall = told["scopes"]["overall"]
    days = (three_years("assess", "--team", "fraud", "--as-of", day, "--format", "json") for day in (LONG[4], LONG[6]))
    before, after = (json.loads(day.stdout)["overall"]["index"] for day in days)
    assert overall["change"] == pytest.approx(after - before, abs=1e-9)


def test_three_years_stay_readable(three_years: Run) -> None:
    told = three_years(*LONG).stdout.splitlines()
    weeks = [line for line in told if re.match(r"  \d{4}-\d\d-\d\d to ", line)]
    assert len(weeks) == 12
    (earlier,) = (line for line in told if "earlier weeks, from" in line)
    assert "`--format json` all of them" in earlier
    assert weeks[-1] > weeks[0] > f"  {earlier.split('from ')[1][:10]}"
    assert len(told) < 80


def test_an_aspect_of_which_nothing_was_known_is_told_in_a_line(three_years: Run) -> None:
    asked = ("explain", "--team", "fraud", "--since", "2022-01-02", "--until", "2026-11-22")
    told = three_years(*asked).stdout
    assert told.count("so all it rests on came since") == len(CATALOGUE.aspects)
    assert "Level 1 and 2 gained: nothing was known of the aspect on 2022-01-02" in told
    assert len(told.splitlines()) < 80
    back = three_years("explain", "--team", "fraud", "--since", "2026-11-22", "--until", "2031-11-23").stdout
    assert back.count("nothing of the aspect counts any more on 2031-11-23") == len(CATALOGUE.aspects)


def test_what_moved_a_practice_is_told_at_one_level_and_not_again_at_the_next(run: Run) -> None:
    own = [each.id for each in CATALOGUE.of_aspect(ASPECT)]
    text = HEAD + rows(0, date(2026, 9, 1), own) + rows(2, date(2026, 10, 6), own)
    assert run("answers", "import", "-", input=text).exit_code == 0
    told = run("explain", "--team", "fraud", "--since", "2026-09-06", "--until", "2026-10-11").stdout
    details = re.findall(r"“([^”]+)” (?:barred|fell)[^“]*?by new evidence", " ".join(told.split()))
    assert len(details) == len(set(details)) > 4
