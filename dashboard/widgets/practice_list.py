"""The practices of an aspect, one a row; each leads to everything behind it.

No table drawn on a canvas: that would scroll sideways on a phone and could not be reached with the keyboard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.facts.gaps import Row
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.words import gaps as words

_WIDTHS = (1.8, 1.1, 2.1)
"""Of the name, the state and the figures; below each other on a phone."""


def practice_list(visit: Visit, rows: Sequence[Row]) -> None:
    """A link for each practice, with where it stands and what that rests on."""
    for row in rows:
        with st.container(gap="xxsmall"):
            name, state, figures = st.columns(_WIDTHS, vertical_alignment="center", gap="xxsmall")
            with name:
                _link(visit, row)
            state.markdown(words.state_line(row.result))
            figures.markdown(text.muted(words.figures_line(row.result, row.newest, visit.day)))


def _link(visit: Visit, row: Row) -> None:
    here = row.practice == visit.scope.practice
    scope = replace(visit.scope, aspect=row.aspect, practice=row.practice)
    st.page_link(
        visit.pages["gaps"],
        label=text.safe(row.title, 120),
        icon=":material/arrow_downward:" if here else "",
        help=words.SHOWN_BELOW if here else None,
        query_params=scope.params(),
    )
