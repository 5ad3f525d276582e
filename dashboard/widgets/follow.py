"""Keeps an open page up with the store: it asks now and then whether anything changed, for one row read."""

from __future__ import annotations

import streamlit as st

from mlops_maturity.dashboard import data, text
from mlops_maturity.dashboard.tab import this_tab
from mlops_maturity.dashboard.visit import Visit

SECONDS = 60
"""How often an open page asks. Collectors write every few minutes at most."""
_SEEN, _TOLD = "follow-seen", "follow-told"


def follow_store(visit: Visit, typed_on: bool) -> None:
    """Draw the page again when the store changed; where people type, only say so.

    The browser asks, so a closed or sleeping tab costs nothing.
    """
    st.session_state[_SEEN] = visit.version
    watch = st.fragment(_watch, run_every=SECONDS)
    watch(visit, typed_on)


def _watch(visit: Visit, typed_on: bool) -> None:
    # Not the version of the run that drew the fragment: what was saved here since then is on the page already.
    version = data.version_of(visit.place)
    if version == st.session_state[_SEEN] or this_tab().saves(data.drafts()):
        return
    # What was typed here is stored by a thread, without a run: one's own words are no news, and drawn like any save.
    if not typed_on or this_tab().saved_since(visit.now):
        st.rerun()
    if st.session_state.get(_TOLD) != version:
        st.toast(text.STORE_MOVED_ON, icon=":material/update:")  # the line below may be out of sight
        st.session_state[_TOLD] = version
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(text.muted(text.STORE_MOVED_ON), width="content")
        if st.button(text.SHOW_IT, type="tertiary", key="follow-now"):
            st.rerun()
