"""Where the stream of runs goes on. Times in milliseconds since the epoch, UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

MINUTE = 60_000
DAY = 24 * 60 * MINUTE
OVERLAP = 5 * MINUTE
"""How far before the start of a reading nothing is yet claimed as complete."""
OPEN_FOR = 30 * DAY
"""A run that is not finished after this long is no longer asked for; most such processes crashed."""
MOST_OPEN = 2_000
AHEAD = 10 * MINUTE
"""A run that claims to begin or end more than this after the reading began has a wrong clock."""


@dataclass(frozen=True, slots=True)
class RunCursor:
    """What is known and what has to be asked again."""

    since: int
    """From here on runs were asked for."""
    high_water: int
    """Every run that began earlier is read."""
    finished_to: int
    """Every run that ended earlier is read as ended, if it was among the read ones."""
    listed_to: int
    """Experiments made later are new, and may hold runs older than the high water."""
    swept_to: int = 0
    """When deleted runs were last looked for."""
    open: Mapping[str, int] = field(default_factory=dict)
    """Unfinished runs by id, with their beginning."""
    ahead: Mapping[str, int] = field(default_factory=dict)
    """Runs that claim to lie in the future, with the moment they were first seen."""

    def with_runs(self, runs: Sequence[Any], now: int) -> RunCursor:
        """After these runs (`mlflow.entities.Run`) were read at `now`."""
        unfinished, ahead = dict(self.open), dict(self.ahead)
        for run in runs:
            run_id, begun = run.info.run_id, int(run.info.start_time or 0)
            if run.info.status in ("RUNNING", "SCHEDULED") and run.info.lifecycle_stage != "deleted":
                unfinished[run_id] = begun
            else:
                unfinished.pop(run_id, None)
            if max(begun, int(run.info.end_time or 0)) > now + AHEAD:
                ahead.setdefault(run_id, now)
        return replace(self, open=unfinished, ahead=ahead)

    def pruned(self, now: int) -> RunCursor:
        """Without what is no longer asked for."""
        recent = {run_id: begun for run_id, begun in self.open.items() if begun >= now - OPEN_FOR}
        newest = sorted(recent.items(), key=lambda item: (-item[1], item[0]))[:MOST_OPEN]
        # A run is read again as long as it is open or young, so its first sighting is kept a little longer.
        ahead = {run_id: seen for run_id, seen in self.ahead.items() if seen >= now - 2 * OPEN_FOR}
        return replace(self, open=dict(newest), ahead=ahead)

    def dumped(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "since": self.since,
            "high_water": self.high_water,
            "finished_to": self.finished_to,
            "listed_to": self.listed_to,
            "swept_to": self.swept_to,
            "open": dict(sorted(self.open.items())),
            "ahead": dict(sorted(self.ahead.items())),
        }


def run_cursor(stored: Mapping[str, Any], since: int, now: int, *, again: bool) -> RunCursor:
    """The stored cursor, or a new one. `again`, or a `since` before what was read, sets it back to `since`."""
    if not stored:
        return RunCursor(since=since, high_water=since, finished_to=now - OVERLAP, listed_to=now)
    known = {entry.name for entry in fields(RunCursor)}
    cursor = RunCursor(**{name: value for name, value in stored.items() if name in known})
    if not again and since >= cursor.since:
        return cursor
    return replace(cursor, since=min(since, cursor.since), high_water=min(since, cursor.high_water))
