"""What finished sources changed is brought up to date while others are still being read."""

from __future__ import annotations

import threading

import pytest

from mlops_maturity.cli.early import Early
from mlops_maturity.collectors.run_outcome import SourceOutcome, StreamOutcome


def outcome(changed):
    return SourceOutcome(
        source="s1", state="ok", streams=(StreamOutcome(stream="a", state="ok", rows_changed=changed),)
    )


@pytest.fixture
def worked():
    return threading.Semaphore(0)


def test_works_once_for_each_time_that_something_changed(worked):
    with Early(worked.release, wait_s=0.01) as early:
        early.note(outcome(3))
        assert worked.acquire(timeout=10)
        early.note(outcome(1))
        assert worked.acquire(timeout=10)
    assert not worked.acquire(blocking=False)


def test_does_nothing_where_nothing_changed_or_all_ends_at_once(worked):
    with Early(worked.release, wait_s=0.0) as early:
        early.note(outcome(0))
    with Early(worked.release, wait_s=600) as early:
        early.note(outcome(5))
    assert not worked.acquire(blocking=False)


def test_a_fault_is_left_to_the_work_that_follows(worked):
    def fail():
        worked.release()
        raise OSError("disk full")

    with Early(fail, wait_s=0.0) as early:
        early.note(outcome(5))
        assert worked.acquire(timeout=10)
