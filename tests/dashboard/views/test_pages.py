"""What holds for every page."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mlops_maturity.dashboard import text, views

PAGES = [page.path for page in views.discover()]
EVERY = pytest.mark.parametrize("page", PAGES)
SCOPES = (
    {},
    {"team": "fraud"},
    {"group": "payments"},
    {"as_of": "2026-06-01"},
    {"team": "hostile"},
    {"team": "silent"},
)


def test_the_five_pages_are_found_in_their_order() -> None:
    assert PAGES == ["", "trends", "gaps", "assess", "sources"]


@EVERY
@pytest.mark.parametrize("scope", SCOPES, ids=str)
@pytest.mark.usefixtures("organisation")
def test_every_page_opens_for_every_scope(page: str, scope: dict[str, str], open_page) -> None:
    test = open_page(page, **scope)
    assert not test.exception
    assert len(test.title) == 1
    assert all(test.query_params[name] == value for name, value in scope.items())


@EVERY
@pytest.mark.usefixtures("empty_organisation")
def test_every_page_opens_on_an_empty_store_and_names_a_next_step(page: str, open_page) -> None:
    test = open_page(page)
    assert not test.exception
    assert test.get("page_link") or test.button or "collect" in _markdown(test)


@EVERY
@pytest.mark.usefixtures("organisation")
def test_what_the_address_asks_in_vain_is_said_and_the_default_shown(page: str, open_page) -> None:
    test = open_page(page, team="<b>nobody", group="nowhere", aspect="nothing", practice="none", as_of="2099-01-01")
    assert not test.exception
    notes = [note.value for note in test.warning if note.value.startswith("The address")]
    assert len(notes) == 5
    assert not set(test.query_params) & {"team", "group", "aspect", "practice", "as_of"}
    assert "<b>" not in "".join(notes)


@EVERY
@pytest.mark.usefixtures("organisation")
def test_every_chart_says_in_words_what_it_shows(page: str, open_page) -> None:
    charts = open_page(page, team="fraud", practice="model-registry", respondent="ann").get("vega_lite_chart")
    assert charts or page == "assess"
    assert all(chart.proto.alt for chart in charts)


@EVERY
@pytest.mark.usefixtures("organisation")
def test_outside_text_never_reaches_the_page_as_markup(page: str, open_page) -> None:
    test = open_page(page, team="hostile", practice="drift-monitoring", respondent="<i>ann</i>")
    assert not test.exception
    written = _markdown(test)
    assert "<img" not in written.replace(r"\<img", "")
    assert "<script" not in written.replace(r"\<script", "")
    assert "<i>" not in written
    assert "](javascript" not in written


@pytest.mark.usefixtures("organisation")
def test_a_note_stays_until_the_reader_goes_on(open_page) -> None:
    test = open_page("", team="nobody")
    assert len(test.run().warning) == 1
    test.selectbox(key="filter-who").set_value("team:fraud").run()
    assert not test.warning
    assert test.query_params["team"] == "fraud"


@pytest.mark.usefixtures("organisation")
def test_the_filters_show_what_the_address_says(open_page) -> None:
    test = open_page("trends", group="payments/risk", as_of="2026-05-03")
    assert test.selectbox(key="filter-who").value == "group:payments/risk"
    assert str(test.date_input(key="filter-day").value) == "2026-05-03"


@pytest.mark.usefixtures("organisation")
def test_settings_that_are_wrong_are_told_in_place_of_a_page(organisation, open_page) -> None:
    organisation.config.write_text("organisation: A\nteams: []\nnonsense: <b>1</b>\n")
    test = open_page()
    assert not test.exception
    assert len(test.error) >= 2
    assert "<b>" not in "".join(error.value for error in test.error)


@pytest.mark.usefixtures("at_noon")
def test_a_settings_file_that_is_not_there_is_told(tmp_path: Path, monkeypatch, open_page) -> None:
    monkeypatch.setenv("MLOPS_MATURITY_CONFIG", str(tmp_path / "gone.yaml"))
    test = open_page()
    assert not test.exception
    assert test.error


@pytest.mark.usefixtures("empty_organisation")
def test_an_organisation_without_evidence_is_told_so_before_a_team_is_chosen(open_page) -> None:
    test = open_page("gaps")
    assert [head.value for head in test.header] == ["Nothing is known yet", "Choose a team"]
    assert "2 sources configured, none read so far" in _markdown(test)
    assert all(button.label.endswith(" · no evidence") for button in test.button)


def _markdown(test: AppTest) -> str:
    kinds = (test.markdown, test.header, test.title, test.info, test.warning, test.button, test.radio)
    return "\n".join(
        str(getattr(each, "value", "")) + str(getattr(each, "label", "")) for kind in kinds for each in kind
    )


def test_refused_settings_are_named_in_place_of_a_page_and_the_page_is_back_once_they_are_mended(
    organisation, open_page
) -> None:
    whole = organisation.config.read_text(encoding="utf-8")
    organisation.config.write_text(whole.replace("organisation: Acme", "organisatoin: Acme"), encoding="utf-8")
    test = open_page("gaps", team="fraud")
    assert [title.value for title in test.title] == [text.REFUSED_TITLE]
    assert any("organisatoin" in error.value for error in test.error)
    organisation.config.write_text(whole, encoding="utf-8")
    assert [title.value for title in test.run().title] == ["What do we claim, and what can we show?"]
    assert not test.error
