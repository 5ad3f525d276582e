"""CDEvents, bare or in CloudEvents: pipeline runs, deployments, changes and incidents of any system that sends them.

Formats: CDEvents 0.3 to 0.5 (cdevents.dev), structured and batched CloudEvents 1.0 in JSON (cloudevents.io). An event
is known by the first four parts of its type; its version is not asked. What our own export has put into the custom
data is taken as it is, so that nothing is lost on the way out and in.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, TextIO

from pydantic import ValidationError

from mlops_maturity.collectors.files.cdevents_facts import Event, part_of
from mlops_maturity.collectors.files.cdevents_fold import Fold, Key
from mlops_maturity.collectors.files.cdevents_out import OWN, write_cdevents
from mlops_maturity.collectors.files.entries import Entry, entries, parsed
from mlops_maturity.collectors.files.interface import FileFormat, Reading
from mlops_maturity.collectors.mapping import instant
from mlops_maturity.config.problems import Problem
from mlops_maturity.evidence.json_problems import TOLERANCE, future_reason, path_of
from mlops_maturity.evidence.record_lines import parse_record
from mlops_maturity.evidence.record_sense import faults_of
from mlops_maturity.evidence.records import RECORD, Record

_TYPE = re.compile(r"dev\.cdeventsx?\.(?P<subject>[A-Za-z0-9-]+)\.(?P<predicate>[A-Za-z]+)(\..*)?")
_LONGEST = 400
"""Characters an id or a source may have; with what we put before it the store takes it."""


def read_cdevents(stream: BinaryIO | TextIO, reading: Reading) -> Iterator[Record]:
    """Yield the records that the events of a file make, once all of it is read; others are left out and counted."""
    fold = Fold(reading.mapper)
    whole: dict[tuple[str, str, str, int], Record] = {}
    for entry in entries(stream, reading.problems):
        event = _event(entry, reading)
        if event is None:
            continue
        if OWN in event.custom:
            _take_own(event.custom[OWN], entry, reading, whole)
            continue
        part = part_of(event)
        if part is None:
            reading.leave_out(f"{event.subject}.{event.predicate}")
        else:
            fold.add(reading.source or event.source, part, event.at)
    yield from whole.values()
    for key, fields in fold.contents(reading.known):
        yield from _record(key, fields, reading)


def _event(entry: Entry, reading: Reading) -> Event | None:
    """The event of an entry; None, and a problem noted, where it is none of ours or says not enough."""
    content = _unwrapped(entry, reading)
    if content is None:
        return None
    context, subject = (_object(content.get(name)) for name in ("context", "subject"))
    kind = _TYPE.fullmatch(str(context.get("type", "")))
    missing = [
        f"{place}.{name}"
        for place, part, names in (("context", context, ("id", "source", "timestamp")), ("subject", subject, ("id",)))
        for name in names
        if not _is_name(part.get(name))
    ]
    for path in missing:
        reading.problems.put(entry.problem(path, f"is needed, as text of at most {_LONGEST} characters"))
    if kind is None:
        reason = f"{context.get('type')!r} is no type of CDEvents, such as dev.cdevents.pipelinerun.finished.0.2.0"
        reading.problems.put(entry.problem("context.type", reason))
    if missing or kind is None:
        return None
    return _dated(
        entry,
        reading,
        context,
        {
            "id": context["id"],
            "source": _source(subject["source"] if _is_name(subject.get("source")) else context["source"]),
            "subject": kind["subject"].lower(),
            "predicate": kind["predicate"].lower(),
            "subject_id": subject["id"].strip(),
            "content": _object(subject.get("content")),
            "custom": _object(content.get("customData")),
        },
    )


def _dated(entry: Entry, reading: Reading, context: Mapping[str, Any], fields: Mapping[str, Any]) -> Event | None:
    try:
        at = instant(context["timestamp"])
    except ValueError:
        at = None
    if at is None:
        reason = f"should be an instant with offset, such as 2026-01-31T12:00:00Z, not {context['timestamp']!r}"
        reading.problems.put(entry.problem("context.timestamp", reason))
        return None
    if at > reading.now + TOLERANCE:
        reading.problems.put(entry.problem("context.timestamp", future_reason(context["timestamp"], reading.now)))
        return None
    return Event(at=at, **fields)


def _unwrapped(entry: Entry, reading: Reading) -> Mapping[str, Any] | None:
    """What a CloudEvent carries; an event without envelope as it is."""
    content = entry.content
    if "context" in content or not {"data", "data_base64"} & set(content):
        return content
    data = content.get("data")
    if data is None:
        try:
            data = base64.b64decode(str(content["data_base64"]), validate=True).decode()
        except (binascii.Error, ValueError):
            data = None
    faults: list[tuple[str, str]] = []
    if isinstance(data, str):
        data, faults = parsed(data)
    if not isinstance(data, dict):
        faults = [("", "should hold a CDEvent as JSON" + "".join(f"; it {reason}" for _, reason in faults))]
    for path, reason in faults:
        reading.problems.put(entry.problem(f"data.{path}" if path else "data", reason))
    return None if faults else data


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST and "\0" not in value


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _source(name: str) -> str:
    """Each sender is a source of its own, as ids are unique within it only."""
    return f"cdevents:{name.strip()}"


def _take_own(own: Any, entry: Entry, reading: Reading, whole: dict[tuple[str, str, str, int], Record]) -> None:
    if own is None:
        return
    record = parse_record(json.dumps(own), reading.now, reading.signals)
    if isinstance(record, list):
        for path, reason in record:
            reading.problems.put(entry.problem(f"customData.{OWN}.{path}", reason))
        return
    whole[record.source, record.kind, record.id, getattr(record, "attempt", 0)] = record


def _record(key: Key, fields: dict[str, Any], reading: Reading) -> Iterator[Record]:
    source, kind, identity = key
    if kind == "incident" and "detected_at" not in fields:
        reading.leave_out("incident resolved that was never detected")
        return
    if kind == "pipeline_run" and not {"queued_at", "started_at", "finished_at"} & set(fields):
        reading.leave_out("task of a pipeline run that is not in the file")
        return
    try:
        record = RECORD.validate_python({"kind": kind, "source": source, "id": identity, **fields})
    except ValidationError as error:
        faults = [
            (path_of(details["loc"][1:]), details["msg"])
            for details in error.errors(include_url=False, include_input=False)
        ]
    else:
        faults = list(faults_of(record, reading.now))
        if not faults:
            yield record
    for path, reason in faults:
        reading.problems.put(Problem(reading.problems.name, f"{kind} {identity}.{path}", reason))


FORMAT = FileFormat(name="cdevents", title="CDEvents (CloudEvents JSON)", read=read_cdevents, write=write_cdevents)
