"""The stream of merge requests of one project that are no longer open, with first commit, first review, approvals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from mlops_maturity.collectors.gitlab.api import Row
from mlops_maturity.collectors.gitlab.facts import (
    Merge,
    approval_count,
    first_commit_at,
    first_review_at,
    is_program,
)
from mlops_maturity.collectors.gitlab.stream import UpdatedStream
from mlops_maturity.collectors.http import Parameters
from mlops_maturity.collectors.mapping import change_id, mapped
from mlops_maturity.evidence.records import Change, RecordKind

_NOTE_PAGES = 3
_COMMIT_PAGES = 10
_STILL_OPEN = frozenset({"opened", "locked"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Details:
    """What is asked about a merged one; None = unknown."""

    first_commit_at: datetime | None = None
    first_review_at: datetime | None = None
    approvals: int | None = None


class ChangeStream(UpdatedStream):
    """Open merge requests are left out: being merged changes them, and brings them back."""

    name: ClassVar[str] = "changes"
    kind: ClassVar[RecordKind] = "change"
    path: ClassVar[str] = "merge_requests"
    part: ClassVar[str] = "merge_requests"
    batch: ClassVar[int] = 20
    lists: ClassVar[Mapping[str, Parameters]] = {"": {"state": "all", "scope": "all"}}

    def _records(self, rows: Sequence[Any]) -> tuple[list[Change], list[str]]:
        over = [row for row in rows if not (isinstance(row, dict) and row.get("state") in _STILL_OPEN)]
        merges, refused = mapped(over, Merge.of, lambda row: row["iid"], "merge request")
        made, odd = mapped(merges, self._record, lambda merge: merge.number, "merge request")
        return made, [*refused, *odd]

    def _record(self, merge: Merge) -> Change:
        details = self._details(merge)
        return Change(
            source=self._api.source,
            id=change_id(self._project.path, merge.number),
            url=merge.url,
            repository=self._project.path,
            number=merge.number,
            author=self._mapper.author(merge.login) if merge.login else None,
            author_kind=("bot" if is_program(merge.login, self._mapper) else "human") if merge.login else None,
            first_commit_at=details.first_commit_at,
            created_at=merge.created_at,
            first_review_at=details.first_review_at,
            merged_at=merge.merged_at,
            merge_sha=merge.merge_sha,
            approvals=details.approvals,
            attributes={
                name: value for name, value in (("head_sha", merge.head_sha), ("branch", merge.branch)) if value
            },
        )

    def _details(self, merge: Merge) -> _Details:
        """Three requests for a merged one; of one that was given up they say nothing."""
        if merge.merged_at is None:
            return _Details()
        ask = partial(self._unread.ask, str(merge.number))
        at = f"{self._project.at}/merge_requests/{merge.number}"
        approvals = ask(partial(self._approvals, f"{at}/approvals"))
        # Newest first, and the first one counts: a list that is cut tells nothing.
        commits = ask(partial(self._api.rows, f"{at}/commits", most=_COMMIT_PAGES))
        notes = ask(partial(self._notes, f"{at}/notes"))
        return _Details(
            first_commit_at=first_commit_at(commits or ()),
            first_review_at=first_review_at(merge.login, notes or (), approvals or (), self._mapper),
            approvals=None if approvals is None else approval_count(merge.login, approvals, self._mapper),
        )

    def _approvals(self, path: str) -> Sequence[Row] | None:
        found = self._api.one(path).get("approved_by")
        return found if isinstance(found, list) else None

    def _notes(self, path: str) -> Sequence[Row]:
        """The first ones."""
        oldest = {"sort": "asc", "order_by": "created_at"}
        return [row for page in self._api.pages(path, oldest, most=_NOTE_PAGES) for row in page.rows]
