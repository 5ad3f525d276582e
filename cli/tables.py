"""Where tables of results are printed."""

from __future__ import annotations

import os
import sys

from rich.console import Console

READABLE = 160
"""Columns that a table gets where nobody's screen limits it: in a pipe or a file."""


def result_console() -> Console:
    """Standard output: as wide as the terminal, or wide enough for whole words where there is none."""
    limited = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(width=None if limited else READABLE)
