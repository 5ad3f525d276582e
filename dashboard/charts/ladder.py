"""The four levels side by side: where a team stands on them, or how many teams stand on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from mlops_maturity.config.plural import counted
from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.charts.base import data, finish
from mlops_maturity.dashboard.theme import Tokens

HEIGHT = 168
SPREAD_HEIGHT = 176
_GAP = 0.012
_FLOOR = 112
_NARROW = 560
"""Under this many pixels a label centred on an outer segment would leave the screen: it keeps to the edge instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one team stands. Levels 0 to 3; None = not known."""

    level: int | None
    level_lo: int | None
    level_hi: int | None
    headline: str
    """What stands above the marker: `Level 1 · index 47`."""
    target: int | None = None
    target_label: str = ""
    year_ago: int | None = None


def ladder(names: Sequence[str], standing: Standing, tokens: Tokens) -> alt.LayerChart:
    """Four segments; above them the level and the range it may lie in, below them the names, target and last year."""
    boxes = [_segment(level, 58, 92, tokens) for level in range(4)]
    if standing.level_lo is not None and standing.level_hi is not None:
        # From the level that is proven to the one that the unknown could still make of it.
        left, right = standing.level_lo + 4 * _GAP, standing.level_hi + 1 - 4 * _GAP
        boxes.append({"x": left, "x2": right, "y": 49, "y2": 52, "fill": tokens.ink, "radius": 1})
    marks, labels = _below(standing, tokens)
    labels += [_label(level, 75, f"Level {level}", tokens.level_ink[level], size=13, bold=True) for level in range(4)]
    labels += [_name(level, name, 108, tokens) for level, name in enumerate(names)]
    if standing.level is not None:
        marks.append(_mark(standing.level, 40, "triangle-down", tokens.ink))
        labels.append(_label(standing.level, 19, standing.headline, tokens.ink, size=16, bold=True, outer=True))
    return _draw(boxes, marks, labels, HEIGHT)


def spread(names: Sequence[str], counts: Sequence[int], tokens: Tokens) -> alt.LayerChart:
    """How many teams stand on each level: a bar on each segment, its number above."""
    most = max(*counts, 1)
    boxes, labels = [], []
    for level, amount in enumerate(counts):
        top = _FLOOR - 86 * amount / most
        bar = {"x": level + 0.16, "x2": level + 0.84, "y": top, "y2": _FLOOR, "fill": tokens.levels[level], "radius": 3}
        boxes += [bar, _segment(level, 114, 138, tokens)]
        labels.append(_label(level, top - 9, counted(amount, "team"), tokens.ink, size=14, bold=True))
        labels.append(_label(level, 126, f"Level {level}", tokens.level_ink[level], size=13, bold=True))
        labels.append(_name(level, names[level], 153, tokens))
    return _draw(boxes, [], labels, SPREAD_HEIGHT)


def _below(standing: Standing, tokens: Tokens) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    marks, labels = [], []
    if standing.year_ago is not None:
        # Two labels nearer than two segments would touch on a phone: the second goes one line down.
        near = standing.target is not None and abs(standing.target - standing.year_ago) < 2
        marks.append(_mark(standing.year_ago, 137, "triangle-up", tokens.muted))
        labels.append(_label(standing.year_ago, 165 if near else 151, "a year ago", tokens.muted, size=12, outer=True))
    if standing.target is not None:
        marks.append(_mark(standing.target, 137, "triangle-up", tokens.worse))
        label = _label(standing.target, 151, standing.target_label, tokens.worse, size=12, bold=True, outer=True)
        labels.append(label)
    return marks, labels


def _segment(level: int, top: float, bottom: float, tokens: Tokens) -> dict[str, Any]:
    fill = tokens.levels[level]
    return {"x": level + _GAP, "x2": level + 1 - _GAP, "y": top, "y2": bottom, "fill": fill, "radius": 3}


def _mark(level: int, y: float, shape: str, fill: str) -> dict[str, Any]:
    return {"x": level + 0.5, "y": y, "shape": shape, "fill": fill}


def _name(level: int, name: str, y: float, tokens: Tokens) -> dict[str, Any]:
    return _label(level, y, text.wrap(name, 13), tokens.muted, size=11)


def _label(
    level: int, y: float, words: str | list[str], ink: str, *, size: int, bold: bool = False, outer: bool = False
) -> dict[str, Any]:
    edge = {0: -1, 3: 1}.get(level, 0) if outer else 0
    # One text with breaks: Streamlit ships the rows as Arrow, which knows no list in a cell of text.
    lines = words if isinstance(words, str) else "\n".join(words)
    weight = 600 if bold else 400
    return {"x": level + 0.5, "y": y, "words": lines, "ink": ink, "size": size, "weight": weight, "edge": edge}


def _draw(
    boxes: list[dict[str, Any]], marks: list[dict[str, Any]], labels: list[dict[str, Any]], height: int
) -> alt.LayerChart:
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 4], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[height, 0], nice=False))
    rectangles = (
        alt.Chart(data(boxes))
        .mark_rect(aria=False, cornerRadius=alt.expr("datum.radius"))
        .encode(x=x, x2="x2:Q", y=y, y2="y2:Q", fill=alt.Fill("fill:N", scale=None))
    )
    points = (
        alt.Chart(data(marks))
        .mark_point(filled=True, size=90, opacity=1, aria=False)
        .encode(x=x, y=y, shape=alt.Shape("shape:N", scale=None), fill=alt.Fill("fill:N", scale=None))
    )
    at_edge = f"width < {_NARROW} ? datum.edge : 0"
    words = (
        alt.Chart(data(labels))
        .mark_text(
            baseline="middle",
            align=alt.expr(f"['left', 'center', 'right'][({at_edge}) + 1]"),
            dx=alt.expr(f"({at_edge}) * (width / 8 - 4)"),
            fontSize=alt.expr("datum.size"),
            fontWeight=alt.expr("datum.weight"),
            lineBreak="\n",
        )
        .encode(x=x, y=y, text="words:N", color=alt.Color("ink:N", scale=None))
    )
    return finish([rectangles, points, words], height)
