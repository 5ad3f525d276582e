"""Answers chosen with the arrow keys, and in two tabs."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from driving import PATIENCE, Go, begin, settled

from mlops_maturity.evidence.store.answers import read_answers
from mlops_maturity.evidence.store.engine import Store, open_store

FIRST, SECOND = "continuous-training", "data-validation"
"""The practices of the first two questions."""


def test_walking_to_an_answer_with_the_arrow_keys_stores_where_the_walk_ended(go: Go, site_home: Path) -> None:
    page = go("/assess?team=silent", respondent="walker")
    _options(page).first.focus()
    page.keyboard.press("Space")
    for _ in range(3):
        page.wait_for_timeout(300)
        page.keyboard.press("ArrowDown")
    page.get_by_text("saved 14:").wait_for(timeout=PATIENCE)
    assert _options(page).nth(3).is_checked()
    assert page.evaluate("document.activeElement.type") == "radio"
    assert _chosen(page, site_home, "walker", 1) == [3]


def test_a_choice_outlives_a_tab_closed_right_after_it(go: Go, site_home: Path, sent: list[str | bytes]) -> None:
    page = go("/assess?team=silent", respondent="hasty")
    before = len(sent)
    _options(page).nth(2).check(force=True)
    until = time.monotonic() + PATIENCE / 1000
    while len(sent) == before:
        assert time.monotonic() < until, "the choice was never sent"
        page.wait_for_timeout(5)
    page.close()
    assert _chosen(go("/"), site_home, "hasty", 1) == [2]


def _two_tabs(go: Go, respondent: str) -> tuple[Any, Any, Callable[[bool], None]]:
    """One that has stored a choice, one that begins with it, and what holds back what the server tells the second."""
    one = go("/assess?team=silent", respondent=respondent)
    _options(one).nth(2).check(force=True)
    one.get_by_text("saved 14:").wait_for(timeout=PATIENCE)
    behind = go("/assess?team=silent", respondent=respondent)
    held = _hold_back(behind)
    begin(behind, respondent)
    return one, behind, held


def test_a_tab_that_is_behind_does_not_store_its_old_choice_over_one_of_another_tab(go: Go, site_home: Path) -> None:
    one, behind, held = _two_tabs(go, "twice")
    assert _options(behind).nth(2).is_checked()
    _options(one).nth(0).check(force=True)
    assert _chosen(behind, site_home, "twice", 2) == [2, 0]
    held(True)
    other = behind.locator("[data-testid=stRadio]").nth(1).locator("input")
    for rows, number in ((1, 1), (2, 3)):  # the first run learns of 0; the page still shows 2 and sends that along
        other.nth(number).check(force=True)
        assert _chosen(behind, site_home, "twice", rows, SECOND)[-1] == number
    held(False)
    _options(behind).nth(0).and_(behind.locator(":checked")).wait_for(timeout=PATIENCE, state="attached")
    settled(behind)
    assert _options(behind).nth(0).is_checked()
    assert _chosen(behind, site_home, "twice", 2) == [2, 0]


def _options(page: Any) -> Any:
    """The choices of the first question."""
    return page.locator("[data-testid=stRadio]").first.locator("input")


def _hold_back(page: Any) -> Callable[[bool], None]:
    """Load the page again; from then on what the server says can be held back, as a slow line does."""
    waiting: list[str | bytes] = []
    holding = [False]
    lines: list[Any] = []

    def carry(line: Any) -> None:
        lines.append(line)
        server = line.connect_to_server()
        line.on_message(server.send)
        server.on_message(lambda message: waiting.append(message) if holding[0] else line.send(message))

    def hold(on: bool) -> None:
        holding[0] = on
        while not on and waiting:
            lines[-1].send(waiting.pop(0))

    page.route_web_socket("**/_stcore/stream", carry)
    page.reload()
    settled(page)
    return hold


def _chosen(page: Any, home: Path, respondent: str, rows: int, practice: str = FIRST) -> list[int | None]:
    """What a respondent chose, once there are as many rows, and what came in a while after that.

    The page's own clock waits: what it says goes through the test, which must not sleep.
    """
    store = open_store("sqlite:///maturity.db", home)
    until = time.monotonic() + PATIENCE / 1000
    while len(_stored(store, respondent, practice)) < rows and time.monotonic() < until:
        page.wait_for_timeout(100)
    page.wait_for_timeout(1000)
    found = _stored(store, respondent, practice)
    store.close()
    return found


def _stored(store: Store, respondent: str, practice: str) -> list[int | None]:
    answers = read_answers(store, team="silent")
    return [each.value for each in answers if (each.respondent, each.practice) == (respondent, practice)]
