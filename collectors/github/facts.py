"""GitHub's objects as records. Pure: what is not in the arguments is not in the record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mlops_maturity.collectors.github.api import Row
from mlops_maturity.collectors.mapping import Mapper, branch_of, instant, link, outcome_of
from mlops_maturity.evidence.records import Job, Outcome, PipelineRun, Trigger

_TRIGGERS: dict[str, Trigger] = {
    "push": "push",
    "pull_request": "pull_request",
    "pull_request_target": "pull_request",
    "pull_request_review": "pull_request",
    "merge_group": "pull_request",
    "schedule": "schedule",
    "workflow_dispatch": "manual",
}
_FINAL = frozenset({"success", "failure", "error"})
_RUN_LINK = re.compile(r"/actions/runs/(\d+)")


def pipeline_run(
    source: str, repository: str, raw: Row, mapper: Mapper, *, default_branch: str | None, jobs: Sequence[Row] = ()
) -> PipelineRun:
    """One attempt of a workflow run.

    GitHub gives no time of completion; `updated_at` of a completed attempt is the nearest there is. A re-run keeps
    `created_at`, so only the first attempt was queued then.
    """
    status, conclusion = raw["status"], raw.get("conclusion")
    attempt = attempt_of(raw)
    pipeline = pipeline_of(raw)
    event = raw.get("event") or ""
    trigger = _TRIGGERS.get(event, "event" if event else "unknown")
    ref = raw.get("head_branch")
    named = [Job(name=job["name"], outcome=_outcome(job["status"], job.get("conclusion"))) for job in jobs]
    return PipelineRun(
        source=source,
        id=str(raw["id"]),
        url=link(raw.get("html_url")),
        attempt=attempt,
        repository=repository,
        pipeline=pipeline,
        purpose=mapper.purpose(pipeline, jobs=[job.name for job in named], branch=ref, trigger=trigger),
        trigger=trigger,
        ref=ref,
        sha=raw.get("head_sha"),
        queued_at=instant(raw["created_at"]) if attempt == 1 else None,
        started_at=instant(raw.get("run_started_at") or raw["created_at"]),
        finished_at=instant(raw.get("updated_at")) if status == "completed" else None,
        outcome=_outcome(status, conclusion),
        raw_status=conclusion or status,
        jobs=tuple(named),
        attributes=known(
            event=event,
            workflow_id=raw.get("workflow_id"),
            number=raw.get("run_number"),
            default_branch=default_branch,
            shared_workflows=shared_workflows(raw, repository),
        ),
    )


def pipeline_of(raw: Row) -> str | None:
    """What the workflow is called: its name, else its file's."""
    name = raw.get("name")
    return name if name and isinstance(name, str) else _file(raw.get("path"))


def shared_workflows(raw: Row, repository: str) -> list[str] | None:
    """Other repositories whose workflows the run used, each once, in order; None where the server does not say."""
    used = raw.get("referenced_workflows")
    if not used:
        return used
    owners = {"/".join(str(one["path"]).split("/")[:2]) for one in used if not str(one["path"]).startswith(".")}
    return sorted(owner for owner in owners if owner.casefold() != repository.casefold())


