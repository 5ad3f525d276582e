"""Sums by hand for one practice: telemetry, answers, their fusion, and what is flagged."""

from __future__ import annotations

from itertools import permutations

import pytest


def test_an_attested_answer_weighs_as_two(bench):
    result = bench.one(bench.practice(), bench.said(3, attested=True))
    assert result.value_lo == pytest.approx(1.2)
    assert result.confidence == pytest.approx(2 / 3)


def test_a_lone_old_answer_fades(bench):
    result = bench.one(bench.practice(), bench.said(3, days_ago=450))
    effective = 2**-2.5
    assert result.value == pytest.approx(3 * 0.6 * effective / (effective + 1) / 0.15)
    assert result.value == pytest.approx(1.802, abs=1e-3)


def test_a_lone_answer_keeps_its_value_for_285_days(bench):
    assert bench.one(bench.practice(), bench.said(3, days_ago=285)).value == pytest.approx(3)
    assert bench.one(bench.practice(), bench.said(3, days_ago=286)).value < 2.999


@pytest.mark.parametrize(("days_ago", "respondents"), [(720, 1), (721, 0)])
def test_an_answer_counts_for_four_half_lives(bench, days_ago, respondents):
    result = bench.one(bench.practice(), bench.said(3, days_ago=days_ago))
    assert result.answers.respondents == respondents
    assert (result.survey > 0) == (respondents > 0)
    assert (result.answers.value is None) == (respondents == 0)


@pytest.mark.parametrize(("days_ago", "counts"), [(120, True), (121, False)])
def test_a_reading_counts_for_four_half_lives(bench, days_ago, counts):
    result = bench.one(bench.watched("p"), bench.read(3, "p.sig", days_ago))
    (part,) = result.signals
    assert part.mass == pytest.approx(1 / 16 if counts else 0)
    assert part.value == (3 if counts else None)
    assert part.expired is not counts


@pytest.mark.parametrize("blind", [{"scope": 0.0}, {"opportunities": 0.0}, {"seen": 0.0}])
def test_a_reading_that_looked_at_nothing_sees_nothing(bench, blind):
    result = bench.one(bench.watched("p"), bench.read(3, "p.sig", **blind))
    assert (result.telemetry, result.unknown, result.value, result.value_hi) == (0, 1, 0, 3)
    assert result.signals[0].value is None


def test_a_signal_that_never_saw_anything_has_not_gone_dark(bench):
    assert not bench.one(bench.watched("p")).signals[0].expired
    assert not bench.one(bench.watched("p"), bench.read(3, "p.sig", scope=0.0)).signals[0].expired


def test_a_signal_has_gone_dark_when_its_newest_reading_sees_nothing_any_more(bench):
    readings = bench.read(3, "p.sig", days_ago=7), bench.read(3, "p.sig", scope=0.0)
    part = bench.one(bench.watched("p"), *readings).signals[0]
    assert part.expired
    assert (part.mass, part.value) == (0, None)


def test_more_seen_than_there_is_to_see_is_all_of_it(bench):
    assert bench.one(bench.watched("p"), bench.read(3, "p.sig", seen=20, scope=18)).signals[0].coverage == 1


def test_coverage_sample_and_age_each_take_their_part_of_the_mass(bench):
    use = bench.signal(share=0.8)
    reading = bench.read(3, days_ago=60, seen=3, scope=10, opportunities=6)
    part = bench.one(bench.practice(signals=(use,)), reading).signals[0]
    assert (part.coverage, part.sample, part.freshness) == pytest.approx((0.3, 0.75, 0.25))
    assert part.mass == pytest.approx(0.8 * 0.3 * 0.75 * 0.25)


@pytest.mark.parametrize(
    ("raw", "rung"), [(-5, 0), (0, 0), (12.5, 0.5), (25, 1), (52.5, 1.5), (80, 2), (98, 3), (120, 3)]
)
def test_anchors_are_joined_by_lines_and_level_outside(bench, raw, rung):
    use = bench.signal(anchors=((0.0, 0.0), (25.0, 1.0), (80.0, 2.0), (98.0, 3.0)))
    assert bench.one(bench.practice(signals=(use,)), bench.read(raw)).signals[0].value == pytest.approx(rung)


@pytest.mark.parametrize(("hours", "rung"), [(0, 3), (1, 3), (84.5, 2.5), (168, 2), (1000, 1)])
def test_anchors_may_fall(bench, hours, rung):
    use = bench.signal(anchors=((1.0, 3.0), (168.0, 2.0), (720.0, 1.0)))
    assert bench.one(bench.practice(signals=(use,)), bench.read(hours)).signals[0].value == pytest.approx(rung)


def test_the_newest_reading_replaces_the_older_ones(bench):
    readings = bench.read(3, "p.sig", days_ago=1), bench.read(1, "p.sig"), bench.read(2, "p.sig", days_ago=9)
    assert bench.one(bench.watched("p"), *readings).value == pytest.approx(1)


