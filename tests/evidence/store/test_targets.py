from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mlops_maturity.evidence.store.targets import (
    StoredTarget,
    drop_target,
    read_targets,
    set_target,
    standing_targets,
)
from mlops_maturity.evidence.store.version import dataset_version


@pytest.fixture
def target(now):
    return StoredTarget(
        kind="team", subject="fraud", aspect="", level=2, by=date(2027, 6, 30), author="board", recorded_at=now
    )


def test_the_newest_of_a_subject_and_aspect_holds_and_the_others_are_history(store, target, now):
    higher = replace(target, level=3, recorded_at=now + timedelta(1))
    others = [replace(target, kind="group"), replace(target, aspect="ci-cd"), replace(target, subject="pricing")]

    assert set_target(store, target).inserted == 1
    for other in others:
        assert set_target(store, other).inserted == 1
    assert set_target(store, higher).updated == 1

    assert read_targets(store) == (target, *others, higher)
    assert set(standing_targets(read_targets(store))) == {higher, *others}


def test_the_same_target_again_changes_nothing(store, target, now):
    set_target(store, target)
    before = dataset_version(store)

    assert set_target(store, replace(target, author="x", recorded_at=now + timedelta(1))).unchanged == 1
    assert dataset_version(store) == before


def test_a_dropped_target_holds_no_more_and_may_be_set_again(store, target, now):
    set_target(store, target)

    assert drop_target(store, "team", "fraud", "", author="audit", now=now) == target
    assert drop_target(store, "team", "fraud", "", author="audit", now=now) is None
    assert standing_targets(read_targets(store)) == ()
    assert [(row.dropped, row.author) for row in read_targets(store)] == [(False, "board"), (True, "audit")]
    assert set_target(store, target).inserted == 1


_SET = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from mlops_maturity.evidence.store.engine import open_store
from mlops_maturity.evidence.store.targets import StoredTarget, set_target
store = open_store(sys.argv[1], Path("/"))
target = StoredTarget(kind="team", subject="t", aspect="", level=2, by=date(2027, 1, 1), author="a",
                      recorded_at=datetime(2026, 11, 23, tzinfo=UTC))
print("ready", flush=True)
sys.stdin.readline()
print(set_target(store, target).changed)
"""


@pytest.mark.slow
def test_of_two_processes_that_set_the_same_at_once_one_writes(store, store_url, start_python):
    processes = [start_python(_SET, store_url) for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()

    assert sorted(process.communicate(timeout=60)[0].strip() for process in processes) == ["0", "1"]
    assert len(read_targets(store)) == 1
