"""The stream of builds of one master, in order of their ids; builds that were still running are read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from mlops_maturity.collectors.build_servers import deployment, lenient_moment
from mlops_maturity.collectors.buildbot.api import BATCH, Api, Row
from mlops_maturity.collectors.buildbot.facts import Build, pipeline_run
from mlops_maturity.collectors.buildbot.settings import BuildbotSettings
from mlops_maturity.collectors.interface import BadAnswer, Cursor, Page, ReadRequest
from mlops_maturity.collectors.mapping import Mapper, instant, mapped, written
from mlops_maturity.collectors.release_history import ReleaseHistory
from mlops_maturity.collectors.unread import Unread
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import Deployment, PipelineRun, RecordKind

KINDS: tuple[RecordKind, ...] = ("pipeline_run", "deployment")
OPEN_FOR = timedelta(days=30)
"""How long a build that does not end is asked for again."""


@dataclass(slots=True)
class _State:
    """The cursor, unpacked."""

    since: datetime
    """Builds begun before it are not wanted."""
    after: int
    """Builds up to this id are known."""
    known_to: datetime
    """Builds begun before this instant are known."""
    open: list[int] = field(default_factory=list)
    """Builds that were still running."""
    live: ReleaseHistory = field(default_factory=ReleaseHistory)

    def as_json(self) -> dict[str, Any]:
        return {
            "since": written(self.since),
            "after": self.after,
            "known_to": written(self.known_to),
            "open": self.open,
            "live": self.live.as_json(),
        }


class BuildStream:
    """Reads the builds of one master once."""

    def __init__(self, api: Api, mapper: Mapper, source: BuildbotSettings, request: ReadRequest) -> None:
        self._api, self._mapper, self._source = api, mapper, source
        self._now, self._since = request.now, request.since.replace(microsecond=0)
        self._fresh = not request.cursor or request.backfill
        self._state = _opened({} if self._fresh else request.cursor, self._since)
        self._builders: dict[int, str] = {}
        alive = partial(api.rows, "masters")
        self._unread = Unread.opened(request.cursor.get("unread", {}), self._now, alive=alive)
        """Builds of which the steps were refused."""
        self._late = False
        """Whether what is read just now comes after builds that followed it."""

    def pages(self) -> Iterator[Page]:
        """First what was still running, then what is new."""
        self._builders = builders(self._api, self._source)
        pruned = self._pruned() if self._fresh else ()
        start = self._state.known_to
        if self._state.open:
            yield self._page(list(self._asked_again().values()))
        last = self._state.after
        while rows := self._next(last):
            if rows[-1]["buildid"] <= last:
                raise BadAnswer(f"{self._api.source}: builds came in no order. Is `url` a Buildbot's address?")
            last = rows[-1]["buildid"]
            yield self._page(rows, coverage=self._moved_over(rows))
            if len(rows) < BATCH:
                break
        yield from self._again()
        settled = self._api.http.settled(self._now)
        self._state.known_to = max(self._state.known_to, settled)
        yield Page(
            records=(),
            cursor=self._cursor(),
            coverage=[*pruned, *self._coverage(start, settled)],
            warnings=self._unread.remarks("steps of builds"),
            progress="up to date",
            done=1.0,
        )

    def _again(self) -> Iterator[Page]:
        """Builds of which the steps were refused in earlier readings, one a page."""
        self._late = True
        for _, rows in self._unread.again(lambda one: self._api.by_id("builds", "buildid", [int(one)])):
            yield self._page([*rows.values()] if rows else [])

    def _cursor(self) -> dict[str, Any]:
        return {**self._state.as_json(), "unread": self._unread.as_json()}

    def _next(self, last: int) -> list[Row]:
        params: dict[str, str | int] = {
            "order": "buildid",
            "limit": BATCH,
            "property": "*",
            "buildid__gt": last,
            "started_at__ge": int(self._state.since.timestamp()),
        }
        return [row for row in self._api.rows("builds", params) if isinstance(row.get("buildid"), int)]

    def _asked_again(self) -> dict[int, Row]:
        """Those that were running, as they are now; those that are gone are forgotten."""
        found = self._api.by_id("builds", "buildid", self._state.open)
        self._state.open = [build for build in self._state.open if build in found]
        return found

    def _moved_over(self, rows: Sequence[Row]) -> list[Coverage]:
        """Moves the cursor behind the rows that are old enough, and says what is known by that."""
        settled = self._api.http.settled(self._now)
        begun = [(row["buildid"], lenient_moment(row.get("started_at"))) for row in rows]
        old = [(build, start) for build, start in begun if start is not None and start <= settled]
        before = self._state.known_to
        if old:
            self._state.after = max(self._state.after, old[-1][0])
            self._state.known_to = max(before, old[-1][1])
        return self._coverage(before, self._state.known_to)

    def _page(self, rows: Sequence[Row], *, coverage: Sequence[Coverage] = ()) -> Page:
        builds = self._with_belongings([row for row in rows if row.get("builderid") in self._builders])
        made, refused = mapped(builds, self._records, lambda build: build.id, "build")
        newest = max((record[0].started_at for record in made if record[0].started_at), default=None)
        whole = max(self._now - self._since, timedelta(seconds=1))
        self._unread.check_server()
        return Page(
            records=[record for pair in made for record in pair],
            refused=refused,
            cursor=self._cursor(),
            coverage=coverage,
            progress=f"to {newest:%Y-%m-%d}" if newest else "",
            done=min(0.99, max(0.0, (newest - self._since) / whole)) if newest else None,
        )

    def _with_belongings(self, rows: Sequence[Row]) -> list[Build]:
        requests = self._api.by_id("buildrequests", "buildrequestid", _ids(rows, "buildrequestid"))
        sets = self._api.by_id("buildsets", "bsid", _ids(requests.values(), "buildsetid"))
        builds = []
        for row in rows:
            request = requests.get(row.get("buildrequestid") or 0)
            builds.append(
                Build(
                    raw=row,
                    builder=self._builders[row["builderid"]],
                    request=request,
                    buildset=sets.get((request or {}).get("buildsetid") or 0),
                    steps=self._steps(row) if row.get("complete") else (),
                )
            )
        return builds

    def _steps(self, row: Row) -> list[Row]:
        """None of one that was pruned since it was listed."""
        path = f"builds/{row['buildid']}/steps"
        return self._unread.ask(str(row["buildid"]), partial(self._api.rows, "steps", path=path)) or []

    def _records(self, build: Build) -> tuple[PipelineRun] | tuple[PipelineRun, Deployment]:
        page = f"{self._source.url.rstrip('/')}/#/builders/{build.raw['builderid']}/builds/{build.raw['number']}"
        run = pipeline_run(self._source.id, build, self._mapper, page)
        self._remember_open(build, run.started_at)
        if run.purpose != "deployment":
            return (run,)
        named = build.value(self._source.environment_property)
        environment = str(named) if named is not None else None
        return run, deployment(run, environment, self._mapper, self._state.live, run.repository or "", late=self._late)

    def _remember_open(self, build: Build, started: datetime | None) -> None:
        number = int(build.raw["buildid"])
        waits = not build.complete and started is not None and started > self._now - OPEN_FOR
        self._state.open = sorted({*self._state.open, number} if waits else {*self._state.open} - {number})

    def _pruned(self) -> list[Coverage]:
        """What a master that throws old builds away can't tell; the reading begins at the oldest one it kept."""
        oldest = self._api.rows("builds", {"order": "buildid", "limit": 1})
        begun = lenient_moment(oldest[0].get("started_at")) if oldest else None
        if begun is None or begun <= self._since or oldest[0].get("buildid") == 1:
            return []
        lost = self._coverage(self._since, begun, "retention: the master has thrown older builds away")
        self._state.known_to = begun
        return lost

    def _coverage(self, start: datetime, end: datetime, reason: str = "") -> list[Coverage]:
        if end <= start:
            return []
        return [
            Coverage(
                source=self._source.id, stream=kind, scope="*", start=start, end=end, complete=not reason, reason=reason
            )
            for kind in KINDS
        ]


def _opened(cursor: Cursor, since: datetime) -> _State:
    """The state to go on from."""
    return _State(
        since=instant(cursor.get("since")) or since,
        after=int(cursor.get("after", 0)),
        known_to=instant(cursor.get("known_to")) or since,
        open=list(cursor.get("open", ())),
        live=ReleaseHistory(cursor.get("live", ())),
    )


def builders(api: Api, source: BuildbotSettings) -> dict[int, str]:
    """Names of the builders to read, by id. Raises SourceError."""
    try:
        names = {int(row["builderid"]): str(row["name"]) for row in api.rows("builders")}
    except (KeyError, TypeError, ValueError):
        raise BadAnswer(
            f"{source.id}: the list of builders holds what is none. Is `url` a Buildbot's address?"
        ) from None
    return {number: name for number, name in names.items() if any(fnmatchcase(name, glob) for glob in source.builders)}


def _ids(rows: Any, name: str) -> list[int]:
    return [row[name] for row in rows if isinstance(row.get(name), int)]
