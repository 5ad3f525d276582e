"""GitHub's answers as rows: paging, shapes, and what a 404 means there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from mlops_maturity.collectors.http import Answer, Http, Parameters
from mlops_maturity.collectors.http_errors import Unprocessable
from mlops_maturity.collectors.interface import BadAnswer, Hidden

HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
PER_PAGE = 100
LISTED = 40_000
"""Items of a list that GitHub pages through: what lies beyond is refused with 422, "pagination is limited for this
resource", or no link leads there (DevLake issue 8842)."""

Row = Mapping[str, Any]


class Misshapen(BadAnswer):
    """An answer of another shape than the interface promises: garbage, which must not read as "there are none"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """One page of a list."""

    rows: list[Row]
    total: int | None
    """How many there are in all, where GitHub says so."""
    next: str | None
    etag: str | None = None
    """What names the page as it is."""
    unchanged: bool = False
    """The page is the one that the given `etag` names: its rows are not sent again, and it costs no quota."""
    cut: bool = False
    """No page: the list may go on, and GitHub gives no more of it."""


class Api:
    """The few shapes of GitHub's API that are needed, for one source."""

    def __init__(self, source: str, http: Http) -> None:
        self.source = source
        self.http = http

    def settled(self, now: datetime) -> datetime:
        """The instant up to which the lists can be taken as whole."""
        return self.http.settled(now)

    def one(self, path: str, params: Parameters | None = None) -> Row:
        """One object. Raises SourceError, Unsupported for 404."""
        return self._object(self.http.get(path, params))

    def one_if_changed(self, path: str, etag: str | None) -> tuple[Row | None, str | None]:
        """One object, and what names it as it is; None where `etag` still does, which costs no quota."""
        answer = self.http.get(path, headers={"If-None-Match": etag} if etag else None)
        if answer.status == 304:
            return None, etag
        return self._object(answer), answer.headers.get("etag")

    def page(
        self, path: str, params: Parameters | None = None, *, key: str | None = None, etag: str | None = None
    ) -> Rows:
        """One page of a list: a bare one, or under `key` of an object. With `etag` only if it is not that page."""
        answer = self.http.get(path, params, headers={"If-None-Match": etag} if etag else None)
        if answer.status == 304:
            return Rows(rows=[], total=None, next=None, etag=etag, unchanged=True)
        data = answer.data if key is None else self._object(answer).get(key)
        if not isinstance(data, list):
            what = "a list" if key is None else f"an object with the list {key!r}"
            raise Misshapen(
                f"{self.source}: {path.partition('?')[0]} answered something else than {what}. Is `url` right?"
            )
        if data and not any(isinstance(row, dict) for row in data):
            raise Misshapen(
                f"{self.source}: {path.partition('?')[0]} holds no objects at all. Is `url` GitHub's address?"
            )
        total = answer.data.get("total_count") if isinstance(answer.data, dict) else None
        return Rows(
            rows=data,
            total=total if isinstance(total, int) else None,
            next=answer.next,
            etag=answer.headers.get("etag"),
        )

    def pages(
        self, path: str, params: Parameters | None = None, *, key: str | None = None, most: int | None = None
    ) -> Iterator[Rows]:
        """The pages of a list, `most` of them at most."""
        return self.follow(self.page(path, {"per_page": PER_PAGE, **(params or {})}, key=key), key=key, most=most)

    def follow(self, first: Rows, *, key: str | None = None, most: int | None = None) -> Iterator[Rows]:
        """A page and those its links lead to, to the last or to an empty one."""
        page, visited = first, {first.next}
        yield page
        while page.next is not None and page.rows and (most is None or len(visited) < most):
            page = self.page(page.next, key=key)
            yield page
            if page.next is not None and page.next in visited:
                raise BadAnswer(f"{self.source}: GitHub's links from page to page lead in a circle. Try again later")
            visited.add(page.next)

    def until_cut(self, first: Rows) -> Iterator[Rows]:
        """A page and those its links lead to; and one that is `cut` where the list is longer than GitHub gives."""
        listed = 0
        try:
            for page in self.follow(first):
                listed += len(page.rows)
                yield page
        except Unprocessable:
            listed = LISTED
        if listed >= LISTED:
            yield Rows(rows=[], total=None, next=None, cut=True)

    def _object(self, answer: Answer) -> Row:
        if not isinstance(answer.data, dict):
            raise Misshapen(
                f"{self.source}: GitHub answered something else than an object. Is `url` the API's address?"
            )
        return answer.data


def path_of(repository: str) -> str:
    """`repos/owner/name`, safe in an address."""
    owner, _, name = repository.partition("/")
    return f"repos/{quote(owner, safe='')}/{quote(name, safe='')}"


def hidden(source: str, repository: str, right: str) -> Hidden:
    """GitHub answers 404 for what the token must not see, so a 404 on a repository's list is no 'not supported'."""
    return Hidden(
        f"{source}: {repository}: HTTP 404, which GitHub answers for misspelt names and for what a token must not see. "
        f"Check the name, and give the token read access to {right}"
    )
