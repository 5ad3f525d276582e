"""How tables of results are printed."""

from __future__ import annotations

import csv
import io
import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import IO

from rich.console import Console

from mlops_maturity.evidence.spreadsheet import shielded

READABLE = 160
"""Columns that a table gets where nobody's screen limits it: in a pipe or a file."""
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control and direction characters, but for the line break."""
_MARKS = re.compile(r"[\\`*_\[\]|~#]")
"""What means something to Markdown inside a line; `&` and `<` are written as HTML wants them."""


def result_console() -> Console:
    """Standard output: as wide as the terminal, or wide enough for whole words where there is none."""
    return Console(width=None if limited(sys.stdout) else READABLE)


def limited(out: IO[str]) -> bool:
    """Whether somebody's screen, or a wish in COLUMNS, limits the width of what is printed there."""
    return out.isatty() or "COLUMNS" in os.environ


def printable(text: str) -> str:
    """Text without what a terminal would obey: names come from systems and files of others."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


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
