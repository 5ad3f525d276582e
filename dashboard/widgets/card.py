"""A bordered card with a heading and one muted line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from mlops_maturity.dashboard import text


@contextmanager
def card(title: str = "", note: str = "", *, fill: bool = True) -> Iterator[None]:
    """Everything drawn inside is in the card. Title and note are Markdown; outside text in them has to be safe."""
    with st.container(border=True, height="stretch" if fill else "content"):
        if title:
            with st.container(gap="xxsmall"):
                st.header(title, anchor=False)
                if note:
                    st.markdown(text.muted(note))
        yield
