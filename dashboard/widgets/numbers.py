"""The few numbers on top, each with its line."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from mlops_maturity.dashboard.facts.overview import Number


def number_cards(numbers: Sequence[Number]) -> None:
    """Four side by side, two by two, or one below the other, as there is room: never three and one."""
    with st.grid(2, min_column_width=496):
        for pair in (numbers[:2], numbers[2:]):
            with st.grid(2, min_column_width=240, height="stretch"):
                for number in pair:
                    _card(number)


def _card(number: Number) -> None:
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
