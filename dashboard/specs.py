"""From chart builder to screen: the specification is made once, kept, and handed to the browser as it is.

Building a chart is the costliest thing a page does, so the cache holds the finished specification. Its key is a name,
the dataset's version and what else the chart depends on; the data itself is never part of the key.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import altair as alt
import streamlit as st

from mlops_maturity.dashboard.theme import TOKENS, Tokens

Build = Callable[[Tokens], alt.LayerChart]


def draw(
    name: str,
    key: tuple[Hashable, ...],
    build: Build,
    *,
    alt: str,
    tokens: Tokens,
    pick: str | None = None,
    place: str | None = None,
) -> list[dict[str, Any]]:
    """Draw a chart; `alt` says in words what it shows. Returns what is picked of the selection `pick`.

    `key` must hold everything that the chart depends on; `place` tells apart two charts of one name on a page.
    """
    spec = _spec(name, key, tokens.name, build)
    widget = f"chart-{name}-{place or ''}"
    if pick is None:
        st.vega_lite_chart(spec=spec, width="stretch", theme="streamlit", key=widget, alt=alt)
        return []
    state = st.vega_lite_chart(
        spec=spec,
        width="stretch",
        theme="streamlit",
        key=widget,
        alt=alt,
        on_select="rerun",
        selection_mode=pick,
    )
    return list(state.selection.get(pick, []))


@st.cache_data(show_spinner=False, max_entries=3000)
def _spec(name: str, key: tuple[Hashable, ...], theme: str, _build: Build) -> dict[str, Any]:
    spec: dict[str, Any] = _build(TOKENS[theme]).to_dict()
    # The page's own theme paints the background; one of our own would show as a box while a theme switches.
    spec.pop("background", None)
    return spec
