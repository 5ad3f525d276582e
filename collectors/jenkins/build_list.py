"""The builds of one job, oldest first, out of a list that is newest first and shifts while it is read.

Jenkins pages by position only: a build that begins moves all others down, one that is deleted moves those below it up.
So pages overlap, and are taken for whole only where they meet; what is met twice is one build.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from mlops_maturity.collectors.build_servers import lenient_moment
from mlops_maturity.collectors.interface import BadAnswer, Failing, NoAnswer
from mlops_maturity.collectors.jenkins.api import Api, Row
from mlops_maturity.collectors.jenkins.facts import UNREAD
from mlops_maturity.collectors.jenkins.jobs import Job
from mlops_maturity.collectors.unread import Unread

LISTED = 1000
"""Builds of one page of numbers."""
BATCH = 50
"""Builds of one page of records; a pipeline's build costs a further request for its stages."""
SLACK = 10
"""Builds by which pages overlap: as many may begin or be deleted meanwhile without a request more."""
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Numbered:
    """A build as the list of numbers tells it."""

    number: int
    begun: datetime | None
    """None where the time can't be read."""
    position: int
    """How many rows stood before it in the list."""


class BuildList:
    """The builds of a job above a number, begun at or after an instant."""

    def __init__(self, api: Api, job: Job, after: int, since: datetime, unread: Unread) -> None:
        self._api, self._job, self._unread = api, job, unread
        self._after, self._since = after, since
        self._wanted: list[Numbered] = []
        """Newest first."""
        self.newest = 0
        """The highest number that is listed; 0 where none is."""
        self.before: int | None = None
        """The newest build that was begun before the instant; None where none is kept."""

    def look(self) -> None:
        """Lists the numbers. Raises SourceError."""
        for _ in range(_TRIES):
            if self._look():
                self._check_newest()
                return
        raise BadAnswer(f"{self._api.source}: {self._job.name}: builds come and go faster than they can be listed")

    def batches(self) -> Iterator[list[Row]]:
        """The builds that are listed, oldest first, without those deleted meanwhile. Raises SourceError.

        Of one that Jenkins fails to show there is what the list of numbers told; see `bare`.
        """
        misses = 0
        while self._wanted:
            chunk = self._wanted[-BATCH:]
            rows = self._rows(chunk)
            if rows is not None:
                misses = 0
                self._after = chunk[0].number
                del self._wanted[-BATCH:]
                yield rows
                continue
            misses += 1
            if misses == _TRIES:
                raise BadAnswer(f"{self._api.source}: {self._job.name}: builds move faster than they can be read")
            self.look()

    def _look(self) -> bool:
        """One way down the list; whether its pages met, and led further down."""
        self._wanted, self.newest, self.before = [], 0, None
        start = idle = 0
        while idle < _TRIES:
            told = self._api.numbers(self._job.parts, start, start + LISTED)
            rows = self._numbered(told, start)
            if self._wanted and not (rows and rows[0].number >= self._wanted[-1].number):
                return False
            self.newest = self.newest or (rows[0].number if rows else 0)
            listed = len(self._wanted)
            if self._take(rows) or len(told) < LISTED:
                return True
            start += len(told) - SLACK
            idle = idle + 1 if len(self._wanted) == listed else 0
        return False

    def _take(self, rows: Sequence[Numbered]) -> bool:
        """Adds what is new of a page; whether it reached what is known or not wanted."""
        lowest = self._wanted[-1].number if self._wanted else None
        for row in rows:
            if lowest is not None and row.number >= lowest:
                continue
            if row.number <= self._after:
                return True
            if row.begun is not None and row.begun < self._since:
                self.before = row.number
                return True
            self._wanted.append(row)
        return False

    def _check_newest(self) -> None:
        """A list that ends above the newest build there is would look like builds that are gone."""
        if self.newest >= self._job.next_number - 1:
            return
        last = self._api.build(self._job.parts, "lastBuild")
        if last is not None and self.newest < number_of(last) < self._job.next_number:
            raise BadAnswer(
                f"{self._api.source}: {self._job.name}: the list leaves out build {number_of(last)}. Try later"
            )

    def _rows(self, chunk: Sequence[Numbered]) -> list[Row] | None:
        """The builds of the end of the list, oldest first; None where it has moved away from under it."""
        start, end = max(0, chunk[0].position - SLACK), chunk[-1].position + 1 + SLACK
        try:
            told = self._api.builds(self._job.parts, start, end)
        except (Failing, NoAnswer):  # one build that can't be loaded from disk fails the whole page
            return [row for build in reversed(chunk) if (row := self._one(build)) is not None]
        found = {number_of(row): row for row in told}
        meets_above = start == 0 or max(found, default=0) >= chunk[0].number
        meets_below = len(told) < end - start or min(found) <= chunk[-1].number
        if not (meets_above and meets_below):
            return None
        return [found[build.number] for build in reversed(chunk) if build.number in found]

    def _one(self, build: Numbered) -> Row | None:
        identity = unread_id(self._job, build.number)
        row = self._unread.ask(identity, partial(self._api.build, self._job.parts, build.number))
        return bare(build) if self._unread.is_refused(identity) else row

    def _numbered(self, rows: Sequence[Row], start: int) -> list[Numbered]:
        """Rows newest first, each number once."""
        found: dict[int, Numbered] = {}
        for position, row in enumerate(rows, start):
            number = number_of(row)
            if not number:
                raise BadAnswer(f"{self._api.source}: {self._job.name}: the list of builds holds what is none")
            found.setdefault(number, Numbered(number, begun_of(row), position))
        return [found[number] for number in sorted(found, reverse=True)]


def number_of(row: Row) -> int:
    """The number of a build; 0 where it has none."""
    number = row.get("number")
    return number if isinstance(number, int) else 0


def begun_of(row: Row) -> datetime | None:
    """When a build was begun, to steer by; None where it can't be read."""
    time = row.get("timestamp")
    return lenient_moment(time / 1000) if isinstance(time, int) else None


def bare(build: Numbered) -> Row:
    """A build of which nothing is known but that it was begun."""
    begun = None if build.begun is None else round(build.begun.timestamp() * 1000)
    return {"number": build.number, "timestamp": begun, "building": False, "result": None, UNREAD: True}


def unread_id(job: Job, number: int) -> str:
    """How a build is called among those of which something was refused; see `number_and_job`."""
    return f"{number} {job.name}"


def number_and_job(identity: str) -> tuple[int, str]:
    """The number of a build and the full name of its job."""
    number, _, name = identity.partition(" ")
    return int(number), name
