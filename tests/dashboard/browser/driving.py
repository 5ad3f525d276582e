"""What a person does at the pages, and how long the tests wait for what comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
Go = Callable[..., Any]
PATIENCE = 60_000
"""Milliseconds until what must come is taken for lost: it comes at once, but for a machine that does much else."""


def settled(page: Any) -> None:
    """Wait until the page is drawn."""
    page.wait_for_selector("h1", timeout=PATIENCE)
    page.wait_for_selector(IDLE, timeout=PATIENCE)
    page.wait_for_timeout(700)


def begin(page: Any, respondent: str) -> None:
    """Give the name under which questions are answered."""
    page.get_by_label("Your name or role").fill(respondent)
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("Answering as").wait_for(timeout=PATIENCE)
    settled(page)


def shown_scope(page: Any) -> str:
    """What the filter for team and group shows."""
    return str(page.get_by_test_id("stSelectbox").first.locator("input").input_value())
