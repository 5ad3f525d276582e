"""The pages as people see them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from mlops_maturity.config.catalogue_file import builtin_catalogue
from mlops_maturity.evidence.store.answers import StoredAnswer, append_answers, read_answers
from mlops_maturity.evidence.store.engine import open_store

IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
ADDRESSES = {
    "overview": "/",
    "team": "/?team=fraud",
    "trends": "/trends",
    "gaps": "/gaps?team=hostile&practice=drift-monitoring",
    "choose": "/gaps",
    "assess": "/assess?team=fraud",
    "sources": "/sources",
    "nothing": "/no-such-page",
}
HEARD = ("name", "description")
STREAMLITS_OWN = (
    ("svg-img-alt", "metric_chart_", "st.metric names its line's marks as graphics without a title; it has no option"),
)
"""Rule of axe, what its element is known by, and why it is not ours."""
Go = Callable[..., Any]
PATIENCE = 60_000
"""Milliseconds until what must come is taken for lost: it comes at once, but for a machine that does much else."""


@pytest.fixture
def sent() -> list[str | bytes]:
    """What the pages have sent to the server."""
    return []


@pytest.fixture
def go(chromium: Any, site: str, sent: list[str | bytes]) -> Iterator[Go]:
    """Opens an address in a context of its own; at the end there must have been no error and no foreign request."""
    wrong: list[str] = []
    contexts = []

    def go_(path: str, *, dark: bool = False, width: int = 1280, respondent: str = "ann") -> Any:
        scheme = "dark" if dark else "light"
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
        page.on("dialog", lambda dialog: _stay(dialog) or wrong.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: _foreign(request.url, site) and wrong.append(f"foreign: {request.url}"))
        page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
        page.goto(f"{site}{path}")
        settled(page)
        if path.startswith("/assess"):
            begin(page, respondent)
        return page

    yield go_
    for context in contexts:
        context.close()
    assert wrong == []


def _stay(dialog: Any) -> bool:
    """Whether it is the question before leaving; then stay."""
    before_leaving = dialog.type == "beforeunload"
    if before_leaving:
        dialog.dismiss()
    return before_leaving


def _foreign(url: str, site: str) -> bool:
    return not url.startswith((site, site.replace("http", "ws", 1), "data:", "blob:"))


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


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ADDRESSES)
def test_every_page_is_drawn_without_an_error_and_can_be_used_by_all(
    name: str, dark: bool, go: Go, tmp_path: Path
) -> None:
    page = go(ADDRESSES[name], dark=dark)
    assert page.get_by_test_id("stException").count() == 0
    charts = page.get_by_test_id("stVegaLiteChart")
    for number in range(charts.count()):
        charts.nth(number).locator("svg, canvas").first.wait_for(timeout=10_000)
    background = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    assert background == ("rgb(20, 24, 29)" if dark else "rgb(255, 255, 255)")
    picture = page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert len(picture) > 10_000
    assert _barriers(page) == []
    assert _markup_read_out(page) == []


def _markup_read_out(page: Any) -> list[str]:
    """Names and descriptions in which those who listen would hear the signs of Markdown."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    heard = [node.get(part, {}).get("value", "") for node in nodes if not node["ignored"] for part in HEARD]
    return [words for words in heard if re.search(r"\\[!-/:-@\[-`{-~]|:(gray|small|orange|green)\[", str(words))]


