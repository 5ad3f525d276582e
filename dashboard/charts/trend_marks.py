"""What is laid over a trend: the line of a change, what was published then, marks of named causes, and the pointer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Literal

import altair as alt

from mlops_maturity.dashboard.charts.base import data
from mlops_maturity.dashboard.theme import Tokens

_SHAPES: Mapping[str, str] = {"look": "diamond", "model": "triangle-down"}
_TITLES = {"look": "First look at", "model": "The model changed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """The line of a change that is shown."""

    start: date
    low: float
    """Its height on `start`."""
    end: date
    high: float
    """Its height on `end`."""
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A point of the line from which on it stands on something else than before."""

    on: date
    says: str
    kind: Literal["look", "model"] = "look"
    """More is looked at, or the model of maturity is another."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The index as it was published on a day."""

    on: date
    index: float


def slope_line(slope: Slope, first: date, x: alt.X, y: alt.Y, tokens: Tokens) -> list[alt.Chart]:
    """Dashed, from where the line begins or comes into sight."""
    whole = (slope.end - slope.start).days
    start = max(slope.start, first)
    gone = (start - slope.start).days / whole if whole else 0.0
    low = slope.low + (slope.high - slope.low) * gone
    ends = [{"on": start.isoformat(), "mid": low}, {"on": slope.end.isoformat(), "mid": slope.high}]
    rows = data(row | {"words": slope.says} for row in ends)
    line = alt.Chart(rows).mark_line(strokeDash=[7, 4], strokeWidth=1.75, color=tokens.ink, clip=True)
    return [line.encode(x=x, y=y, tooltip=[alt.Tooltip("words:N", title="Trend")])]


def published_line(published: Sequence[Shown], x: alt.X, y: alt.Y, tokens: Tokens) -> list[alt.Chart]:
    """Thin, with a ring for each week of which something was published."""
    if not published:
        return []
    rows = alt.Chart(data({"on": each.on.isoformat(), "mid": each.index} for each in published))
    tips = [
        alt.Tooltip("on:T", title="Published for", format="%d %b %Y"),
        alt.Tooltip("mid:Q", title="Index shown then", format=".1f"),
    ]
    line = rows.mark_line(strokeWidth=1, color=tokens.ink, opacity=0.7, aria=False, tooltip=None).encode(x=x, y=y)
    rings = rows.mark_point(size=16, strokeWidth=1, stroke=tokens.ink, fill=tokens.background, opacity=1)
    return [line, rings.encode(x=x, y=y, tooltip=tips)]


def marked(marks: Sequence[Mark], x: alt.X, y: alt.Y, tokens: Tokens) -> list[alt.Chart]:
    """A sign at the top for each kind of mark, with an upright under it."""
    layers = []
    for kind, shape in _SHAPES.items():
        rows = [
            {"on": mark.on.isoformat(), "top": 100, "words": mark.says, "kind": kind}
            for mark in marks
            if mark.kind == kind
        ]
        if rows:
            base = alt.Chart(data(rows))
            dash = [1, 3] if kind == "look" else [1, 0]
            layers.append(base.mark_rule(color=tokens.muted, strokeDash=dash, aria=False).encode(x=x))
            sign = base.mark_point(
                shape=shape, size=70, strokeWidth=1.75, filled=True, fill=tokens.background, stroke=tokens.muted,
                opacity=1,
            )  # fmt: skip
            tips = [
                alt.Tooltip("on:T", title="From", format="%d %b %Y"),
                alt.Tooltip("words:N", title=_TITLES[kind]),
            ]
            layers.append(sign.encode(x=x, y=y, tooltip=tips))
    return layers


def hover(
    rows: Sequence[Mapping[str, Any]], tips: Sequence[alt.Tooltip], x: alt.X, y: alt.Y, tokens: Tokens
) -> list[alt.Chart]:
    """Wherever the pointer is, the point nearest in time answers, and a dot and an upright show which one that is.

    A tooltip on the line itself would always be that of its first point.
    """
    if not rows:
        return []
    on = alt.selection_point(name="pointed", on="pointerover", clear="pointerout", fields=["on"], empty=False)
    here = alt.Chart(data([dict(row) | reach for row, reach in zip(rows, _reaches(rows), strict=True)]))
    upright = here.mark_rule(color=tokens.muted, aria=False, tooltip=None).encode(
        x=x, opacity=alt.condition(on, alt.value(0.6), alt.value(0))
    )
    dot = here.mark_point(filled=True, size=70, color=tokens.accent, aria=False, tooltip=None).encode(
        x=x, y=y, opacity=alt.condition(on, alt.value(1), alt.value(0))
    )
    field = (
        here.mark_rect(color="transparent", aria=False)
        .encode(x=alt.X("from:T"), x2="to:T", y=alt.value(0), y2=alt.value("height"), tooltip=list(tips))
        .add_params(on)
    )
    return [upright, dot, field]


def _reaches(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """From halfway to the point before until halfway to the next."""
    days = [date.fromisoformat(row["on"]) for row in rows]
    halves = [early + (late - early) / 2 for early, late in pairwise(days)]
    begins, ends = [days[0], *halves], [*halves, days[-1] + timedelta(days=1)]
    return [{"from": begin.isoformat(), "to": end.isoformat()} for begin, end in zip(begins, ends, strict=True)]
