"""Aspects and the whole: weights, waivers, kinds of model, and what is left out."""

from __future__ import annotations

from dataclasses import astuple

import pytest


def test_the_overall_level_is_the_least_and_the_index_a_weighted_mean(bench):
    practices = [bench.watched("x"), bench.watched("y", aspect="b")]
    result = bench.score(practices, bench.read(3, "x.sig"), bench.read(1, "y.sig"), weights={"a": 3.0, "b": 1.0})
    assert (result.overall.level_lo, result.overall.level, result.overall.level_hi) == (1, 1, 1)
    assert result.overall.index == pytest.approx((3 * 100 + 100 / 3) / 4)


def test_weights_of_practices_weigh_index_and_confidence(bench):
    practices = [bench.watched("x", weight=3), bench.watched("y")]
    aspect = bench.score(practices, bench.read(2, "x.sig")).aspects["a"]
    assert aspect.index == pytest.approx(50)
    assert aspect.confidence == pytest.approx(0.75)
    assert (aspect.index_lo, aspect.index_hi) == pytest.approx((50, 75))


@pytest.mark.parametrize(("start", "until", "active"), [(0, 0, True), (-5, 5, True), (1, 5, False), (-5, -1, False)])
def test_a_waiver_holds_from_its_first_day_to_its_last(bench, start, until, active):
    practices = [bench.watched("x"), bench.watched("y")]
    result = bench.score(practices, bench.read(3, "x.sig"), bench.waived("y", start, until))
    aspect = result.aspects["a"]
    assert aspect.waived == (("y",) if active else ())
    assert aspect.level == (3 if active else 0)
    assert aspect.index == pytest.approx(100 if active else 50)
    assert aspect.confidence == pytest.approx(1 if active else 0.5)


def test_a_waived_practice_still_shows_what_is_known_of_it(bench):
    result = bench.score([bench.watched("x")], bench.read(2, "x.sig"), bench.waived("x"))
    assert result.practices["x"].value == pytest.approx(2)


def test_an_aspect_wholly_waived_says_nothing_and_leaves_the_overall_figures(bench):
    practices = [bench.watched("x"), bench.watched("y", aspect="b")]
    result = bench.score(practices, bench.read(3, "x.sig"), bench.waived("y"))
    aspect = result.aspects["b"]
    assert (aspect.level_lo, aspect.level, aspect.level_hi) == (None, None, None)
    assert (aspect.index_lo, aspect.index, aspect.index_hi, aspect.confidence) == (None, None, None, None)
    assert (aspect.blocking, aspect.waived) == ((), ("y",))
    assert (result.overall.level, result.overall.index) == (3, pytest.approx(100))


def test_everything_waived_leaves_nothing_to_say(bench):
    result = bench.score([bench.watched("x")], bench.read(3, "x.sig"), bench.waived("x"))
    assert astuple(result.overall) == (None,) * 7


def test_a_practice_for_other_kinds_of_model_is_left_out_but_not_called_waived(bench):
    practices = [bench.watched("x"), bench.watched("y", applies_to=("genai", "agent"))]
    reading = bench.read(3, "x.sig")
    classical = bench.score(practices, reading, kinds=frozenset({"classical"})).aspects["a"]
    assert (classical.level, classical.index, classical.waived) == (3, pytest.approx(100), ())
    both = bench.score(practices, reading, kinds=frozenset({"classical", "agent"})).aspects["a"]
    every = bench.score(practices, reading).aspects["a"]
    assert both == every
    assert every.level == 0


def test_an_aspect_that_concerns_only_other_kinds_says_nothing(bench):
    practices = [bench.watched("x"), bench.watched("y", aspect="b", applies_to=("genai",))]
    result = bench.score(practices, bench.read(3, "x.sig"), kinds=frozenset({"classical"}))
    assert (result.aspects["b"].level, result.aspects["b"].waived) == (None, ())
    assert result.overall.level == 3


def test_one_signal_may_speak_for_several_practices_each_in_its_own_way(bench):
    practices = [
        bench.practice("x", signals=(bench.signal("shared", share=0.5),)),
        bench.practice("y", signals=(bench.signal("shared", anchors=((0.0, 3.0), (3.0, 0.0))),)),
    ]
    result = bench.score(practices, bench.read(1, "shared"))
    assert result.practices["x"].value == pytest.approx(1)
    assert result.practices["y"].value == pytest.approx(2)
    assert result.practices["x"].telemetry == pytest.approx(0.5)


def test_evidence_of_what_the_catalogue_does_not_know_plays_no_part(bench):
    practices = [bench.watched("x")]
    alone = bench.score(practices, bench.read(2, "x.sig"))
    among = bench.score(
        practices, bench.said(0, "gone"), bench.read(2, "x.sig"), bench.read(0, "old"), bench.waived("gone")
    )
    assert among == alone


def test_the_assessment_names_its_catalogue_and_day(bench):
    result = bench.score([bench.practice()])
    assert (result.catalogue_id, result.catalogue_version, result.as_of) == ("bench", "1", bench.today)
    assert result.catalogue_hash == bench.catalogue(bench.practice()).hash
