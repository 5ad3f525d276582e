from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mlops_maturity.evidence.store.contradictions import (
    Statement,
    append_statement,
    newest_statements,
    read_statements,
)
from mlops_maturity.evidence.store.version import dataset_version


@pytest.fixture
def statement(now):
    return Statement(
        team="fraud", practice="drift", kind="overclaim", state="explained", reason="moving house",
        until=date(2027, 1, 31), author="lead", recorded_at=now,
    )  # fmt: skip


def test_statements_come_back_in_their_order_and_the_newest_holds(store, statement, now):
    opened = replace(statement, state="open", until=None, reason="", author="audit", recorded_at=now + timedelta(1))
    other = replace(statement, team="pricing")

    for each in (statement, other, opened):
        assert append_statement(store, each).inserted == 1

    assert read_statements(store) == (statement, other, opened)
    assert read_statements(store, "fraud") == (statement, opened)
    assert newest_statements(read_statements(store)) == {("fraud", "drift"): opened, ("pricing", "drift"): other}


def test_what_is_said_already_changes_nothing(store, statement, now):
    append_statement(store, statement)
    before = dataset_version(store)

    assert append_statement(store, replace(statement, author="x", recorded_at=now + timedelta(1))).unchanged == 1
    assert dataset_version(store) == before


def test_what_was_said_before_something_else_is_said_anew(store, statement):
    for each in (statement, replace(statement, reason="another"), statement):
        assert append_statement(store, each).inserted == 1


_SAY = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from mlops_maturity.evidence.store.contradictions import Statement, append_statement
from mlops_maturity.evidence.store.engine import open_store
store = open_store(sys.argv[1], Path("/"))
said = Statement(team="t", practice="p", kind="overclaim", state="explained", reason="r", until=date(2027, 1, 1),
                 author="a", recorded_at=datetime(2026, 11, 23, tzinfo=UTC))
print("ready", flush=True)
sys.stdin.readline()
print(append_statement(store, said).changed)
"""


@pytest.mark.slow
def test_of_two_processes_that_say_the_same_at_once_one_writes(store, store_url, start_python):
    processes = [start_python(_SAY, store_url) for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()

    assert sorted(process.communicate(timeout=60)[0].strip() for process in processes) == ["0", "1"]
    assert len(read_statements(store)) == 1
