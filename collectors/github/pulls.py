"""The closed pull requests of a repository, listed once and used twice: as changes, and to name what was deployed.

The list ends at 40,000 pull requests. Older ones are found in the list of issues, of which each pull request is one:
it can be asked from an instant on, and so has no end. As issues they don't name the commit that merged them; that is
asked of each when it is made into a record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from mlops_maturity.collectors.github.api import LISTED, PER_PAGE, Api, Row, Rows, hidden, path_of
from mlops_maturity.collectors.github.facts import Pull
from mlops_maturity.collectors.interface import BadAnswer, Forbidden, Unsupported
from mlops_maturity.collectors.mapping import lenient, mapped, written


class PullIndex:
    """Lists pull requests by their last change, newest first, only as far back as somebody asks."""

    def __init__(self, api: Api, repository: str) -> None:
        self._api, self._repository = api, repository
        self._floor: datetime | None = None
        self._pulls: dict[int, Pull] = {}
        self._first: Rows | None = None
        self.refused: list[str] = []
        """What makes no pull request, one line each."""
        self.unknown_before: datetime | None = None
        """Pull requests last changed earlier may be missing; None where none are."""
        self.reason = ""
        """Why."""

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

    def lacks_merges(self, start: datetime, end: datetime) -> bool:
        """Whether some pull request was merged in that span, or may have been, by a commit that is not known."""
        return (self.unknown_before is not None and start < self.unknown_before) or any(
            not pull.whole and pull.merged_at is not None and start <= pull.merged_at <= end
            for pull in self._pulls.values()
        )

    def whole(self, pull: Pull) -> Pull:
        """One that was listed as an issue, with its commits and its branch. Raises SourceError, Unsupported for 404."""
        found = Pull.of(self._api.one(f"{path_of(self._repository)}/pulls/{pull.number}"))
        self._pulls[pull.number] = found
        return found

    def _list(self, floor: datetime) -> None:
        self._pulls, self.refused = {}, []
        if self._first is None:
            self._first = self._page()
        for page in self._api.until_cut(self._first):
            if page.cut:
                self._list_beyond(floor)
                return
            times = self._take(page.rows, Pull.of)
            if any(time < floor for time in times):
                return

    def _list_beyond(self, floor: datetime) -> None:
        """What the list of pull requests does not reach."""
        reached = min((pull.updated_at for pull in self._pulls.values()), default=floor)
        try:
            self._list_issues(floor, reached)
        except (Forbidden, Unsupported) as error:
            self.unknown_before = reached
            self.reason = f"cap: GitHub lists {LISTED:,} pull requests, and older ones only as issues: {error}"

    def _list_issues(self, floor: datetime, reached: datetime) -> None:
        """Pull requests as issues, from `floor` on in order of the last change, up to what is known already."""
        start, last = None, floor
        while start != last:
            start = last
            for page in self._api.until_cut(self._issues(start)):
                if page.cut:
                    break
                pulls = [row for row in page.rows if not isinstance(row, dict) or "pull_request" in row]
                times = [*self._take(pulls, Pull.of_issue), *_times(page.rows)]
                last = max(times, default=last)
                if last > reached:
                    return
            else:
                return
        raise BadAnswer(
            f"{self._api.source}: {self._repository}: in one second, {last:%Y-%m-%d %H:%M:%S}, more issues changed "
            "than GitHub lists. Read from a later day on"
        )

    def _take(self, rows: Sequence[Row], make: Callable[[Row], Pull]) -> list[datetime]:
        """Takes in those that are not known yet; the times of the last change of all."""
        found, refused = mapped(rows, make, lambda row: row["number"], "pull request")
        for pull in found:
            self._pulls.setdefault(pull.number, pull)
        self.refused += refused
        return _times(rows)

    def _issues(self, start: datetime) -> Rows:
        wanted: dict[str, str | int] = {
            "state": "closed", "sort": "updated", "direction": "asc", "since": written(start), "per_page": PER_PAGE,
        }  # fmt: skip
        return self._api.page(f"{path_of(self._repository)}/issues", wanted)

    def _page(self, etag: str | None = None) -> Rows:
        wanted: dict[str, str | int] = {"state": "closed", "sort": "updated", "direction": "desc", "per_page": PER_PAGE}
        try:
            return self._api.page(f"{path_of(self._repository)}/pulls", wanted, etag=etag)
        except Unsupported:
            raise hidden(self._api.source, self._repository, "Pull requests") from None


def _times(rows: Sequence[Row]) -> list[datetime]:
    told = (lenient(row.get("updated_at")) for row in rows if isinstance(row, dict))
    return [time for time in told if time is not None]
