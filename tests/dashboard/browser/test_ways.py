"""Links, addresses, and the browser's Back and Forward."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from driving import PATIENCE, Go, settled, shown_scope

from mlops_maturity.dashboard import text


def test_a_wrong_address_lists_the_pages_and_names_the_nearest(go: Go) -> None:
    page = go("/trend")
    assert page.get_by_text("Nothing is at /trend; did you mean /trends (Trends)?").count() == 1
    assert page.get_by_role("link", name="/ (Overview)").count() == 1


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


def test_an_address_that_is_no_page_is_answered_with_the_pages_there_are(go: Go) -> None:
    page = go("/sourcez?team=fraud")
    assert page.get_by_role("dialog").count() == 0
    assert page.get_by_text("did you mean /sources (Sources)?").is_visible()
    page.get_by_test_id("stMain").get_by_role("link", name="Trends").click()
    page.wait_for_url("**/trends**", timeout=PATIENCE)
    settled(page)
    assert "Fraud detection" in shown_scope(page)


def test_a_page_comes_back_by_itself_once_broken_settings_are_mended(go: Go, site_home: Path) -> None:
    settings = site_home / "maturity.yaml"
    whole = settings.read_text(encoding="utf-8")
    page = go("/gaps?team=fraud&aspect=ci-cd")
    heading, address = page.locator("h1").inner_text(), page.url
    try:
        settings.write_text(whole.replace("organisation: Acme", "organisatoin: Acme"), encoding="utf-8")
        page.get_by_text(text.REFUSED_TITLE).wait_for(timeout=PATIENCE)
        page.get_by_text("organisatoin").first.wait_for(timeout=PATIENCE)
        settings.write_text(whole.replace("timezone: Europe/Vienna", "timezone: Europe/Wien"), encoding="utf-8")
        page.get_by_text("Europe/Wien").first.wait_for(timeout=PATIENCE)
    finally:
        settings.write_text(whole, encoding="utf-8")
    page.get_by_text(text.REFUSED_TITLE).wait_for(state="detached", timeout=PATIENCE)
    settled(page)
    assert (page.locator("h1").inner_text(), page.url) == (heading, address)


def test_going_back_leads_through_the_pages_in_turn_and_out_of_each(go: Go) -> None:
    page = go("/?group=payments")
    for name in ("Trends", "Gaps"):
        page.get_by_test_id("stTopNavLink").filter(has_text=name).click()
        page.wait_for_url(f"**/{name.lower()}?group=payments**", timeout=PATIENCE)
        settled(page)
        if name == "Trends":
            page.get_by_text("24 months").click()
            page.wait_for_url("**span=24", timeout=PATIENCE)
            settled(page)
    ways = [page.url]
    # Streamlit makes one step of a change of page and its parameters, or two, as its messages happen to arrive.
    while not ways[-1].endswith("/?group=payments") and len(ways) <= 6:
        page.go_back()
        page.wait_for_timeout(500)
        settled(page)
        ways.append(page.url)
    told = [way.rpartition("/")[2] for way, _ in groupby(way for way in ways if "?" in way)]  # bare: on its way
    assert told == [
        "gaps?group=payments&span=24", "trends?group=payments&span=24", "trends?group=payments", "?group=payments"
    ]  # fmt: skip
