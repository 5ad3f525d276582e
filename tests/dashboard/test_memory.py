from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from mlops_maturity.dashboard.memory import Memory


def test_a_fact_is_worked_out_again_only_when_its_mark_differs() -> None:
    memory, made = Memory(), iter(range(9))
    assert [memory.get("fraud", mark, lambda: next(made)) for mark in ("a", "a", "b", "b", "a")] == [0, 0, 1, 1, 2]


def test_facts_of_other_keys_stay() -> None:
    memory, made = Memory(), iter(range(9))
    asked = [("fraud", "a"), ("pricing", "a"), ("fraud", "b"), ("pricing", "a")]
    assert [memory.get(key, mark, lambda: next(made)) for key, mark in asked] == [0, 1, 2, 1]


def test_two_who_ask_at_once_wait_for_one_piece_of_work() -> None:
    memory, begun, go = Memory(), Event(), Event()
    made: list[int] = []

    def make() -> int:
        begun.set()
        assert go.wait(10)
        made.append(1)
        return len(made)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(memory.get, "fraud", "a", make)
        assert begun.wait(10)
        second = pool.submit(memory.get, "fraud", "a", make)
        assert memory.get("pricing", "a", lambda: "not held up") == "not held up"
        go.set()
        assert (first.result(10), second.result(10)) == (1, 1)


def test_a_failure_is_not_kept() -> None:
    memory = Memory()
    with pytest.raises(ZeroDivisionError):
        memory.get("fraud", "a", lambda: 1 // 0)
    assert memory.get("fraud", "a", lambda: 7) == 7


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    memory, made = Memory(most=2), iter(range(9))
    keys = ["a", "b", "a", "c", "a", "b"]
    assert [memory.get(key, 1, lambda: next(made)) for key in keys] == [0, 1, 0, 2, 0, 3]
