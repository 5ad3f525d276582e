"""One practice over time: its value in rungs with the range that it may lie in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import altair as alt

from mlops_maturity.dashboard.charts.base import data, finish, month_axis
from mlops_maturity.dashboard.theme import Tokens

HEIGHT = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A practice on one day. Rungs 0 to 3; None = no evidence."""

    on: date
    low: float | None
    value: float | None
    high: float | None


def rungs(moments: Sequence[Moment], tokens: Tokens) -> alt.LayerChart:
    """A line between the four rungs; nothing is drawn where nothing was known."""
    rows = [{"on": each.on.isoformat(), "low": each.low, "mid": each.value, "high": each.high} for each in moments]
    months = (moments[-1].on - moments[0].on).days // 30 if moments else 12
    x = alt.X("on:T", axis=month_axis(tokens, months))
    axis = alt.Axis(
        title=None, domain=False, ticks=False, values=[0, 1, 2, 3], labelColor=tokens.muted, gridColor=tokens.grid
    )
    scale = alt.Scale(domain=[-0.1, 3.1], nice=False)
    base = alt.Chart(data(rows))
    shade = base.mark_area(opacity=0.18, color=tokens.accent, aria=False, tooltip=None).encode(
        x=x, y=alt.Y("low:Q", scale=scale, axis=axis), y2="high:Q"
    )
    line = base.mark_line(strokeWidth=2.5, color=tokens.accent, point={"size": 30, "filled": True}).encode(
        x=x,
        y=alt.Y("mid:Q", scale=scale, axis=axis),
        tooltip=[alt.Tooltip("on:T", title="Day", format="%d %b %Y"), alt.Tooltip("mid:Q", title="Rung", format=".2f")],
    )
    return finish([shade, line], HEIGHT)
