from __future__ import annotations

import threading

from sqlalchemy.exc import OperationalError

from mlops_maturity.config.problems import InputRefused, Problem
from mlops_maturity.dashboard.drafts import Drafts

NEVER = 3600.0
"""Seconds: the test itself ends the pause."""


def test_only_the_last_version_is_stored_and_only_once() -> None:
    stored: list[str] = []
    drafts = Drafts(NEVER)
    for typed in ("h", "ha", "half"):
        drafts.put("a", lambda typed=typed: stored.append(typed))
    assert drafts.waits("a")
    assert drafts.flush("a")
    assert not drafts.flush("a")
    assert stored == ["half"]


def test_what_waits_is_stored_by_itself_when_nothing_more_comes() -> None:
    done = threading.Event()
    Drafts(0.01).put("a", done.set)
    assert done.wait(10)


def test_what_is_stored_at_once_takes_the_place_of_what_waits() -> None:
    stored: list[str] = []
    drafts = Drafts(NEVER)
    drafts.put("a", lambda: stored.append("old"))
    drafts.put("b", lambda: stored.append("other"))
    drafts.save("a", lambda: stored.append("new"))
    assert (drafts.waits("a"), drafts.waits("b")) == (False, True)
    assert stored == ["new"]
    assert drafts.flush("b")


def test_a_failure_is_told_until_the_next_attempt_succeeds() -> None:
    def full() -> None:
        raise InputRefused([Problem("store", "", "the disk is full")])

    def locked() -> None:
        raise OperationalError("INSERT", {}, Exception("locked"))

    drafts = Drafts(NEVER)
    drafts.put("a", full)
    drafts.flush("a")
    assert drafts.failure("a") == "the disk is full"
    drafts.save("a", locked)
    assert "did not take it" in drafts.failure("a")
    drafts.save("a", lambda: None)
    assert drafts.failure("a") == ""
