"""What all records name, without their contents: enough to tell whose each one is. Records that name the same are one
entry."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, Row, select

from mlops_maturity.evidence.records import Record
from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.columns import from_micros
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.quick import unjudged
from mlops_maturity.evidence.store.rows import among
from mlops_maturity.evidence.store.sketches import Names, RunSketch, Sketch, ordinals, read_names
from mlops_maturity.evidence.store.sketching import Unwritten

_FIELDS = ("repository", "experiment", "model", "name", "subject", "run")
_MODELS: dict[str, type[Any]] = {model.model_fields["kind"].default: model for model in get_args(Record)}
_NAMES: dict[str, tuple[str, ...]] = {
    kind: tuple(name for name in _FIELDS if name in model.model_fields) for kind, model in _MODELS.items()
}
_BLANKS: dict[str, dict[str, Any]] = {
    kind: dict.fromkeys(model.model_fields) | vars(model.model_construct()) for kind, model in _MODELS.items()
}
_MAKERS = {kind: unjudged(model) for kind, model in _MODELS.items()}
_REGISTERED = ("model", "model_version")


@dataclass(frozen=True, slots=True)
class Entry:
    """Records of one kind and source that name the same."""

    number: int
    """Of the outline; below 0 where it is not stored yet."""
    record: Record
    """Stands for them: has what they name, and `created_at` the first of them. Nothing else of it counts."""
    records: int
    digest: int
    """Another one where a content differs, whatever the order."""


def read_entries(store: Store, beside: Unwritten) -> list[Entry]:
    """All records."""
    columns = tables.outline.c
    query = select(columns.number, columns.names, columns.records, columns.digest)
    with store.connect() as connection:
        stored = connection.execute(query).all()
    rows = [row for row in map(tuple, stored) if row[0] not in beside.outlines]
    rows += [(number, own.names, own.records, own.digest) for number, own in beside.outlines.items() if own.records]
    named = [(number, read_names(text), records, digest) for number, text, records, digest in rows]
    firsts = _firsts(store, beside, [number for number, names, *_ in named if names.kind in _REGISTERED])
    return [Entry(number, _stand_in(names, firsts.get(number)), *rest) for number, names, *rest in named]


def read_sketches(store: Store, beside: Unwritten, outlines: Collection[int]) -> list[Sketch]:
    """The sketches of some outlines, in no order."""
    # A row has the fields of a sketch already: to make one of each would take as long as reading them.
    rows = cast(list[Sketch], _stored(store, outlines, tables.sketch.c.values()))
    kept = [row for row in rows if row.number not in beside.outdated] if beside.outdated else rows
    return [*kept, *_beside(beside, outlines)]


def read_row_numbers(store: Store, beside: Unwritten, outlines: Collection[int]) -> list[int]:
    """The rows that hold the records of some outlines, in order, as they lie in the file."""
    stored = {number for (number,) in _stored(store, outlines, [tables.sketch.c.number])} - beside.outdated
    return sorted((*stored, *(sketch.number for sketch in _beside(beside, outlines))))


def read_runs(
    store: Store, beside: Unwritten, outlines: Mapping[int, tuple[str, str | None]], zone: ZoneInfo
) -> list[RunSketch]:
    """The pipeline runs of some outlines, given with their source and repository; in no order."""
    ordinal = ordinals(zone)
    return [
        RunSketch(
            *outlines[outline], number, content, at, ordinal(first), ordinal(last), identity or "", attempt, ref, sha,
            shared,
        )
        for outline, number, content, at, first, last, identity, attempt, ref, sha, shared
        in read_sketches(store, beside, list(outlines))
    ]  # fmt: skip


def _stored(store: Store, outlines: Collection[int], columns: Sequence[ColumnElement[Any]]) -> Sequence[Row[Any]]:
    outline = tables.sketch.c.outline
    with store.connect() as connection:
        stored = [number for number in outlines if number >= 0]
        return connection.execute(select(*columns).where(among(connection, outline, stored))).all()


def _beside(beside: Unwritten, outlines: Collection[int]) -> Iterable[Sketch]:
    return (sketch for outline in outlines for sketch in beside.sketches.get(outline, ())) if beside.sketches else ()


def _firsts(store: Store, beside: Unwritten, outlines: Sequence[int]) -> Mapping[int, int]:
    """The first instant under which a record of each outline is filed; without those that have none."""
    firsts: dict[int, int] = {}
    for sketch in read_sketches(store, beside, outlines):
        if sketch.at is not None:
            firsts[sketch.outline] = min(sketch.at, firsts.get(sketch.outline, sketch.at))
    return firsts


def _stand_in(names: Names, first: int | None) -> Record:
    attributes = {"labels": _parsed(names.labels), "experiment": _parsed(names.tracked)}
    # What is not named here is not known, and nobody asks for it.
    content = {**_BLANKS[names.kind], "source": names.source, "id": names.own or "", "attributes": attributes}
    for name in _NAMES[names.kind]:
        content[name] = getattr(names, name)
    if first is not None:
        content["created_at"] = from_micros(first)
    return _MAKERS[names.kind](content)


def _parsed(text: str) -> Any:
    return msgspec.json.decode(text) if text else None
