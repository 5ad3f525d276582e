"""Teams against aspects: the level as colour and as a printed number; a cell can be picked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.charts.base import data, finish, lookup
from mlops_maturity.dashboard.theme import Tokens

PICK = "cell"
"""The name of the selection; its points carry `team` and `aspect`."""
_ROW = 38
_LINE = 13
_NARROW = 480
"""Under this many pixels names are broken into short lines: they would run into each other, or leave no room."""
_SYLLABLE = 9
"""Characters of a line of a column's head on a narrow screen."""
_SHORT, _LONG = 15, 28
"""Characters of a line of a team's name, on a narrow screen and elsewhere."""
_TIPS = {
    "title": "Team",
    "column": "Aspect",
    "says": "Level",
    "range": "May lie between",
    "index": "Index",
    "confidence": "Confidence",
    "holds": "Held back by",
}
"""Field to what it is called where the pointer is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One team's standing in one aspect, or overall."""

    team: str
    """The team's id."""
    title: str
    """What the row is called."""
    aspect: str
    """The aspect's id; empty for overall."""
    column: str
    """What the column is called."""
    level: int | None
    """None = no level, for the reason that `silence` names."""
    range: str
    index: str
    confidence: str
    unproven: bool = False
    """Held at its level by missing evidence: drawn hollow, with a dashed edge and a question mark."""
    silence: str = "no evidence"
    """Why there is no level: `no evidence`, or `waived`."""
    holds: str = ""
    """What keeps it from the next level, in a few words."""

    @property
    def mark(self) -> str:
        """The level as it is printed: `2`, `0 ?`, `no evidence`, `waived`."""
        return self.silence if self.level is None else f"{self.level} ?" if self.unproven else str(self.level)


def heatmap(cells: Sequence[Cell], tokens: Tokens) -> alt.LayerChart:
    """Rows and columns in the order in which the cells come."""
    titles = {cell.team: cell.title for cell in cells}
    heads = _heads(cells)
    lines = max((len(head) for head in heads.values()), default=1)
    rows = data(_row(cell, tokens) for cell in cells)
    base = alt.Chart(rows).encode(x=_columns(heads, lines, tokens), y=_teams(titles, tokens))
    return finish([_boxes(base), _numbers(base)], 34 + _LINE * lines + _ROW * max(len(titles), 1))


def _columns(heads: dict[str, list[str]], lines: int, tokens: Tokens) -> alt.X:
    return alt.X(
        "column:N",
        sort=list(heads),
        title=None,
        axis=alt.Axis(
            orient="top",
            domain=False,
            ticks=False,
            labelAngle=0,
            labelPadding=6 + _LINE * (lines - 1),
            labelLineHeight=_LINE,
            labelFontSize=alt.expr(f"width < {_NARROW} ? 9 : 12"),
            labelLimit=0,
            labelOverlap=False,
            labelColor=tokens.muted,
            labelExpr=f"width < {_NARROW} ? {lookup(_initials(heads))} : {lookup(heads)}",
        ),
        scale=alt.Scale(paddingInner=0.02, paddingOuter=0),
    )


def _teams(titles: dict[str, str], tokens: Tokens) -> alt.Y:
    broken, whole = _lines(titles, _SHORT), _lines(titles, _LONG)
    return alt.Y(
        "team:N",
        sort=list(titles),
        title=None,
        axis=alt.Axis(
            domain=False,
            ticks=False,
            labelPadding=alt.expr(f"width < {_NARROW} ? 4 : 8"),
            labelFontSize=alt.expr(f"width < {_NARROW} ? 11 : 13"),
            labelLineHeight=_LINE,
            labelLimit=190,
            labelOverlap=False,
            labelColor=tokens.ink,
            labelExpr=f"width < {_NARROW} ? {lookup(broken)} : {lookup(whole)}",
        ),
        scale=alt.Scale(paddingInner=0.1, paddingOuter=0.05),
    )


