"""The evidence budget of a practice: one bar that explains its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt

from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.charts.base import data, finish
from mlops_maturity.dashboard.theme import Tokens

HEIGHT = 66


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Shares of the budget of 1; together they make 1."""

    measured_good: float
    measured_bad: float
    said_good: float
    said_bad: float
    unknown: float


LABELS = {
    "measured_good": "measured, good",
    "said_good": "said, good",
    "unknown": "unknown",
    "said_bad": "said, not good",
    "measured_bad": "measured, not good",
}
"""The parts from left to right: what is good, what nobody knows, what is not."""


def budget(parts: Budget, tokens: Tokens) -> alt.LayerChart:
    """From the left what speaks for the practice, from the right what speaks against it, between them the unknown."""
    fills = {
        "measured_good": (tokens.better, tokens.background),
        "said_good": (tokens.better_soft, tokens.ink),
        "unknown": (tokens.surface, tokens.muted),
        "said_bad": (tokens.worse_soft, tokens.ink),
        "measured_bad": (tokens.worse, tokens.background),
    }
    boxes, at = [], 0.0
    for part, label in LABELS.items():
        share: float = getattr(parts, part)
        fill, ink = fills[part]
        boxes.append(_box(at, at + share, label, fill, ink))
        at += share
    x = alt.X("start:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[HEIGHT, 0], nice=False))
    bars = (
        alt.Chart(data(boxes))
        .mark_rect(stroke=tokens.border, strokeWidth=1)
        .encode(
            x=x,
            x2="end:Q",
            y=y,
            y2="y2:Q",
            fill=alt.Fill("fill:N", scale=None),
            tooltip=[alt.Tooltip("what:N", title="Part"), alt.Tooltip("share:N", title="Share of the budget")],
        )
    )
    shares = (
        alt.Chart(data(box for box in boxes if box["end"] - box["start"] >= 0.07))
        .mark_text(fontSize=12, fontWeight=600, baseline="middle", aria=False)
        .encode(x="mid:Q", y=alt.Y("at:Q"), text="share:N", color=alt.Color("ink:N", scale=None))
    )
    names = (
        alt.Chart(data(box for box in boxes if box["end"] - box["start"] >= 0.15))
        .mark_text(fontSize=11, baseline="middle", color=tokens.muted, aria=False)
        .encode(x="mid:Q", y=alt.Y("name:Q"), text="what:N", opacity=alt.value(1))
    )
    return finish([bars, shares, names], HEIGHT)


def _box(start: float, end: float, what: str, fill: str, ink: str) -> dict[str, Any]:
    share = text.percent(end - start)
    places = {"y": 6, "y2": 38, "at": 22.5, "name": 53, "mid": (start + end) / 2}
    return places | {"start": start, "end": end, "what": what, "share": share, "fill": fill, "ink": ink}
