"""The few numbers on top, each with its line."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mlops_maturity.dashboard.facts.overview import Number


def number_cards(numbers: Sequence[Number]) -> None:
    """As many side by side as there is room for."""
    with st.grid(len(numbers), min_column_width=240):
        for number in numbers:
            st.metric(
                number.label,
                number.value,
                delta=number.change or None,
                delta_color="normal" if number.better else "inverse",
                delta_description=number.note or None,
                help=number.help or None,
                border=True,
                height="stretch",
                chart_data=list(number.line) or None,
                chart_type="area",
            )
