"""GitLab's objects as records. Pure: what is not in the arguments is not in the record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from mlops_maturity.collectors.gitlab.api import Row
from mlops_maturity.collectors.gitlab.projects import Project
from mlops_maturity.collectors.mapping import Mapper, instant, link, outcome_of
from mlops_maturity.evidence.records import Incident, Job, Outcome, PipelineRun, Tier, Trigger

CHILD = "parent_pipeline"
"""The source of a pipeline that another one started as a part of itself."""
_TRIGGERS: Mapping[str, Trigger] = {
    "push": "push",
    "merge_request_event": "pull_request",
    "external_pull_request_event": "pull_request",
    "schedule": "schedule",
    "security_orchestration_policy": "schedule",
    "pipeline_execution_policy_schedule": "schedule",
    "web": "manual",
    "webide": "manual",
    "chat": "manual",
    "ondemand_dast_scan": "manual",
    "ondemand_dast_validation": "manual",
}
"""GitLab's pipeline sources; whatever else there is was an event."""
_WAITING: Mapping[str, Outcome] = dict.fromkeys(
    ("waiting_for_resource", "waiting_for_callback", "preparing", "scheduled", "manual", "canceling"), "running"
)
"""Words for what has not ended, beyond those every system has. `manual` waits for somebody to go on."""
_ENDED = frozenset({"success", "failed", "canceled"})
_NOT_BEGUN = frozenset({"created", "waiting_for_resource", "preparing", "pending", "scheduled", "skipped"})
_TIERS: Mapping[str, Tier] = {tier: tier for tier in get_args(Tier) if tier != "other"}
_PROGRAM = re.compile(
    r"(project|group)_\d+_bot|service_account_(project|group)_\d+|gitlab-bot$|alert-bot$|support-bot$"
)
"""User names that GitLab gives to access tokens, service accounts and itself."""
_NOBODY = "ghost"
"""What GitLab calls every deleted user."""
_APPROVED = "approved this merge request"


def pipeline_run(
    source: str, project: Project, raw: Row, details: Row | None, jobs: Sequence[Row], mapper: Mapper
) -> PipelineRun:
    """A pipeline. A retried job keeps the pipeline's id and gives it a new end; the jobs hold each of its tries.

    The list has no times but those of creation and last change; `details` do.
    """
    status = raw["status"]
    event = raw.get("source") or ""
    trigger = _TRIGGERS.get(event, "event" if event else "unknown")
    pipeline, ref = name_of(raw, project), raw.get("ref")
    told = details or {}
    named = [Job(name=job["name"], outcome=outcome(job["status"])) for job in jobs]
    attributes = {
        "event": event or None,
        "number": raw.get("iid"),
        "default_branch": project.default_branch,
        "active_seconds": told.get("duration") if ended(status) else None,
        "coverage": _percent(told.get("coverage")),
    }
    return PipelineRun(
        source=source,
        id=str(int(raw["id"])),
        url=link(raw.get("web_url")),
        repository=project.path,
        pipeline=pipeline,
        purpose=mapper.purpose(pipeline, jobs=[job.name for job in named], branch=ref, trigger=trigger),
        trigger=trigger,
        ref=ref,
        sha=raw.get("sha"),
        queued_at=instant(raw["created_at"]),
        started_at=instant(told.get("started_at")),
        finished_at=instant(told.get("finished_at")) if ended(status) else None,
        outcome=outcome(status),
        raw_status=status,
        jobs=tuple(named),
        attributes={name: value for name, value in attributes.items() if value is not None},
    )


def _percent(told: Any) -> float | None:
    """What GitLab read of the jobs' output as their coverage, by the pattern that the project sets (`coverage:`)."""
    try:
        value = float(told)
    except (TypeError, ValueError):
        return None
    return value if 0 <= value <= 100 else None


def name_of(raw: Row, project: Project) -> str:
    """Its own name (`workflow:name`), which few have; else that of the file that defines it."""
    name = raw.get("name")
    return name if name and isinstance(name, str) else project.pipeline_file


def outcome(status: str) -> Outcome:
    """Of a pipeline, job or deployment."""
    return _WAITING.get(status) or outcome_of(status)


def tier_of(said: Any, environment: str, mapper: Mapper) -> Tier:
    """What GitLab says of an environment; the rules where it has no opinion."""
    return _TIERS.get(str(said)) or mapper.tier(environment)


def begun(status: Any) -> bool:
    """Whether a pipeline has done anything yet."""
    return status not in _NOT_BEGUN


