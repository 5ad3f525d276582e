"""What one CDEvent says of one record, and how what several events say is put together.

Events of one pipeline run, change or incident come one by one, in any order, some twice and some never. So each says
its part: moments of which the earliest counts, and words of which the newest counts. The result is the same in
whatever order they come.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args
from urllib.parse import unquote

from mlops_maturity.collectors.mapping import link, outcome_of
from mlops_maturity.evidence.records import IncidentCategory, Outcome, RecordKind, Trigger

_NUMBER = re.compile(r"[0-9]{1,15}")
PREVIOUS = "previous"
"""What a roll-back went back from, where the event does not name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One CDEvent, taken out of its envelope."""

    id: str
    source: str
    subject: str
    """`pipelinerun`, `service`, …"""
    predicate: str
    """`started`, `deployed`, …"""
    subject_id: str
    at: datetime
    content: Mapping[str, Any]
    custom: Mapping[str, Any]

    def text(self, *names: str) -> str | None:
        """The first of these that is text: in the custom data, then in the content; of an object, its id."""
        for place in (self.custom, self.content):
            for name in names:
                value = place.get(name)
                value = value.get("id") if isinstance(value, dict) else value
                if isinstance(value, str) and value.strip():
                    return value.strip()
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one event says of one record."""

    kind: RecordKind
    id: str
    first: Mapping[str, datetime] = field(default_factory=dict)
    """Fields of which the earliest moment counts."""
    newest: Mapping[str, Any] = field(default_factory=dict)
    """Fields of which the value of the newest event counts; None says nothing."""
    job: tuple[str, Outcome] | None = None
    """A job of a pipeline run, and how it ended."""


def part_of(event: Event) -> Part | None:
    """What an event says; None for one that says nothing of any of our records."""
    make = _PARTS.get((event.subject, event.predicate))
    return make(event) if make is not None else None


def _run(event: Event) -> Part:
    moment = {"queued": "queued_at", "started": "started_at", "finished": "finished_at"}[event.predicate]
    ended = event.predicate == "finished"
    word = event.text("outcome") if ended else None
    return Part(
        kind="pipeline_run",
        id=event.subject_id,
        first={} if ended else {moment: event.at},
        newest={
            **({"finished_at": event.at, "outcome": _outcome(word), "raw_status": word} if ended else {}),
            "pipeline": event.text("pipelineName"),
            "repository": event.text("repository"),
            "ref": event.text("ref"),
            "sha": event.text("sha"),
            "trigger": _one_of(event.text("trigger"), Trigger),
            "url": link(event.text("url", "uri")),
        },
    )


def _task(event: Event) -> Part | None:
    run, name = event.text("pipelineRun"), event.text("taskName")
    if run is None or name is None:
        return None
    return Part(kind="pipeline_run", id=run, job=(name, _outcome(event.text("outcome"))))


def _deployment(event: Event) -> Part:
    back = event.predicate == "rolledback"
    artifact = event.text("artifactId")
    return Part(
        kind="deployment",
        id=event.id,
        first={"finished_at": event.at},
        newest={
            "environment": event.text("environment"),
            "repository": event.text("repository") or event.subject_id,
            "model": event.text("model"),
            "model_version": event.text("model_version"),
            # What tells one content from another; a roll-back shows by the same one coming again.
            "sha": event.text("sha") or _version_of(artifact),
            "outcome": "success",
            "rollback_of": (event.text("rollback_of") or PREVIOUS) if back else None,
            "unplanned": back or _yes_no(event.custom.get("unplanned")),
            "pipeline_run": event.text("pipeline_run", "pipelineRun"),
            "url": link(event.text("url", "uri")),
            "attributes": {"service": event.subject_id, **({"artifact": artifact} if artifact else {})},
        },
    )


def _change(event: Event) -> Part:
    repository = event.text("repository")
    moments = {"created": "created_at", "reviewed": "first_review_at", "merged": "merged_at"}
    return Part(
        kind="change",
        id=f"{repository or event.source}#{event.subject_id}",  # as `change_id`, and some systems have no numbers
        first={moments[event.predicate]: event.at},
        newest={
            "repository": repository,
            "number": int(event.subject_id) if _NUMBER.fullmatch(event.subject_id) else None,
            "merge_sha": event.text("merge_sha"),
            "url": link(event.text("url", "uri")),
        },
    )


def _incident(event: Event) -> Part:
    resolved = event.predicate == "resolved"
    return Part(
        kind="incident",
        id=event.subject_id,
        first={} if resolved else {"detected_at": event.at},
        newest={
            **({"resolved_at": event.at} if resolved else {}),
            **({"origin": "alert" if event.predicate == "detected" else "tracker"} if not resolved else {}),
            "subject": event.text("model", "repository", "service"),
            "category": _one_of(event.text("category"), IncidentCategory) or "service",
            "severity": event.text("severity"),
            "caused_by": event.text("caused_by"),
            "url": link(event.text("url", "uri", "ticketURI")),
        },
    )


def _one_of(word: str | None, choices: Any) -> str | None:
    """The word if it is one of ours; what is none of them says nothing."""
    return word if word in get_args(choices) else None


def _yes_no(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _outcome(word: str | None) -> Outcome:
    return outcome_of({"cancel": "cancelled"}.get(word or "", word))


def _version_of(artifact: str | None) -> str | None:
    """Version or digest of a package URL, `pkg:oci/name@sha256%3A…`."""
    if artifact is None:
        return None
    version = artifact.partition("@")[2].partition("?")[0].partition("#")[0]
    return unquote(version) or None


_PARTS: Mapping[tuple[str, str], Callable[[Event], Part | None]] = {
    ("pipelinerun", "queued"): _run,
    ("pipelinerun", "started"): _run,
    ("pipelinerun", "finished"): _run,
    ("taskrun", "finished"): _task,
    ("service", "deployed"): _deployment,
    ("service", "upgraded"): _deployment,
    ("service", "rolledback"): _deployment,
    ("change", "created"): _change,
    ("change", "reviewed"): _change,
    ("change", "merged"): _change,
    ("incident", "detected"): _incident,
    ("incident", "reported"): _incident,
    ("incident", "resolved"): _incident,
}
"""Subject and predicate of the CDEvents that say something of our records."""
