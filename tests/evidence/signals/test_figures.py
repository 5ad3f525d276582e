"""The small figures that signals share."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.evidence.signals.figures import SAMPLE, days, hours, lower_median, notes, proof, share, wilson


@pytest.mark.parametrize(
    ("values", "middle"), [([7], 7), ([1, 2], 1), ([3, 1, 2], 2), ([4, 1, 3, 2], 2), ([5, 5, 1, 1], 1)]
)
def test_the_lower_median_is_a_value_that_occurred(values, middle):
    assert lower_median(values) == middle


def test_there_is_no_median_of_nothing():
    with pytest.raises(IndexError):
        lower_median([])


@pytest.mark.parametrize(
    # By hand from (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n), z = 1.96.
    ("hits", "trials", "low", "high"),
    [(0, 1, 0.0, 79.3), (1, 1, 20.7, 100.0), (1, 10, 1.8, 40.4), (5, 10, 23.7, 76.3), (50, 100, 40.4, 59.6)],
)
def test_the_interval_of_a_rate(hits, trials, low, high):
    assert wilson(hits, trials) == pytest.approx((low, high), abs=0.05)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_rate_and_stays_within_0_and_100(pair):
    hits, trials = pair
    low, high = wilson(hits, trials)
    assert 0 <= low <= 100 * hits / trials + 1e-9
    assert 100 * hits / trials - 1e-9 <= high <= 100


def test_lengths_are_measured_between_instants():
    start = datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert hours(start, start + timedelta(minutes=90)) == 1.5
    assert days(start, start + timedelta(hours=36)) == 1.5


def test_a_proof_names_the_newest_few_and_counts_all(make):
    runs = [make.run("2026-10-01", id=str(number), url=f"https://ci/{number}") for number in range(30)]
    shown = proof(runs)
    assert (shown.count, len(shown.sample)) == (30, SAMPLE)
    assert shown.sample[-1] == ("src", "pipeline_run", "29", "https://ci/29")


def test_a_share_tells_counts_interval_and_what_is_unknown(make):
    run = make.run("2026-10-01")
    reading = share([(True, run), (False, run), (None, run)], remarks=["beware", ""])
    assert reading.note == "1 of 2, 95 % interval 9 to 91 %; 1 unknown; beware"
    assert reading.proof.count == 2


def test_empty_remarks_are_left_out():
    assert notes("", "a", "", "b") == "a; b"
