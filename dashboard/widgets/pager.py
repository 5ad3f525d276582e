"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

Item = TypeVar("Item")


def one_page(key: str, items: Sequence[Item], size: int) -> Sequence[Item]:
    """The part of the list that is looked at; page numbers where there are more than one."""
    pages = -(-len(items) // size)
    if pages <= 1:
        return items
    page = st.pagination(pages, key=f"page-{key}-{pages}")
    return items[(page - 1) * size : page * size]
