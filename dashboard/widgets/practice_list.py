"""The practices of an aspect as a table; a row can be picked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.facts.gaps import Row
from mlops_maturity.dashboard.state import change_scope
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.words import gaps as words

_ROW_HEIGHT = 38
_KEY = "practice-pick"
_PICKS = "practice-picks"
"""How many rows were picked in this session."""


def practice_table(visit: Visit, rows: Sequence[Row]) -> str | None:
    """The practice that was picked just now, if any."""
    frame = pd.DataFrame([_cells(row, visit) for row in rows])
    state = st.dataframe(
        frame,
        hide_index=True,
        height=_ROW_HEIGHT * (len(rows) + 1) + 4,
        row_height=_ROW_HEIGHT,
        column_config=_COLUMNS,
        on_select="rerun",
        selection_mode="single-row",
        # A new table for each view: a row picked in one would else mean another practice in the next. And one after
        # each pick: the browser still knows the row that was picked, so Back would lead to it once more.
        key=f"practices-{visit.key}-{rows[0].practice}-{visit.scope.practice}-{st.session_state.setdefault(_PICKS, 0)}",
        alt=words.TABLE_ALT,
    )
    _chooser(visit, rows)
    picked = state.selection.rows
    if not picked:
        return None
    st.session_state[_PICKS] += 1
    return rows[picked[0]].practice


def _chooser(visit: Visit, rows: Sequence[Row]) -> None:
    """The same by keyboard: the rows of a table drawn on a canvas can't be reached with it."""
    titles = {row.practice: text.plain(row.title, 100) for row in rows}
    st.session_state[_KEY] = visit.scope.practice if visit.scope.practice in titles else None
    st.selectbox(
        words.CHOOSE_PRACTICE,
        list(titles),
        index=None,
        format_func=titles.__getitem__,
        key=_KEY,
        on_change=_pick,
        placeholder=words.CHOOSE_PRACTICE_HINT,
    )


def _pick() -> None:
    picked: str | None = st.session_state[_KEY]
    change_scope(lambda scope: replace(scope, practice=picked))


def _cells(row: Row, visit: Visit) -> dict[str, object]:
    result = row.result
    known = result.confidence > 0
    return {
        "rung": str(result.level) if known else "–",
        "practice": text.plain(row.title, 120),
        "state": words.state_word(result),
        "said": f"{result.claimed:.1f}" if result.claimed is not None else "–",
        "shown": f"{result.shown:.1f}" if result.shown is not None else "–",
        "range": f"{result.value_lo:.1f} to {result.value_hi:.1f}",
        "confidence": result.confidence * 100,
        "newest": words.age_word(row.newest, visit.day),
    }


# What is read first comes first: a narrow screen shows the beginning of a row, and the rest by scrolling.
_COLUMNS = {
    "rung": st.column_config.TextColumn("Rung", width=50),
    "practice": st.column_config.TextColumn("Practice", width=460),
    "state": st.column_config.TextColumn("State", width=165),
    "said": st.column_config.TextColumn("Said", width=45),
    "shown": st.column_config.TextColumn("Shown", width=55),
    "range": st.column_config.TextColumn("May lie", width=85),
    "confidence": st.column_config.ProgressColumn(
        "Confidence", help=words.CONFIDENCE_HELP, min_value=0, max_value=100, format="%.0f %%", width=100
    ),
    "newest": st.column_config.TextColumn("Newest", width=90),
}