def attempt_of(raw: Row) -> int:
    """Which attempt of a run this is; old servers don't say, and had one."""
    attempt = raw.get("run_attempt")
    return attempt if isinstance(attempt, int) and attempt >= 1 else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A deployment as the list gives it: without its state."""

    id: str
    sha: str
    ref: str | None
    environment: str
    created_at: datetime
    production: bool | None
    transient: bool | None
    task: str | None

    @classmethod
    def of(cls, raw: Row) -> Listed:
        """Raises KeyError, TypeError or ValueError for what is no deployment."""
        created_at = instant(raw["created_at"])
        if created_at is None:
            raise ValueError("it has no time of creation")
        return cls(
            id=str(raw["id"]),
            sha=raw["sha"],
            ref=raw.get("ref"),
            environment=raw["environment"],
            created_at=created_at,
            production=raw.get("production_environment"),
            transient=raw.get("transient_environment"),
            task=raw.get("task"),
        )

    @property
    def branch(self) -> str | None:
        """The branch or tag; None where the deployment only names a commit."""
        return None if self.ref is None or self.sha.startswith(self.ref) else branch_of(self.ref)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentState:
    """What the statuses of a deployment come to."""

    outcome: Outcome
    finished_at: datetime | None
    raw: str | None
    """The newest status word, which may be `inactive`: superseded, not failed."""
    pipeline_run: str | None
    """The workflow run whose page the statuses link to."""
    url: str | None

    @property
    def final(self) -> bool:
        """Whether it has ended."""
        return self.outcome in ("success", "failure")


def deployment_state(statuses: Iterable[Row]) -> DeploymentState:
    """The last of success, failure and error decides; `inactive` afterwards only says that a newer one took over."""
    ordered = sorted(statuses, key=lambda status: (status["created_at"], status.get("id") or 0))
    ended = [status for status in ordered if status["state"] in _FINAL]
    words = [str(status["state"]) for status in ordered]
    links = [str(link) for status in ordered for link in (status.get("log_url"), status.get("target_url")) if link]
    run = next((match[1] for link in links if (match := _RUN_LINK.search(link))), None)
    outcome: Outcome = "unknown"
    finished_at = None
    if ended:
        outcome = outcome_of(ended[-1]["state"])
        finished_at = instant(ended[-1]["created_at"])
    elif words and "inactive" not in words:
        outcome = "running"
    return DeploymentState(
        outcome=outcome,
        finished_at=finished_at,
        raw=words[-1] if words else None,
        pipeline_run=run,
        url=link(links[-1]) if links else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """A closed pull request as the list gives it."""

    number: int
    created_at: datetime | None
    updated_at: datetime
    merged_at: datetime | None
    merge_sha: str | None
    """Only of a merged one: of others GitHub names a trial merge."""
    login: str | None
    program: bool
    """GitHub itself says that the author is a bot."""
    branch: str | None
    head_sha: str | None
    """Its last commit; a later push to the branch does not move it."""
    labels: tuple[str, ...]
    url: str | None
    whole: bool = True
    """Whether it was read as a pull request: as an issue it names neither commits nor branch."""

    @classmethod
    def of_issue(cls, raw: Row) -> Pull:
        """A pull request as the list of issues gives it. Raises KeyError, TypeError or ValueError for what is none."""
        found = cls.of({**raw, "merged_at": raw["pull_request"].get("merged_at"), "merge_commit_sha": None})
        return replace(found, whole=False)

    @classmethod
    def of(cls, raw: Row) -> Pull:
        """Raises KeyError, TypeError or ValueError for what is no pull request."""
        updated_at = instant(raw["updated_at"])
        if updated_at is None:
            raise ValueError("it has no time of its last change")
        merged_at = instant(raw.get("merged_at"))
        user, head = raw.get("user") or {}, raw.get("head") or {}
        return cls(
            number=int(raw["number"]),
            created_at=instant(raw["created_at"]),
            updated_at=updated_at,
            merged_at=merged_at,
            merge_sha=raw.get("merge_commit_sha") if merged_at else None,
            login=user.get("login"),
            program=user.get("type") == "Bot",
            branch=head.get("ref"),
            head_sha=head.get("sha"),
            labels=tuple(name for label in raw.get("labels") or () if (name := _label(label))),
            url=link(raw.get("html_url")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """What the reviews of a pull request come to; those of its author and of programs don't count."""

    first_at: datetime | None
    approvals: int


def reviews_of(author: str | None, raw: Iterable[Row], mapper: Mapper) -> Reviews:
    """The first review by somebody else, and how many others approved (each once)."""
    times: list[datetime] = []
    approvers: set[str] = set()
    for review in raw:
        user = review.get("user") or {}
        login, submitted = user.get("login"), instant(review.get("submitted_at"))
        if login is None or submitted is None or review.get("state") == "PENDING":
            continue
        if login == author or user.get("type") == "Bot" or mapper.bot(login):
            continue
        times.append(submitted)
        if review.get("state") == "APPROVED":
            approvers.add(login)
    return Reviews(first_at=min(times, default=None), approvals=len(approvers))


def first_commit_at(commits: Iterable[Row]) -> datetime | None:
    """The earliest author time; where a commit has none, its committer time."""
    times = []
    for commit in commits:
        inner = commit.get("commit") or {}
        written = (inner.get("author") or {}).get("date") or (inner.get("committer") or {}).get("date")
        if written:
            times.append(instant(written))
    return min((time for time in times if time is not None), default=None)


def _outcome(status: str, conclusion: str | None) -> Outcome:
    return outcome_of(conclusion) if status == "completed" else outcome_of(status)


def _label(label: Any) -> str | None:
    """The name of a label, which issues may also give as a bare word."""
    return label if isinstance(label, str) else label.get("name")


def _file(path: Any) -> str | None:
    """`train.yml` of `.github/workflows/train.yml@refs/heads/main`."""
    return path.partition("@")[0].rpartition("/")[2] if path and isinstance(path, str) else None


def known(**attributes: Any) -> dict[str, Any]:
    """Attributes without those that nobody gave."""
    return {name: value for name, value in attributes.items() if value not in (None, "")}
