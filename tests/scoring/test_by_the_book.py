"""The score and the history against a second reading of the scoring design, with any parameters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import by_the_book
import pytest
from by_history import score_by_history
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_cases import TODAY, Case, cases

from mlops_maturity.config.catalogue import Catalogue, Parameters
from mlops_maturity.scoring.assessment import Assessment
from mlops_maturity.scoring.score import score

NEAR = 1e-9
any_parameters = st.builds(
    Parameters,
    survey_half_life_days=st.sampled_from([180.0, 30.0, 365.5]),
    survey_max=st.sampled_from([0.6, 1.0, 0.3]),
    survey_k=st.sampled_from([1.0, 0.5, 4.0]),
    attested_weight=st.sampled_from([2.0, 1.0, 5.0]),
    sample_k=st.sampled_from([2.0, 1.0, 10.0]),
    expiry_half_lives=st.sampled_from([4.0, 1.0, 2.5]),
    floor=st.sampled_from([0.15, 0.01, 0.9]),
    tolerance=st.sampled_from([0.15, 0.01, 0.5]),
    share=st.sampled_from([0.8, 0.5, 1.0]),
    slack=st.sampled_from([1.0, 0.1, 2.0]),
    min_confidence=st.sampled_from(
        [{1: 0.15, 2: 0.25, 3: 0.55}, {1: 0.01, 2: 0.02, 3: 0.03}, {1: 0.3, 2: 0.5, 3: 0.9}]
    ),
    contradiction_gap=st.sampled_from([1.0, 0.5, 3.0]),
    contradiction_mass=st.sampled_from([0.15, 0.01, 0.5]),
)


def told(assessment: Assessment) -> dict[str, Any]:
    """An assessment in the words of the book."""
    parts = {"overall": assessment.overall, **assessment.aspects}
    return {
        name: {
            "level_lo": part.level_lo, "level_point": part.level, "level_hi": part.level_hi,
            "index_lo": part.index_lo, "index_point": part.index, "index_hi": part.index_hi,
            "confidence": part.confidence,
        }
        for name, part in parts.items()
        if part.level is not None
    }  # fmt: skip


def compare(catalogue: Catalogue, case: Case, day: date, assessment: Assessment) -> None:
    book = by_the_book.assess(catalogue, case.evidence, day)
    for name, result in assessment.practices.items():
        mine = book["practices"][name]
        theirs = (result.value_lo, result.value, result.value_hi, result.confidence)
        assert theirs == pytest.approx((mine["lo"], mine["point"], mine["hi"], mine["confidence"]), abs=NEAR)
        gap = None if result.contradiction is None else result.contradiction.gap
        assert gap == (None if mine["contradiction"] is None else pytest.approx(mine["contradiction"], abs=1e-8))
    found = told(assessment)
    assert found.keys() == book["scopes"].keys()
    for scope, figures in found.items():
        assert figures == pytest.approx(book["scopes"][scope], abs=1e-7), scope


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), any_parameters, st.sampled_from([0, 0, 1, 30, 200, 1000]))
def test_both_ways_of_scoring_say_what_the_design_says(case: Case, parameters: Parameters, later: int) -> None:
    day = TODAY + timedelta(days=later)
    catalogue = replace(case.catalogue, parameters=parameters)
    compare(catalogue, case, day, score(catalogue, case.evidence, day))
    compare(catalogue, case, day, score_by_history(catalogue, case.evidence, day))
