from __future__ import annotations

from datetime import timedelta

import pytest

from mlops_maturity.evidence.store.lease import LeaseLost, acquire_lease, release_lease, renew_lease
from mlops_maturity.evidence.store.records import read_records, write_page
from mlops_maturity.evidence.store.runs import finish_run, read_runs, start_run
from mlops_maturity.evidence.store.version import dataset_version

_TTL = timedelta(seconds=30)


def test_a_run_tells_how_it_went(store, now):
    run = start_run(store, "ci", now)
    streams = [{"name": "runs:acme/ä", "state": "ok", "rows": 3}]
    finish_run(store, run, now + _TTL, state="ok", rows_seen=10, rows_changed=3, streams=streams, error="")

    (told,) = read_runs(store)

    assert (told.source, told.state, told.rows_seen, told.rows_changed) == ("ci", "ok", 10, 3)
    assert (told.started_at, told.finished_at) == (now, now + _TTL)
    assert told.streams == tuple(streams)


def test_runs_come_newest_first_and_no_more_than_asked_for(store, now):
    for source in ("ci", "ml", "ci"):
        finish_run(store, start_run(store, source, now), now, state="ok", rows_seen=0, rows_changed=0)

    assert [run.source for run in read_runs(store, limit=2)] == ["ci", "ml"]
    assert len(read_runs(store, "ci")) == 2


def test_a_run_that_was_killed_is_told_by_the_next_one(store, now):
    start_run(store, "ci", now)
    start_run(store, "other", now)
    start_run(store, "ci", now + _TTL)

    assert [run.state for run in read_runs(store, "ci")] == ["running", "interrupted"]
    assert [run.state for run in read_runs(store, "other")] == ["running"]


def test_runs_are_part_of_what_the_pages_show(store, now):
    before = dataset_version(store)
    run = start_run(store, "ci", now)
    started = dataset_version(store)
    finish_run(store, run, now, state="error", rows_seen=0, rows_changed=0, error="refused")

    assert len({before, started, dataset_version(store)}) == 3


def test_a_run_that_never_started_can_not_finish(store, now):
    with pytest.raises(LookupError, match="no run 99"):
        finish_run(store, 99, now, state="ok", rows_seen=0, rows_changed=0)


def test_a_lease_has_one_holder_until_it_runs_out(store, now):
    first = acquire_lease(store, "collect:ci", "one", now=now, ttl=_TTL)

    assert first is not None
    assert acquire_lease(store, "collect:ci", "two", now=now + _TTL / 2, ttl=_TTL) is None
    assert acquire_lease(store, "collect:ml", "two", now=now, ttl=_TTL) is not None
    second = acquire_lease(store, "collect:ci", "two", now=now + _TTL, ttl=_TTL)
    assert second is not None
    assert second.token > first.token


def test_a_renewed_lease_lasts_longer(store, now):
    lease = acquire_lease(store, "x", "one", now=now, ttl=_TTL)
    renewed = renew_lease(store, lease, now=now + _TTL / 2, ttl=_TTL)

    assert renewed.expires_at == now + _TTL * 1.5
    assert acquire_lease(store, "x", "two", now=now + _TTL, ttl=_TTL) is None


def test_a_released_lease_is_free_at_once_and_its_token_is_used_up(store, now):
    lease = acquire_lease(store, "x", "one", now=now, ttl=_TTL)
    release_lease(store, lease)
    second = acquire_lease(store, "x", "two", now=now, ttl=_TTL)

    assert second.token == lease.token + 1
    release_lease(store, lease)
    assert acquire_lease(store, "x", "three", now=now, ttl=_TTL) is None


def test_who_lost_the_lease_can_neither_renew_it_nor_write(store, make_run, now):
    lost = acquire_lease(store, "x", "one", now=now, ttl=_TTL)
    held = acquire_lease(store, "x", "two", now=now + _TTL, ttl=_TTL)

    with pytest.raises(LeaseLost, match="taken over 'x' from one"):
        renew_lease(store, lost, now=now + _TTL, ttl=_TTL)
    with pytest.raises(LeaseLost):
        write_page(store, [make_run()], seen_at=now, lease=lost)
    assert list(read_records(store)) == []
    assert write_page(store, [make_run()], seen_at=now, lease=held).inserted == 1
