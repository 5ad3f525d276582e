"""The stream of what one repository is like: once a day how it is protected and what it holds, and its releases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Any

from mlops_maturity.collectors.github.api import Api, path_of
from mlops_maturity.collectors.github.environments import protected_environments
from mlops_maturity.collectors.github.files import RepositoryFiles
from mlops_maturity.collectors.github.look import Look
from mlops_maturity.collectors.github.releases import EDITED_FOR, Releases, untold
from mlops_maturity.collectors.interface import Forbidden, Page, ReadRequest
from mlops_maturity.collectors.mapping import Mapper, instant, written
from mlops_maturity.collectors.repository_facts import environment_observations, observations
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import Record


class RepositoryStream:
    """Reads one repository once."""

    def __init__(self, api: Api, mapper: Mapper, repository: str, files: RepositoryFiles, request: ReadRequest) -> None:
        self._api, self._mapper, self._repository, self._files = api, mapper, repository, files
        self._now = request.now
        self._cursor: dict[str, Any] = {} if request.backfill else dict(request.cursor)
        stored = instant(self._cursor.get("high_water"))
        self._known_from = stored or request.since
        self._floor = request.since if stored is None else stored - EDITED_FOR

    def pages(self) -> Iterator[Page]:
        """One page of what the repository is like today, then those of its releases, newest first."""
        today = self._now.astimezone(UTC).date().isoformat()
        if self._cursor.get("looked_on") != today:
            found = Look(self._api, self._repository, self._files).findings()
            source, repository = self._api.source, self._repository
            environments = protected_environments(self._api, repository, self._mapper)
            if any(finding.has_failed for finding in (*found.values(), *environments.values())):
                self._api.one(path_of(repository))  # raises where it is not one fact that fails, but the server
            records = [
                *observations(source, repository, found, self._now),
                *environment_observations(source, repository, environments, self._now),
            ]
            if not any(finding.is_passing for finding in found.values()):
                self._cursor["looked_on"] = today  # what was refused is asked again: rights change, servers recover
            yield self._page(records, "today")
        yield from self._releases()

    def _releases(self) -> Iterator[Page]:
        releases = Releases(self._api, self._repository)
        try:
            for records, refused in releases.since(self._floor, self._cursor.get("releases")):
                yield self._page(records, "releases", refused=refused)
        except Forbidden as error:
            remark = untold(self._api.source, self._repository, error, self._now)
            yield self._last([remark], self._midnight())
            return
        self._cursor["releases"] = releases.etag
        settled = self._api.settled(self._now)
        start, self._known_from = self._known_from, max(self._known_from, settled)
        self._cursor["high_water"] = written(self._known_from)
        yield self._last([], start)

    def _midnight(self) -> datetime:
        """From when on today's look speaks."""
        return datetime.combine(self._now.astimezone(UTC).date(), time.min, UTC)

    def _last(self, records: Sequence[Record], start: datetime) -> Page:
        end = self._api.settled(self._now)
        span = Coverage(
            source=self._api.source, stream="observation", scope=self._repository, start=min(start, end), end=end
        )
        return self._page(records, "up to date", coverage=(span,) if span.start < span.end else (), done=1.0)

    def _page(
        self,
        records: Sequence[Record],
        progress: str,
        *,
        refused: Sequence[str] = (),
        coverage: Sequence[Coverage] = (),
        done: float | None = None,
    ) -> Page:
        return Page(
            records=records,
            refused=refused,
            cursor=dict(self._cursor),
            coverage=coverage,
            progress=progress,
            done=done,
        )
