"""Keeps an open page up with store and settings: it asks now and then whether anything changed.

That costs one row read, and a look at when the files were written.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from mlops_maturity.dashboard import data, text
from mlops_maturity.dashboard.tab import this_tab
from mlops_maturity.dashboard.visit import Visit

SECONDS = 60
"""How often an open page asks. Collectors write every few minutes at most."""
MENDED_SECONDS = 15
"""How often a page that was refused asks: somebody is mending the file and waits for it."""
_SEEN, _TOLD = "follow-seen", "follow-told"


def follow_store(visit: Visit, typed_on: bool) -> None:
    """Draw the page again when the store or the settings changed; where people type, only say so.

    The browser asks, so a closed or sleeping tab costs nothing.
    """
    st.session_state[_SEEN] = visit.version
    watch = st.fragment(_watch, run_every=SECONDS)
    watch(visit, typed_on)


def follow_mending(config: Path, refused: str) -> None:
    """Draw the page again as soon as the settings are taken, or refused for other reasons than these."""

    # What was found out before this page was drawn would send it round in circles.
    data.refusal_of.clear()

    def look() -> None:
        if data.refusal_of(config) != refused:
            st.rerun()

    st.fragment(look, run_every=MENDED_SECONDS)()


def _watch(visit: Visit, typed_on: bool) -> None:
    outdated = data.outdated(visit.place)
    if not outdated and _up_to_date(visit):
        return
    # What was typed here is stored by a thread, without a run: one's own words are no news, and drawn like any save.
    if not typed_on or (not outdated and this_tab().saved_since(visit.now)):
        st.rerun()
    _tell(text.SETTINGS_CHANGED if outdated else text.STORE_MOVED_ON, f"{data.version_of(visit.place)} {outdated}")


def _up_to_date(visit: Visit) -> bool:
    # Not the version of the run that drew the fragment: what was saved here since then is on the page already.
    return data.version_of(visit.place) == st.session_state[_SEEN] or this_tab().saves(data.drafts())


def _tell(news: str, mark: str) -> None:
    """Say it once by a toast, as the line may be out of sight; the line stays."""
    if st.session_state.get(_TOLD) != mark:
        st.toast(news, icon=":material/update:")
        st.session_state[_TOLD] = mark
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(text.muted(news), width="content")
        if st.button(text.SHOW_IT, type="tertiary", key="follow-now"):
            st.rerun()
