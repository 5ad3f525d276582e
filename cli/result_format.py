"""The formats that results are printed in."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """How to print."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


class ListFormat(StrEnum):
    """How to print a list: what has rows, and nothing to read as a text."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class TextFormat(StrEnum):
    """How to print what is read as a text, and has no rows to calculate with."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"