def _barriers(page: Any) -> list[str]:
    """What axe finds that is not known to be Streamlit's own: rule, place, markup."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{violation['id']} at {node['target']}: {node['html'][:200]}"
        for violation in found
        for node in violation["nodes"]
        if not any(violation["id"] == rule and mark in node["html"] for rule, mark, _ in STREAMLITS_OWN)
    ]


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_phone_shows_every_page_without_scrolling_sideways(name: str, go: Go) -> None:
    page = go(ADDRESSES[name], width=390)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")
    assert page.evaluate(_SCROLLED_SIDEWAYS) == []


_SCROLLED_SIDEWAYS = """() => [...document.querySelectorAll("[data-testid=stMain] *")]
  .filter(each => /auto|scroll/.test(getComputedStyle(each).overflowX) && each.scrollWidth > each.clientWidth)
  .map(each => each.outerHTML.slice(0, 120))"""


def test_a_wrong_address_lists_the_pages_and_names_the_nearest(go: Go) -> None:
    page = go("/trend")
    assert page.get_by_text("Nothing is at /trend; did you mean /trends (Trends)?").count() == 1
    assert page.get_by_role("link", name="/ (Overview)").count() == 1


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_filters_show_all_of_what_is_chosen(width: int, go: Go) -> None:
    page = go("/?framework=microsoft", width=width)
    chosen = page.get_by_test_id("stSelectbox").locator("input")
    assert chosen.nth(1).input_value() == "Microsoft MLOps maturity model"
    assert chosen.evaluate_all("fields => fields.every(field => field.scrollWidth <= field.clientWidth)")
    assert page.get_by_test_id("stDateInput").bounding_box()["width"] >= 150


def test_the_needed_rung_leaves_its_words_room_on_a_phone(go: Go) -> None:
    page = go("/gaps?team=hostile&practice=drift-monitoring", width=390)
    marked = page.get_by_text("needed for level").first
    assert marked.locator("xpath=ancestor::p").bounding_box()["width"] > 180


def test_our_own_font_is_used(go: Go) -> None:
    page = go("/")
    loaded = "[...document.fonts].some(face => face.family.includes('Inter') && face.status === 'loaded')"
    assert page.evaluate(loaded)
    assert "Inter" in page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")


def test_a_hostile_name_is_text_everywhere(go: Go) -> None:
    page = go("/gaps?team=hostile")
    assert page.get_by_text("<img src=x onerror=alert(1)> **bold** :red[x] $x$").first.is_visible()
    assert page.locator("img[src='x']").count() == 0


def test_an_address_in_an_error_is_text_and_no_link(go: Go) -> None:
    page = go("/sources")
    told = page.get_by_text("see https://mlflow.acme.example/api?x=1")
    assert told.first.is_visible()
    assert page.locator("a[href*='mlflow.acme.example/api']").count() == 0


def test_what_a_deep_link_says_survives_every_change_of_page(go: Go) -> None:
    page = go("/?group=payments&as_of=2026-06-01")
    for name in ("Trends", "Sources", "Gaps", "Overview"):
        page.get_by_test_id("stTopNavLink").filter(has_text=name).click()
        page.wait_for_timeout(400)
        settled(page)
        assert "group=payments" in page.url
        assert "as_of=2026-06-01" in page.url
        if name == "Sources":  # is about all of it, so it has no filters
            assert page.get_by_test_id("stSelectbox").count() == 0
        else:
            assert "Group payments" in shown_scope(page)


def test_going_back_brings_the_old_scope_back(go: Go) -> None:
    page = go("/?team=fraud")
    page.goto(page.url.replace("fraud", "pricing"))
    settled(page)
    page.go_back()
    settled(page)
    assert "Fraud detection" in shown_scope(page)


def test_a_cell_of_the_heat_map_leads_to_its_gaps(go: Go) -> None:
    page = go("/")
    cells = page.get_by_test_id("stVegaLiteChart").nth(1).locator(".mark-rect path")
    cells.nth(1).click()
    page.wait_for_url("**/gaps**", timeout=PATIENCE)
    settled(page)
    assert "team=pricing" in page.url
    assert "aspect=standardization-automation" in page.url


def test_going_back_from_a_practice_leads_to_all_of_them_at_once(go: Go) -> None:
    page = go("/gaps?team=fraud&aspect=ci-cd")
    page.get_by_role("link", name="A candidate must beat agreed limits before it is released").first.click()
    page.wait_for_url("**practice=**", timeout=PATIENCE)
    page.get_by_text("Where the number comes from").wait_for(timeout=PATIENCE)
    settled(page)
    page.go_back()
    page.get_by_text("Where the number comes from").wait_for(state="detached", timeout=PATIENCE)
    settled(page)
    page.wait_for_timeout(1000)  # nor does it come back with the next poll
    assert "practice=" not in page.url
    assert page.get_by_text("Where the number comes from").count() == 0


def test_going_back_from_a_cell_leads_to_the_page_it_was_on(go: Go) -> None:
    page = go("/")
    page.get_by_test_id("stVegaLiteChart").nth(1).locator(".mark-rect path").nth(1).click()
    page.wait_for_url("**/gaps**", timeout=PATIENCE)
    settled(page)
    page.go_back()
    page.get_by_text("How mature is our machine learning?").wait_for(timeout=PATIENCE)
    settled(page)
    assert "All teams" in shown_scope(page)
    assert "team=" not in page.url
    page.go_forward()
    page.get_by_text("What do we claim").wait_for(timeout=PATIENCE)
    settled(page)
    assert "Pricing" in shown_scope(page)


def test_the_cells_of_the_heat_map_can_be_reached_with_the_keyboard(go: Go) -> None:
    page = go("/?group=payments")
    switch = page.get_by_label("Show as a list of links")
    switch.focus()
    page.keyboard.press("Space")
    link = page.get_by_role("link", name="Monitoring and governance: ").first
    link.wait_for(timeout=PATIENCE)
    settled(page)
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/gaps**", timeout=PATIENCE)
    assert "aspect=monitoring-governance" in page.url


def test_an_address_that_is_no_page_is_answered_with_the_pages_there_are(go: Go) -> None:
    page = go("/sourcez?team=fraud")
    assert page.get_by_role("dialog").count() == 0
    assert page.get_by_text("did you mean /sources (Sources)?").is_visible()
    page.get_by_test_id("stMain").get_by_role("link", name="Trends").click()
    page.wait_for_url("**/trends**", timeout=PATIENCE)
    settled(page)
    assert "Fraud detection" in shown_scope(page)


def test_an_answer_and_a_comment_outlive_a_tab_closed_right_after_the_last_key(
    go: Go, site_home: Path, sent: list[str | bytes]
) -> None:
    page = go("/assess?team=silent", respondent="eve")
    assert "eve" not in page.url
    page.get_by_text("Code sits on personal machines").click()
    page.get_by_text("saved 14:").wait_for(timeout=PATIENCE)
    comment = page.get_by_label("Comment").last
    comment.click()
    comment.press_sequentially("typed and never left", delay=10)
    while not any(b"typed and never left" in frame for frame in sent if isinstance(frame, bytes)):
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
    page = go("/assess?team=silent", respondent="kim")
    page.get_by_text("Code sits on personal machines").click()
    page.get_by_text("saved 14:").wait_for(timeout=PATIENCE)
    comment = page.get_by_label("Comment").last
    comment.click()
    comment.press_sequentially("every last word", delay=10)
    assert _asked_on_closing(page)
    assert _stored_comments(site_home, "every last word", "kim")[-1] == "every last word"
    page.get_by_label("Link to an artefact").last.fill("https://wiki.example/runbook")
    page.wait_for_timeout(1_500)
    assert _asked_on_closing(page)  # a link waits until its field is left
    page.get_by_text("saving").wait_for(state="detached", timeout=PATIENCE)
    settled(page)
    page.wait_for_timeout(1_100)
    with page.expect_event("close", timeout=PATIENCE):
        page.close(run_before_unload=True)


def _asked_on_closing(page: Any) -> bool:
    with page.expect_event("dialog", timeout=PATIENCE) as asked:
        page.close(run_before_unload=True)
    return bool(asked.value.type == "beforeunload")


def test_what_is_typed_is_said_to_be_saved_while_the_field_is_still_in_use(go: Go, site_home: Path) -> None:
    page = go("/assess?team=silent", respondent="zoe")
    page.get_by_text("Code sits on personal machines").click()
    page.get_by_text("saved 14:").wait_for(timeout=PATIENCE)
    comment = page.get_by_label("Comment").last
    comment.click()
    comment.press_sequentially("slowly", delay=150)
    page.get_by_text("saving").wait_for(timeout=PATIENCE)
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
    page = go("/assess?team=silent", respondent="ida")
    page.get_by_text("Code sits on personal machines").click()
    page.get_by_text("saved 14:").wait_for(timeout=PATIENCE)
    comment = page.get_by_label("Comment").last
    comment.click()
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


def test_another_theme_is_followed_by_the_charts_with_the_next_run(go: Go) -> None:
    page = go("/?team=fraud")
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(500)
    page.get_by_test_id("stTopNavLink").first.click()
    settled(page)
    fills = (
        page.get_by_test_id("stVegaLiteChart")
        .first.locator(".mark-rect path")
        .evaluate_all("paths => paths.map(path => path.getAttribute('fill'))")
    )
    assert "#BDEBDD" in fills
