"""What was live before: order, rollbacks, and the same answers after every restart."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from mlops_maturity.collectors.release_history import ReleaseHistory


def places(*commits, environment="production"):
    history = ReleaseHistory()
    return [history.place(environment, str(number), commit) for number, commit in enumerate(commits)]


def test_a_deployment_follows_the_one_before_it():
    first, second = places("a", "b")
    assert (first.previous_id, first.previous_sha) == (None, None)
    assert (second.previous_id, second.previous_sha) == ("0", "a")


def test_only_what_was_live_before_the_previous_one_comes_back():
    assert [placed.rollback for placed in places("a", "a", "b", "b", "a", "c", "b")] == [
        False,
        False,
        False,
        False,
        True,
        False,
        True,
    ]


def test_the_same_deployment_seen_again_says_the_same_and_counts_once():
    history = ReleaseHistory()
    for number, commit in enumerate("abc"):
        history.place("production", str(number), commit)
    again = history.place("production", "1", "b")
    assert (again.previous_id, again.previous_sha) == ("0", "a")
    assert history.place("production", "3", "d").previous_id == "2"


def test_it_stays_small_however_long_it_runs():
    history = ReleaseHistory()
    for number in range(3000):
        history.place(f"production-{number % 70}", str(number), f"{number:040}")
    stored = history.as_json()
    assert len(stored) == 50
    assert max(len(entries) for _, entries in stored) <= 50
    assert stored[-1][0] == "production-59"


@given(st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from("abcd")), max_size=30), st.integers(0, 30))
def test_a_restart_at_any_point_changes_no_answer(deployments, stop):
    def run(history, begin, end):
        return [
            history.place(environment, str(number), commit)
            for number, (environment, commit) in list(enumerate(deployments))[begin:end]
        ]

    whole = run(ReleaseHistory(), 0, len(deployments))
    first = ReleaseHistory()
    before = run(first, 0, stop)
    stored = json.loads(json.dumps(first.as_json(), sort_keys=True))
    assert before + run(ReleaseHistory(stored), stop, len(deployments)) == whole
