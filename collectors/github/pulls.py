"""The closed pull requests of a repository, listed once and used twice: as changes, and to name what was deployed."""

from __future__ import annotations

from datetime import datetime

from mlops_maturity.collectors.github.api import PER_PAGE, Api, Rows, hidden, no_objects, path_of
from mlops_maturity.collectors.github.facts import Pull
from mlops_maturity.collectors.interface import Unsupported
from mlops_maturity.collectors.mapping import lenient, mapped


class PullIndex:
    """Lists pull requests by their last change, newest first, only as far back as somebody asks."""

    def __init__(self, api: Api, repository: str) -> None:
        self._api, self._repository = api, repository
        self._floor: datetime | None = None
        self._pulls: dict[int, Pull] = {}
        self._first: Rows | None = None
        self.refused: list[str] = []
        """What makes no pull request, one line each."""

    @property
    def etag(self) -> str | None:
        """What names the newest page as it was listed."""
        return self._first.etag if self._first else None

    def unchanged(self, etag: str) -> bool:
        """Whether the newest page is still the one of that name: then no pull request changed since. Costs no quota."""
        if self._first is None:
            first = self._page(etag)
            if first.unchanged:
                return True
            self._first = first
        return self.etag == etag

    def since(self, floor: datetime) -> list[Pull]:
        """Those last changed at or after `floor`, oldest change first. Raises SourceError."""
        if self._floor is None or floor < self._floor:
            self._list(floor)
            self._floor = floor
        return sorted(
            (pull for pull in self._pulls.values() if pull.updated_at >= floor),
            key=lambda pull: (pull.updated_at, pull.number),
        )

    def merged(self, floor: datetime) -> dict[str, Pull]:
        """The merged ones by the commit that merged them."""
        return {pull.merge_sha: pull for pull in self.since(floor) if pull.merge_sha}

    def _list(self, floor: datetime) -> None:
        self._pulls, self.refused = {}, []
        if self._first is None:
            self._first = self._page()
        for page in self._api.follow(self._first):
            found, refused = mapped(page.rows, Pull.of, lambda row: row["number"], "pull request")
            self._pulls.update((pull.number, pull) for pull in found)
            self.refused += refused
            times = [lenient(row.get("updated_at")) for row in page.rows if isinstance(row, dict)]
            if page.rows and not times:
                raise no_objects(self._api.source, "pull requests")
            if any(time is not None and time < floor for time in times):
                break

    def _page(self, etag: str | None = None) -> Rows:
        wanted: dict[str, str | int] = {"state": "closed", "sort": "updated", "direction": "desc", "per_page": PER_PAGE}
        try:
            return self._api.page(f"{path_of(self._repository)}/pulls", wanted, etag=etag)
        except Unsupported:
            raise hidden(self._api.source, self._repository, "Pull requests") from None
