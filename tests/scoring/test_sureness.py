"""How much is known of a practice and what it takes, in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.scoring.assessment import PracticeResult, SignalPart, SurveyPart
from mlops_maturity.scoring.sureness import known_from, lacking_confidence, unsure


def a_result(people: int, masses: tuple[float, ...], confidence: float = 0.38) -> PracticeResult:
    return PracticeResult(
        value_lo=0, value=2, value_hi=3, level=2, confidence=confidence, telemetry=0, survey=0, unknown=1,
        contradiction=None, answers=SurveyPart(mass=0.3, value=2, respondents=people, spread=0),
        signals=tuple(
            SignalPart(id=f"s{number}", mass=mass, value=2 if mass else None, coverage=1, sample=1, freshness=1)
            for number, mass in enumerate(masses)
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("people", "masses", "told"),
    [
        (0, (), "no answer"),
        (1, (), "1 person"),
        (2, (0.0,), "2 people and 0 of 1 signal"),
        (0, (0.2, 0.0, 0.1), "no answer and 2 of 3 signals"),
    ],
)
def test_what_counts_is_counted(people: int, masses: tuple[float, ...], told: str) -> None:
    assert known_from(a_result(people, masses)) == told


def test_both_sides_are_told() -> None:
    told = unsure(a_result(2, (0.0, 0.1)), 0.55)
    assert told == "is known with confidence 38 %, needs 55 % (from 2 people and 1 of 2 signals)"


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_there_is_never_looks_like_enough(there: float, takes: float) -> None:
    if there + 1e-6 < takes:
        first, second = (float(each.removesuffix(" %")) for each in lacking_confidence(there, takes))
        assert first < second
