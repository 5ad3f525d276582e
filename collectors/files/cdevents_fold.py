"""Parts of records, put together in whatever order they come, on top of what is stored already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mlops_maturity.collectors.files.cdevents_facts import Part
from mlops_maturity.collectors.files.interface import Known
from mlops_maturity.collectors.mapping import Mapper
from mlops_maturity.evidence.records import PipelineRun, Record, RecordKind

Key = tuple[str, RecordKind, str]
"""Source, kind, id."""
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
_DATED_BY: Mapping[str, tuple[str, ...]] = {
    "pipeline_run": ("finished_at", "started_at", "queued_at"),
    "deployment": ("finished_at",),
    "change": ("merged_at", "first_review_at", "created_at"),
    "incident": ("resolved_at", "detected_at"),
}
_FIRST = {"queued_at", "started_at", "created_at", "first_review_at", "merged_at", "detected_at"}
"""Moments of which the earliest counts, in every kind."""


@dataclass(slots=True)
class _Draft:
    first: dict[str, datetime] = field(default_factory=dict)
    newest: dict[str, tuple[datetime, str, Any]] = field(default_factory=dict)
    """Field to the moment of the event, the value as text (so that ties are settled alike in any order), the value."""
    jobs: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    def add(self, part: Part, at: datetime) -> None:
        for name, moment in part.first.items():
            self.first[name] = min(moment, self.first.get(name, moment))
        for name, value in part.newest.items():
            if value is not None:
                candidate = (at, repr(value), value)
                self.newest[name] = max(candidate, self.newest.get(name, candidate), key=lambda entry: entry[:2])
        if part.job is not None:
            name, outcome = part.job
            self.jobs[name] = max((at, outcome), self.jobs.get(name, (at, outcome)))

    def fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = {name: value for name, (_, _, value) in self.newest.items()}
        fields |= self.first
        if self.jobs:
            fields["jobs"] = tuple({"name": name, "outcome": end} for name, (_, end) in sorted(self.jobs.items()))
        return fields


class Fold:
    """Collects parts by record. Memory grows with the number of records, not of events."""

    def __init__(self, mapper: Mapper) -> None:
        self._mapper = mapper
        self._drafts: defaultdict[Key, _Draft] = defaultdict(_Draft)

    def add(self, source: str, part: Part, at: datetime) -> None:
        """Take in what an event of that moment says."""
        self._drafts[source, part.kind, part.id].add(part, at)

    def contents(self, known: Known) -> Iterator[tuple[Key, dict[str, Any]]]:
        """The fields of every record, in order of their keys, with what is stored already where no event says more."""
        by_stream: defaultdict[tuple[str, RecordKind], list[str]] = defaultdict(list)
        for source, kind, identity in sorted(self._drafts):
            by_stream[source, kind].append(identity)
        for (source, kind), ids in by_stream.items():
            stored = _stored(known(source, kind, ids))
            for identity in ids:
                draft = self._drafts[source, kind, identity]
                if identity in stored:
                    _add_stored(draft, stored[identity])
                yield (source, kind, identity), self._completed(kind, draft.fields())

    def _completed(self, kind: RecordKind, fields: dict[str, Any]) -> dict[str, Any]:
        """What follows from the whole of a record: its purpose or its tier, and that it still runs."""
        if kind == "pipeline_run":
            fields.setdefault("outcome", "running")
            fields["purpose"] = self._mapper.purpose(
                fields.get("pipeline"),
                jobs=[job["name"] for job in fields.get("jobs", ())],
                branch=fields.get("ref"),
                trigger=fields.get("trigger", "unknown"),
            )
        if kind == "deployment":
            fields["tier"] = self._mapper.tier(fields.get("environment"))
        return fields


def _stored(records: Iterable[Record]) -> dict[str, Record]:
    return {record.id: record for record in records}


def _add_stored(draft: _Draft, record: Record) -> None:
    """What is stored counts as said at the newest moment it bears."""
    given = record.model_dump(exclude_defaults=True, exclude={"source", "id", "kind", "jobs", "purpose", "tier"})
    moments = [getattr(record, name) for name in _DATED_BY[record.kind]]
    at = max((moment for moment in moments if moment is not None), default=_LONG_AGO)
    first = {name: value for name, value in given.items() if name in _FIRST}
    newest = {name: value for name, value in given.items() if name not in _FIRST}
    draft.add(Part(kind=record.kind, id=record.id, first=first, newest=newest), at)
    if isinstance(record, PipelineRun):
        for job in record.jobs:
            draft.add(Part(kind=record.kind, id=record.id, job=(job.name, job.outcome)), _LONG_AGO)
