"""Which spans of each source are known: a row a stream."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import altair as alt

from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.charts.base import data, finish, lookup, month_axis
from mlops_maturity.dashboard.theme import Tokens

_ROW = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One span of one stream; both days included."""

    row: str
    """What the row is called: the kind of record, and where of."""
    start: date
    end: date
    complete: bool
    reason: str


def spans(known: Sequence[Span], first: date, last: date, tokens: Tokens) -> alt.LayerChart:
    """Solid where everything was read, hollow with an orange edge where we know that something is missing."""
    rows = [_row(span, first, tokens) for span in known if span.end >= first]
    titles = {row: text.plain(row, 40) for row in dict.fromkeys(span.row for span in known)}
    scale = alt.Scale(domain=[first.isoformat(), last.isoformat()], nice=False)
    bars = (
        alt.Chart(data(rows))
        .mark_bar(height=10, cornerRadius=3, strokeWidth=1.5)
        .encode(
            x=alt.X("start:T", scale=scale, axis=month_axis(tokens, (last - first).days // 30)),
            x2="end:T",
            y=_streams(titles, tokens),
            fill=alt.Fill("fill:N", scale=None),
            stroke=alt.Stroke("edge:N", scale=None),
            tooltip=[
                alt.Tooltip("row:N", title="Records"),
                alt.Tooltip("start:T", title="From", format="%d %b %Y"),
                alt.Tooltip("end:T", title="To", format="%d %b %Y"),
                alt.Tooltip("says:N", title="State"),
            ],
        )
    )
    return finish([bars], 40 + _ROW * max(len(titles), 1))


def _row(span: Span, first: date, tokens: Tokens) -> dict[str, str]:
    missing = f"not complete: {text.plain(span.reason, 160) or 'no reason given'}"
    return {
        "row": span.row,
        "start": max(span.start, first).isoformat(),
        "end": span.end.isoformat(),
        "fill": tokens.accent if span.complete else tokens.background,
        "edge": tokens.accent if span.complete else tokens.worse,
        "says": "read completely" if span.complete else missing,
    }


def _streams(titles: dict[str, str], tokens: Tokens) -> alt.Y:
    return alt.Y(
        "row:N",
        sort=list(titles),
        title=None,
        scale=alt.Scale(domain=list(titles)),
        axis=alt.Axis(
            domain=False,
            ticks=False,
            grid=False,
            labelLimit=190,
            labelPadding=8,
            labelOverlap=False,
            labelColor=tokens.ink,
            labelExpr=lookup(titles),
        ),
    )
