from __future__ import annotations

import threading

from sqlalchemy.exc import OperationalError

from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.dashboard.drafts import DraftKey, Drafts

A, B = DraftKey("tab", "a"), DraftKey("tab", "b")
NEVER = 3600.0
"""Seconds: the test itself ends the pause."""


def test_only_the_last_version_is_stored_and_only_once() -> None:
    stored: list[str] = []
    drafts = Drafts(NEVER)
    for typed in ("h", "ha", "half"):
        drafts.put(A, lambda typed=typed: stored.append(typed))
    assert drafts.waits(A)
    assert drafts.flush("a")
    assert not drafts.flush("a")
    assert stored == ["half"]


def test_what_waits_is_stored_by_itself_when_nothing_more_comes() -> None:
    done = threading.Event()
    Drafts(0.01).put(A, done.set)
    assert done.wait(10)


def test_what_is_stored_at_once_takes_the_place_of_what_waits() -> None:
    stored: list[str] = []
    drafts = Drafts(NEVER)
    drafts.put(A, lambda: stored.append("old"))
    drafts.put(B, lambda: stored.append("other"))
    drafts.save(A, lambda: stored.append("new"))
    assert (drafts.waits(A), drafts.waits(B)) == (False, True)
    assert stored == ["new"]
    assert drafts.flush("b")


def test_a_failure_is_told_until_the_next_attempt_succeeds() -> None:
    def full() -> None:
        raise InputRefused([Problem("store", "", "the disk is full")])

    def locked() -> None:
        raise OperationalError("INSERT", {}, Exception("locked"))

    drafts = Drafts(NEVER)
    drafts.put(A, full)
    drafts.flush("a")
    assert drafts.failure(A) == "the disk is full"
    drafts.save(A, locked)
    assert "did not take it" in drafts.failure(A)
    drafts.save(A, lambda: None)
    assert drafts.failure(A) == ""


def test_what_waits_in_one_tab_is_neither_dropped_nor_replaced_by_what_another_stores() -> None:
    stored: list[str] = []
    drafts = Drafts(NEVER)
    other = DraftKey("other tab", "a")
    drafts.put(A, lambda: stored.append("typed in the one"))
    drafts.put(other, lambda: stored.append("typed in the other"))
    drafts.save(other, lambda: stored.append("chosen in the other"))
    assert (drafts.waits(A), drafts.waits(other)) == (True, False)
    assert drafts.flush("a")
    assert stored == ["chosen in the other", "typed in the one"]


def test_a_failure_is_told_in_the_tab_whose_save_it_was() -> None:
    def full() -> None:
        raise InputRefused([Problem("store", "", "the disk is full")])

    drafts = Drafts(NEVER)
    drafts.save(A, full)
    assert drafts.failure(DraftKey("other tab", "a")) == ""


def test_a_slow_store_keeps_nobody_waiting_who_types_something_else() -> None:
    begun, go_on = threading.Event(), threading.Event()
    stored: list[str] = []

    def slow() -> None:
        begun.set()
        assert go_on.wait(10)
        stored.append("slow")

    drafts = Drafts(NEVER)
    tab = threading.Thread(target=drafts.save, args=(A, slow))
    tab.start()
    assert begun.wait(10)
    drafts.save(B, lambda: stored.append("quick"))
    assert stored == ["quick"]
    assert (drafts.waits(A), drafts.waits(B)) == (True, False)
    go_on.set()
    tab.join()
    assert not drafts.waits(A)


def test_what_is_typed_while_its_question_is_being_stored_is_stored_after_it() -> None:
    begun, go_on = threading.Event(), threading.Event()
    stored: list[str] = []

    def slow() -> None:
        begun.set()
        assert go_on.wait(10)
        stored.append("first")

    drafts = Drafts(0.01)
    drafts.put(A, slow)
    assert begun.wait(10)
    drafts.put(A, lambda: stored.append("second"))
    flushed = threading.Thread(target=drafts.flush, args=("a",))
    flushed.start()
    assert stored == []
    go_on.set()
    flushed.join()
    assert stored == ["first", "second"]
