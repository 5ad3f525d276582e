"""Index and level over time, for one team or for many, on one fixed scale of 0 to 100.

Beneath the lines runs a ribbon of levels: for one team the confirmed level, for many the share of teams at each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import altair as alt

from mlops_maturity.dashboard.charts.base import data, finish, month_axis
from mlops_maturity.dashboard.theme import Tokens

HEIGHT = 210
_RIBBON = (-24, -8)
"""Where the ribbon lies on the scale of the index: below its zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One point of one team's line. Index 0 to 100, confidence 0 to 1; None = nothing known."""

    on: date
    index_lo: float | None
    index: float | None
    index_hi: float | None
    confidence: float | None
    level: int | None
    confirmed: int | None
    """The median level of five weeks; None where too little of them is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """One point of the line of many teams."""

    on: date
    quarter: float | None
    """Index under which a quarter of the teams lie; None where there are too few teams to tell."""
    median: float | None
    three_quarters: float | None
    confidence: float | None
    counts: tuple[int, int, int, int]
    """Teams at level 0 to 3."""
    unknown: int
    """Teams of which nothing is known."""


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
    """A point of the line from which on more is looked at than before it."""

    on: date
    says: str


def team_trend(
    weeks: Sequence[Week],
    first: date,
    last: date,
    as_of: date | None,
    marks: Sequence[Mark],
    tokens: Tokens,
    slope: Slope | None = None,
) -> alt.LayerChart:
    """The index with the range that it may lie in, the confidence, the line of a change, and the ribbon of levels."""
    rows = [
        {
            "on": week.on.isoformat(),
            "low": week.index_lo,
            "mid": week.index,
            "high": week.index_hi,
            "sure": None if week.confidence is None else round(week.confidence * 100, 1),
            "says": "no evidence" if week.level is None else f"level {week.level}",
        }
        for week in weeks
    ]
    return _draw(rows, _runs(weeks, tokens), "index", first, last, as_of, marks, tokens, slope)


def crowd_trend(
    weeks: Sequence[Crowd], first: date, last: date, as_of: date | None, marks: Sequence[Mark], tokens: Tokens
) -> alt.LayerChart:
    """The median index with the middle half of the teams, and the ribbon of shares per level."""
    rows = [
        {
            "on": week.on.isoformat(),
            "low": week.quarter,
            "mid": week.median,
            "high": week.three_quarters,
            "sure": None if week.confidence is None else round(week.confidence * 100, 1),
            "says": ", ".join(f"{amount} at {level}" for level, amount in enumerate(week.counts) if amount)
            or "no evidence",
        }
        for week in weeks
    ]
    return _draw(rows, _shares(weeks, tokens), "median index", first, last, as_of, marks, tokens)


def _runs(weeks: Sequence[Week], tokens: Tokens) -> list[dict[str, Any]]:
    """Consecutive weeks at one confirmed level as one box; its number is printed if there is room for it."""
    boxes = []
    for (level, known), run in groupby(weeks, key=lambda week: (week.confirmed, week.level is not None)):
        on = [week.on for week in run]
        box = _box(on[0], on[-1] + timedelta(days=7), *_RIBBON, level, tokens)
        says = "no evidence" if not known else "not confirmed" if level is None else f"confirmed level {level}"
        boxes.append(box | {"says": says})
    return boxes


def _shares(weeks: Sequence[Crowd], tokens: Tokens) -> list[dict[str, Any]]:
    """Weeks with the same counts as one column of boxes, one for each level that a team is at."""
    bottom, top = _RIBBON
    boxes = []
    for (counts, unknown), run in groupby(weeks, key=lambda week: (week.counts, week.unknown)):
        on = [week.on for week in run]
        total = sum(counts) + unknown
        at = float(bottom)
        for level, amount in [(None, unknown), *enumerate(counts)]:
            if amount:
                above = at + (top - bottom) * amount / total
                boxes.append(_box(on[0], on[-1] + timedelta(days=7), at, above, level, tokens) | {"print": ""})
                at = above
    return boxes


def _box(start: date, end: date, low: float, high: float, level: int | None, tokens: Tokens) -> dict[str, Any]:
    known = level is not None
    return {
        "start": start.isoformat(),
        "end": end.isoformat(),
        "low": low,
        "high": high,
        "fill": tokens.levels[level] if level is not None else tokens.surface,
        "ink": tokens.level_ink[level] if level is not None else tokens.muted,
        "print": str(level) if known else "?",
        "says": f"level {level}" if known else "no evidence",
        "days": (end - start).days,
    }


def _draw(
    rows: list[dict[str, Any]],
    ribbon: list[dict[str, Any]],
    what: str,
    first: date,
    last: date,
    as_of: date | None,
    marks: Sequence[Mark],
    tokens: Tokens,
    slope: Slope | None = None,
) -> alt.LayerChart:
    span = (last - first).days + 7
    ends = [first.isoformat(), (last + timedelta(days=7)).isoformat()]
    x = alt.X("on:T", axis=month_axis(tokens, round(span / 30)), scale=alt.Scale(domain=ends, nice=False))
    scale = alt.Scale(domain=[_RIBBON[0], 100], nice=False)
    axis = alt.Axis(
        title=None, domain=False, ticks=False, values=[0, 50, 100], labelColor=tokens.muted, gridColor=tokens.grid
    )
    lines = alt.Chart(data(rows))
    shade = lines.mark_area(opacity=0.18, color=tokens.accent, aria=False, tooltip=None).encode(
        x=x, y=alt.Y("low:Q", scale=scale, axis=axis), y2="high:Q"
    )
    sure = lines.mark_line(strokeDash=[2, 3], strokeWidth=1.5, color=tokens.muted, aria=False).encode(
        x=x, y=alt.Y("sure:Q", scale=scale, axis=axis)
    )
    tips = [
        alt.Tooltip("on:T", title="Week of", format="%d %b %Y"),
        alt.Tooltip("mid:Q", title=what.capitalize(), format=".1f"),
        alt.Tooltip("sure:Q", title="Confidence %", format=".0f"),
        alt.Tooltip("says:N", title="Level"),
    ]
    middle = lines.mark_line(strokeWidth=2.75, color=tokens.accent, point={"size": 28, "opacity": 0}).encode(
        x=x, y=alt.Y("mid:Q", scale=scale, axis=axis), tooltip=tips
    )
    boxes = (
        alt.Chart(data(ribbon))
        .mark_rect(aria=False)
        .encode(
            x=alt.X("start:T"),
            x2="end:T",
            y=alt.Y("low:Q", scale=scale, axis=axis),
            y2="high:Q",
            fill=alt.Fill("fill:N", scale=None),
            tooltip=[alt.Tooltip("says:N", title="Level"), alt.Tooltip("start:T", title="From", format="%d %b %Y")],
        )
    )
    numbers = (
        alt.Chart(data(box | {"y": sum(_RIBBON) / 2} for box in ribbon if box["print"] and box["days"] > span / 16))
        .transform_calculate(at="(+toDate(datum.start) + (+toDate(datum.end))) / 2")
        .mark_text(fontSize=11, fontWeight=600, baseline="middle", aria=False)
        .encode(x="at:T", y=alt.Y("y:Q", scale=scale, axis=axis), text="print:N", color=alt.Color("ink:N", scale=None))
    )
    known = [row for row in rows if row["mid"] is not None]
    end = (
        alt.Chart(data(known[-1:]))
        .mark_point(filled=True, size=60, opacity=1, color=tokens.accent, aria=False)
        .encode(x="on:T", y=alt.Y("mid:Q", scale=scale, axis=axis))
    )
    y = alt.Y("mid:Q", scale=scale, axis=axis)
    steady = _slope(slope, first, x, y, tokens) if slope is not None else []
    layers = [shade, sure, middle, *steady, end, boxes, numbers, *_marks(marks, x, scale, axis, tokens)]
    if as_of is not None and first <= as_of <= last:
        day = alt.Chart(data([{"day": as_of.isoformat(), "words": "shown day"}]))
        layers.append(day.mark_rule(color=tokens.ink, strokeDash=[4, 3], aria=False).encode(x="day:T"))
    return finish(layers, HEIGHT)


def _slope(slope: Slope, first: date, x: alt.X, y: alt.Y, tokens: Tokens) -> list[alt.Chart]:
    """Dashed, from where the line begins or comes into sight."""
    whole = (slope.end - slope.start).days
    start = max(slope.start, first)
    gone = (start - slope.start).days / whole if whole else 0.0
    low = slope.low + (slope.high - slope.low) * gone
    ends = [{"on": start.isoformat(), "mid": low}, {"on": slope.end.isoformat(), "mid": slope.high}]
    rows = data(row | {"words": slope.says} for row in ends)
    line = alt.Chart(rows).mark_line(strokeDash=[7, 4], strokeWidth=1.75, color=tokens.ink, clip=True)
    return [line.encode(x=x, y=y, tooltip=[alt.Tooltip("words:N", title="Trend")])]


def _marks(marks: Sequence[Mark], x: alt.X, scale: alt.Scale, axis: alt.Axis, tokens: Tokens) -> list[alt.Chart]:
    """A diamond at the top with a faint upright under it: from there on the line stands on more than before."""
    if not marks:
        return []
    base = alt.Chart(data({"on": mark.on.isoformat(), "top": 100, "words": mark.says} for mark in marks))
    upright = base.mark_rule(color=tokens.muted, strokeDash=[1, 3], aria=False).encode(x=x)
    diamond = base.mark_point(
        shape="diamond", size=70, strokeWidth=1.75, filled=True, fill=tokens.background, stroke=tokens.muted, opacity=1
    ).encode(
        x=x,
        y=alt.Y("top:Q", scale=scale, axis=axis),
        tooltip=[alt.Tooltip("on:T", title="From", format="%d %b %Y"), alt.Tooltip("words:N", title="First look at")],
    )
    return [upright, diamond]
