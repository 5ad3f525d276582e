"""What every chart has in common: data as plain rows, bare axes, labels that never move or vanish."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt

from mlops_maturity.dashboard.theme import FONT, Tokens

Row = Mapping[str, Any]


def data(rows: Iterable[Row]) -> alt.InlineData:
    """Rows as inline data: the specification is then complete in itself and can be cached."""
    return alt.InlineData(values=[dict(row) for row in rows])


def finish(layers: Sequence[alt.Chart], height: int) -> alt.LayerChart:
    """Layers on each other, with what all charts share: as wide as their place, no frame, labels where they are put."""
    chart: alt.LayerChart = (
        alt.LayerChart(layer=list(layers))
        .properties(width="container", height=height)
        .configure_view(stroke=None)
        .configure_axis(labelFlush=False, labelFont=FONT, titleFont=FONT)
        .configure_text(font=FONT)
    )
    return chart


def bare_x(**options: Any) -> alt.Axis:
    """A horizontal axis of labels alone."""
    return alt.Axis(domain=False, ticks=False, labelPadding=6, **({"grid": False, "title": None} | options))


def month_axis(tokens: Tokens, months: int) -> alt.Axis:
    """A time axis with about five labels: months within a year and a half, else years as well."""
    step = 1 if months <= 4 else 3 if months <= 14 else 6
    return bare_x(
        format="%b %y",
        tickCount={"interval": "month", "step": step},
        labelColor=tokens.muted,
        labelOverlap="greedy",
        labelFontSize=11,
    )


def index_axis(tokens: Tokens, title: str) -> alt.Axis:
    """The vertical axis of 0 to 100; its title lies above it, so that it takes no width on a phone."""
    return alt.Axis(
        title=title,
        titleAngle=0,
        titleAlign="left",
        titleBaseline="bottom",
        titleX=0,
        titleY=-8,
        titleFontSize=11,
        titleFontWeight="normal",
        titleColor=tokens.muted,
        domain=False,
        ticks=False,
        values=[0, 50, 100],
        labelColor=tokens.muted,
        gridColor=tokens.grid,
    )


def lookup(words: Mapping[str, str] | Mapping[str, list[str]]) -> str:
    """A Vega expression that shows, for each label, the words of its own domain value (which may be any text)."""
    return f"({json.dumps(words)})[datum.value]"
