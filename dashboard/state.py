"""What a session remembers between runs: the scope, and how it and the address follow each other.

Shared filters bound to the address by Streamlit itself lose a deep-linked value on the first change of page, and put
labels instead of ids into the address. So the scope is kept here, outside any widget, and written to the address.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Settings
from mlops_maturity.dashboard.scope import NAMES, Scope, read_scope

_SCOPE, _PAGE, _NOTES = "scope", "scope-page", "scope-notes"


def follow_address(page: str, settings: Settings, catalogue: Catalogue, today: date) -> tuple[Scope, tuple[str, ...]]:
    """The scope of this run, with notes on what the address asked for in vain; both match the address afterwards.

    An address that names anything is followed. One that names nothing means: keep what was, right after a change of
    page (the navigation's links are bare); on the same page: back to the default.
    """
    state = st.session_state
    before: Scope = state.get(_SCOPE, Scope())
    moved = state.get(_PAGE, page) != page
    asked = {name: value for name in NAMES if (value := st.query_params.get(name))}
    if moved and not asked:
        asked = before.params()
    scope, notes = read_scope(asked, settings, catalogue, today)
    if notes or moved or scope != before:
        # Kept until the reader goes on: a note that the next run wipes away would hardly be seen.
        state[_NOTES] = notes
    state[_SCOPE], state[_PAGE] = scope, page
    _write_address(scope)
    return scope, state.get(_NOTES, ())


def change_scope(change: Callable[[Scope], Scope]) -> None:
    """For callbacks of widgets: another scope from the next run on."""
    st.session_state[_SCOPE] = change(st.session_state[_SCOPE])
    st.session_state[_NOTES] = ()
    _write_address(st.session_state[_SCOPE])


def _write_address(scope: Scope) -> None:
    wanted = scope.params()
    for name in NAMES:
        if wanted.get(name) == st.query_params.get(name):
            continue
        if name in wanted:
            st.query_params[name] = wanted[name]
        else:
            del st.query_params[name]
