"""Lists the deployments of one repository, newest first, down to what is known already.

The list has no filter for time, and ends at 40,000 deployments. Where it does, each environment is listed by itself,
which reaches as many of each; what lies beyond even that is told as unknown.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from mlops_maturity.collectors.github.api import LISTED, PER_PAGE, Api, Rows, hidden, path_of
from mlops_maturity.collectors.github.facts import Listed
from mlops_maturity.collectors.interface import Forbidden, Unsupported
from mlops_maturity.collectors.mapping import lenient, mapped


@dataclass(slots=True)
class DeploymentList:
    """What was listed."""

    wanted: dict[str, Listed] = field(default_factory=dict)
    """By id: what is new, or was open."""
    older: list[Listed] = field(default_factory=list)
    """What the pages held beside."""
    refused: list[str] = field(default_factory=list)
    etag: str | None = None
    """What names the newest page."""
    unknown_before: datetime | None = None
    """Deployments created earlier may be missing; None where none are."""
    reason: str = ""
    """Why."""


class DeploymentLister:
    """Lists once."""

    def __init__(self, api: Api, repository: str, high_water: datetime, still_open: Collection[str]) -> None:
        self._api, self._path = api, f"{path_of(repository)}/deployments"
        self._repository = repository
        self._high_water, self._open = high_water, still_open
        self._found = DeploymentList()
        self._environments: set[str] = set()

    def list(self, etag: str | None) -> DeploymentList:
        """Everything created at or after the high water. Raises SourceError, Forbidden for what is hidden.

        Where the newest page is still the one that `etag` names, nothing is new, and asking costs no quota.
        """
        try:
            first = self._api.page(self._path, {"per_page": PER_PAGE}, etag=etag)
            self._found.etag = first.etag
            reached = self._take(first)
            if reached is not None:
                self._each_environment(reached)
        except Unsupported:
            raise hidden(self._api.source, self._repository, "Deployments") from None
        return self._found

    def _take(self, first: Rows) -> datetime | None:
        """Takes in a list to the high water; the oldest time reached where GitHub gives no more of it before."""
        reached: datetime | None = None
        for page in self._api.until_cut(first):
            if page.cut:
                return reached or self._high_water
            made, odd = mapped(page.rows, Listed.of, lambda row: row["id"], "deployment")
            self._found.refused += odd
            self._sort_out(made)
            times = [lenient(row.get("created_at")) for row in page.rows if isinstance(row, dict)]
            told = [time for time in times if time is not None]
            reached = min(told, default=reached)
            if any(time < self._high_water for time in told):
                return None
        return None

    def _sort_out(self, made: Collection[Listed]) -> None:
        for one in made:
            self._environments.add(one.environment)
            if one.created_at >= self._high_water or one.id in self._open:
                self._found.wanted[one.id] = one
            else:
                self._found.older.append(one)

    def _each_environment(self, reached: datetime) -> None:
        """Lists the environments one by one; `reached` is how far back all of them are known."""
        names, all_named = self._names()
        unread = {} if all_named else {"environments that can't be listed": reached}
        for name in sorted(names):
            first = self._api.page(self._path, {"per_page": PER_PAGE, "environment": name})
            cut_at = self._take(first)
            if cut_at is not None:
                unread[name] = cut_at
        if unread:
            worst = max(unread, key=lambda name: unread[name])
            self._found.unknown_before = unread[worst]
            self._found.reason = f"cap: GitHub lists no more than {LISTED:,} deployments of an environment ({worst})"

    def _names(self) -> tuple[set[str], bool]:
        """The environments there are, with those seen; and whether these are all."""
        try:
            pages = self._api.pages(f"{path_of(self._repository)}/environments", key="environments")
            listed = {
                str(row["name"]) for page in pages for row in page.rows if isinstance(row, dict) and "name" in row
            }
        except (Forbidden, Unsupported):
            return self._environments, False
        return listed | self._environments, True
