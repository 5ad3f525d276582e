"""How the pages look: drawn without an error, readable by all, on every screen, in both themes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from driving import PATIENCE, Go

from mlops_maturity.dashboard.theme import tokens_for

ADDRESSES = {
    "overview": "/",
    "team": "/?team=fraud",
    "framework": "/?framework=google&team=fraud",
    "trends": "/trends",
    "gaps": "/gaps?team=hostile&practice=drift-monitoring",
    "choose": "/gaps",
    "assess": "/assess?team=fraud",
    "sources": "/sources",
    "nothing": "/no-such-page",
}
PHONE, ZOOMED = 390, 720
"""Pixels of width: a phone, and a usual screen of 1440 zoomed to 200 %."""
HEARD = ("name", "description")
STREAMLITS_OWN = (
    ("svg-img-alt", "metric_chart_", "st.metric names its line's marks as graphics without a title; it has no option"),
)
"""Rule of axe, what its element is known by, and why it is not ours."""


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


@pytest.mark.parametrize(
    ("name", "width"), [(name, PHONE) for name in ADDRESSES] + [("team", ZOOMED), ("gaps", ZOOMED)]
)
def test_no_page_scrolls_sideways_on_a_phone_or_at_twice_its_size(name: str, width: int, go: Go) -> None:
    page = go(ADDRESSES[name], width=width)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    main = "document.querySelector('[data-testid=stMain]')"
    assert page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")
    assert page.evaluate(_SCROLLED_SIDEWAYS) == []


_SCROLLED_SIDEWAYS = """() => [...document.querySelectorAll("[data-testid=stMain] *")]
  .filter(each => /auto|scroll/.test(getComputedStyle(each).overflowX) && each.scrollWidth > each.clientWidth)
  .map(each => each.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_filters_show_all_of_what_is_chosen(width: int, go: Go) -> None:
    page = go("/?framework=microsoft&group=payments/risk", width=width)
    chosen = page.get_by_test_id("stSelectbox").locator("input")
    assert chosen.nth(0).input_value() == "Group payments › risk (1)"
    assert chosen.nth(1).input_value() == "Microsoft MLOps maturity model"
    assert chosen.evaluate_all("fields => fields.every(field => field.scrollWidth <= field.clientWidth)")
    assert page.get_by_test_id("stDateInput").bounding_box()["width"] >= 150


@pytest.mark.parametrize(("width", "beside"), [(768, False), (1280, True)])
def test_what_blocks_a_level_stands_below_the_chart_where_it_would_be_narrow_beside_it(
    width: int, beside: bool, go: Go
) -> None:
    page = go("/gaps?team=fraud&aspect=ci-cd", width=width)
    chart = page.get_by_test_id("stVegaLiteChart").first.bounding_box()
    blocks = page.get_by_role("heading", name="What blocks level").bounding_box()
    assert (blocks["y"] < chart["y"] + chart["height"]) == beside


def test_the_needed_rung_leaves_its_words_room_on_a_phone(go: Go) -> None:
    page = go("/gaps?team=hostile&practice=drift-monitoring", width=390)
    marked = page.get_by_text("needed for level").first
    assert marked.locator("xpath=ancestor::p").bounding_box()["width"] > 180


def test_our_own_font_is_used(go: Go) -> None:
    page = go("/")
    loaded = "[...document.fonts].some(face => face.family.includes('Inter') && face.status === 'loaded')"
    assert page.evaluate(loaded)
    assert "Inter" in page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")


def test_another_theme_is_followed_by_the_charts_with_the_next_run(go: Go) -> None:
    page = go("/?team=fraud")
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(500)
    light, dark = (
        page.locator(f'[data-testid=stVegaLiteChart] .mark-rect path[fill="{theme.levels[3]}"]')
        for theme in (tokens_for("light"), tokens_for("dark"))
    )
    page.get_by_test_id("stTopNavLink").first.click()
    dark.first.wait_for(timeout=PATIENCE)
    light.first.wait_for(state="detached", timeout=PATIENCE)
