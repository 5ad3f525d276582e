"""What Prometheus and Alertmanager have in common: the names, labels and ids of alerts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LONGEST = 200


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    return pattern


TENANT_HEADER = "X-Scope-OrgID"
Tenant = Annotated[str, Field(pattern=r"^[A-Za-z0-9!_.*'()|-]{1,150}$")]
"""A tenant of Mimir, Cortex or a multi-tenant Thanos, several joined by `|`; sent with every request."""

AlertPattern = Annotated[str, AfterValidator(_compiles)]
"""A regular expression on a whole alertname."""


def checked_labels(labels: dict[str, str], words: Collection[str]) -> dict[str, str]:
    """Which label says what, if every word is one of `words`; raises ValueError."""
    for word, label in labels.items():
        if word not in words:
            raise ValueError(f"{word!r} is not one of {', '.join(words)}")
        if not LABEL.fullmatch(label):
            raise ValueError(f"{label!r} is no name of a label; write letters, digits and _")
    return labels


def kept(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels that are stored: without mail addresses, a metric's own name and empty values; long ones are cut."""
    return {
        name: value[:_LONGEST]
        for name, value in sorted(labels.items())
        if value and name != "__name__" and not _ADDRESS.search(value)
    }


def alert_id(labels: Mapping[str, str], start: float) -> str:
    """The same for the same labels and start (seconds since the epoch), whenever and wherever it is read."""
    text = json.dumps([sorted(labels.items()), int(start)])
    return hashlib.sha256(text.encode()).hexdigest()[:24]