def test_of_one_day_the_reading_that_claims_least_counts(bench):
    falling = bench.practice(signals=(bench.signal(anchors=((0.0, 3.0), (3.0, 0.0))),))
    readings = bench.read(1, opportunities=8), bench.read(3, opportunities=2), bench.read(3, opportunities=6)
    for order in permutations(readings):
        part = bench.one(falling, *order).signals[0]
        assert (part.value, part.sample, part.mass) == (0.0, 0.5, 0.5)


def test_answers_fill_only_what_telemetry_leaves_open(bench):
    practice = bench.practice(signals=(bench.signal(share=0.75),))
    result = bench.one(practice, bench.read(0), bench.said(3))
    assert (result.telemetry, result.survey) == pytest.approx((0.75, 0.25 * 0.3))
    assert result.value == pytest.approx(3 * 0.075 / 0.825)


def test_a_newer_dont_know_takes_back_what_was_said(bench):
    result = bench.one(bench.practice(), bench.said(3, days_ago=1), bench.said(None))
    assert (result.survey, result.answers.respondents, result.answers.value) == (0, 0, None)


def test_of_one_day_a_value_comes_before_dont_know_then_the_least_then_the_unattested(bench):
    answers = bench.said(None), bench.said(2, attested=True), bench.said(2), bench.said(3)
    for order in permutations(answers):
        result = bench.one(bench.practice(), *order)
        assert result.answers.value == 2
        assert result.survey == pytest.approx(0.3)


def test_spread_is_the_range_of_the_answers_that_count(bench):
    answers = bench.said(3), bench.said(1, by="bob"), bench.said(0, by="cyd", days_ago=800)
    part = bench.one(bench.practice(), *answers).answers
    assert (part.respondents, part.spread, part.value) == (2, 2, 2)


@pytest.mark.parametrize(("value", "level"), [(1.85, 2), (1.849, 1), (0.849, 0), (2.85, 3), (3, 3), (0, 0)])
def test_a_rung_is_reached_within_the_tolerance(bench, value, level):
    assert bench.one(bench.watched("p"), bench.read(value, "p.sig")).level == level


@pytest.mark.parametrize(
    ("shown", "said", "kind", "gap"),
    [(2, 3, "overclaim", 1), (2.01, 3, None, None), (1, 0, "underclaim", 1), (0.4, 3, "overclaim", 2.6)],
)
def test_a_gap_of_a_whole_rung_is_a_contradiction(bench, shown, said, kind, gap):
    practice = bench.practice(signals=(bench.signal(share=0.7),))
    found = bench.one(practice, bench.read(shown), bench.said(said)).contradiction
    assert (found and found.kind) == kind
    assert (found and found.gap) == (gap and pytest.approx(gap))


@pytest.mark.parametrize(("share", "days_ago", "named"), [(0.15, 0, True), (0.14, 0, False), (0.9, 400, False)])
def test_a_contradiction_needs_mass_on_both_sides(bench, share, days_ago, named):
    practice = bench.practice(signals=(bench.signal(share=share),))
    result = bench.one(practice, bench.read(0), bench.said(3, days_ago=days_ago))
    assert (result.contradiction is not None) is named


def test_strong_telemetry_does_not_hide_that_the_answers_contradict_it(bench):
    result = bench.one(bench.watched("p"), bench.read(0, "p.sig"), bench.said(3))
    assert result.survey < 0.15
    assert result.contradiction is not None


def test_two_signals_add_their_masses_and_share_the_value(bench):
    practice = bench.practice(signals=(bench.signal("x", 0.6), bench.signal("y", 0.2)))
    result = bench.one(practice, bench.read(3, "x"), bench.read(1, "y"))
    assert result.telemetry == pytest.approx(0.8)
    assert result.value == pytest.approx((0.6 * 3 + 0.2 * 1) / 0.8)
    assert result.shown == pytest.approx(result.value)
    assert result.confidence == pytest.approx(0.8 / 0.92)


def test_shares_that_overshoot_by_rounding_leave_no_bound_behind(bench):
    practice = bench.practice(signals=(bench.signal("x", 0.5), bench.signal("y", 0.5 + 9e-10)))
    result = bench.one(practice, bench.read(3, "x"), bench.read(3, "y"), bench.said(3))
    assert (result.value_lo, result.value, result.value_hi) == (3, 3, 3)
    assert (result.telemetry, result.survey, result.unknown, result.confidence) == (1, 0, 0, 1)


def test_the_order_of_the_answers_does_not_show_even_in_the_last_digit(bench):
    answers = [bench.said(value, by=f"r{age}", days_ago=age) for value, age in enumerate((667, 388, 214, 96))]
    results = {bench.one(bench.practice(), *order).answers for order in permutations(answers)}
    assert len(results) == 1


def test_nothing_known_is_neither_zero_nor_certain(bench):
    result = bench.one(bench.practice())
    assert (result.value_lo, result.value, result.value_hi) == (0, 0, 3)
    assert (result.confidence, result.unknown, result.level) == (0, 1, 0)
    assert (result.claimed, result.shown) == (None, None)
