"""Cells of a CSV file that a spreadsheet may open: what people wrote is shown, never run."""

from __future__ import annotations

import re

# A spreadsheet takes a cell that begins so for a formula and would run it; an apostrophe makes it text. One more is
# put before apostrophes that are there already, so that taking one off gives back exactly what was written.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_QUOTED_FORMULA = re.compile(r"'+[=+\-@\t\r]")


def shielded(text: str) -> str:
    """The cell to write for a text."""
    return f"'{text}" if _FORMULA.match(text) else text


def unshielded(cell: str) -> str:
    """The text that a cell was written for."""
    return cell[1:] if _QUOTED_FORMULA.match(cell) else cell
