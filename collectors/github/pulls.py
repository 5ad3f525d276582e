"""The closed pull requests of a repository, listed once and used twice: as changes, and to name what was deployed."""

from __future__ import annotations

from datetime import datetime

from mlops_maturity.collectors.github.api import Api, hidden, no_objects, path_of
from mlops_maturity.collectors.github.facts import Pull
from mlops_maturity.collectors.interface import Unsupported
from mlops_maturity.collectors.mapping import lenient, mapped


class PullIndex:
    """Lists pull requests by their last change, newest first, only as far back as somebody asks."""

    def __init__(self, api: Api, repository: str) -> None:
        self._api, self._repository = api, repository
        self._floor: datetime | None = None
        self._pulls: dict[int, Pull] = {}
        self.refused: list[str] = []
        """What makes no pull request, one line each."""

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
        path = f"{path_of(self._repository)}/pulls"
        self._pulls, self.refused = {}, []
        try:
            for page in self._api.pages(path, {"state": "closed", "sort": "updated", "direction": "desc"}):
                found, refused = mapped(page.rows, Pull.of, lambda row: row["number"], "pull request")
                self._pulls.update((pull.number, pull) for pull in found)
                self.refused += refused
                times = [lenient(row.get("updated_at")) for row in page.rows if isinstance(row, dict)]
                if page.rows and not times:
                    raise no_objects(self._api.source, "pull requests")
                if any(time is not None and time < floor for time in times):
                    break
        except Unsupported:
            raise hidden(self._api.source, self._repository, "Pull requests") from None