def _boxes(base: alt.Chart) -> alt.Chart:
    """The coloured cells; the one that is picked stays, the others fade."""
    pick = alt.selection_point(name=PICK, fields=["team", "aspect"], on="click", clear="dblclick")
    boxes: alt.Chart = (
        base.mark_rect(cornerRadius=4, cursor="pointer", strokeWidth=2, strokeDash=[5, 4])
        .encode(
            fill=alt.Fill("fill:N", scale=None),
            stroke=alt.Stroke("edge:N", scale=None),
            fillOpacity=alt.condition(pick, alt.value(1), alt.value(0.35)),
            tooltip=[alt.Tooltip(f"{field}:N", title=title) for field, title in _TIPS.items()],
        )
        .add_params(pick)
    )
    return boxes


def _numbers(base: alt.Chart) -> alt.Chart:
    """What is printed in the cells: a number, or in small why there is none."""
    numbers: alt.Chart = base.mark_text(
        aria=False,
        baseline="middle",
        fontSize=alt.expr(f"datum.level !== null ? 14 : width < {_NARROW} ? 7 : 10"),
        fontWeight=alt.expr("datum.level === null ? 400 : 600"),
        fontStyle=alt.expr("datum.level === null ? 'italic' : 'normal'"),
        dy=alt.expr(f"datum.level !== null || indexof(datum.print, '\\n') < 0 ? 1 : width < {_NARROW} ? -4 : -5"),
        lineHeight=11,
        lineBreak="\n",
        cursor="pointer",
    ).encode(text="print:N", color=alt.Color("ink:N", scale=None))
    return numbers


def _heads(cells: Sequence[Cell]) -> dict[str, list[str]]:
    """Column heads in lines, filled up from above so that all end on the same line."""
    heads = {cell.column: text.wrap(cell.column, 18) for cell in cells}
    lines = max((len(head) for head in heads.values()), default=1)
    return {column: [""] * (lines - len(head)) + head for column, head in heads.items()}


def _initials(heads: dict[str, list[str]]) -> dict[str, list[str]]:
    """The first word of each head in short lines, as many for each as the longest head has."""
    lines = max((len(head) for head in heads.values()), default=1)
    short = {column: _parts(next(line for line in head if line or len(head) == 1)) for column, head in heads.items()}
    return {column: ([""] * lines + parts)[-lines:] for column, parts in short.items()}


def _parts(line: str) -> list[str]:
    """A word in as few lines as it needs, all about as long."""
    word = line.split(" ")[0]
    lines = -(-len(word) // _SYLLABLE) or 1
    length = -(-len(word) // lines)
    parts = [word[at : at + length] for at in range(0, len(word), length)] or [""]
    return [f"{part}-" for part in parts[:-1]] + parts[-1:]


def _lines(titles: dict[str, str], width: int) -> dict[str, list[str]]:
    """Names in two lines at most: a third would stand in the row above.

    Names that would look the same lose their middles instead of their ends, where long names tend to differ.
    """
    cut = {team: text.fit(title, width, 2) for team, title in titles.items()}
    alike = Counter(map(tuple, cut.values()))
    return {team: cut[team] if alike[tuple(cut[team])] == 1 else text.ends(titles[team], width) for team in titles}


def _row(cell: Cell, tokens: Tokens) -> dict[str, object]:
    known = cell.level is not None
    level = cell.level or 0
    return {
        "team": cell.team,
        "title": text.plain(cell.title, 200),
        "aspect": cell.aspect,
        "column": cell.column,
        "level": cell.level,
        "says": f"{level}, not proven" if cell.unproven else cell.mark,
        "print": cell.mark if known else cell.mark.replace(" ", "\n"),
        "fill": tokens.surface if not known else tokens.background if cell.unproven else tokens.levels[level],
        "edge": tokens.muted if cell.unproven else "transparent",
        "ink": tokens.muted if not known else tokens.ink if cell.unproven else tokens.level_ink[level],
        "range": cell.range,
        "index": cell.index,
        "confidence": cell.confidence,
        "holds": cell.holds,
    }
