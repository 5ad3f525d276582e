"""The row of aspects: which one a page is about."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.state import change_scope
from mlops_maturity.dashboard.visit import Visit

_KEY = "aspect-pills"


def aspect_pills(visit: Visit, default: str, marks: Mapping[str, str] | None = None) -> str:
    """The aspect in the address, else the default; a pick goes into the address. `marks` follow the names."""
    names = {
        aspect.id: f"{text.safe(aspect.name)}{f' · {marks[aspect.id]}' if marks else ''}"
        for aspect in visit.catalogue.aspects
    }
    st.session_state[_KEY] = visit.scope.aspect or default
    st.pills(
        "Aspect",
        list(names),
        format_func=names.__getitem__,
        required=True,
        key=_KEY,
        on_change=_pick,
        label_visibility="collapsed",
    )
    return visit.scope.aspect or default


def _pick() -> None:
    picked: str = st.session_state[_KEY]
    change_scope(lambda scope: scope.at_aspect(picked))