def ended(status: Any) -> bool:
    """Whether it is over, unless somebody retries a part of it."""
    return status in _ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A deployment as the list gives it."""

    id: str
    sha: str
    ref: str | None
    environment: str
    tier: str | None
    """What the list says of the environment's tier; most versions of GitLab say nothing there."""
    status: str
    started_at: datetime | None
    finished_at: datetime | None
    """The end of the job that deployed; of a deployment made by the API its last change."""
    job: str | None
    pipeline: str | None
    url: str | None

    @classmethod
    def of(cls, raw: Row) -> Listed:
        """Raises KeyError, TypeError or ValueError for what is no deployment."""
        job = raw.get("deployable") or {}
        status, pipeline = raw["status"], job.get("pipeline") or {}
        over = ended(status)
        return cls(
            id=str(int(raw["id"])),
            sha=raw["sha"],
            ref=raw.get("ref"),
            environment=raw["environment"]["name"],
            tier=raw["environment"].get("tier"),
            status=status,
            started_at=instant(job.get("started_at") or raw["created_at"]),
            finished_at=instant(job.get("finished_at") or raw["updated_at"]) if over else None,
            job=job.get("name"),
            pipeline=str(pipeline["id"]) if pipeline.get("id") is not None else None,
            url=link(job.get("web_url")) or link(pipeline.get("web_url")),
        )

    @property
    def order(self) -> tuple[bool, datetime | None, int]:
        """In which order deployments took effect; those under way come last."""
        return self.finished_at is None, self.finished_at or self.started_at, int(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A merge request that is no longer open."""

    number: int
    created_at: datetime | None
    merged_at: datetime | None
    merge_sha: str | None
    login: str | None
    branch: str | None
    head_sha: str | None
    """Its last commit, before a merge or squash made one of its own."""
    labels: tuple[str, ...]
    url: str | None

    @classmethod
    def of(cls, raw: Row) -> Merge:
        """Raises KeyError, TypeError or ValueError for what is no merge request."""
        merged = raw["state"] == "merged"
        # A fast-forward makes no commit of its own: the branch's last one is the target's.
        sha = raw.get("merge_commit_sha") or raw.get("squash_commit_sha") or raw.get("sha")
        return cls(
            number=int(raw["iid"]),
            created_at=instant(raw["created_at"]),
            merged_at=instant(raw.get("merged_at")) if merged else None,
            merge_sha=sha if merged else None,
            login=login_of(raw.get("author")),
            branch=raw.get("source_branch"),
            head_sha=raw.get("sha"),
            labels=tuple(label if isinstance(label, str) else label["name"] for label in raw.get("labels") or ()),
            url=link(raw.get("web_url")),
        )


def login_of(user: Any) -> str | None:
    """The user name; None where the user is deleted: many are then called the same."""
    login = user.get("username") if isinstance(user, dict) else None
    return login if login and login != _NOBODY else None


def is_program(login: str, mapper: Mapper) -> bool:
    """Whether a user name is a program's, by GitLab's own naming or by the rules."""
    return _PROGRAM.match(login) is not None or mapper.bot(login)


def first_commit_at(commits: Iterable[Row]) -> datetime | None:
    """The earliest author time; where a commit has none, its committer time."""
    times = [instant(commit.get("authored_date") or commit.get("committed_date")) for commit in commits]
    return min((time for time in times if time is not None), default=None)


def first_review_at(
    author: str | None, notes: Iterable[Row], approvals: Iterable[Row], mapper: Mapper
) -> datetime | None:
    """The first comment or approval by a person other than the author. Of what GitLab notes itself, approvals count."""
    said = [
        note for note in notes if not note.get("system") or str(note.get("body", "")).casefold().startswith(_APPROVED)
    ]
    times = [instant(note["created_at"]) for note in said if reviewer(note.get("author"), author, mapper)]
    times += [instant(one.get("approved_at")) for one in approvals if reviewer(one.get("user"), author, mapper)]
    return min((time for time in times if time is not None), default=None)


def approval_count(author: str | None, approvals: Iterable[Row], mapper: Mapper) -> int:
    """How many people other than the author approved, each once."""
    return len({login for one in approvals if (login := reviewer(one.get("user"), author, mapper)) is not None})


def reviewer(user: Any, author: str | None, mapper: Mapper) -> str | None:
    """The user name, if it is that of a person other than the author."""
    login = login_of(user)
    return None if login is None or login == author or is_program(login, mapper) else login


def incident(source: str, project: Project, raw: Row) -> Incident:
    """An incident of the tracker. Its text may name people and is not read."""
    severity = str(raw.get("severity") or "unknown").casefold()
    detected_at = instant(raw["created_at"])
    if detected_at is None:
        raise ValueError("it has no time of creation")
    return Incident(
        source=source,
        id=f"{project.path}#{int(raw['iid'])}",
        url=link(raw.get("web_url")),
        subject=project.path,
        detected_at=detected_at,
        resolved_at=instant(raw.get("closed_at")) if raw.get("state") == "closed" else None,
        severity=None if severity == "unknown" else severity,
        origin="tracker",
    )
