"""Answers typed in several tabs, and pages that follow what is stored."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from driving import PATIENCE, Go, settled

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers, read_answers
from mlops_maturity.evidence.store.engine import open_store

_WATCH_FOR_SAVING = """() => new MutationObserver(() => {
  if (document.body.innerText.toLowerCase().includes("saving")) window.savingWasTold = true;
}).observe(document.body, {subtree: true, childList: true, characterData: true})"""
"""It is told for a moment only: who looks for it after the last key may be too late."""


def _commenting(go: Go, respondent: str) -> tuple[Any, Any]:
    """A page on which the first question is answered, and its field for a comment, which the next keys go to."""
    page = go("/assess?team=silent", respondent=respondent)
    page.get_by_text("Code sits on personal machines").click()
    page.get_by_text("saved 14:").wait_for(timeout=PATIENCE)
    comment = page.get_by_label("Comment").last
    comment.click()
    return page, comment


def test_an_answer_and_a_comment_outlive_a_tab_closed_right_after_the_last_key(
    go: Go, site_home: Path, sent: list[str | bytes]
) -> None:
    page, _ = _commenting(go, "eve")
    assert "eve" not in page.url
    page.keyboard.insert_text("typed and never left")  # at once: a pause between keys would be stored too
    until = time.monotonic() + PATIENCE / 1000
    while not any(b"typed and never left" in frame for frame in sent if isinstance(frame, bytes)):
        assert time.monotonic() < until, "what was typed was never sent"
        page.wait_for_timeout(20)
    page.close()
    assert _stored_comments(site_home, "typed and never left") == ["", "typed and never left"]
    again = go("/assess?team=silent", respondent="eve")
    again.wait_for_function(  # the field is drawn before its value arrives
        "() => [...document.querySelectorAll('input')].some(field => field.value === 'typed and never left')",
        timeout=PATIENCE,
    )
    assert again.get_by_label("Comment").last.input_value() == "typed and never left"
    assert again.locator("[data-testid=stRadioOption] input:checked").count() == 1
    assert again.get_by_text("saved 14:").count() == 1


def test_a_tab_closed_while_keys_are_on_their_way_asks_first(go: Go, site_home: Path) -> None:
    page, comment = _commenting(go, "kim")
    comment.press_sequentially("every last word", delay=10)
    assert _asked_on_closing(page)
    assert _stored_comments(site_home, "every last word", "kim")[-1] == "every last word"
    page.get_by_label("Link to an artefact").last.fill("https://wiki.example/runbook")
    page.wait_for_timeout(1_500)
    assert _asked_on_closing(page)  # a link waits until its field is left
    page.get_by_text("saving").wait_for(state="detached", timeout=PATIENCE)
    settled(page)
    page.wait_for_timeout(10_100)  # nothing asks any more, whatever the page is busy with
    with page.expect_event("close", timeout=PATIENCE):
        page.close(run_before_unload=True)


def _asked_on_closing(page: Any) -> bool:
    with page.expect_event("dialog", timeout=PATIENCE) as asked:
        page.close(run_before_unload=True)
    return bool(asked.value.type == "beforeunload")


def test_what_is_typed_is_said_to_be_saved_while_the_field_is_still_in_use(go: Go, site_home: Path) -> None:
    page, comment = _commenting(go, "zoe")
    assert page.get_by_text("saving").count() == 0
    page.evaluate(_WATCH_FOR_SAVING)
    comment.press_sequentially("slowly", delay=150)
    page.wait_for_function("window.savingWasTold", timeout=PATIENCE)
    page.get_by_text("saved 14:").wait_for(timeout=PATIENCE)
    assert comment.input_value() == "slowly"
    assert page.evaluate("document.activeElement.value") == "slowly"


def test_an_open_page_follows_the_store_and_stays_where_it_was_scrolled_to(go: Go, site_home: Path) -> None:
    page = go("/?team=hostile")
    page.mouse.move(600, 500)
    page.mouse.wheel(0, 300)
    page.wait_for_timeout(300)
    top = "document.querySelector('[data-testid=stMain]').scrollTop"
    before, text = page.evaluate(top), page.get_by_test_id("stMain").inner_text()
    assert before > 0
    _answer_elsewhere(site_home, "hostile", *builtin_catalogue().by_id)
    changed = "before => document.querySelector('[data-testid=stMain]').innerText !== before"
    page.wait_for_function(changed, arg=text, timeout=PATIENCE)
    settled(page)
    # The browser keeps what is looked at in place: where a line more is drawn above, it scrolls by that line.
    assert abs(page.evaluate(top) - before) < 100


def test_a_page_that_is_typed_on_says_that_the_store_moved_on_and_takes_nothing_away(go: Go, site_home: Path) -> None:
    page, comment = _commenting(go, "ida")
    comment.press_sequentially("half a thought", delay=10)
    assert "half a thought" in _stored_comments(site_home, "half a thought", "ida")
    page.get_by_text("saving").wait_for(state="detached", timeout=PATIENCE)
    page.wait_for_timeout(1500)
    settled(page)
    assert page.get_by_text("There is new evidence").count() == 0  # one's own answer is no news
    _answer_elsewhere(site_home, "silent", "version-control")
    page.get_by_role("button", name="Show it").wait_for(timeout=PATIENCE)
    assert page.evaluate("document.activeElement.value") == "half a thought"
    page.get_by_role("button", name="Show it").click()
    page.get_by_role("button", name="Show it").wait_for(state="detached", timeout=PATIENCE)
    settled(page)
    assert comment.input_value() == "half a thought"
    assert page.get_by_text(re.compile(r"other answers?: rungs? (0 to )?2$")).count() == 1


def _answer_elsewhere(home: Path, team: str, *practices: str) -> None:
    store = open_store("sqlite:///maturity.db", home)
    append_answers(store, [
        StoredAnswer(team=team, practice=practice, respondent="mia", value=2, on=date(2026, 11, 23),
                     recorded_at=datetime(2026, 11, 23, 13, tzinfo=UTC))
        for practice in practices
    ])  # fmt: skip
    store.close()


def _stored_comments(home: Path, last: str, respondent: str = "eve") -> list[str]:
    """The comments of a respondent, once the last one has reached the store by itself."""
    store = open_store("sqlite:///maturity.db", home)
    until = time.monotonic() + PATIENCE / 1000
    comments: list[str] = []
    while last not in comments and time.monotonic() < until:
        time.sleep(0.1)
        comments = [answer.comment for answer in read_answers(store, team="silent") if answer.respondent == respondent]
    store.close()
    return comments
