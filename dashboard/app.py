"""The entry script: what every run of every page does first. Shared filters are drawn here, before the page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from mlops_maturity.config.problems import InputRefused
from mlops_maturity.dashboard import data, text, views
from mlops_maturity.dashboard.page import Page
from mlops_maturity.dashboard.state import follow_address
from mlops_maturity.dashboard.tab import this_tab
from mlops_maturity.dashboard.theme import Tokens, tokens_for
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets import missing
from mlops_maturity.dashboard.widgets.empty import refused
from mlops_maturity.dashboard.widgets.follow import follow_mending, follow_store
from mlops_maturity.dashboard.widgets.header import header
from mlops_maturity.dashboard.widgets.style import style

STATIC = Path(__file__).parent / "static"
CONFIG = "MLOPS_MATURITY_CONFIG"


def main() -> None:
    """One run."""
    # The page icon is a file: a Material symbol would be fetched from a foreign host.
    st.set_page_config(page_title=text.PRODUCT, page_icon=str(STATIC / "favicon.svg"), layout="wide")
    tokens = tokens_for(st.context.theme.type)
    style(tokens)
    st.logo(str(STATIC / f"logo-{tokens.name}.svg"), size="medium")
    found = {page.path: page for page in views.discover()}
    described = {**_unknown_page(found), **found}
    visits: list[Visit] = []
    pages = {path: _streamlit_page(page, visits) for path, page in described.items()}
    chosen = st.navigation(list(pages.values()), position="top")
    config = Path(os.environ.get(CONFIG, "maturity.yaml"))
    try:
        place = data.place_of(config)
    except InputRefused as problems:
        refused(problems)
        follow_mending(config, str(problems))
        return
    page = described[chosen.url_path]
    if not page.typed_on:
        this_tab().store(data.drafts())
    visit = _visit(place, page, pages, tokens)
    visits.append(visit)
    follow_store(visit, page.typed_on)
    chosen.run()


def _visit(place: data.Place, page: Page, pages: dict[str, StreamlitPage], tokens: Tokens) -> Visit:
    # The wall clock is read here and nowhere below.
    clock = partial(datetime.now, place.settings.zone)
    now = clock()
    scope, notes = follow_address(page.path, place.settings, place.catalogue, now.date(), place.frameworks.keys())
    return Visit(
        page=page.path,
        place=place,
        version=data.version_of(place),
        scope=scope,
        now=now,
        clock=clock,
        tokens=tokens,
        pages=pages,
        subtitle=header(page, place, scope, now.date(), notes),
    )


def _streamlit_page(page: Page, visits: list[Visit]) -> StreamlitPage:
    def show() -> None:
        page.render(visits[0])

    return st.Page(
        partial(show),
        title=page.title,
        icon=page.icon,
        url_path=page.path,
        default=not page.path,
        visibility="hidden" if page.render is missing.render else "visible",
    )


def _unknown_page(found: Mapping[str, Page]) -> dict[str, Page]:
    """A page for an address that names none: Streamlit would open the first one, under a dialog of its own."""
    path = urlsplit(st.context.url or "").path.rpartition("/")[2]
    return {} if path in found or not missing.PLAIN.fullmatch(path) else {path: missing.page(path)}


if __name__ == "__main__":
    main()
