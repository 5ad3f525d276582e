"""What stands under the heat map: what its marks mean, and its cells as links.

The cells are drawn: neither the Tab key nor a screen reader can reach them. The links are made only when asked for,
since a full page of them would slow every visit.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.charts.heatmap import Cell
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.words import overview as words


def map_key_and_links(visit: Visit, cells: Sequence[Cell]) -> None:
    """The meaning of the dashed edge where there is one, and a switch that shows a link for each cell."""
    if any(cell.unproven for cell in cells):
        st.markdown(text.muted(words.MAP_UNPROVEN))
    if not st.toggle(words.MAP_LINKS, key="map-links", persist_state="session"):
        return
    for _, row in groupby(cells, key=lambda cell: cell.team):
        own = list(row)
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(f"**{text.safe(own[0].title, 200)}**", width=190)
            for cell in own:
                scope = visit.scope.at_team(cell.team)
                st.page_link(
                    visit.pages["gaps"],
                    label=text.safe(f"{cell.column}: {cell.mark}"),
                    icon=None,
                    query_params=(scope.at_aspect(cell.aspect) if cell.aspect else scope).params(),
                    width="content",
                )
