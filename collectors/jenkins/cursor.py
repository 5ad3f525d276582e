"""How far a project has been read: what stands in the cursor of its stream, and what is known by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mlops_maturity.collectors.interface import Cursor
from mlops_maturity.collectors.mapping import instant, written
from mlops_maturity.collectors.release_history import ReleaseHistory

Span = tuple[datetime, datetime, str]
"""From (included), to (excluded), and why it is not known; empty where it is."""
_SECOND = timedelta(seconds=1)
_MISSED = 50
"""Numbers without a build that are asked for once more at most."""


@dataclass(slots=True)
class JobState:
    """How far one job has been read."""

    after: int = 0
    """Builds up to this number are known, or known to be gone."""
    at: str | None = None
    """When the newest known build was begun."""
    open: list[int] = field(default_factory=list)
    """Builds to be asked for again: they were running, or were not listed in spite of their number."""

    def follow(self, numbers: Iterable[int]) -> None:
        """Ask for these again."""
        self.open = sorted({*self.open, *numbers})

    def leave(self, number: int) -> None:
        """Don't ask for this one again."""
        self.open = [known for known in self.open if known != number]


@dataclass(slots=True)
class ProjectState:
    """How far a project has been read: all of its jobs."""

    since: datetime
    """Builds begun before it are not wanted."""
    known_to: datetime
    """Builds begun before it were known when a reading last came to its end."""
    repository: str | None = None
    """What the newest build that checked out something is of."""
    gaps: list[Span] = field(default_factory=list)
    """Spans in which builds were begun that are gone; told when this reading comes to its end."""
    jobs: dict[str, JobState] = field(default_factory=dict)
    """By the full name of the job."""
    live: ReleaseHistory = field(default_factory=ReleaseHistory)

    @classmethod
    def of(cls, cursor: Cursor, since: datetime) -> ProjectState:
        """What `as_json` gave; the beginning where that is empty."""
        known: Mapping[str, Mapping[str, Any]] = cursor.get("jobs", {})
        gaps = [(instant(start), instant(end), str(reason)) for start, end, reason in cursor.get("gaps", ())]
        return cls(
            since=instant(cursor.get("since")) or since,
            known_to=instant(cursor.get("known_to")) or since,
            repository=cursor.get("repository"),
            gaps=[(start, end, reason) for start, end, reason in gaps if start and end],
            jobs={name: JobState(**{**state, "open": list(state["open"])}) for name, state in known.items()},
            live=ReleaseHistory(cursor.get("live", ())),
        )

    def as_json(self) -> dict[str, Any]:
        """For the cursor."""
        return {
            "since": written(self.since),
            "known_to": written(self.known_to),
            "repository": self.repository,
            "gaps": [[written(start), written(end), reason] for start, end, reason in self.gaps],
            "jobs": {name: asdict(state) for name, state in self.jobs.items()},
            "live": self.live.as_json(),
        }

    def job(self, name: str, next_number: int) -> JobState:
        """The state of a job whose next build gets that number; one that counts from 1 again was made anew."""
        state = self.jobs.setdefault(name, JobState())
        if next_number <= state.after:
            state.after, state.open = 0, []
        return state

    def lose(self, job: str, number: int, until: datetime, settled: datetime, *, told: bool) -> None:
        """The builds of a job from the known ones to before `number` are gone; they were begun before `until`.

        Where that is so late that they may only be listed late, they are asked for once more. `told` is whether that
        says something of what is known of the project.
        """
        state = self.jobs[job]
        first, last = state.after + 1, number - 1
        start = max(instant(state.at) or self.since, self.known_to)
        if until >= settled:
            state.follow(range(max(first, number - _MISSED), number))
        if told:
            which = f"build {first} is" if first == last else f"builds {first} to {last} are"
            end = max(until.replace(microsecond=0), start + _SECOND)
            self.gaps.append((start, end, f"retention: {which} gone from {job}"))

    def end(self, settled: datetime) -> list[Span]:
        """Ends a reading; what is known by it from the end of the last one on."""
        spans = list(_spans(self.known_to, settled, self.gaps))
        self.known_to, self.gaps = max(self.known_to, settled), []
        return spans


def _spans(start: datetime, end: datetime, gaps: Iterable[Span]) -> Iterator[Span]:
    """The gaps, and what is known between them."""
    for first, last, reason in sorted(gaps):
        first, last = max(start, first), min(last, end)
        if start < first:
            yield start, min(first, end), ""
        if first < last:
            yield first, last, reason
        start = max(start, last)
    if start < end:
        yield start, end, ""
