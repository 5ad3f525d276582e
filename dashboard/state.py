"""What a session remembers between runs: the scope, and how it and the address follow each other.

Shared filters bound to the address by Streamlit itself lose a deep-linked value on the first change of page, and put
labels instead of ids into the address. So the scope is kept here, outside any widget, and written to the address.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Settings
from mlops_maturity.dashboard.scope import NAMES, Scope, read_scope

_SCOPE, _PAGE, _NOTES, _BARE, _LEFT = "scope", "scope-page", "scope-notes", "scope-of-bare", "scope-left"


def follow_address(
    page: str, settings: Settings, catalogue: Catalogue, today: date, frameworks: Collection[str] = ()
) -> tuple[Scope, tuple[str, ...]]:
    """The scope of this run, with notes on what the address asked for in vain; both match the address afterwards.

    An address that names anything is followed. One that names nothing means: keep what was, right after a change of
    page (the navigation's links are bare); on the same page: back to the default. The browser's Back and Forward lead
    to what a page showed under its address, never to what was looked at since.
    """
    state = st.session_state
    before: Scope = state.get(_SCOPE, Scope())
    moved = state.get(_PAGE, page) != page
    asked = {name: value for name in NAMES if (value := st.query_params.get(name))}
    bare: dict[str, dict[str, str]] = state.setdefault(_BARE, {})
    if _by_history() and state.get(_LEFT, ())[:2] == (page, asked):
        asked = state[_LEFT][2]
    elif not asked:
        asked = bare.get(page, {}) if _by_history() else before.params() if moved else {}
        bare[page] = asked
    scope, notes = read_scope(asked, settings, catalogue, today, frameworks)
    if notes or moved or scope != before:
        # Kept until the reader goes on: a note that the next run wipes away would hardly be seen.
        state[_NOTES] = notes
    linked = _SCOPE in state and not moved and scope != before and not _by_history()
    state[_SCOPE], state[_PAGE] = scope, page
    if linked:
        # A link from a page to itself: Streamlit follows it without showing it in the browser's address.
        st.query_params.from_dict(scope.params())
    _write_address(scope)
    return scope, state.get(_NOTES, ())


def change_scope(change: Callable[[Scope], Scope]) -> None:
    """For callbacks of widgets: another scope from the next run on."""
    if _by_timer():
        # Whoever picks something has the whole page run. A timer brings along what the browser last knew of every
        # widget: right after Back that is still the pick that was gone back from.
        return
    st.session_state[_SCOPE] = change(st.session_state[_SCOPE])
    st.session_state[_NOTES] = ()
    _write_address(st.session_state[_SCOPE])


def leave_for(scope: Scope) -> dict[str, str]:
    """The query parameters to switch to another page with, from a callback or a run.

    Streamlit writes them into the address of the page that is left before it changes the page. What that page showed
    is remembered here, so that Back leads to it all the same.
    """
    params = scope.params()
    state = st.session_state
    state[_LEFT] = (state[_PAGE], params, state[_SCOPE].params())
    return params


def _by_history() -> bool:
    """Whether this run follows the browser's Back or Forward."""
    context = get_script_run_ctx()
    # Not in Streamlit's documented interface: without it Back keeps the scope, as every other change of page does.
    return bool(getattr(context, "is_history_navigation", False))


def _by_timer() -> bool:
    """Whether only fragments run; none of them lets anything be picked."""
    # Not in Streamlit's documented interface either: without it a pick may come back until the next click.
    return bool(getattr(get_script_run_ctx(), "fragment_ids_this_run", None))


def _write_address(scope: Scope) -> None:
    wanted = scope.params()
    asked = st.query_params.to_dict()
    if wanted != {name: asked[name] for name in NAMES if name in asked}:
        # At once: each parameter by itself would be a step for the browser's Back, and of the page that is left.
        st.query_params.from_dict({name: value for name, value in asked.items() if name not in NAMES} | wanted)
