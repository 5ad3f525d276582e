"""Tables that fit any width: what can't be shown whole is left out and named, never cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.table import Column, Table
from rich.text import Text

from mlops_maturity.cli.tables import limited, printable, result_console

LONGEST_WORD = 40
"""Cells up to which a word stays whole; a longer one, as an address is, goes on in the next line."""
_BESIDE = 3
"""What a column takes beside its text: a line and a blank on either side; the last line is one more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column. Numbers, dates and ids are `exact`: they are never wrapped."""

    name: str
    exact: bool = False
    rank: int = 0
    """0 = always shown; where the width is short, the highest goes first."""
    least: int = 0
    """Cells below which words aren't pleasant to read."""
    right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table of text."""

    fields: tuple[Field, ...]
    rows: Sequence[Sequence[str]]
    title: str = ""
    instead: str = ""
    """What shows all columns at any width, for example `--format csv`."""
    ruled: bool = False
    """Whether a line stands between rows; for rows of several lines."""


def exact(*names: str, rank: int = 0, right: bool = False) -> tuple[Field, ...]:
    """Columns of numbers, dates or ids."""
    return tuple(Field(name=name, exact=True, rank=rank, right=right) for name in names)


def print_grid(grid: Grid, console: Console | None = None) -> None:
    """Print to standard output, or to a console: as a table; where not even the needed columns fit, row by row."""
    console = console or result_console()
    columns = list(zip(grid.fields, _cells(grid), strict=True))
    least = [_least(field, cells) for field, cells in columns]
    needed = _total(least)
    if needed > console.width and not limited(console.file):
        console = Console(width=needed, file=console.file)
    kept = fitting([field.rank for field in grid.fields], least, console.width)
    if kept is None:
        _print_stacked(grid, console)
        return
    natural = [max(map(_widest, [field.name, *cells])) for field, cells in columns]
    widths = shared([least[at] for at in kept], [natural[at] for at in kept], console.width)
    console.print(_table(grid, dict(zip(kept, widths, strict=True))))
    if len(kept) < len(grid.fields):
        console.print(_left_out(grid, kept, console.width, needed), style="dim", markup=False, highlight=False)


def fitting(ranks: Sequence[int], least: Sequence[int], width: int) -> list[int] | None:
    """The columns that are shown in a width: the lowest rank first; None = not even those of rank 0 fit."""
    kept = [at for at, rank in enumerate(ranks) if not rank]
    if _total(least[at] for at in kept) > width:
        return None
    for at in sorted((at for at, rank in enumerate(ranks) if rank), key=lambda at: ranks[at]):
        if _total(least[each] for each in [*kept, at]) <= width:
            kept.append(at)
    return sorted(kept)


def shared(least: Sequence[int], natural: Sequence[int], width: int) -> list[int]:
    """What each column gets: its least, and of the rest as much as it can use, first the one that wraps most."""
    widths = list(least)
    for _ in range(width - _total(least)):
        wanting = [at for at, most in enumerate(natural) if most > widths[at]]
        if not wanting:
            break
        widths[max(wanting, key=lambda at: natural[at] / widths[at])] += 1
    return widths


def _total(widths: Iterable[int]) -> int:
    widths = list(widths)
    return sum(widths) + _BESIDE * len(widths) + 1


def _cells(grid: Grid) -> list[list[str]]:
    """The cells of each column."""
    return [[printable(row[at]) for row in grid.rows] for at in range(len(grid.fields))]


def _least(field: Field, cells: Sequence[str]) -> int:
    """What a column needs so that no number, id or word is cut."""
    widest = max(map(_widest, cells), default=0)
    texts = [field.name] if field.exact else [field.name, *cells]
    words = (cell_len(word) for text in texts for word in text.split())
    return max(widest if field.exact else min(field.least, widest), *filter(LONGEST_WORD.__ge__, words), 1)


def _widest(cell: str) -> int:
    return max(map(cell_len, cell.split("\n")))


def _table(grid: Grid, widths: Mapping[int, int]) -> Table:
    """The table of these columns, each as wide as it is told."""
    columns = []
    for at, width in widths.items():
        field = grid.fields[at]
        justify: JustifyMethod = "right" if field.right else "left"
        columns.append(Column(Text(field.name), width=width, overflow="fold", justify=justify))
    table = Table(*columns, title=Text(grid.title) if grid.title else None, title_justify="left")
    for row in grid.rows:
        table.add_row(*(Text(printable(row[at])) for at in widths), end_section=grid.ruled)
    return table


def _left_out(grid: Grid, kept: Sequence[int], width: int, needed: int) -> str:
    names = ", ".join(field.name for at, field in enumerate(grid.fields) if at not in kept)
    other = f", or {grid.instead}" if grid.instead else ""
    return f"Left out for want of width: {names}. All are shown from {needed} columns on ({width} now){other}."


def _print_stacked(grid: Grid, console: Console) -> None:
    """Each row as lines of name and value: what no table can hold."""
    if grid.title:
        console.print(Text(grid.title, style="italic"))
    indent = max(cell_len(field.name) for field in grid.fields) + 2
    for row in grid.rows:
        lines = Table.grid(Column(width=indent), Column(width=max(console.width - indent, 1), overflow="fold"))
        for field, cell in zip(grid.fields, row, strict=True):
            if cell:
                lines.add_row(Text(field.name, style="dim"), Text(printable(cell)))
        console.print(lines)
        console.print()
