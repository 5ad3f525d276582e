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
