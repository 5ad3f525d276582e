"""What stands at an address that is no page: the pages there are, the likeliest one named."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from mlops_maturity.config.hints import near_miss
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
    names = {path: text.page_name(path, shown.title) for path, shown in pages.items()}
    near = nearest(asked, {path: shown.title for path, shown in pages.items()})
    visit.subtitle.markdown(text.muted(text.not_found(asked, names[near] if near is not None else "")))
    with card(text.NOT_FOUND_STEP):
        for path, shown in pages.items():
            st.page_link(shown, label=names[path], query_params=visit.scope.params())


def nearest(asked: str, pages: Mapping[str, str]) -> str | None:
    """The path of the page whose path or title is nearest to what was asked for; None where none is near.

    `pages` are titles by path; the path of the one that opens first is empty.
    """
    by_name = {name: path for path, title in pages.items() for name in (title, path) if name}
    name = near_miss(asked, by_name)
    return None if name is None else by_name[name]
