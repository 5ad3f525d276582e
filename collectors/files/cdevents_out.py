"""Records as CDEvents 0.4 in CloudEvents 1.0, one a line, for systems that understand those.

What CDEvents has no word for goes as a custom event of the type `dev.cdeventsx.mlopsmaturity-record.recorded`. The last
event of each record carries the record itself in its custom data: reading the file back gives the same records.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TextIO
from urllib.parse import quote

from mlops_maturity.evidence.record_text import record_json
from mlops_maturity.evidence.records import (
    Change,
    Deployment,
    Incident,
    Outcome,
    PipelineRun,
    Record,
    occurred_at,
)

OWN = "mlops_maturity"
"""Key of the custom data under which a whole record stands; null in the events before its last one."""
_SPECIFICATION = "0.4.1"
_RECORDED = ("mlopsmaturity-record", "recorded", "0.1.0")
_OUTCOMES: Mapping[Outcome, str] = {
    "success": "success",
    "failure": "failure",
    "unstable": "failure",
    "cancelled": "cancel",
    "skipped": "cancel",
}


@dataclass(frozen=True, slots=True)
class _Told:
    """One event: what happened to the subject, when, and what the event says of it."""

    predicate: str
    at: datetime
    content: Mapping[str, Any] = field(default_factory=dict)
    version: str = "0.2.0"


def write_cdevents(records: Iterable[Record], out: TextIO) -> int:
    """Write the events of records, one CloudEvent a line; how many records. One without any date can't be told."""
    count = 0
    for record in records:
        told = list(_events(record))
        for number, event in enumerate(told, start=1):
            out.write(json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n")
            count += number == 1
    return count


def _events(record: Record) -> Iterator[dict[str, Any]]:
    subject, told = _words(record)
    if not told:
        moment = occurred_at(record)
        if moment is None:
            return
        predicate, version = _RECORDED[1:]
        subject, told = _RECORDED[0], [_Told(predicate, moment, {"kind": record.kind}, version)]
    for number, entry in enumerate(told, start=1):
        yield _wrapped(record, subject, entry, whole=number == len(told))


def _words(record: Record) -> tuple[str, list[_Told]]:
    """Subject and events of a record, oldest first; none for what CDEvents has no word for."""
    for kind, (subject, tell) in _SUBJECTS.items():
        if isinstance(record, kind):
            told = [entry for entry in tell(record) if entry is not None]
            return subject, sorted(told, key=lambda entry: entry.at)
    return "", []


def _run(run: PipelineRun) -> Iterator[_Told | None]:
    named = {"pipelineName": run.pipeline or "", "url": run.url or ""}
    yield _at("queued", run.queued_at, named)
    yield _at("started", run.started_at, named)
    if run.outcome in _OUTCOMES:
        yield _at("finished", run.finished_at, {**named, "outcome": _OUTCOMES[run.outcome]})


def _deployment(deployment: Deployment) -> Iterator[_Told | None]:
    """Only what reached its environment is an event of a service; a failed one goes as a custom event."""
    if deployment.outcome == "success" and deployment.environment:
        name = quote(deployment.model or deployment.repository or "service", safe="/")
        version = quote(deployment.model_version or deployment.sha or "unknown", safe="")
        content = {"environment": {"id": deployment.environment}, "artifactId": f"pkg:generic/{name}@{version}"}
        predicate = "deployed" if deployment.rollback_of is None else "rolledback"
        yield _at(predicate, deployment.finished_at or deployment.started_at, content)


def _change(change: Change) -> Iterator[_Told | None]:
    content = {"repository": {"id": change.repository}} if change.repository else {}
    yield _at("created", change.created_at, content, "0.3.0")
    yield _at("reviewed", change.first_review_at, content)
    yield _at("merged", change.merged_at, content)


def _incident(incident: Incident) -> Iterator[_Told | None]:
    service = {"service": {"id": incident.subject}} if incident.subject else {}
    content = {"environment": {"id": "production"}, **service}
    yield _at("detected", incident.detected_at, content)
    yield _at("resolved", incident.resolved_at, content)


def _at(predicate: str, moment: datetime | None, content: Mapping[str, Any], version: str = "0.2.0") -> _Told | None:
    return None if moment is None else _Told(predicate, moment, content, version)


_SUBJECTS: Mapping[type[Any], tuple[str, Callable[[Any], Iterator[_Told | None]]]] = {
    PipelineRun: ("pipelineRun", _run),
    Deployment: ("service", _deployment),
    Change: ("change", _change),
    Incident: ("incident", _incident),
}


def _wrapped(record: Record, subject: str, told: _Told, *, whole: bool) -> dict[str, Any]:
    """One CloudEvent with a CDEvent in it."""
    space = "cdeventsx" if subject == _RECORDED[0] else "cdevents"
    kind = f"dev.{space}.{subject.lower()}.{told.predicate}.{told.version}"
    source = f"/{quote(record.source, safe='')}"
    identity = _identity(record, kind, told.at)
    event: dict[str, Any] = {
        "context": {
            "version": _SPECIFICATION,
            "id": identity,
            "source": source,
            "type": kind,
            "timestamp": told.at.isoformat().replace("+00:00", "Z"),
        },
        "subject": {"id": record.id, "source": source, "type": subject, "content": dict(told.content)},
    }
    own = json.loads(record_json(record)) if whole else None
    event |= {"customData": {OWN: own}, "customDataContentType": "application/json"}
    return {
        "specversion": "1.0",
        "id": identity,
        "source": source,
        "type": kind,
        "time": event["context"]["timestamp"],
        "datacontenttype": "application/json",
        "data": event,
    }


def _identity(record: Record, kind: str, at: datetime) -> str:
    """The same record gives the same event again, by which receivers know a repetition."""
    attempt = getattr(record, "attempt", 0)
    text = "\0".join((record.source, record.kind, record.id, str(attempt), kind, at.isoformat()))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
