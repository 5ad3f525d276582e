"""The pages without a pointer."""

from __future__ import annotations

from typing import Any

import pytest
from driving import PATIENCE, Go, settled

STOPS = """() => {
  const here = document.activeElement, ring = element => {
    const style = getComputedStyle(element);
    return style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2;
  };
  return {tag: here.tagName, name: here.getAttribute("aria-label") || here.innerText || "",
    ring: ring(here) || ring(here.closest("label") || here)};
}"""


def _stops(page: Any, most: int) -> list[dict[str, Any]]:
    """Where the Tab key leads, from the top of the page until it has been all round."""
    page.evaluate("document.activeElement.blur()")
    found: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOPS)
        if stop["tag"] == "BODY":
            break
        found.append(stop)
    return found


@pytest.mark.parametrize("address", ["/?team=fraud", "/gaps?team=fraud&aspect=ci-cd", "/sources"])
def test_every_link_and_button_is_reached_and_shows_that_it_is(address: str, go: Go) -> None:
    page = go(address)
    links = page.get_by_test_id("stMain").get_by_role("link")
    names = {links.nth(number).inner_text().strip() for number in range(links.count())}
    stops = _stops(page, 90)
    assert stops[0]["name"] == "Skip to main content"
    assert names <= {stop["name"].strip() for stop in stops}
    assert [stop for stop in stops if stop["tag"] in {"A", "BUTTON"} and not stop["ring"]] == []


def test_a_list_of_choices_closes_with_escape_and_keeps_what_was_chosen(go: Go) -> None:
    page = go("/?team=fraud")
    field = page.get_by_role("combobox", name="Team or group")
    field.focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("listbox").wait_for(timeout=15_000)
    page.keyboard.press("Escape")
    page.get_by_role("listbox").wait_for(state="detached", timeout=15_000)
    assert field.input_value() == "Fraud detection"
    assert "team=fraud" in page.url


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
