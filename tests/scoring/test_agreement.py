"""Krippendorff's alpha: the published example, and its laws."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlops_maturity.scoring.agreement import alpha_ordinal

# K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), example C: four observers, twelve units.
OBSERVERS = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
PUBLISHED = 0.815


def _units(rows: tuple[str, ...]) -> list[tuple[int | None, ...]]:
    columns = zip(*(row.split() for row in rows), strict=True)
    return [tuple(None if cell == "." else int(cell) for cell in column) for column in columns]


def test_it_is_what_was_published() -> None:
    assert alpha_ordinal(_units(OBSERVERS)) == pytest.approx(PUBLISHED, abs=0.0005)


def test_a_unit_that_one_person_valued_says_nothing() -> None:
    units = _units(OBSERVERS)
    assert units[-1] == (None, 3, None, None)
    assert alpha_ordinal(units[:-1]) == alpha_ordinal(units)


@pytest.mark.parametrize("units", [[], [(1,)], [(1, None), (None, 2)], [(2, 2), (2, 2, 2)]])
def test_without_any_difference_there_is_no_alpha(units: list[tuple[int | None, ...]]) -> None:
    assert alpha_ordinal(units) is None


def test_opposite_opinions_read_below_nought() -> None:
    """By hand: n = 4, o_03 = 4 of both orders, n_0 = n_3 = 2: 1 - 3 * 4 / (2 * 2 * 2) = -0.5."""
    assert alpha_ordinal([(0, 3), (3, 0)]) == pytest.approx(-0.5)


_VALUES = st.lists(st.lists(st.none() | st.integers(0, 3), max_size=6), max_size=12)


@given(units=_VALUES, data=st.data())
@settings(max_examples=500, deadline=None)
def test_the_order_of_people_and_of_practices_plays_no_part(units: list[list[int | None]], data: st.DataObject) -> None:
    shuffled = [data.draw(st.permutations(unit)) for unit in data.draw(st.permutations(units))]
    before, after = alpha_ordinal(units), alpha_ordinal(shuffled)
    assert after == (None if before is None else pytest.approx(before, abs=1e-9))
    assert before is None or before <= 1 + 1e-9


@given(units=st.lists(st.tuples(st.integers(0, 3), st.integers(2, 6)), min_size=2, max_size=12))
@settings(max_examples=500, deadline=None)
def test_perfect_agreement_is_one(units: list[tuple[int, int]]) -> None:
    alpha = alpha_ordinal([[value] * people for value, people in units])
    if len({value for value, _ in units}) > 1:
        assert alpha == pytest.approx(1, abs=1e-12)
    else:
        assert alpha is None
