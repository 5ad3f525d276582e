"""How tables of results are printed."""

from __future__ import annotations

import csv
import io
import os
import re
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console

from mlops_maturity.evidence.spreadsheet import shielded

READABLE = 160
"""Columns that a table gets where nobody's screen limits it: in a pipe or a file."""
_MARKS = re.compile(r"[\\`*_\[\]|~#]")
"""What means something to Markdown inside a line; `&` and `<` are written as HTML wants them."""


def result_console() -> Console:
    """Standard output: as wide as the terminal, or wide enough for whole words where there is none."""
    limited = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(width=None if limited else READABLE)


def csv_text(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """A header and rows; an empty cell is unknown. Text that a spreadsheet would run as a formula is shielded."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([shielded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue()


def markdown_text(text: str) -> str:
    """Text that Markdown shows as it is: names and reasons may hold tables, links or HTML."""
    return _MARKS.sub(r"\\\g<0>", " ".join(text.split())).replace("&", "&amp;").replace("<", "&lt;")
