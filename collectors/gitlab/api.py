"""GitLab's answers as rows: pages, lists in order of their last changes, and what a 404 means there.

After GitLab's own documentation of its REST API, version 4 (doc/api in its repository: rest, pipelines, jobs,
deployments, environments, merge_requests, merge_request_approvals, notes, issues).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mlops_maturity.collectors.http import Answer, Http, Parameters
from mlops_maturity.collectors.interface import BadAnswer, Hidden
from mlops_maturity.collectors.mapping import lenient, written

PER_PAGE = 100
_ROOT = "api/v4"
_SECOND = timedelta(seconds=1)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """One page of a list."""

    rows: list[Any]
    next: int | None
    """The number of the next page."""


class Api:
    """The few shapes of GitLab's API that are needed, for one source."""

    def __init__(self, source: str, url: str, http: Http) -> None:
        """`http` looks at no links: GitLab writes its configured address into them, which need not be the asked one."""
        self.source = source
        self.http = http
        self._root = "" if url.rstrip("/").endswith(f"/{_ROOT}") else f"{_ROOT}/"

    def settled(self, now: datetime) -> datetime:
        """The instant up to which lists can be taken as whole."""
        return self.http.settled(now)

    def one(self, path: str) -> Row:
        """One object. Raises SourceError, Unsupported for 404."""
        data = self._get(path, None).data
        if not isinstance(data, dict):
            raise BadAnswer(f"{self.source}: {path} answered something else than an object. Is `url` GitLab's address?")
        return data

    def page(self, path: str, params: Parameters | None = None, number: int = 1) -> Rows:
        """One page of a list. Raises SourceError, Unsupported for 404."""
        answer = self._get(path, {"per_page": PER_PAGE, **(params or {}), "page": number})
        if not isinstance(answer.data, list):
            raise BadAnswer(f"{self.source}: {path} answered something else than a list. Is `url` GitLab's address?")
        if answer.data and not any(isinstance(row, dict) for row in answer.data):
            raise BadAnswer(f"{self.source}: {path} answered a list without any object. Is `url` GitLab's address?")
        return Rows(rows=answer.data, next=self._following(path, answer, number))

    def pages(self, path: str, params: Parameters | None = None, *, most: int | None = None) -> Iterator[Rows]:
        """The pages of a list to its last, or to an empty one; `most` of them at most."""
        number: int | None = 1
        given = 0
        while number is not None and (most is None or given < most):
            page = self.page(path, params, number)
            given += 1
            yield page
            number = page.next if page.rows else None

    def rows(self, path: str, params: Parameters | None = None, *, most: int) -> list[Any] | None:
        """All rows of a list; None where they fill more than `most` pages."""
        found: list[Any] = []
        page = Rows(rows=[], next=1)
        for page in self.pages(path, params, most=most):
            found += page.rows
        return None if page.rows and page.next is not None else found

    def updated(self, path: str, params: Parameters, since: datetime, now: datetime) -> Iterator[list[Any]]:
        """Rows that changed from `since` on, in order of their last change; a page may be empty.

        Pages are offsets, and a row that changes meanwhile leaves its place for the list's end, so that the row after
        a page is skipped. Therefore each page asks anew for what changed since the last row, and drops what it has
        given already; only within one second, changed by the hundred, are page numbers followed.
        """
        start, number = since.replace(microsecond=0) - _SECOND, 1
        given: set[tuple[Any, Any]] = set()
        while True:
            page = self.page(path, {**params, "order_by": "updated_at", "sort": "asc", **_after(start)}, number)
            fresh = [row for row in page.rows if _key(row) is None or _key(row) not in given]
            times = [
                time for time in (lenient(row.get("updated_at")) for row in page.rows if isinstance(row, dict)) if time
            ]
            last = max(times, default=start)
            yield fresh
            if page.next is None or not page.rows or last >= now:
                return
            if last < start:
                raise BadAnswer(f"{self.source}: {path} does not heed `updated_after`. Does a proxy drop queries?")
            following = last.replace(microsecond=0) - _SECOND
            if following > start:
                given = {key for row in page.rows if (key := _key(row)) is not None}
                start, number = following, 1
            else:
                given |= {key for row in page.rows if (key := _key(row)) is not None}
                number = page.next

    def hidden(self, name: str, right: str) -> Hidden:
        """GitLab answers 404 for what the token must not see, so a 404 on a known list is no 'not supported'."""
        return Hidden(
            f"{self.source}: {name}: HTTP 404, which GitLab answers for a misspelt name and for what the token must "
            f"not see. Check the name, and give the token {right}"
        )

    def _get(self, path: str, params: Parameters | None) -> Answer:
        return self.http.get(self._root + path, params)

    def _following(self, path: str, answer: Answer, number: int) -> int | None:
        """The next page's number as the header says; totals are left out above 10,000 rows and never looked at."""
        said = answer.headers.get("x-next-page")
        if said is None:  # a proxy that lets only known headers pass
            return number + 1 if len(answer.data) >= PER_PAGE else None
        if not said.strip().isdecimal():
            return None
        if int(said) <= number:
            raise BadAnswer(f"{self.source}: {path}: the pages lead in a circle. Try again later")
        return int(said)


def _after(start: datetime) -> dict[str, str]:
    return {"updated_after": written(start)}


def _key(row: Any) -> tuple[Any, Any] | None:
    """What tells one state of a row from others; None for what is no row."""
    return (str(row["id"]), str(row.get("updated_at"))) if isinstance(row, dict) and "id" in row else None
