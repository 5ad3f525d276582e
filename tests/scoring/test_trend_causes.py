"""What a change over many weeks is made of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.score import score
from mlops_maturity.scoring.trend_causes import causes

UNHURRIED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
"""A machine that does other work takes longer."""


def weekly_readings(bench: Any, values: dict[int, float]) -> Evidence:
    """Weeks ago to the value read then, with as much told by an answer of long ago."""
    return Evidence(
        answers=(bench.said(3, days_ago=400),),
        readings=tuple(bench.read(value, days_ago=7 * weeks) for weeks, value in values.items()),
    )


def test_what_is_read_anew_every_week_neither_ages_nor_comes(bench: Any) -> None:
    catalogue = bench.catalogue(bench.practice(signals=(bench.signal(share=0.8),)))
    evidence = weekly_readings(bench, dict.fromkeys(range(53), 2.0))
    split = causes(catalogue, evidence, bench.today - timedelta(weeks=52), bench.today)["overall"]
    assert split is not None
    assert split.new_evidence == pytest.approx(0, abs=1e-9)
    assert split.ageing == pytest.approx(split.total)  # of the answer, which nobody renewed


def test_worse_readings_are_new_evidence(bench: Any) -> None:
    catalogue = bench.catalogue(bench.practice(signals=(bench.signal(),)))
    evidence = weekly_readings(bench, {weeks: 1.0 + 2.0 * weeks / 52 for weeks in range(53)})
    split = causes(catalogue, evidence, bench.today - timedelta(weeks=52), bench.today)["overall"]
    assert split is not None
    assert split.new_evidence == pytest.approx(-200 / 3, abs=1)
    assert split.ageing == pytest.approx(0, abs=1)


def test_better_readings_beside_rosy_answers_are_new_evidence(bench: Any) -> None:
    """Were the readings to age away between two of them, the answers would get the credit for the rise."""
    catalogue = bench.catalogue(bench.practice(signals=(bench.signal(share=0.7),)))
    evidence = weekly_readings(bench, {weeks: 3.0 - 2.5 * weeks / 52 for weeks in range(53)})
    split = causes(catalogue, evidence, bench.today - timedelta(weeks=52), bench.today)["overall"]
    assert split is not None
    assert split.new_evidence > 0.9 * split.total > 40


def test_a_source_that_is_unplugged_is_ageing(bench: Any) -> None:
    catalogue = bench.catalogue(bench.practice(signals=(bench.signal(),)))
    evidence = Evidence(readings=tuple(bench.read(3.0, days_ago=7 * weeks) for weeks in range(30, 60)))
    split = causes(catalogue, evidence, bench.today - timedelta(weeks=52), bench.today)["overall"]
    assert split is not None
    assert (split.ageing, split.new_evidence) == (pytest.approx(-100), pytest.approx(0, abs=1e-9))


def test_an_aspect_that_is_waived_for_a_time_has_no_causes(bench: Any) -> None:
    catalogue = bench.catalogue(bench.practice(), bench.practice("q", aspect="b"))
    evidence = Evidence(answers=(bench.said(2, days_ago=100), bench.said(2, "q", days_ago=100)),
                        waivers=(bench.waived("q", start=-30, until=0),))  # fmt: skip
    found = causes(catalogue, evidence, bench.today - timedelta(weeks=10), bench.today)
    assert found["b"] is None
    assert found["a"] is not None
    assert found["overall"] is not None


@UNHURRIED
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 500), st.sampled_from("ab")), max_size=12),
    st.lists(st.tuples(st.floats(0, 3), st.integers(0, 500)), max_size=12),
    st.integers(0, 400),
)
def test_the_parts_add_up_to_the_change(bench: Any, said: Any, read: Any, back: int) -> None:
    catalogue = bench.catalogue(bench.practice(signals=(bench.signal(share=0.7),)))
    evidence = Evidence(
        answers=tuple(bench.said(value, by=by, days_ago=ago) for value, ago, by in said),
        readings=tuple(bench.read(value, days_ago=ago) for value, ago in read),
    )
    since = bench.today - timedelta(days=back)
    split = causes(catalogue, evidence, since, bench.today)["overall"]
    change = score(catalogue, evidence, bench.today).overall.index - score(catalogue, evidence, since).overall.index
    assert split is not None
    assert split.total == pytest.approx(change, abs=1e-9)
