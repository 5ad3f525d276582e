"""Results as a few small tables and remarks, printed in any of the formats."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import typer

from mlops_maturity.cli.grid import Field, Grid, print_grid
from mlops_maturity.cli.result_format import Format
from mlops_maturity.cli.tables import csv_text, markdown_text, result_console

Cell = str | float | None
NOTHING = "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table; text as it is shown, numbers unrounded, None = unknown."""

    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    ranks: Mapping[str, int] = field(default_factory=dict)
    """Column to how soon it is left out where the width is short: the highest first, one without never."""


def show(
    format: Format, title: str, sheets: Sequence[Sheet], remarks: Iterable[str], document: Mapping[str, Any]
) -> None:
    """Print; CSV is the first sheet, JSON the document."""
    if format is Format.JSON:
        typer.echo(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False))
    elif format is Format.CSV:
        typer.echo(csv_text(sheets[0].head, sheets[0].rows), nl=False)
    elif format is Format.MARKDOWN:
        typer.echo("\n".join(_markdown(title, sheets, remarks)))
    else:
        _print(title, sheets, remarks)


def _print(title: str, sheets: Sequence[Sheet], remarks: Iterable[str]) -> None:
    console = result_console()
    console.print(title, style="bold", markup=False, highlight=False)
    for sheet in sheets:
        print_grid(_grid(sheet), console)
    for line in remarks:
        console.print(line, markup=False, highlight=False)


def _grid(sheet: Sheet) -> Grid:
    fields = []
    for at, name in enumerate(sheet.head):
        numbers = all(isinstance(row[at], float) or row[at] is None for row in sheet.rows)
        fields.append(Field(name=name, exact=numbers, right=numbers, rank=sheet.ranks.get(name, 0), least=24))
    rows = [[_text(cell) for cell in row] for row in sheet.rows]
    return Grid(fields=tuple(fields), rows=rows, title=sheet.title, instead="--format markdown")


def _markdown(title: str, sheets: Sequence[Sheet], remarks: Iterable[str]) -> list[str]:
    lines = [f"## {markdown_text(title)}"]
    for sheet in sheets:
        lines += ["", *([f"### {markdown_text(sheet.title)}", ""] if sheet.title else [])]
        lines += [_row(sheet.head), "|" + "---|" * len(sheet.head)]
        lines += [_row(_text(cell) for cell in row) for row in sheet.rows]
    told = [f"- {markdown_text(line)}" for line in remarks]
    return [*lines, *(["", *told] if told else [])]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(markdown_text, cells))} |"


def _text(cell: Cell) -> str:
    if cell is None:
        return NOTHING
    if isinstance(cell, float):
        return f"{cell:z.2f}" if abs(cell) < 10 else f"{cell:z.1f}"
    return str(cell)
