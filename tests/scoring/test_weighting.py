"""Weightings: levels and indices under each, and effects that add up to the difference."""

from __future__ import annotations

from math import fsum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_maturity.scoring.evidence import Evidence, Waiver
from mlops_maturity.scoring.weighting import Weighting, compare, reweighted

RUNGS = {"p": 3.0, "q": 0.0, "r": 1.5}


@pytest.fixture(scope="module")
def catalogue(bench: Any) -> Any:
    return bench.catalogue(bench.watched("p"), bench.watched("q"), bench.watched("r", aspect="b"))


def known(bench: Any, *waivers: Waiver) -> Evidence:
    return Evidence(
        readings=tuple(bench.read(rung, f"{name}.sig") for name, rung in RUNGS.items()), waivers=tuple(waivers)
    )


def test_what_is_not_named_keeps_its_weight(catalogue: Any) -> None:
    assert reweighted(catalogue, Weighting(name="same")) is catalogue
    other = reweighted(catalogue, Weighting(practices={"q": 4.0}))
    assert [practice.weight for practice in other.practices] == [1, 4, 1]
    assert other.aspects == catalogue.aspects


def test_the_difference_by_hand(catalogue: Any, bench: Any) -> None:
    # Aspects a and b weigh alike. a: p at 100 and q at 0, 1:1 is 50, 1:3 is 25. b: 50. So 50 against 37.5.
    found = compare(catalogue, known(bench), bench.today, Weighting(), Weighting(practices={"q": 3.0}))
    assert (found.one.overall.index, found.other.overall.index) == pytest.approx((50, 37.5))
    by_name = {each.practice: each for each in found.differences}
    assert (by_name["q"].share_one, by_name["q"].share_other) == (0.25, 0.375)
    # Shares move by 1/8; the mean of the two indices is 43.75: p loses 56.25/8, q counts 43.75/8 more of nothing.
    assert by_name["p"].effect == pytest.approx(-7.03125)
    assert by_name["q"].effect == pytest.approx(-5.46875)
    assert by_name["r"].effect == pytest.approx(0)
    assert [each.practice for each in found.differences] == ["p", "q", "r"]


def test_a_weight_can_move_a_level(bench: Any) -> None:
    catalogue = bench.catalogue(bench.watched("p", required=(1, 1, 1)), bench.watched("q", required=(1, 1, 1)))
    found = compare(
        catalogue,
        Evidence(readings=(bench.read(1, "p.sig"), bench.read(0.2, "q.sig"))),
        bench.today,
        Weighting(),
        Weighting(practices={"p": 4.0}),  # 4 of 5 is the share of 80 % that a level asks for
    )
    assert (found.one.overall.level, found.other.overall.level) == (0, 3)


def test_what_is_waived_has_no_share(catalogue: Any, bench: Any) -> None:
    found = compare(catalogue, known(bench, bench.waived("r")), bench.today, Weighting(), Weighting(aspects={"b": 9.0}))
    assert {each.practice for each in found.differences} == {"p", "q"}
    assert found.one.overall.index == found.other.overall.index == pytest.approx(50)


WEIGHTS = st.dictionaries(st.sampled_from(["p", "q", "r"]), st.floats(0.01, 100), max_size=3)
ASPECTS = st.dictionaries(st.sampled_from(["a", "b"]), st.floats(0.01, 100), max_size=2)
WEIGHTINGS = st.builds(Weighting, aspects=ASPECTS, practices=WEIGHTS)


@settings(max_examples=200, deadline=None)
@given(one=WEIGHTINGS, other=WEIGHTINGS)
def test_effects_add_up_to_the_difference(catalogue: Any, bench: Any, one: Weighting, other: Weighting) -> None:
    found = compare(catalogue, known(bench), bench.today, one, other)
    assert found.one.overall.index is not None
    assert found.other.overall.index is not None
    difference = found.other.overall.index - found.one.overall.index
    assert fsum(each.effect for each in found.differences) == pytest.approx(difference, abs=1e-9)
    assert fsum(each.share_other for each in found.differences) == pytest.approx(1)
