"""Releases as observations: whether each came with notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from mlops_maturity.collectors.github.api import Api, Row, Rows, hidden, path_of
from mlops_maturity.collectors.interface import Forbidden, Unsupported
from mlops_maturity.collectors.mapping import instant, lenient, link, mapped
from mlops_maturity.evidence.records import Observation

NAME = "release_notes"
EDITED_FOR = timedelta(days=30)
"""How long after its publication the notes of a release are read again; also how much older than its publication the
commit may be by which GitHub puts it in order."""
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SAYS_NOTHING = re.compile(r"^(\W*full changelog\W.*|\s*#+.*)$", re.IGNORECASE | re.MULTILINE)
_WORD = re.compile(r"\w")


class Releases:
    """Lists the releases of one repository, newest first."""

    def __init__(self, api: Api, repository: str) -> None:
        self._api, self._repository = api, repository
        self.etag: str | None = None
        """What names the list as it was read."""

    def since(self, floor: datetime, etag: str | None = None) -> Iterator[tuple[list[Observation], list[str]]]:
        """Observations and what makes none, page by page, of releases published from `floor` on.

        Nothing where `etag` says that the list is as it was. Raises SourceError, Forbidden where it is hidden.
        """
        path = f"{path_of(self._repository)}/releases"
        try:
            first = self._api.page(path, {"per_page": 100}, etag=etag)
        except Unsupported:
            raise hidden(self._api.source, self._repository, "Contents") from None
        self.etag = first.etag or etag
        for page in self._api.follow(first):
            published = [row for row in page.rows if not (isinstance(row, dict) and row.get("draft") is True)]
            made, refused = mapped(published, self._observation, lambda row: row["tag_name"], "release")
            yield [one for one in made if one.observed_at >= floor], refused
            if _all_before(page, floor):
                return

    def _observation(self, raw: Row) -> Observation:
        tag, published = str(raw["tag_name"]), instant(raw["published_at"])
        if published is None:
            raise ValueError("it has no time of publication")
        return Observation(
            source=self._api.source,
            id=f"{NAME}/{self._repository}/{tag}",
            url=link(raw.get("html_url")),
            subject=self._repository,
            name=NAME,
            state="unknown" if "body" not in raw else "yes" if has_notes(raw["body"]) else "no",
            observed_at=published,
            attributes={"tag": tag},
        )


def has_notes(body: str | None) -> bool:
    """Whether a text says anything beside headings, comments and the link that GitHub puts under generated notes."""
    said = _COMMENT.sub("", (body or "").replace("\r\n", "\n"))
    return _WORD.search(_SAYS_NOTHING.sub("", said)) is not None


def untold(source: str, repository: str, error: Forbidden, now: datetime) -> Observation:
    """That the releases of a repository may not be read. No tag holds an asterisk."""
    return Observation(
        source=source,
        id=f"{NAME}/{repository}/*",
        subject=repository,
        name=NAME,
        state="forbidden",
        observed_at=datetime.combine(now.astimezone(UTC).date(), time.min, UTC),
        attributes={"reason": str(error)},
    )


def _all_before(page: Rows, floor: datetime) -> bool:
    times = [lenient(row.get("created_at")) for row in page.rows if isinstance(row, dict)]
    return all(time is not None and time < floor - EDITED_FOR for time in times)
