"""Samples of ALERTS_FOR_STATE as episodes: starts, restarts, gaps, order."""

from __future__ import annotations

import random

import pytest

from mlops_maturity.collectors.prometheus.episodes import Episode, episodes_of, joined, key_of, marked

ALERT = {"alertname": "ModelDrift", "model": "fraud"}
HOUR = 3600


def samples(start, end, step=60, value=None):
    return [(float(moment), float(start if value is None else value)) for moment in range(start, end + 1, step)]


def spans(episodes):
    return [(episode.start, episode.end) for episode in joined(episodes)]


def test_an_episode_begins_when_the_alert_became_active_and_ends_an_interval_after_its_last_sample():
    points = [(1060.0, 1000.0), (1120.0, 1000.0), (1180.0, 1000.0)]
    assert spans(episodes_of(ALERT, points)) == [(1000.0, 1240.0)]


def test_distinct_starts_far_apart_are_distinct_episodes():
    points = samples(10_000, 12_000) + samples(50_000, 52_000)
    assert spans(episodes_of(ALERT, points)) == [(10_000.0, 12_040.0), (50_000.0, 52_040.0)]


def test_a_restart_that_sets_the_start_anew_is_the_same_episode():
    before, after = samples(10_000, 13_000), samples(13_300, 20_000)
    assert spans(episodes_of(ALERT, before + after)) == [(10_000.0, 20_020.0)]


@pytest.mark.parametrize(("pause", "episodes"), [(14 * 60, 1), (16 * 60, 2)])
def test_a_quarter_of_an_hour_tells_episodes_apart(pause, episodes):
    first = samples(10_020, 12_000)
    second = samples(12_000 + pause, 14_000 + pause)
    assert len(spans(episodes_of(ALERT, first + second))) == episodes


@pytest.mark.parametrize(("pause", "episodes"), [(39 * 60, 1), (41 * 60, 2)])
def test_two_intervals_of_a_slow_rule_tell_episodes_apart(pause, episodes):
    step = 20 * 60
    first = samples(12_000, 48_000, step)
    second = samples(48_000 + pause, 96_000 + pause, step)
    assert len(spans(episodes_of(ALERT, first + second))) == episodes


def test_a_start_that_is_kept_across_a_long_outage_is_one_episode():
    points = samples(10_000, 12_000) + samples(40_000, 42_000, value=10_000)
    assert [(start, end > 42_000) for start, end in spans(episodes_of(ALERT, points))] == [(10_000.0, True)]


def test_alerts_with_other_labels_are_never_joined():
    other = {**ALERT, "model": "churn"}
    found = joined([*episodes_of(ALERT, samples(10_000, 12_000)), *episodes_of(other, samples(12_060, 13_000))])
    assert len(found) == 2
    assert len({episode.id for episode in found}) == 2


def test_pieces_in_any_order_and_twice_make_the_same_episodes():
    points = samples(10_000, 30_000) + samples(50_000, 52_000) + samples(53_000, 60_000)
    whole = joined(episodes_of(ALERT, points))
    pieces = [episode for cut in range(0, len(points), 50) for episode in episodes_of(ALERT, points[cut : cut + 70])]
    random.Random(3).shuffle(pieces)
    found = joined([*pieces, *pieces])
    assert [(episode.id, episode.start, episode.last) for episode in found] == [
        (episode.id, episode.start, episode.last) for episode in whole
    ]


def test_one_that_only_waited_did_not_fire_and_one_without_any_state_is_not_known():
    waited, fired, untold = (
        joined(episodes_of({**ALERT, "model": model}, samples(10_000, 12_000)))[0] for model in ("a", "b", "c")
    )
    states = {
        key_of(waited.labels): [(10_060.0, False), (99_000.0, True)],
        key_of(fired.labels): [(10_060.0, False), (11_000.0, True)],
    }
    assert [episode.fired for episode in marked([waited, fired, untold], states)] == [False, True, None]


def test_what_once_fired_stays_fired():
    (episode,) = marked(joined(episodes_of(ALERT, samples(10_000, 12_000))), {key_of(ALERT): [(11_000.0, True)]})
    assert marked([episode], {key_of(ALERT): [(11_500.0, False)]})[0].fired is True


def test_survives_its_own_json():
    (episode,) = episodes_of(ALERT, samples(10_000, 12_000))
    assert Episode(**episode.dumped()) == episode


def test_a_value_that_is_no_start_is_taken_for_the_sample_s_own_time():
    (episode,) = episodes_of(ALERT, [(1000.0, 99_999.0)])
    assert episode.start == 1000.0
    (episode,) = episodes_of(ALERT, [(1000.0, 0.0)])
    assert episode.start == 1000.0
