"""Who answers: asked once, kept for the session and in the address, so that a reload or a bookmark still knows it."""

from __future__ import annotations

import streamlit as st

from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.words import assess as words

PARAMETER = "respondent"
_KEPT, _TYPED = "respondent-kept", "respondent-typed"
_LONGEST = 60


def respondent_name() -> str | None:
    """The name to answer under; None while it is being asked for."""
    known = text.plain(st.session_state.get(_KEPT) or st.query_params.get(PARAMETER, ""), _LONGEST)
    if known:
        _keep(known)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(words.answering_as(known), width="content")
            st.button(words.SOMEBODY_ELSE, type="tertiary", on_click=_forget)
        return known
    with card(words.NAME_TITLE, words.NAME_NOTE):
        st.text_input(words.NAME_LABEL, key=_TYPED, max_chars=_LONGEST, on_change=_take, autocomplete="name")
        st.button(words.NAME_BUTTON, on_click=_take)
    return None


def _take() -> None:
    name = text.plain(st.session_state.get(_TYPED, ""), _LONGEST)
    if name:
        _keep(name)


def _keep(name: str) -> None:
    st.session_state[_KEPT] = name
    if st.query_params.get(PARAMETER) != name:
        st.query_params[PARAMETER] = name


def _forget() -> None:
    st.session_state.pop(_KEPT, None)
    if PARAMETER in st.query_params:
        del st.query_params[PARAMETER]
