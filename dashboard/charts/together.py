"""Teams together: the mean index over time, and each team against how much is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import altair as alt

from mlops_maturity.dashboard.charts.base import bare_x, data, finish, index_axis, month_axis
from mlops_maturity.dashboard.charts.trend_marks import hover
from mlops_maturity.dashboard.theme import Tokens

HEIGHT = 210


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean index of some teams on a day."""

    on: date
    index: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A team in the funnel."""

    team: str
    """The name to show."""
    mass: float
    """How many practices' worth of evidence there is."""
    index: float
    says: str
    outside: bool
    """Beyond the inner limits: drawn hollow in the colour for what needs a look, and named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The funnel at one known mass: inner and outer limits of the index."""

    mass: float
    outer_low: float
    low: float
    high: float
    outer_high: float


def mean_line(
    line: Sequence[Mean], beside: Sequence[Mean], first: date, last: date, says: str, tokens: Tokens
) -> alt.LayerChart:
    """The mean index; `beside`, a second line to compare with, is drawn faintly under it."""
    span = max((last - first).days, 1)
    ends = [first.isoformat(), last.isoformat()]
    x = alt.X("on:T", axis=month_axis(tokens, round(span / 30)), scale=alt.Scale(domain=ends, nice=False))
    y = alt.Y("index:Q", scale=alt.Scale(domain=[0, 100], nice=False), axis=index_axis(tokens, "Mean index"))
    tips = [
        alt.Tooltip("on:T", title="As of", format="%d %b %Y"),
        alt.Tooltip("index:Q", title=says, format=".1f"),
    ]
    main = alt.Chart(_rows(line)).mark_line(strokeWidth=2.75, color=tokens.accent, tooltip=None).encode(x=x, y=y)
    faint = alt.Chart(_rows(beside)).mark_line(strokeWidth=1.75, strokeDash=[2, 3], color=tokens.muted, aria=False)
    layers = [faint.encode(x=x, y=y)] if beside else []
    rows = [{"on": each.on.isoformat(), "index": each.index} for each in line]
    return finish([*layers, main, *hover(rows, tips, x, y, tokens)], HEIGHT)


def funnel_chart(dots: Sequence[Dot], limits: Sequence[Limits], centre: float, tokens: Tokens) -> alt.LayerChart:
    """Index against known mass, with the limits that a team lies within by chance and the usual difference."""
    most = max([*(dot.mass for dot in dots), *(each.mass for each in limits)], default=1.0)
    x = _mass(most, tokens)
    middle = alt.Chart(data([{"centre": centre}])).mark_rule(color=tokens.muted, strokeDash=[4, 3], aria=False)
    layers = [*_shades(limits, x, tokens), middle.encode(y=_index("centre", tokens)), *_dots(dots, x, tokens)]
    return finish(layers, HEIGHT)


def _mass(most: float, tokens: Tokens) -> alt.X:
    axis = bare_x(
        labelColor=tokens.muted,
        tickCount=5,
        title="Practices' worth of evidence",
        titleColor=tokens.muted,
        titleFontSize=11,
        titleFontWeight="normal",
    )
    return alt.X("mass:Q", axis=axis, scale=alt.Scale(domain=[0, most * 1.08]))


def _index(field: str, tokens: Tokens) -> alt.Y:
    return alt.Y(f"{field}:Q", scale=alt.Scale(domain=[0, 100], nice=False), axis=index_axis(tokens, "Index"))


def _shades(limits: Sequence[Limits], x: alt.X, tokens: Tokens) -> list[alt.Chart]:
    """The outer limits and, darker over them, the inner ones."""
    rows = alt.Chart(
        data(
            {"mass": each.mass, "a": each.outer_low, "b": each.low, "c": each.high, "d": each.outer_high}
            for each in limits
        )
    )
    return [
        rows.mark_area(color=tokens.accent, opacity=opacity, aria=False, tooltip=None).encode(
            x=x, y=_index(low, tokens), y2=f"{high}:Q"
        )
        for low, high, opacity in (("a", "d", 0.08), ("b", "c", 0.12))
    ]


def _dots(dots: Sequence[Dot], x: alt.X, tokens: Tokens) -> list[alt.Chart]:
    """A mark a team, and the names of those that stand out."""
    y = _index("index", tokens)
    points = alt.Chart(
        data(
            {"mass": dot.mass, "index": dot.index, "team": dot.team, "says": dot.says, "outside": dot.outside}
            for dot in dots
        )
    )
    marks = points.mark_point(filled=True, size=80, opacity=0.9, stroke=tokens.background, strokeWidth=1).encode(
        x=x,
        y=y,
        color=alt.condition("datum.outside", alt.value(tokens.worse), alt.value(tokens.accent)),
        shape=alt.condition("datum.outside", alt.value("diamond"), alt.value("circle")),
        tooltip=[
            alt.Tooltip("team:N", title="Team"),
            alt.Tooltip("index:Q", title="Index", format=".1f"),
            alt.Tooltip("mass:Q", title="Known practices", format=".1f"),
            alt.Tooltip("says:N", title="Among the others"),
        ],
    )
    names = points.transform_filter("datum.outside").mark_text(dx=9, align="left", color=tokens.ink, aria=False)
    return [marks, names.encode(x=x, y=y, text="team:N")]


def _rows(line: Sequence[Mean]) -> alt.InlineData:
    return data({"on": each.on.isoformat(), "index": each.index} for each in line)
