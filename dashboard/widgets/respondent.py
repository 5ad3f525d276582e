"""Who answers: asked once for each tab, and kept in its session alone.

Never in the address: that is shared, logged and kept by browsers. A reload begins a new session, so it asks again.
"""

from __future__ import annotations

import streamlit as st

from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.widgets.card import card
from mlops_maturity.dashboard.words import assess as words
from mlops_maturity.evidence.answers_file import MAIL_RESPONDENT, names_a_mail_address

KEPT = "respondent-kept"
_TYPED, _FAULT = "respondent-typed", "respondent-fault"
_OLD_PARAMETER = "respondent"
"""Where bookmarks of earlier versions carry the name."""
_LONGEST = 60


def respondent_name() -> str | None:
    """The name to answer under; None while it is being asked for."""
    if _OLD_PARAMETER in st.query_params:
        del st.query_params[_OLD_PARAMETER]
    known: str | None = st.session_state.get(KEPT)
    if known:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(words.answering_as(known), width="content")
            st.button(words.SOMEBODY_ELSE, type="tertiary", on_click=_forget)
        return known
    with card(words.NAME_TITLE, words.NAME_NOTE):
        st.text_input(words.NAME_LABEL, key=_TYPED, max_chars=_LONGEST, on_change=_take, autocomplete="off")
        st.button(words.NAME_BUTTON, on_click=_take)
        if fault := st.session_state.get(_FAULT):
            st.error(fault, icon=":material/person_alert:")
    return None


def _take() -> None:
    if st.session_state.get(KEPT):
        return  # leaving the field by a click on the button takes the name first
    name = text.plain(st.session_state.get(_TYPED, ""), _LONGEST)
    if not name:
        st.session_state[_FAULT] = words.NO_NAME
    elif names_a_mail_address(name):
        st.session_state[_FAULT] = words.mail_name(MAIL_RESPONDENT)
    else:
        st.session_state[KEPT] = name
        st.session_state.pop(_FAULT, None)


def _forget() -> None:
    st.session_state.pop(KEPT, None)
