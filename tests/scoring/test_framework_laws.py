"""The laws of frameworks on random standings: what is better never counts for less, and the range holds the value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_maturity.config.framework import Framework
from mlops_maturity.config.framework_file import builtin_frameworks
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.framework import judge
from mlops_maturity.scoring.framework_result import Figures, FrameworkResult
from mlops_maturity.scoring.score import score

pytestmark = pytest.mark.slow
law = settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])

FRAMEWORKS = builtin_frameworks()
NAMES = sorted({name for framework in FRAMEWORKS.values() for name in framework.practices})
VALUES = st.sampled_from([0.0, 0.84, 0.85, 1.0, 1.7, 1.85, 2.0, 2.84, 2.85, 3.0])
CONFIDENCES = st.sampled_from([0.0, 0.1, 0.15, 0.25, 0.54, 0.55, 1.0])


Standing = tuple[float, float, float, float]
"""Lower bound, value, upper bound and confidence of a practice."""
View = Callable[[Framework, Mapping[str, Standing]], FrameworkResult]


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    lo, value, hi = sorted(draw(st.tuples(VALUES, VALUES, VALUES)))
    return lo, value, hi, draw(CONFIDENCES)


CASES = st.lists(standings(), min_size=len(NAMES), max_size=len(NAMES)).map(
    lambda drawn: dict(zip(NAMES, drawn, strict=True))
)


@pytest.fixture(scope="module")
def view(bench: Any) -> View:
    catalogue = bench.catalogue(*map(bench.watched, NAMES))
    blank = score(catalogue, Evidence(), bench.today)

    def judged(framework: Framework, case: Mapping[str, Standing]) -> FrameworkResult:
        practices = {
            name: replace(blank.practices[name], value_lo=lo, value=value, value_hi=hi, confidence=confidence)
            for name, (lo, value, hi, confidence) in case.items()
        }
        return judge(framework, catalogue, replace(blank, practices=practices))

    return judged


def not_below(after: Figures, before: Figures) -> bool:
    pairs = ((after.lo, before.lo), (after.value, before.value), (after.hi, before.hi))
    return all(more is not None and less is not None and more >= less for more, less in pairs)


@law
@given(CASES, st.sampled_from(sorted(FRAMEWORKS)), st.sampled_from(NAMES), standings())
def test_raising_a_practice_never_lowers_anything(
    view: View, case: dict[str, Standing], name: str, practice: str, other: Standing
) -> None:
    lo, value, hi, confidence = (max(pair) for pair in zip(case[practice], other, strict=True))
    raised = {**case, practice: (lo, value, hi, confidence)}
    before, after = (view(FRAMEWORKS[name], standing) for standing in (case, raised))
    assert not_below(after.figures, before.figures)
    assert all(not_below(new.figures, was.figures) for new, was in zip(after.parts, before.parts, strict=True))


@law
@given(CASES, st.sampled_from(sorted(FRAMEWORKS)))
def test_the_range_holds_the_value_and_the_whole_is_the_least_part(
    view: View, case: dict[str, Standing], name: str
) -> None:
    found = view(FRAMEWORKS[name], case)
    for figures in (found.figures, *(part.figures for part in found.parts)):
        assert figures.lo is not None
        assert figures.value is not None
        assert figures.hi is not None
        assert figures.lo <= figures.value <= figures.hi
    assert found.figures.value == min(part.figures.value or 0 for part in found.parts)


@law
@given(CASES, st.sampled_from(sorted(FRAMEWORKS)))
def test_bringing_all_that_decides_to_its_rung_moves_the_whole(
    view: View, case: dict[str, Standing], name: str
) -> None:
    before = view(FRAMEWORKS[name], case)
    moved = dict(case)
    for lacking in before.deciding:
        lo, value, hi, _ = moved[lacking.practice]
        moved[lacking.practice] = (lo, max(float(lacking.rung), value), max(float(lacking.rung), hi), 1.0)
    after = view(FRAMEWORKS[name], moved)
    assert before.figures.value is not None
    assert after.figures.value is not None
    assert (after.figures.value > before.figures.value) == bool(before.deciding)
