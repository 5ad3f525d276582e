"""Which pull requests a deployment brought: those whose merge lies between the previous deployment and it."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from mlops_maturity.collectors.github.api import Api, path_of
from mlops_maturity.collectors.github.facts import Listed, Pull
from mlops_maturity.collectors.github.pulls import PullIndex
from mlops_maturity.collectors.http_errors import Unprocessable
from mlops_maturity.collectors.interface import Forbidden, Unsupported
from mlops_maturity.collectors.release_history import Placed
from mlops_maturity.collectors.unread import Unread

_COMPARE_PAGES = 3
_MERGED_BEFORE = timedelta(days=30)
"""How long before a deployment its changes may have been merged and still be found."""


class DeployedPulls:
    """Of one repository, for one reading. What may not be read is noted in `unread`."""

    def __init__(self, api: Api, repository: str, pulls: PullIndex, unread: Unread) -> None:
        self._api, self._at, self._pulls, self._unread = api, path_of(repository), pulls, unread
        self._from = unread.now

    def begin(self, created: datetime) -> None:
        """Deployments from that creation on will be asked for; the pull requests are listed once, back to there."""
        self._from = min(self._from, created - _MERGED_BEFORE)

    def brought_by(self, listed: Listed, placed: Placed) -> list[Pull] | None:
        """None = unknown. Raises SourceError."""
        if placed.previous_sha is None:
            return None
        if placed.rollback or placed.previous_sha == listed.sha:
            return []
        merged = self._by_merge(listed)
        if merged is None or self._pulls.lacks_merges(listed.created_at - _MERGED_BEFORE, listed.created_at):
            return None
        commits = self._unread.ask(listed.id, partial(self._commits, placed.previous_sha, listed.sha))
        return None if commits is None else [merged[commit] for commit in commits if commit in merged]

    def _commits(self, base: str, head: str) -> list[str] | None:
        """The commits between two; None for one that is gone, or a difference that the server does not tell."""
        try:
            pages = self._api.pages(f"{self._at}/compare/{base}...{head}", key="commits", most=_COMPARE_PAGES)
            return [str(row["sha"]) for page in pages for row in page.rows]
        except (Unsupported, Unprocessable, KeyError, TypeError):
            return None

    def _by_merge(self, listed: Listed) -> dict[str, Pull] | None:
        """Merged pull requests by the commit that merged them, listed when first needed; None where forbidden."""
        try:
            return self._pulls.merged(self._from)
        except (Forbidden, Unsupported) as error:
            self._unread.note(listed.id, error)
            return None
