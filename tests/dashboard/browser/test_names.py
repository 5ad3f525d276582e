"""Names of any script, length and content, as people see them."""

from __future__ import annotations

from pathlib import Path

from driving import Go

ARABIC = "فريق كشف الاحتيال في المدفوعات الإلكترونية"


def _renamed(home: Path, old: str, new: str) -> None:
    config = home / "maturity.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace(f"name: {old},", f"name: {new},"), encoding="utf-8")


def test_an_open_page_follows_a_changed_name_and_shows_the_beginning_of_one_from_right_to_left(
    go: Go, site_home: Path
) -> None:
    page = go("/?team=search")
    try:
        _renamed(site_home, "Search", ARABIC)
        field = page.get_by_role("combobox", name="Team or group")
        page.wait_for_function(
            "name => [...document.querySelectorAll('[role=combobox]')].some(each => each.value === name)",
            arg=ARABIC,
            timeout=30_000,
        )
        style = "field => [getComputedStyle(field).unicodeBidi, getComputedStyle(field).textOverflow, field.scrollLeft]"
        assert field.evaluate(style) == ["plaintext", "ellipsis", 0]
        subtitle = page.get_by_text("practices ·").first.inner_text()
        assert f"Acme · \u2068{ARABIC}\u2069 · " in subtitle
    finally:
        _renamed(site_home, ARABIC, "Search")


def test_a_hostile_name_is_text_where_the_pointer_is_too(go: Go) -> None:
    page = go("/?group=shop")
    page.get_by_test_id("stVegaLiteChart").nth(1).locator(".mark-rect path").first.hover()
    told = page.locator("#vg-tooltip-element")
    told.get_by_text("Held back by").wait_for(timeout=15_000)
    assert "<img src=x onerror=alert(1)> **bold** :red[x] $x$" in told.inner_text()
    assert told.locator("img, b").count() == 0


def test_a_hostile_name_is_text_everywhere(go: Go) -> None:
    page = go("/gaps?team=hostile")
    assert page.get_by_text("<img src=x onerror=alert(1)> **bold** :red[x] $x$").first.is_visible()
    assert page.locator("img[src='x']").count() == 0


def test_an_address_in_an_error_is_text_and_no_link(go: Go) -> None:
    page = go("/sources")
    told = page.get_by_text("see https://mlflow.acme.example/api?x=1")
    assert told.first.is_visible()
    assert page.locator("a[href*='mlflow.acme.example/api']").count() == 0
