"""The formats that results are printed in."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """How to print."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
