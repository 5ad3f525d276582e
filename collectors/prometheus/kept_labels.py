"""The labels of a series that are stored: never what looks like a person's address."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LONGEST = 200


def kept(labels: Mapping[str, str]) -> dict[str, str]:
    """Without mail addresses, the metric's own name and empty values; long ones are cut."""
    return {
        name: value[:_LONGEST]
        for name, value in sorted(labels.items())
        if value and name != "__name__" and not _ADDRESS.search(value)
    }
