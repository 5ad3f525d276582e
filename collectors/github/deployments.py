"""The stream of deployments of one repository, with their states, rollbacks and the changes they brought.

The list has no filter for time and no states: it is read newest first down to what is known, and the states are asked
one by one, oldest first, so that each deployment is seen after the one it replaced.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import quote

from mlops_maturity.collectors.github.api import Api, Row, path_of
from mlops_maturity.collectors.github.deployed_pulls import DeployedPulls
from mlops_maturity.collectors.github.deployment_list import DeploymentLister
from mlops_maturity.collectors.github.facts import DeploymentState, Listed, Pull, deployment_state
from mlops_maturity.collectors.github.known_since import known_since
from mlops_maturity.collectors.github.pulls import PullIndex
from mlops_maturity.collectors.interface import Page, ReadRequest
from mlops_maturity.collectors.mapping import Mapper, change_id, instant, lenient, mapped, written
from mlops_maturity.collectors.release_history import Placed, ReleaseHistory
from mlops_maturity.collectors.unread import Unread
from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.records import Deployment

BATCH = 20
"""Deployments of one page: each costs one or two further requests."""
OPEN_FOR = timedelta(days=30)
"""How long a deployment without an end is asked for again."""
_STATUS_PAGES = 3
_LOOK_BACK = 5
"""Deployments before the first one read that are asked for the one that was live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What was asked about one deployment."""

    state: DeploymentState | None
    """None where the statuses were refused."""
    placed: Placed | None = None
    """None for what is no successful deployment to production, and for one whose place among them is not known."""
    brought: Sequence[Pull] | None = None
    """The pull requests that it brought; None = unknown."""


class DeploymentStream:
    """Reads the deployments of one repository once."""

    def __init__(self, api: Api, mapper: Mapper, repository: str, pulls: PullIndex, request: ReadRequest) -> None:
        self._api, self._mapper, self._repository = api, mapper, repository
        self._now = request.now
        stored = instant(request.cursor.get("high_water"))
        self._fresh = stored is None or request.backfill
        self._high_water = request.since if stored is None or request.backfill else stored
        self._open: dict[str, str] = {} if self._fresh else dict(request.cursor.get("open", {}))
        self._history = ReleaseHistory(() if self._fresh else request.cursor.get("live", ()))
        alive = partial(api.one, path_of(repository))
        self._unread = Unread.opened(request.cursor.get("unread", {}), self._now, alive=alive)
        """Deployments of which the changes were refused."""
        self._stateless = Unread.opened(request.cursor.get("stateless", {}), self._now, alive=alive, vital=True)
        """Deployments of which the statuses were refused, or which could not be asked for themselves."""
        self._pulls = DeployedPulls(api, repository, pulls, self._unread)
        self._unknown_before: datetime | None = None
        self._why_unknown = ""
        self._etag: str | None = None if self._fresh else request.cursor.get("etag")
        """What names the newest page of the list, of which nothing is left to read."""

    def pages(self) -> Iterator[Page]:
        """Pages in order of the deployments' creation."""
        known_to, etag = self._high_water, self._etag
        self._etag = None
        listed, refused, etag = self._list(etag)
        for begin in range(0, len(listed), BATCH):
            batch = listed[begin : begin + BATCH]
            made, odd = mapped(batch, self._record, lambda one: one.id, "deployment")
            self._check(first=not begin)
            reached = min(batch[-1].created_at, self._api.settled(self._now))
            self._high_water = max(self._high_water, reached)
            yield Page(
                records=made,
                refused=(*refused, *odd),
                cursor=self._cursor(),
                coverage=self._coverage(known_to, reached),
                progress=f"{batch[0].created_at:%Y-%m-%d} … {batch[-1].created_at:%Y-%m-%d}",
                done=min(0.99, (begin + len(batch)) / len(listed)),
            )
            refused = []
        yield from self._again()
        settled = self._api.settled(self._now)
        self._high_water, self._etag = max(self._high_water, settled), etag
        yield Page(
            records=(),
            refused=refused,
            cursor=self._cursor(),
            coverage=self._coverage(known_to, settled),
            warnings=[
                *self._stateless.remarks(f"{self._repository}: statuses of deployments"),
                *self._unread.remarks(f"{self._repository}: changes of deployments"),
            ],
            progress="up to date",
            done=1.0,
        )

    def _check(self, *, first: bool) -> None:
        """Raises what would make a batch of unknowns: an outage, or at the beginning a right that is missing."""
        self._stateless.check_server()
        self._unread.check_server()
        if first and self._fresh:
            self._stateless.check_any()

    def _again(self) -> Iterator[Page]:
        """What was refused in earlier readings, one deployment a page: first statuses, then changes."""
        for identity, listed in self._stateless.again(self._one):
            yield self._page_again(identity, listed)
        for identity, listed in self._unread.again(self._one):
            # One that the history has forgotten has no place among the others any more, and keeps what is told of it.
            yield self._page_again(identity, listed if listed is not None and self._has_place(listed) else None)

    def _page_again(self, identity: str, listed: Listed | None) -> Page:
        records: list[Deployment] = []
        if listed is not None:
            self._pulls.begin(listed.created_at)
            records, _ = mapped([listed], self._record, lambda one: one.id, "deployment")
        return Page(records=records, cursor=self._cursor(), progress=f"deployment {identity}, refused before")

    def _has_place(self, listed: Listed) -> bool:
        return any(known == listed.id for known, _ in self._history.of(listed.environment))

    def _one(self, identity: str) -> Listed | None:
        """One deployment as the list gives it; None for what is none."""
        made, _ = mapped(
            [self._api.one(f"{path_of(self._repository)}/deployments/{quote(identity, safe='')}")],
            Listed.of,
            lambda row: row["id"],
            "deployment",
        )
        return made[0] if made else None

    def _list(self, etag: str | None) -> tuple[list[Listed], list[str], str | None]:
        """What is new or was still open, oldest first; what makes no deployment; and what names the newest page."""
        lister = DeploymentLister(self._api, self._repository, self._high_water, self._open.keys())
        listing = lister.list(etag)
        found = listing.wanted
        self._unknown_before, self._why_unknown = listing.unknown_before, listing.reason
        if self._fresh:
            self._remember_live(listing.older)
        for identity in [identity for identity in self._open if identity not in found]:
            again = self._ask(identity)
            if again is not None:
                found[identity] = again
            else:
                del self._open[identity]
        listed = sorted(found.values(), key=lambda one: (one.created_at, one.id))
        if listed:
            self._pulls.begin(listed[0].created_at)
        return listed, listing.refused, listing.etag

    def _remember_live(self, older: Sequence[Listed]) -> None:
        """What was live in each environment before the first deployment that is read, so that its changes are known."""
        tried: Counter[str] = Counter()
        live: set[str] = set()
        for one in sorted(older, key=lambda one: (one.created_at, one.id), reverse=True):
            if one.environment in live or tried[one.environment] >= _LOOK_BACK or not self._is_production(one):
                continue
            tried[one.environment] += 1
            state = self._state(one)
            if state is None or state.outcome == "success":
                live.add(one.environment)
            if state is None:
                self._stateless.forget(one.id)  # from before what is read: what was live is not known
            elif state.outcome == "success":
                self._history.place(one.environment, one.id, one.sha)

    def _is_production(self, listed: Listed) -> bool:
        return self._mapper.tier(listed.environment, production=listed.production) == "production"

    def _ask(self, identity: str) -> Listed | None:
        """One that was open, from beyond the pages just listed; None once it is gone, refused or waited for long."""
        created = lenient(self._open[identity])
        if created is None or created < self._now - OPEN_FOR:
            return None
        return self._stateless.ask(identity, partial(self._one, identity))

    def _record(self, listed: Listed) -> Deployment:
        seen = self._look(listed)
        state = seen.state or deployment_state(())
        back = seen.placed is not None and seen.placed.rollback
        attributes = {
            "ref": listed.ref,
            "task": listed.task,
            "raw_status": state.raw,
            "statuses_known": False if seen.state is None else None,
            "transient": listed.transient,
            "previous_sha": seen.placed.previous_sha if seen.placed else None,
            "changes_known": seen.brought is not None if seen.placed else None,
        }
        return Deployment(
            source=self._api.source,
            id=listed.id,
            url=state.url,
            repository=self._repository,
            environment=listed.environment,
            tier=self._mapper.tier(listed.environment, production=listed.production),
            sha=listed.sha,
            started_at=listed.created_at,
            finished_at=state.finished_at,
            outcome=state.outcome,
            rollback_of=seen.placed.previous_id if seen.placed is not None and back else None,
            unplanned=True if back else self._unplanned(listed, seen.brought or ()),
            pipeline_run=state.pipeline_run,
            changes=tuple(change_id(self._repository, pull.number) for pull in seen.brought or ()),
            attributes={name: value for name, value in attributes.items() if value is not None},
        )

    def _unplanned(self, listed: Listed, brought: Sequence[Pull]) -> bool | None:
        """Whether its branch, or branch or label of a change that it brought, says repair; None = nothing to tell."""
        marks = [
            self._mapper.unplanned(listed.branch),
            *(self._mapper.unplanned(pull.branch, pull.labels) for pull in brought),
        ]
        return True if True in marks else False if False in marks else None

    def _look(self, listed: Listed) -> _Seen:
        state = self._state(listed)
        if state is None or state.final or self._now - listed.created_at > OPEN_FOR:
            self._open.pop(listed.id, None)
        else:
            self._open[listed.id] = written(listed.created_at)
        if state is None or state.outcome != "success" or not self._is_production(listed) or self._comes_late(listed):
            return _Seen(state=state)
        placed = self._history.place(listed.environment, listed.id, listed.sha)
        return _Seen(state=state, placed=placed, brought=self._pulls.brought_by(listed, placed))

    def _comes_late(self, listed: Listed) -> bool:
        """Whether what replaced it has its place already, as its statuses were refused: it would pass for newest."""
        newer = (_in_order(known) > _in_order(listed.id) for known, _ in self._history.of(listed.environment))
        return not self._has_place(listed) and any(newer)

    def _state(self, listed: Listed) -> DeploymentState | None:
        """What its statuses come to: nothing where it was deleted since it was listed; None where they are refused."""
        rows = self._stateless.ask(listed.id, partial(self._statuses, listed.id))
        return None if self._stateless.is_refused(listed.id) else deployment_state(rows or ())

    def _statuses(self, identity: str) -> list[Row]:
        path = f"{path_of(self._repository)}/deployments/{quote(identity, safe='')}/statuses"
        return [row for page in self._api.pages(path, most=_STATUS_PAGES) for row in page.rows]

    def _coverage(self, start: datetime, end: datetime) -> Sequence[Coverage]:
        if end <= start:
            return ()
        span = Coverage(source=self._api.source, stream="deployment", scope=self._repository, start=start, end=end)
        return known_since(span, self._unknown_before, self._why_unknown)

    def _cursor(self) -> dict[str, object]:
        return {
            "high_water": written(self._high_water),
            "open": self._open,
            "live": self._history.as_json(),
            "unread": self._unread.as_json(),
            "stateless": self._stateless.as_json(),
            "etag": self._etag,
        }


def _in_order(identity: str) -> tuple[int, str]:
    """GitHub numbers deployments in order of their creation."""
    return len(identity), identity
