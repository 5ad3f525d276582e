from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.dashboard.charts.budget import Budget
from mlops_maturity.dashboard.words.gaps import budget_alt, figures_line, state_line
from mlops_maturity.scoring.assessment import Contradiction, PracticeResult, SignalPart, SurveyPart
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.score import score

TODAY = date(2026, 11, 23)
SILENT = score(builtin_catalogue(), Evidence(), TODAY).practices["model-registry"]


def _result(
    said: float | None = None, shown: float | None = None, *, telemetry: float = 0.5, dark: bool = False
) -> PracticeResult:
    """A practice of which people say one rung and one signal shows another; answers fill what telemetry leaves."""
    telemetry = 0.0 if shown is None else telemetry
    survey = 0.0 if said is None else 0.6 * (1 - telemetry)
    speaks = SignalPart(id="a", mass=telemetry, value=shown, coverage=1, sample=1, freshness=1)
    gone = SignalPart(id="b", mass=0.0, value=None, coverage=1, sample=1, freshness=0, expired=dark)
    answers = SurveyPart(mass=survey, value=said, respondents=0 if said is None else 1, spread=0)
    return replace(SILENT, telemetry=telemetry, survey=survey, signals=(speaks, gone), answers=answers)


@pytest.mark.parametrize(
    ("result", "word"),
    [
        (_result(), "no evidence"),
        (_result(said=2), "answers only"),
        (_result(said=0), "answers only"),
        (_result(shown=0), "systems only"),
        (_result(said=2, shown=2.9), "agree"),
        (_result(said=2, shown=0.5), "1.5 apart, little evidence"),
        (_result(said=0, shown=1), "1.0 apart, little evidence"),
        (_result(said=2, dark=True), "a signal went dark"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_how_answers_and_systems_stand_to_each_other(result: PracticeResult, word: str) -> None:
    assert state_line(result).endswith(f"** · {word}]")


def test_answers_are_compared_even_where_systems_leave_them_nothing_to_fill() -> None:
    result = _result(said=2, shown=2.5, telemetry=1.0)
    assert result.survey == 0
    assert state_line(result).endswith("** · agree]")


@pytest.mark.parametrize(
    ("kind", "word"),
    [("overclaim", "▲\u00a0overclaim\u00a0by\u00a01.5"), ("underclaim", "▼\u00a0underclaim\u00a0by\u00a01.5")],
)
def test_a_contradiction_comes_before_all_else(kind: str, word: str) -> None:
    result = replace(_result(said=2, shown=0.5, dark=True), contradiction=Contradiction(kind=kind, gap=1.5))
    assert state_line(result).endswith(f"** · :orange[{word}]]")


def test_what_nothing_is_known_of_stands_on_no_rung_and_has_no_figures() -> None:
    assert state_line(SILENT) == ":small[**No rung** · no evidence]"
    assert figures_line(SILENT, None, TODAY) == "nothing said, nothing shown"


def test_figures_say_zero_and_unknown_in_different_words() -> None:
    told = figures_line(_result(said=0), TODAY - timedelta(days=3), TODAY)
    assert told.startswith("said 0.0, nothing shown · may lie ")
    assert told.endswith(" · newest 3 days ago")


def test_a_share_that_rounds_to_nothing_has_no_sign() -> None:
    parts = Budget(measured_good=-1e-17, measured_bad=0.5, said_good=0.0, said_bad=0.2, unknown=0.3)
    assert budget_alt(parts).replace("\u00a0", " ") == (
        "Evidence budget: measured, good 0 %, said, good 0 %, unknown 30 %, said, not good 20 %, "
        "measured, not good 50 %"
    )
