"""Which span of which kind of record of a source is known completely, and why not the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One known (or knowingly unknown) span. `complete=False` says that and why the span is not known."""

    source: str
    stream: str
    """The record kind, for example `deployment`."""
    scope: str
    """What part of the source: a repository, an experiment, or `*` for all of it."""
    start: datetime
    """Aware, UTC, included."""
    end: datetime
    """Aware, UTC, excluded."""
    complete: bool = True
    reason: str = ""
    """Why it is not complete: retention, permission, cap, budget, unsupported, not configured."""
