"""Keeps an open page up with the store: it asks now and then whether anything changed, for one row read."""

from __future__ import annotations

import streamlit as st

from mlops_maturity.dashboard import data, text
from mlops_maturity.dashboard.kept import Place
from mlops_maturity.dashboard.page import Page

SECONDS = 60
"""How often an open page asks. Collectors write every few minutes at most."""
_SEEN, _TOLD = "follow-seen", "follow-told"


def follow_store(page: Page, place: Place, version: str) -> None:
    """Draw the page again when the store changed; where people type, only say so.

    The browser asks, so a closed or sleeping tab costs nothing.
    """
    st.session_state[_SEEN] = version
    watch = st.fragment(_watch, run_every=SECONDS)
    watch(page.typed_on, place)


def _watch(typed_on: bool, place: Place) -> None:
    # Not the version of the run that drew the fragment: what was saved here since then is on the page already.
    version = data.version_of(place)
    if version == st.session_state[_SEEN]:
        return
    if not typed_on:
        st.rerun()
    if st.session_state.get(_TOLD) != version:
        st.toast(text.STORE_MOVED_ON, icon=":material/update:")  # the line below may be out of sight
        st.session_state[_TOLD] = version
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(text.muted(text.STORE_MOVED_ON), width="content")
        if st.button(text.SHOW_IT, type="tertiary", key="follow-now"):
            st.rerun()
