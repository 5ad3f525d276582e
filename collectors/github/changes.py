"""The stream of closed pull requests of one repository, with their first review and first commit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from mlops_maturity.collectors.github.api import Api, Row, path_of
from mlops_maturity.collectors.github.facts import Pull, Reviews, first_commit_at, known, reviews_of
from mlops_maturity.collectors.github.known_since import known_since
from mlops_maturity.collectors.github.pulls import PullIndex
from mlops_maturity.collectors.interface import Page, ReadRequest
from mlops_maturity.collectors.mapping import Mapper, change_id, mapped
from mlops_maturity.collectors.unread import Unread
from mlops_maturity.collectors.update_cursor import UpdateCursor
from mlops_maturity.evidence.records import Change

BATCH = 20
"""Pull requests of one page: each merged one costs two further requests."""
_REVIEW_PAGES = 3


class ChangeStream:
    """Reads the pull requests of one repository once, by the time of their last change."""

    def __init__(self, api: Api, mapper: Mapper, repository: str, pulls: PullIndex, request: ReadRequest) -> None:
        self._api, self._mapper, self._repository, self._pulls = api, mapper, repository, pulls
        self._now = request.now
        self._cursor = UpdateCursor.opened(request, request.cursor)
        self._etag: str | None = None if request.backfill else request.cursor.get("etag")
        alive = partial(api.one, path_of(repository))
        self._unread = Unread.opened(request.cursor.get("unread", {}), self._now, alive=alive, hides=True)

    def pages(self) -> Iterator[Page]:
        """Pages oldest change first. What is known is said at the end only: a later comment moves a pull request."""
        is_known = self._etag is not None and self._pulls.unchanged(self._etag)
        pulls = [] if is_known else self._pulls.since(self._cursor.high_water)
        refused: tuple[str, ...] = tuple(self._pulls.refused)
        for begin in range(0, len(pulls), BATCH):
            batch = pulls[begin : begin + BATCH]
            made, odd = mapped(batch, self._record, lambda pull: pull.number, "pull request")
            self._unread.check_server()
            self._cursor.reach(batch[-1].updated_at, self._api.settled(self._now))
            yield Page(
                records=made,
                refused=(*refused, *odd),
                cursor=self._written(),
                progress=f"{batch[0].updated_at:%Y-%m-%d} … {batch[-1].updated_at:%Y-%m-%d}",
                done=min(0.99, (begin + len(batch)) / len(pulls)),
            )
            refused = ()
        yield from self._again()
        yield self._last(refused)

    def _again(self) -> Iterator[Page]:
        """Those of which a detail was refused in earlier readings, one a page."""
        at = f"{path_of(self._repository)}/pulls"
        for number, row in self._unread.again(lambda number: self._api.one(f"{at}/{number}")):
            pulls, _ = mapped([row] if row is not None else [], Pull.of, lambda row: row["number"], "pull request")
            made, refused = mapped(pulls, self._record, lambda pull: pull.number, "pull request")
            yield Page(
                records=made,
                refused=refused,
                cursor=self._written(),
                progress=f"pull request {number}, refused before",
            )

    def _last(self, refused: tuple[str, ...]) -> Page:
        settled = self._api.settled(self._now)
        known = self._cursor.finish(settled, source=self._api.source, stream="change", scope=self._repository)
        told = [part for span in known for part in known_since(span, self._pulls.unknown_before, self._pulls.reason)]
        return Page(
            records=(),
            refused=refused,
            cursor={**self._written(), "etag": self._pulls.etag or self._etag},
            coverage=told,
            warnings=self._unread.remarks(f"{self._repository}: reviews or commits of pull requests"),
            progress="up to date",
            done=1.0,
        )

    def _written(self) -> dict[str, Any]:
        return {**self._cursor.as_json(), "unread": self._unread.as_json()}

    def _details(self, pull: Pull) -> tuple[Reviews | None, datetime | None]:
        """First review and first commit of a merged one; of one that was given up they say nothing."""
        if pull.merged_at is None:
            return None, None
        reviews = self._rows(pull, "reviews", _REVIEW_PAGES)
        commits = self._rows(pull, "commits", 1)
        return (
            None if reviews is None else reviews_of(pull.login, reviews, self._mapper),
            None if commits is None else first_commit_at(commits),
        )

    def _rows(self, pull: Pull, what: str, most: int) -> list[Row] | None:
        """None where they are refused: unknown, which is not the same as none."""
        path = f"{path_of(self._repository)}/pulls/{pull.number}/{what}"
        return self._unread.ask(
            str(pull.number), lambda: [row for page in self._api.pages(path, most=most) for row in page.rows]
        )

    def _record(self, pull: Pull) -> Change:
        if not pull.whole and pull.merged_at is not None:
            pull = self._unread.ask(str(pull.number), partial(self._pulls.whole, pull)) or pull
        reviews, first_commit = self._details(pull)
        return Change(
            source=self._api.source,
            id=change_id(self._repository, pull.number),
            url=pull.url,
            repository=self._repository,
            number=pull.number,
            author=self._mapper.author(pull.login) if pull.login else None,
            author_kind=self._author_kind(pull),
            first_commit_at=first_commit,
            created_at=pull.created_at,
            first_review_at=reviews.first_at if reviews else None,
            merged_at=pull.merged_at,
            merge_sha=pull.merge_sha,
            approvals=reviews.approvals if reviews else None,
            attributes=known(head_sha=pull.head_sha, branch=pull.branch),
        )

    def _author_kind(self, pull: Pull) -> str | None:
        if pull.program or (pull.login is not None and self._mapper.bot(pull.login)):
            return "bot"
        return "human" if pull.login else None
