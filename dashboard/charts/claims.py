"""What is said against what is shown, practice by practice, on the scale of the rungs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.charts.base import data, finish, lookup
from mlops_maturity.dashboard.theme import Tokens

_ROW = 66
_BELOW = 10
"""How far under the middle of its row a mark stands: the title stands above it."""
_NARROW = 480
"""Under this many pixels titles are broken in two lines."""
_LINE = 36
"""Characters of a line of a title on a narrow screen."""
_ENDS = (-0.12, 3.15)
_TOLERANCE = 0.15
"""How far under a rung the gate still counts it as reached: where the bands begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One practice: what people say and what systems show, as rungs 0 to 3; None = neither said nor shown."""

    practice: str
    title: str
    said: float | None
    shown: float | None
    confidence: float
    """0 to 1."""
    contradiction: bool
    needed: float | None
    """Value that the next level of the aspect asks for; None where it asks for nothing."""


def claims(rows: Sequence[Claim], tokens: Tokens, tolerance: float = _TOLERANCE) -> alt.LayerChart:
    """A row a practice: ring = said, dot = shown (its area the confidence), orange between them = contradiction."""
    x, y = _rung_axis(tokens), _practice_axis(rows, tokens)
    marks = (_links, _needed, _sides, _nothing)
    layers = [_bands(x, tolerance, tokens), *(mark(rows, x, y, tokens) for mark in marks)]
    return finish(layers, 34 + _ROW * max(len(rows), 1))


def _rung_axis(tokens: Tokens) -> alt.X:
    return alt.X(
        "value:Q",
        scale=alt.Scale(domain=list(_ENDS), nice=False),
        axis=alt.Axis(
            orient="top",
            title=None,
            values=[0, 1, 2, 3],
            grid=False,
            domain=False,
            ticks=False,
            labelExpr="'Rung ' + datum.value",
            labelColor=tokens.muted,
            labelPadding=6,
            labelOverlap=False,
        ),
    )


def _links(rows: Sequence[Claim], x: alt.X, y: alt.Y, tokens: Tokens) -> alt.Chart:
    """The line from what is said to what is shown."""
    both = [row for row in rows if row.said is not None and row.shown is not None]
    links: alt.Chart = alt.Chart(data(_link(row, tokens) for row in both)).mark_rule(
        strokeWidth=3, yOffset=_BELOW, aria=False
    )
    return links.encode(x=x, x2="until:Q", y=y, color=alt.Color("ink:N", scale=None))


def _needed(rows: Sequence[Claim], x: alt.X, y: alt.Y, tokens: Tokens) -> alt.Chart:
    """The tick at what the next level asks for."""
    asked = data({"practice": row.practice, "value": row.needed} for row in rows if row.needed is not None)
    ticks: alt.Chart = alt.Chart(asked).mark_tick(
        thickness=2.5, size=20, yOffset=_BELOW, color=tokens.worse, opacity=1, aria=False
    )
    return ticks.encode(x=x, y=y, tooltip=[alt.Tooltip("value:Q", title="Needed for the next level", format=".2f")])


def _sides(rows: Sequence[Claim], x: alt.X, y: alt.Y, tokens: Tokens) -> alt.Chart:
    """Ring and dot."""
    points: alt.Chart = alt.Chart(data(point for row in rows for point in _points(row, tokens))).mark_point(
        opacity=1, strokeWidth=2.5, yOffset=_BELOW
    )
    return points.encode(
        x=x,
        y=y,
        size=alt.Size("area:Q", scale=None),
        fill=alt.Fill("fill:N", scale=None),
        stroke=alt.Stroke("stroke:N", scale=None),
        tooltip=[
            alt.Tooltip("title:N", title="Practice"),
            alt.Tooltip("what:N", title="Mark"),
            alt.Tooltip("value:Q", title="Rung", format=".2f"),
            alt.Tooltip("sure:N", title="Confidence"),
        ],
    )


def _nothing(rows: Sequence[Claim], x: alt.X, y: alt.Y, tokens: Tokens) -> alt.Chart:
    """The words where there is neither."""
    silent = data({"practice": row.practice, "value": 0.0} for row in rows if row.said is None and row.shown is None)
    words: alt.Chart = alt.Chart(silent).mark_text(
        align="left", yOffset=_BELOW, fontStyle="italic", fontSize=12, color=tokens.muted, aria=False
    )
    return words.encode(x=x, y=y, text=alt.value("no evidence"))


def _bands(x: alt.X, tolerance: float, tokens: Tokens) -> alt.Chart:
    edges = [_ENDS[0], 1 - tolerance, 2 - tolerance, 3 - tolerance, _ENDS[1]]
    spans = [
        {"value": edges[rung], "until": edges[rung + 1], "fill": tokens.bands[rung]} for rung in range(len(edges) - 1)
    ]
    bands: alt.Chart = alt.Chart(data(spans)).mark_rect(aria=False)
    return bands.encode(x=x, x2="until:Q", fill=alt.Fill("fill:N", scale=None))


def _practice_axis(rows: Sequence[Claim], tokens: Tokens) -> alt.Y:
    # The titles stand inside the plot above their rows: beside it they would leave a phone nothing to draw on.
    titles = {row.practice: text.plain(row.title, 80) for row in rows}
    broken = {practice: _two_lines(title) for practice, title in titles.items()}
    return alt.Y(
        "practice:N",
        sort=list(titles),
        title=None,
        scale=alt.Scale(domain=list(titles), paddingInner=0.1, paddingOuter=0.2),
        axis=alt.Axis(
            domain=False,
            ticks=False,
            grid=False,
            labelAlign="left",
            labelPadding=-8,
            labelOffset=-25,
            labelLineHeight=13,
            labelFontSize=12,
            labelFontWeight=500,
            labelLimit=0,
            labelOverlap=False,
            labelColor=tokens.ink,
            labelExpr=f"width < {_NARROW} ? {lookup(broken)} : {lookup(titles)}",
            zindex=1,
            minExtent=0,
            maxExtent=0,
        ),
    )


def _two_lines(title: str) -> list[str]:
    """A title in two lines at most: a third would stand in the row above. They get longer where that takes it."""
    widths = range(_LINE, max(_LINE, len(title)) + 1)
    return next(lines for width in widths if len(lines := text.wrap(title, width)) <= 2)


def _link(row: Claim, tokens: Tokens) -> dict[str, Any]:
    ink = tokens.worse if row.contradiction else tokens.no_data
    return {"practice": row.practice, "value": row.said, "until": row.shown, "ink": ink}


def _points(row: Claim, tokens: Tokens) -> list[dict[str, Any]]:
    common = {"practice": row.practice, "title": text.plain(row.title, 80), "sure": text.percent(row.confidence)}
    points = []
    if row.shown is not None:
        area = 50 + 250 * row.confidence
        dot = {"value": row.shown, "what": "shown by systems", "area": area}
        points.append(common | dot | {"fill": tokens.accent, "stroke": tokens.accent})
    if row.said is not None:
        ring = {"value": row.said, "what": "said by people", "area": 110}
        points.append(common | ring | {"fill": tokens.background, "stroke": tokens.ink})
    return points
