"""What build servers share: times since the epoch, repositories named by address, deployments made by builds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from mlops_maturity.collectors.mapping import Mapper
from mlops_maturity.collectors.release_history import Placed, ReleaseHistory
from mlops_maturity.evidence.records import Deployment, PipelineRun, Tier

_ADDRESS = re.compile(r"^[a-z+]+://[^/]*/|^[^/:]*@?[^/:]+:", re.IGNORECASE)


def name_of(address: str) -> str:
    """The path of a repository's address, `owner/name`; of `git@host:owner/name.git` as well. Holds no credential."""
    return _ADDRESS.sub("", address.strip()).strip("/").removesuffix(".git")


def moment(seconds: Any) -> datetime | None:
    """An instant of epoch seconds. Raises TypeError or ValueError for what is none."""
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(f"the time {seconds} is none") from error


def lenient_moment(seconds: Any) -> datetime | None:
    """An instant to steer by; None where it can't be read. What makes a record is read strictly."""
    try:
        return moment(seconds)
    except (ValueError, TypeError):
        return None


def deployment(
    run: PipelineRun, environment: str | None, mapper: Mapper, live: ReleaseHistory, row: str, *, late: bool = False
) -> Deployment:
    """The deployment that a deploying build made, placed in `live` if it changed production.

    `row` names the deployments that replace each other: what they deploy, and by what. One that is read `late`, after
    those that replaced it, keeps the place it has or gets none.
    """
    tier = mapper.tier(environment)
    placed = _placed(run, tier, live, f"{row} {environment}", late=late)
    back = placed is not None and placed.rollback
    return Deployment(
        source=run.source,
        id=run.id,
        url=run.url,
        repository=run.repository,
        environment=environment,
        tier=tier,
        sha=run.sha,
        started_at=run.started_at,
        finished_at=run.finished_at,
        outcome=run.outcome,
        rollback_of=placed.previous_id if placed is not None and back else None,
        unplanned=True if back else mapper.unplanned(run.ref),
        pipeline_run=run.id,
        attributes={"raw_status": run.raw_status},
    )


def _placed(run: PipelineRun, tier: Tier, live: ReleaseHistory, row: str, *, late: bool) -> Placed | None:
    succeeded = run.outcome in ("success", "unstable")
    if not succeeded or run.sha is None or tier != "production":
        return None
    known = {identity for identity, _ in live.of(row)}
    if late and known and run.id not in known:
        return None
    return live.place(row, run.id, run.sha)
