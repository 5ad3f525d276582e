"""Sums by hand for the gate: which practices open a level, and which are named for keeping it shut."""

from __future__ import annotations

import pytest

from mlops_maturity.config.catalogue import Parameters


def _names(blocking):
    return [entry.practice for entry in blocking]


@pytest.mark.parametrize(("heavy", "level"), [(4, 3), (3, 0)])
def test_four_fifths_of_the_weight_open_a_level(bench, heavy, level):
    practices = [bench.watched("x", weight=heavy), bench.watched("y", required=(1, 1, 1))]
    assert bench.gate(practices, x=3, y=0.5).level == level


def test_the_share_is_reached_whatever_unit_the_weights_are_in(bench):
    for unit in (0.1, 0.7, 1e-6, 3e7, 4e307):
        practices = [bench.watched("x", weight=4 * unit), bench.watched("y", weight=unit, required=(1, 1, 1))]
        assert bench.gate(practices, x=3, y=0.5).level == 3


def test_a_key_practice_can_not_be_outvoted(bench):
    outvoted = bench.watched("y", required=(1, 1, 1))
    key = bench.watched("y", required=(1, 1, 1), key_from=1)
    heavy = bench.watched("x", weight=9)
    assert bench.gate([heavy, outvoted], x=3, y=0.5).level == 3
    assert bench.gate([heavy, key], x=3, y=0.5).level == 0


@pytest.mark.parametrize(("key_from", "level"), [(1, 0), (2, 1), (3, 2), (None, 3)])
def test_a_practice_is_key_from_its_level_on(bench, key_from, level):
    practices = [bench.watched("x", weight=9), bench.watched("y", required=(1, 1, 1), key_from=key_from)]
    assert bench.gate(practices, x=3, y=0.5).level == level


@pytest.mark.parametrize(("rung", "level"), [(0.84, 1), (0.86, 3)])
def test_a_practice_may_not_lag_more_than_a_rung_behind(bench, rung, level):
    practices = [bench.watched("x", weight=9), bench.watched("y", required=(0, 2, 2))]
    assert bench.gate(practices, x=3, y=rung).level == level


@pytest.mark.parametrize(("rung", "level"), [(0.84, 0), (0.86, 1), (1.84, 1), (1.86, 2), (2.84, 2), (2.86, 3)])
def test_a_level_holds_only_on_top_of_those_below(bench, rung, level):
    assert bench.gate([bench.watched("x")], x=rung).level == level


def test_a_gap_below_is_not_made_up_for_above(bench):
    practices = [
        bench.watched("x", required=(1, 1, 1)),
        bench.watched("y", required=(0, 2, 3), weight=9),
    ]
    assert bench.gate(practices, x=0.5, y=3).level == 0


def test_a_practice_that_a_level_needs_no_rung_of_plays_no_part_in_it(bench):
    practices = [bench.watched("x"), bench.watched("y", weight=99, required=(0, 0, 1), key_from=1)]
    result = bench.gate(practices, x=3, y=0)
    assert result.level == 2
    assert _names(result.blocking) == ["y"]


def test_a_level_that_needs_nothing_holds(bench):
    result = bench.score([bench.practice(required=(0, 2, 3))]).aspects["a"]
    assert (result.level_lo, result.level, result.level_hi) == (1, 1, 3)


@pytest.mark.parametrize(
    ("share", "days_ago", "level"),
    [(0.8, 123, 2), (0.8, 124, 1), (0.8, 313, 1), (0.8, 314, 0), (0.0, 0, 2)],
)
def test_one_questionnaire_alone_reaches_level_two_and_wears_off(bench, share, days_ago, level):
    practice = bench.practice(signals=(bench.signal(share=share),) if share else ())
    assert bench.score([practice], bench.said(3, days_ago=days_ago)).aspects["a"].level == level


@pytest.mark.parametrize(
    ("share", "respondents", "attested", "level"),
    [
        (0.8, 5, False, 2),
        (0.8, 6, False, 3),
        (0.8, 2, True, 2),
        (0.8, 3, True, 3),
        (0.0, 1, False, 2),
        (0.0, 2, False, 3),
        (0.0, 1, True, 3),
    ],
)
def test_level_three_takes_more_than_one_opinion(bench, share, respondents, attested, level):
    practice = bench.practice(signals=(bench.signal(share=share),) if share else ())
    answers = [bench.said(3, by=f"r{number}", attested=attested) for number in range(respondents)]
    assert bench.score([practice], *answers).aspects["a"].level == level


def test_what_the_unknown_leaves_open_spans_the_levels(bench):
    practice = bench.practice(signals=(bench.signal(share=0.6),))
    result = bench.score([practice], bench.read(3)).aspects["a"]
    assert (result.level_lo, result.level, result.level_hi) == (1, 3, 3)


def test_the_lower_level_asks_for_confidence_too_and_the_upper_for_none(bench):
    sure = Parameters(min_confidence={1: 0.9, 2: 0.9, 3: 0.9})
    practice = bench.practice(required=(1, 1, 1), signals=(bench.signal(share=0.6),))
    result = bench.score([practice], bench.read(3), parameters=sure).aspects["a"]
    assert result.confidence == pytest.approx(0.6 / 0.84)
    assert (result.level_lo, result.level, result.level_hi) == (0, 0, 3)


def test_too_little_weight_names_everything_that_falls_short(bench):
    practices = [bench.watched("x"), bench.watched("y"), bench.watched("z", key_from=2)]
    result = bench.gate(practices, x=1, y=3, z=1.2)
    assert result.level == 1
    assert [(entry.practice, entry.rung, entry.needs, entry.must) for entry in result.blocking] == [
        ("x", 2, 1.85, False),
        ("z", 2, 1.85, True),
    ]
    assert [entry.value for entry in result.blocking] == pytest.approx([1, 1.2])


def test_a_key_practice_alone_is_named_where_the_others_are_outvoted(bench):
    practices = [
        bench.watched("x", weight=90),
        bench.watched("y", weight=5),
        bench.watched("z", weight=5, key_from=1),
    ]
    result = bench.gate(practices, x=3, y=0.5, z=0.5)
    assert [(entry.practice, entry.must) for entry in result.blocking] == [("z", True)]


def test_a_laggard_alone_is_named_where_the_others_are_outvoted(bench):
    practices = [
        bench.watched("x", weight=90),
        bench.watched("y", weight=5, required=(1, 2, 2)),
        bench.watched("z", weight=5, required=(0, 2, 2)),
    ]
    result = bench.gate(practices, x=3, y=1, z=0.5)
    assert result.level == 1
    assert [(entry.practice, entry.must) for entry in result.blocking] == [("z", False)]


def test_a_practice_high_enough_but_poorly_known_is_named_for_its_confidence(bench):
    result = bench.score([bench.practice()], bench.said(3)).aspects["a"]
    (entry,) = result.blocking
    assert (result.level, entry.rung, entry.value, entry.confidence_ok) == (2, 3, 3, False)


def test_nothing_blocks_at_the_top(bench):
    practices = [bench.watched("x", weight=9), bench.watched("y")]
    result = bench.gate(practices, x=3, y=2.5)
    assert (result.level, result.blocking) == (3, ())
