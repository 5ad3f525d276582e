"""The stream of deployments of one project, with the merge requests they brought, and roll-backs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from mlops_maturity.collectors.gitlab.api import PER_PAGE, Api
from mlops_maturity.collectors.gitlab.facts import Listed, Merge, outcome, tier_of
from mlops_maturity.collectors.gitlab.projects import Project
from mlops_maturity.collectors.gitlab.stream import UpdatedStream
from mlops_maturity.collectors.http import Parameters
from mlops_maturity.collectors.interface import Failing, Forbidden, ReadRequest, Unsupported
from mlops_maturity.collectors.mapping import Mapper, change_id, mapped, written
from mlops_maturity.collectors.release_history import Placed, ReleaseHistory
from mlops_maturity.evidence.records import Deployment, RecordKind, Tier

_LOOK_BACK = 20
"""Deployments before the first one read that are asked for, so that its predecessor is known."""
_MERGE_PAGES = 5
_ENVIRONMENT_PAGES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What was found out about one deployment."""

    placed: Placed | None = None
    """None for what is no successful deployment to production, and for one whose place among them is not known."""
    brought: Sequence[Merge] | None = None
    """The merge requests that it brought; None = unknown."""


class DeploymentStream(UpdatedStream):
    """GitLab lists deployments in order of their last change; what replaced what goes by when they took effect."""

    name: ClassVar[str] = "deployments"
    kind: ClassVar[RecordKind] = "deployment"
    path: ClassVar[str] = "deployments"
    part: ClassVar[str] = "environments"
    batch: ClassVar[int] = PER_PAGE

    def __init__(self, api: Api, mapper: Mapper, project: Project, request: ReadRequest) -> None:
        super().__init__(api, mapper, project, request)
        self._history = ReleaseHistory(() if self._fresh else request.cursor.get("live", ()))
        self._latest: dict[str, str] = {} if self._fresh else dict(request.cursor.get("latest", {}))
        self._tiers: dict[str, str] | None = None

    def _records(self, rows: Sequence[Any]) -> tuple[list[Deployment], list[str]]:
        listed, refused = mapped(rows, Listed.of, lambda row: row["id"], "deployment")
        made, odd = mapped(sorted(listed, key=lambda one: one.order), self._record, lambda one: one.id, "deployment")
        return made, [*refused, *odd]

    def _is_wanted_again(self, row: Any) -> bool:
        """One that the history has forgotten has no place among the others, and keeps what is told of it."""
        listed, _ = mapped([row], Listed.of, str, "deployment")
        return any(one.id == known for one in listed for known, _ in self._history.of(one.environment))

    def _remembered(self) -> dict[str, Any]:
        latest = {name: at for name, at in self._latest.items() if self._history.of(name)}
        return {"live": self._history.as_json(), "latest": latest}

    def _record(self, listed: Listed) -> Deployment:
        tier = self._tier(listed)
        seen = self._look(listed) if tier == "production" and listed.status == "success" else _Seen()
        placed, brought = seen.placed, seen.brought
        back = placed is not None and placed.rollback
        attributes = {
            "ref": listed.ref,
            "job": listed.job,
            "raw_status": listed.status,
            "previous_sha": placed.previous_sha if placed else None,
            "changes_known": brought is not None if tier == "production" and listed.status == "success" else None,
        }
        return Deployment(
            source=self._api.source,
            id=listed.id,
            url=listed.url,
            repository=self._project.path,
            environment=listed.environment,
            tier=tier,
            sha=listed.sha,
            started_at=listed.started_at,
            finished_at=listed.finished_at,
            outcome=outcome(listed.status),
            rollback_of=placed.previous_id if placed is not None and back else None,
            unplanned=True if back else self._unplanned(listed, brought or ()),
            pipeline_run=listed.pipeline,
            changes=tuple(change_id(self._project.path, merge.number) for merge in brought or ()),
            attributes={name: value for name, value in attributes.items() if value is not None},
        )

    def _unplanned(self, listed: Listed, brought: Sequence[Merge]) -> bool | None:
        """Whether its branch, or branch or label of a merge request that it brought, says repair."""
        marks = [self._mapper.unplanned(listed.ref)]
        marks += [self._mapper.unplanned(merge.branch, merge.labels) for merge in brought]
        return True if True in marks else False if False in marks else None

    def _tier(self, listed: Listed) -> Tier:
        return tier_of(listed.tier or self._environments().get(listed.environment), listed.environment, self._mapper)

    def _environments(self) -> dict[str, str]:
        """The tiers of the environments by name, listed when first needed; what is deleted or too many is not there."""
        if self._tiers is None:
            self._tiers = {}
            try:
                for page in self._api.pages(f"{self._project.at}/environments", most=_ENVIRONMENT_PAGES):
                    named = [row for row in page.rows if isinstance(row, dict) and row.get("name") and row.get("tier")]
                    self._tiers.update((str(row["name"]), str(row["tier"])) for row in named)
            except (Unsupported, Forbidden):
                pass
        return self._tiers

    def _look(self, listed: Listed) -> _Seen:
        placed = self._place(listed)
        return _Seen(placed=placed, brought=self._brought(listed, placed))

    def _place(self, listed: Listed) -> Placed | None:
        """Where it stands among the deployments to its environment.

        One that comes late, since something touched it long after it took effect, has no place that could be told.
        """
        name, at = listed.environment, written(listed.finished_at or self._now)
        entries = self._history.of(name)
        if not entries:
            self._remember_live(name, at)
        elif at < self._latest.get(name, "") and listed.id not in {identity for identity, _ in entries}:
            return None
        self._latest[name] = max(at, self._latest.get(name, ""))
        return self._history.place(name, listed.id, listed.sha)

    def _remember_live(self, environment: str, before: str) -> None:
        """What was live in an environment before the first deployment that is read."""
        wanted: Parameters = {
            "environment": environment,
            "status": "success",
            "updated_before": before,
            "order_by": "updated_at",
            "sort": "desc",
            "per_page": _LOOK_BACK,
        }
        try:
            rows = self._api.page(f"{self._project.at}/deployments", wanted).rows
        except (Unsupported, Forbidden, Failing):
            return  # not known; where it is the server that fails, what is asked next fails too
        listed, _ = mapped(rows, Listed.of, str, "deployment")
        for one in sorted(listed, key=lambda one: one.order):
            if one.finished_at is not None and written(one.finished_at) < before:
                self._history.place(environment, one.id, one.sha)

    def _brought(self, listed: Listed, placed: Placed | None) -> list[Merge] | None:
        """The merge requests that GitLab links to it; None = unknown."""
        if placed is not None and placed.previous_sha is None:
            return None  # to the first one GitLab links all there ever were
        if placed is not None and (placed.rollback or placed.previous_sha == listed.sha):
            return []
        path = f"{self._project.at}/deployments/{listed.id}/merge_requests"
        rows = self._unread.ask(listed.id, partial(self._api.rows, path, {"state": "merged"}, most=_MERGE_PAGES))
        if rows is None or (not rows and "/" in listed.environment):
            return None  # older versions link none to an environment in a folder
        merges, _ = mapped(rows, Merge.of, str, "merge request")
        return [merge for merge in merges if _merged_by(merge, listed.finished_at)]


def _merged_by(merge: Merge, moment: datetime | None) -> bool:
    """Cherry-picks link merge requests that are not merged yet."""
    return merge.merged_at is not None and (moment is None or merge.merged_at <= moment)
