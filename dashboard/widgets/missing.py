"""What stands at an address that is no page: the pages there are, the likeliest one named."""

from __future__ import annotations

import re

import streamlit as st

from mlops_maturity.config.hints import did_you_mean
from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.page import Page
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.widgets.card import card

PLAIN = re.compile(r"[\w.~-]{1,80}", re.ASCII)
"""What the last part of an address may be made of to be answered with this page."""


def page(path: str) -> Page:
    """The page for one such address."""
    return Page(
        path=path,
        title=text.NOT_FOUND,
        question=text.NOT_FOUND,
        icon=":material/wrong_location:",
        order=0,
        filters=False,
        render=render,
    )


def render(visit: Visit) -> None:
    """Draw the page."""
    pages = {path: shown for path, shown in visit.pages.items() if shown.visibility == "visible"}
    (asked,) = visit.pages.keys() - pages.keys()
    visit.subtitle.markdown(text.muted(text.not_found(asked, did_you_mean(asked, pages))))
    with card(text.NOT_FOUND_STEP):
        for shown in pages.values():
            st.page_link(shown, query_params=visit.scope.params())
