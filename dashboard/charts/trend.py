"""Index and level over time, for one team or for many, on one fixed scale of 0 to 100.

Beneath the lines runs a ribbon of levels: for one team the confirmed level, for many the share of teams at each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, TypeVar

import altair as alt

from mlops_maturity.dashboard.charts.base import data, finish, index_axis, month_axis
from mlops_maturity.dashboard.charts.trend_marks import Mark, Shown, Slope, hover, marked, published_line, slope_line
from mlops_maturity.dashboard.theme import Tokens

Told = TypeVar("Told")

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


def team_trend(
    weeks: Sequence[Week],
    first: date,
    last: date,
    marks: Sequence[Mark],
    tokens: Tokens,
    slope: Slope | None = None,
    published: Sequence[Shown] = (),
) -> alt.LayerChart:
    """The index with the range that it may lie in, the confidence, the line of a change, and the ribbon of levels.

    `published` is drawn thinly beside it: what was shown then.
    """
    rows = [
        _row(week.on, week.index_lo, week.index, week.index_hi, week.confidence)
        | {"says": "no level" if week.level is None else f"level {week.level}"}
        for week in weeks
    ]
    look = _Look("Index", "May lie at", first, last, tokens)
    extra = [*published_line(published, look.x, look.y("mid"), tokens)]
    extra += slope_line(slope, first, look.x, look.y("mid"), tokens) if slope is not None else []
    return _draw(rows, _runs(weeks, tokens), look, extra, marks)


def crowd_trend(
    weeks: Sequence[Crowd], first: date, last: date, marks: Sequence[Mark], tokens: Tokens
) -> alt.LayerChart:
    """The median index with the middle half of the teams, and the ribbon of shares per level."""
    rows = [
        _row(week.on, week.quarter, week.median, week.three_quarters, week.confidence)
        | {
            "says": ", ".join(f"{amount} at {level}" for level, amount in enumerate(week.counts) if amount)
            or "no evidence"
        }
        for week in weeks
    ]
    return _draw(rows, _shares(weeks, tokens), _Look("Median index", "Middle half", first, last, tokens), [], marks)


def _row(
    on: date, low: float | None, middle: float | None, high: float | None, confidence: float | None
) -> dict[str, Any]:
    return {
        "on": on.isoformat(),
        "low": low,
        "mid": middle,
        "high": high,
        "range": "not told" if low is None or high is None else f"{low:.0f} to {high:.0f}",
        "sure": None if confidence is None else round(confidence * 100, 1),
    }


def _runs(weeks: Sequence[Week], tokens: Tokens) -> list[dict[str, Any]]:
    """Consecutive weeks at one confirmed level as one box; its number is printed if there is room for it."""
    boxes = []
    for (start, end), (level, known) in _stretches(
        [(week.on, (week.confirmed, week.level is not None)) for week in weeks]
    ):
        box = _box(start, end, *_RIBBON, level, tokens)
        says = "no level" if not known else "not confirmed" if level is None else f"confirmed level {level}"
        boxes.append(box | {"says": says})
    return boxes


def _shares(weeks: Sequence[Crowd], tokens: Tokens) -> list[dict[str, Any]]:
    """Weeks with the same counts as one column of boxes, one for each level that a team is at."""
    bottom, top = _RIBBON
    boxes = []
    for (start, end), (counts, unknown) in _stretches([(week.on, (week.counts, week.unknown)) for week in weeks]):
        total = sum(counts) + unknown
        at = float(bottom)
        for level, amount in [(None, unknown), *enumerate(counts)]:
            if amount:
                above = at + (top - bottom) * amount / total
                boxes.append(_box(start, end, at, above, level, tokens) | {"print": ""})
                at = above
    return boxes


def _stretches(weeks: Sequence[tuple[date, Told]]) -> Iterator[tuple[tuple[date, date], Told]]:
    """Consecutive weeks that tell the same, from the end of the week before to the day of the last of them.

    So no stretch reaches beyond the day shown.
    """
    ended: date | None = None
    for told, run in groupby(weeks, key=lambda week: week[1]):
        on = [day for day, _ in run]
        start = ended or on[0] - timedelta(days=7)
        ended = on[-1]
        yield (start, ended), told


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


@dataclass(frozen=True, slots=True)
class _Look:
    """What is drawn, over which days, and how."""

    what: str
    range: str
    """What lies between the edges of the shade."""
    first: date
    last: date
    tokens: Tokens

    @property
    def days(self) -> int:
        return max((self.last - self.first).days, 1)

    @property
    def x(self) -> alt.X:
        ends = [self.first.isoformat(), self.last.isoformat()]
        axis = month_axis(self.tokens, round(self.days / 30))
        return alt.X("on:T", axis=axis, scale=alt.Scale(domain=ends, nice=False))

    def y(self, field: str) -> alt.Y:
        scale = alt.Scale(domain=[_RIBBON[0], 100], nice=False)
        return alt.Y(f"{field}:Q", scale=scale, axis=index_axis(self.tokens, f"{self.what} · confidence %"))


def _draw(
    rows: list[dict[str, Any]],
    ribbon: list[dict[str, Any]],
    look: _Look,
    extra: Sequence[alt.Chart],
    marks: Sequence[Mark],
) -> alt.LayerChart:
    x, y, tokens = look.x, look.y("mid"), look.tokens
    lines = alt.Chart(data(rows))
    shade = lines.mark_area(opacity=0.18, color=tokens.accent, aria=False, tooltip=None).encode(
        x=x, y=look.y("low"), y2="high:Q"
    )
    sure = lines.mark_line(strokeDash=[2, 3], strokeWidth=1.5, color=tokens.muted, aria=False, tooltip=None).encode(
        x=x, y=look.y("sure")
    )
    middle = lines.mark_line(strokeWidth=2.75, color=tokens.accent, tooltip=None).encode(x=x, y=y)
    known = [row for row in rows if row["mid"] is not None]
    end = alt.Chart(data(known[-1:])).mark_point(filled=True, size=60, opacity=1, color=tokens.accent, aria=False)
    tips = [
        alt.Tooltip("on:T", title="As of", format="%d %b %Y"),
        alt.Tooltip("mid:Q", title=look.what, format=".1f"),
        alt.Tooltip("range:N", title=look.range),
        alt.Tooltip("sure:Q", title="Confidence %", format=".0f"),
        alt.Tooltip("says:N", title="Level"),
    ]
    layers = [shade, sure, middle, end.encode(x=x, y=y), *_ribbon(ribbon, look)]
    return finish([*layers, *hover(rows, tips, x, y, tokens), *extra, *marked(marks, x, look.y("top"), tokens)], HEIGHT)


def _ribbon(ribbon: list[dict[str, Any]], look: _Look) -> list[alt.Chart]:
    """Boxes clipped to the days drawn, and a number where there is room for one."""
    begin = look.first.isoformat()
    seen = [box | {"start": max(box["start"], begin)} for box in ribbon if box["end"] > begin]
    boxes = (
        alt.Chart(data(seen))
        .mark_rect(aria=False)
        .encode(
            x=alt.X("start:T"),
            x2="end:T",
            y=look.y("low"),
            y2="high:Q",
            fill=alt.Fill("fill:N", scale=None),
            tooltip=[
                alt.Tooltip("says:N", title="Level"),
                alt.Tooltip("start:T", title="After", format="%d %b %Y"),
                alt.Tooltip("end:T", title="To", format="%d %b %Y"),
            ],
        )
    )
    wide = [box | {"y": sum(_RIBBON) / 2} for box in seen if box["print"] and box["days"] > look.days / 16]
    numbers = (
        alt.Chart(data(wide))
        .transform_calculate(at="(+toDate(datum.start) + (+toDate(datum.end))) / 2")
        .mark_text(fontSize=11, fontWeight=600, baseline="middle", aria=False)
        .encode(x="at:T", y=look.y("y"), text="print:N", color=alt.Color("ink:N", scale=None))
    )
    return [boxes, numbers]
