"""Neutral facts from systems: what every collector, importer and exporter speaks.

A record is known by `(source, kind, id)`, a pipeline run by its `attempt` as well. Instants are aware and
kept in UTC; unknown fields are refused. Personal names never enter: an author is a keyed hash.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    TypeAdapter,
)

Instant = Annotated[AwareDatetime, AfterValidator(lambda instant: instant.astimezone(UTC))]
Author = Annotated[str, Field(pattern=r"^[^\s@]{1,128}$")]
"""A keyed hash or another word that names nobody: no mail address, no first and last name."""
Outcome = Literal["success", "failure", "cancelled", "skipped", "unstable", "running", "unknown"]
Purpose = Literal["ci", "training", "evaluation", "deployment", "monitoring", "other"]
Trigger = Literal["push", "pull_request", "schedule", "event", "manual", "unknown"]
Tier = Literal["production", "staging", "testing", "development", "other"]
IncidentCategory = Literal["drift", "quality", "service", "other"]
State = Literal["yes", "no", "unknown", "forbidden", "unsupported"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Record(_Frozen):
    source: str = Field(min_length=1)
    id: str = Field(min_length=1)
    url: str | None = None
    attributes: dict[str, Any] = Field(default_factory=dict)


class Job(_Frozen):
    """One job or step of a pipeline run."""

    name: str
    outcome: Outcome


class PipelineRun(_Record):
    """One attempt of one run of a CI pipeline."""

    kind: Literal["pipeline_run"] = "pipeline_run"
    attempt: int = Field(default=1, ge=1)
    repository: str | None = None
    pipeline: str | None = None
    purpose: Purpose = "other"
    trigger: Trigger = "unknown"
    ref: str | None = None
    sha: str | None = None
    queued_at: Instant | None = None
    started_at: Instant | None = None
    finished_at: Instant | None = None
    outcome: Outcome = "unknown"
    raw_status: str | None = None
    jobs: tuple[Job, ...] = ()


class Deployment(_Record):
    """One deployment to one environment."""

    kind: Literal["deployment"] = "deployment"
    repository: str | None = None
    environment: str | None = None
    tier: Tier = "other"
    sha: str | None = None
    model: str | None = None
    model_version: str | None = None
    started_at: Instant | None = None
    finished_at: Instant | None = None
    outcome: Outcome = "unknown"
    rollback_of: str | None = None
    unplanned: bool | None = None
    pipeline_run: str | None = None
    changes: tuple[str, ...] = ()


class Change(_Record):
    """One merged, open or closed change (pull or merge request)."""

    kind: Literal["change"] = "change"
    repository: str | None = None
    number: int | None = None
    author: Author | None = None
    author_kind: Literal["human", "bot"] | None = None
    first_commit_at: Instant | None = None
    created_at: Instant | None = None
    first_review_at: Instant | None = None
    merged_at: Instant | None = None
    merge_sha: str | None = None
    approvals: int | None = Field(default=None, ge=0)
    reverted_by: str | None = None


class Incident(_Record):
    """Something that went wrong: an alert episode or a ticket."""

    kind: Literal["incident"] = "incident"
    subject: str | None = None
    category: IncidentCategory = "other"
    detected_at: Instant
    acknowledged_at: Instant | None = None
    resolved_at: Instant | None = None
    severity: str | None = None
    origin: Literal["alert", "tracker"] | None = None
    caused_by: str | None = None


class TrainingRun(_Record):
    """One tracked run of training or evaluation."""

    kind: Literal["training_run"] = "training_run"
    experiment: str | None = None
    started_at: Instant | None = None
    finished_at: Instant | None = None
    outcome: Outcome = "unknown"
    commit: str | None = None
    dirty: bool | None = None
    datasets: tuple[str, ...] = ()
    params: int | None = Field(default=None, ge=0)
    metrics: int | None = Field(default=None, ge=0)
    trigger: Literal["automation", "person", "unknown"] = "unknown"
    author: Author | None = None
    parent: str | None = None


class ModelVersion(_Record):
    """One version of a registered model. `run` is the id of its training run."""

    kind: Literal["model_version"] = "model_version"
    model: str
    version: str
    created_at: Instant | None = None
    run: str | None = None
    aliases: tuple[str, ...] = ()
    stage: str | None = None
    described: bool | None = None
    validated: bool | None = None
    tags: dict[str, str] = Field(default_factory=dict)


class Model(_Record):
    """One registered model."""

    kind: Literal["model"] = "model"
    name: str
    created_at: Instant | None = None
    described: bool | None = None
    owner: str | None = None
    aliases: tuple[str, ...] = ()
    model_kind: Literal["classical", "genai", "agent", "unknown"] = "unknown"
    """What kind of model; `kind` itself names the record."""


class ModelAlias(_Record):
    """An alias pointing at a version, from when to when we saw it; never claimed as the moment of change."""

    kind: Literal["model_alias"] = "model_alias"
    model: str
    alias: str
    version: str
    first_seen_at: Instant
    last_seen_at: Instant


class Observation(_Record):
    """What we saw of one property of one subject at one moment."""

    kind: Literal["observation"] = "observation"
    subject: str
    name: str
    state: State
    value: FiniteFloat | None = None
    observed_at: Instant


class Measurement(_Record):
    """A ready-made value of a signal for a subject on a day."""

    kind: Literal["measurement"] = "measurement"
    signal: str
    subject: str
    on: date
    value: FiniteFloat
    seen: FiniteFloat = Field(default=1, ge=0)
    scope: FiniteFloat = Field(default=1, ge=0)
    opportunities: FiniteFloat = Field(default=1, ge=0)


Record = (
    PipelineRun | Deployment | Change | Incident | TrainingRun | ModelVersion | Model | ModelAlias
    | Observation | Measurement
)  # fmt: skip
"""Any record; told apart by `kind`."""

RECORD: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])
"""Validates and dumps any record."""

RecordKind = Literal[
    "pipeline_run", "deployment", "change", "incident", "training_run", "model_version", "model", "model_alias",
    "observation", "measurement",
]  # fmt: skip

GONE_AT = "gone_at"
"""Attribute of a record as it is read from the store: when a complete look at its source first lacked it, RFC 3339."""

_OCCURRED: dict[str, tuple[str, ...]] = {
    "pipeline_run": ("finished_at", "started_at", "queued_at"),
    "deployment": ("finished_at", "started_at"),
    "change": ("merged_at", "created_at"),
    "incident": ("detected_at",),
    "training_run": ("finished_at", "started_at"),
    "model_version": ("created_at",),
    "model": ("created_at",),
    "model_alias": ("first_seen_at",),
    "observation": ("observed_at",),
    "measurement": ("on",),
}


def occurred_at(record: Record) -> datetime | None:
    """The instant a record is filed under: its end where it has one, else its beginning; None if undated."""
    fields = record.__dict__  # not `getattr`: this is asked of every record
    for name in _OCCURRED[fields["kind"]]:
        moment: datetime | date | None = fields[name]
        if isinstance(moment, datetime):
            return moment
        if moment is not None:
            return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return None


def is_gone(record: Record, moment: datetime) -> bool:
    """Whether its source did not hold the record any more at an instant; what was deleted unseen is not known."""
    gone_at = record.attributes.get(GONE_AT)
    try:
        return isinstance(gone_at, str) and datetime.fromisoformat(gone_at) < moment
    except (ValueError, TypeError):  # an attribute of somebody else's, unreadable or without offset
        return False
