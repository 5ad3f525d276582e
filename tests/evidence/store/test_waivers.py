from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mlops_maturity.config.problems import InputRefused
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.version import dataset_version
from mlops_maturity.evidence.store.waivers import (
    StoredWaiver,
    declare_waivers,
    end_waiver,
    read_waivers,
    standing_waivers,
)

FIRST, LAST = date(2026, 11, 1), date(2027, 4, 30)
DAY = timedelta(days=1)


@pytest.fixture
def waiver(now):
    return StoredWaiver(
        team="fraud", practice="fairness", start=FIRST, until=LAST, reason="no personal data", owner="risk",
        author="lead", recorded_at=now,
    )  # fmt: skip


def _standing(store):
    return standing_waivers(read_waivers(store))


def test_a_waiver_comes_back_as_it_was_declared(store, waiver):
    before = dataset_version(store)

    assert declare_waivers(store, [waiver]) == Changes(seen=1, inserted=1)
    assert read_waivers(store) == read_waivers(store, "fraud") == (waiver,)
    assert read_waivers(store, "pricing") == ()
    assert dataset_version(store) != before


@pytest.mark.parametrize("later", [0, 20])
def test_the_same_waiver_again_changes_nothing_on_whatever_day(store, waiver, now, later):
    declare_waivers(store, [waiver])
    before = dataset_version(store)

    again = replace(waiver, start=FIRST + later * DAY, recorded_at=now + later * DAY, author="somebody")

    assert declare_waivers(store, [again, again]) == Changes(seen=2, unchanged=2)
    assert dataset_version(store) == before
    assert read_waivers(store) == (waiver,)


def test_one_with_the_same_first_day_corrects_it_and_the_old_one_stays_in_the_history(store, waiver, now):
    corrected = replace(waiver, reason="none since May", until=LAST - DAY, recorded_at=now + DAY)
    declare_waivers(store, [waiver])

    assert declare_waivers(store, [corrected]) == Changes(seen=1, updated=1)
    assert _standing(store) == (corrected,)
    assert read_waivers(store) == (waiver, corrected)


@pytest.mark.parametrize("start", [FIRST - DAY, FIRST + DAY, LAST])
def test_an_overlapping_one_is_refused_and_nothing_of_the_page_is_kept(store, waiver, start):
    declare_waivers(store, [waiver])
    other = replace(waiver, practice="audit")

    with pytest.raises(InputRefused, match="2026-11-01 until 2027-04-30 already; begin on 2027-05-01"):
        declare_waivers(store, [other, replace(waiver, start=start, reason="another")])

    assert read_waivers(store) == (waiver,)


def test_one_may_follow_the_other(store, waiver):
    declare_waivers(store, [waiver])

    assert declare_waivers(store, [replace(waiver, start=LAST + DAY, until=LAST + 9 * DAY)]).inserted == 1


def test_an_ended_waiver_holds_up_to_the_day_before_and_may_be_ended_again(store, waiver, now):
    declare_waivers(store, [waiver])

    ended = end_waiver(store, "fraud", "fairness", on=date(2026, 11, 23), author="audit", now=now + DAY)
    again = end_waiver(store, "fraud", "fairness", on=date(2026, 12, 1), author="audit", now=now + DAY)

    assert (ended.changed, again.changed) == (1, 0)
    (standing,) = _standing(store)
    assert (standing.until, standing.author, standing.reason) == (date(2026, 11, 22), "audit", "no personal data")
    assert len(read_waivers(store)) == 2


def test_one_that_is_yet_to_begin_is_taken_back_by_an_end(store, waiver, now):
    declare_waivers(store, [waiver])

    end_waiver(store, "fraud", "fairness", on=FIRST, author="audit", now=now)

    assert _standing(store) == ()
    assert len(read_waivers(store)) == 2
    assert declare_waivers(store, [waiver]).inserted == 1
    assert _standing(store) == (waiver,)


def test_what_never_was_waived_can_not_be_ended(store, waiver, now):
    declare_waivers(store, [waiver])

    with pytest.raises(InputRefused, match="'audit' is not waived for team 'fraud'"):
        end_waiver(store, "fraud", "audit", on=FIRST, author="lead", now=now)


_DECLARE = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from mlops_maturity.config.problems import InputRefused
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.waivers import StoredWaiver, declare_waivers
store = open_store(sys.argv[1], Path("/"))
day = date.fromisoformat(sys.argv[2])
waiver = StoredWaiver(team="t", practice="p", start=day, until=date(2027, 3, 1), reason=sys.argv[2], owner="o",
                      author="a", recorded_at=datetime(2026, 11, 23, tzinfo=UTC))
print("ready", flush=True)
sys.stdin.readline()
try:
    print(declare_waivers(store, [waiver]).changed)
except InputRefused:
    print("refused")
"""


@pytest.mark.slow
def test_of_two_processes_that_waive_the_same_at_once_one_is_refused(store, store_url, start_python):
    processes = [start_python(_DECLARE, store_url, day) for day in ("2026-12-01", "2026-12-02")]
    for process in processes:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()

    told = sorted(process.communicate(timeout=60)[0].strip() for process in processes)

    assert told == ["1", "refused"]
    assert len(read_waivers(store)) == 1
