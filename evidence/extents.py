"""From when to when a record of a team has a say: from its first instant, or that of what names it, to its last.

A version that was deployed before it was registered, or a run that a version names: what names them was there first,
and a reading of that time may follow the name. So their extent begins when it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from mlops_maturity.evidence.records import (
    Change,
    Deployment,
    Incident,
    Model,
    ModelAlias,
    ModelVersion,
    Observation,
    PipelineRun,
    Record,
    TrainingRun,
)
from mlops_maturity.evidence.signals.view import TeamView
from mlops_maturity.evidence.signals.weeks import local_day
from mlops_maturity.evidence.store.sketches import RunSketch

Extent = tuple[date | None, date | None]
_Key = tuple[str, ...]


def extents_of(view: TeamView) -> Iterator[tuple[Record, date | None, date | None]]:
    """Each record of a team, and each remark around it, with the local days of its extent.

    None = it has no instant; then it counts at any time, whatever names it.
    """
    named = Named(view)
    attempts = attempts_of(view)
    for run in view.pipeline_runs:
        first, last = attempts.get((run.source, run.id)) or extent_of(run, view)
        yield run, None if first is None else _earliest(first, named.since(run)), last
    yield from extents_beside_runs(view, named)


def extents_of_sketches(sketches: Sequence[RunSketch], named: Named) -> Iterator[tuple[RunSketch, int, int]]:
    """What `extents_of` gives of pipeline runs, for all of a team as they are sketched; in ordinals, 0 = none."""
    attempts = _attempts_of_sketches(sketches)
    ids, commits = named.of_runs("pipeline"), named.of_runs("commit")
    for sketch in sketches:
        first, last = sketch.first, sketch.last
        if attempts:
            first, last = attempts.get((sketch.source, sketch.id), (first, last))
        if first and (sketch.id in ids or sketch.sha in commits):
            first = min(first, ids.get(sketch.id, first), commits.get(sketch.sha or "", first))
        yield sketch, first, last


def extents_beside_runs(view: TeamView, named: Named) -> Iterator[tuple[Record, date | None, date | None]]:
    """What `extents_of` gives of all records but pipeline runs."""
    for record in _records_beside_runs(view):
        first, last = extent_of(record, view)
        yield record, None if first is None else _earliest(first, named.since(record)), last


def records_of(view: TeamView) -> Iterator[Record]:
    """All records of a team, and the remarks around it."""
    yield from view.pipeline_runs
    yield from _records_beside_runs(view)


def _records_beside_runs(view: TeamView) -> Iterator[Record]:
    timelines: tuple[Iterable[Record], ...] = (
        view.deployments, view.changes, view.incidents, view.training_runs, view.model_versions, view.models,
        view.model_aliases, view.measurements, *view.observations.values(), view.around.remarks,
    )  # fmt: skip
    for timeline in timelines:
        yield from timeline


def extent_of(record: Record, view: TeamView) -> Extent:
    """The local days of the first and the last instant of a record."""
    fields = record.__dict__  # not `getattr`: this is asked of every field of every record
    moments = [moment for name in _times(type(record)) if (moment := fields[name]) is not None]
    if not moments:
        return None, None
    first, last = min(moments), max(moments)
    if not isinstance(first, datetime):
        return first, first
    begun = local_day(first, view.zone)
    return begun, begun if last is first else local_day(last, view.zone)


@dataclass(frozen=True)
class Named:
    """Since when records name others. Each kind is looked at after those that may name it."""

    view: TeamView
    _since: dict[_Key, date] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        naming: tuple[Iterable[Record], ...] = (
            self.view.incidents, self.view.deployments, self.view.model_aliases, self.view.model_versions,
            self.view.observations.get("serving", ()),
        )  # fmt: skip
        for timeline in naming:
            for record in reversed(tuple(timeline)):  # a roll-back before what it names
                since = _earliest(extent_of(record, self.view)[0], self.since(record))
                for key in _names(record):
                    if (first := _earliest(self._since.get(key), since)) is not None:
                        self._since[key] = first

    def since(self, record: Record) -> date | None:
        """The day since which another record names this one; None where none does."""
        days = [day for key in _names_of(record) if (day := self._since.get(key)) is not None]
        return min(days, default=None)

    def of_runs(self, by: str) -> Mapping[str, int]:
        """What pipeline runs are named by, an id or a commit, to the ordinal of the day since which one is named so."""
        return {key[1]: since.toordinal() for key, since in self._since.items() if key[0] == by and key[1]}


def _attempts_of_sketches(sketches: Sequence[RunSketch]) -> Mapping[tuple[str, str], tuple[int, int]]:
    """What `attempts_of` gives, in ordinals; 0 = none."""
    again = {(sketch.source, sketch.id) for sketch in sketches if sketch.attempt > 1}
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for sketch in sketches if again else ():
        key = sketch.source, sketch.id
        if key in again:
            first, last = found.get(key, (0, 0))
            found[key] = min(first or sketch.first, sketch.first or first), max(last, sketch.last)
    return found


def attempts_of(view: TeamView) -> Mapping[tuple[str, str], Extent]:
    """Source and id of runs that were run again, to the extent of all their attempts, as they are judged together."""
    again = {(run.source, run.id) for run in view.pipeline_runs if run.attempt > 1}
    found: dict[tuple[str, str], Extent] = {}
    for run in view.pipeline_runs:
        key = run.source, run.id
        if key in again:
            days = [day for day in (*found.get(key, ()), *extent_of(run, view)) if day is not None]
            found[key] = (min(days), max(days)) if days else (None, None)
    return found


def _names(record: Record) -> Iterator[_Key]:
    """What a record names."""
    if isinstance(record, Incident) and record.caused_by is not None:
        yield "deployment", record.caused_by
    elif isinstance(record, Deployment):
        yield from _named_by_deployment(record)
    elif isinstance(record, ModelAlias):
        yield "version", record.model, record.version
        yield "model", record.model
    elif isinstance(record, ModelVersion):
        yield "model", record.model
        if record.run is not None:
            yield "run", record.source, record.run
            yield "parent", record.source, record.run
    elif isinstance(record, Observation):
        yield "model", record.subject


def _named_by_deployment(deployment: Deployment) -> Iterator[_Key]:
    if deployment.rollback_of is not None:
        yield "deployment", deployment.rollback_of
    if deployment.model is not None:
        yield "model", deployment.model
        yield "version", deployment.model, deployment.model_version or ""
    if deployment.pipeline_run is not None:
        yield "pipeline", deployment.pipeline_run
    if deployment.sha is not None:
        yield "commit", deployment.sha
    for change in deployment.changes:
        yield "change", change


def _names_of(record: Record) -> tuple[_Key, ...]:
    """What a record is named by."""
    if isinstance(record, PipelineRun):
        return ("pipeline", record.id), ("commit", record.sha or "")
    if isinstance(record, Deployment):
        return (("deployment", record.id),)
    if isinstance(record, Change):
        return ("change", record.id), ("commit", record.merge_sha or "")
    if isinstance(record, ModelVersion):
        return (("version", record.model, record.version),)
    if isinstance(record, Model):
        return (("model", record.name),)
    if isinstance(record, TrainingRun):
        return ("run", record.source, record.id), ("parent", record.source, record.parent or "")
    return ()


def _earliest(one: date | None, other: date | None) -> date | None:
    return one if other is None or (one is not None and one <= other) else other


@cache
def _times(model: type[Any]) -> tuple[str, ...]:
    return tuple(name for name in model.model_fields if name.endswith("_at") or name == "on")
