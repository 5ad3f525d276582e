"""The cursor of a repository's runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mlops_maturity.collectors.github.memory import Memory, Span, monday_of
from mlops_maturity.collectors.interface import ReadRequest
from mlops_maturity.collectors.mapping import instant, written
from mlops_maturity.collectors.unread import Unread

REREAD = timedelta(days=30)
"""How long after its creation a run can be run again."""


@dataclass(slots=True)
class RunState:
    """The cursor, unpacked."""

    high_water: datetime
    """Runs created before it are known."""
    unread: Unread
    """Runs of which jobs or an earlier attempt were refused."""
    attempts: dict[str, int] = field(default_factory=dict)
    """Run id to how many of its earlier attempts are stored; only of runs that can be run again."""
    gaps: list[Span] = field(default_factory=list)
    """Windows of which GitHub listed less than it counted: to be read once more."""
    memory: Memory = field(default_factory=lambda: Memory(""))
    default_branch: str | None = None
    repository_etag: str | None = None
    """What names the repository as it was when the default branch was asked."""

    def as_json(self) -> dict[str, Any]:
        """For the store."""
        return {
            "high_water": written(self.high_water),
            "attempts": self.attempts,
            "unread": self.unread.as_json(),
            "gaps": [[written(start), written(end)] for start, end in self.gaps],
            "weeks": self.memory.as_json(),
            "default_branch": self.default_branch,
            "repository_etag": self.repository_etag,
        }


def opened(request: ReadRequest, now: datetime, rules: str, alive: Callable[[], object]) -> tuple[RunState, datetime]:
    """The state to go on from, and the creation time to read from. `alive` as of Unread."""
    high_water = instant(request.cursor.get("high_water"))
    unread = Unread.opened(request.cursor.get("unread", {}), now, alive=alive)
    if high_water is None or request.backfill:
        start = request.since.replace(microsecond=0)
        return RunState(high_water=start, unread=unread, memory=Memory(rules)), start
    gaps = [(instant(start), instant(end)) for start, end in request.cursor.get("gaps", ())]
    state = RunState(
        high_water=high_water,
        unread=unread,
        attempts=dict(request.cursor.get("attempts", {})),
        gaps=[(start, end) for start, end in gaps if start and end],
        memory=Memory.opened(request.cursor.get("weeks", {}), rules),
        default_branch=request.cursor.get("default_branch"),
        repository_etag=request.cursor.get("repository_etag"),
    )
    return state, min(high_water, monday_of(now - REREAD))
