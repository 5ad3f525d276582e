"""What all records name, without their contents: enough to tell whose each one is, at a fraction of reading them.

The database takes the names out of the payloads; records that name the same become one entry.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from sqlalchemy import JSON, BigInteger, ColumnElement, Connection, cast, func, literal, select, type_coerce

from mlops_maturity.evidence.records import Record
from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.columns import from_micros
from mlops_maturity.evidence.store.cycles import no_search_for_cycles
from mlops_maturity.evidence.store.engine import Store

_FIELDS = ("repository", "experiment", "model", "name", "subject", "run")
_ATTRIBUTES = ("labels", "experiment")
_READ_AHEAD = 10_000
_MODELS: dict[str, type[Any]] = {model.model_fields["kind"].default: model for model in get_args(Record)}
_NAMES: dict[str, tuple[tuple[int, str], ...]] = {
    kind: tuple((place, name) for place, name in enumerate(_FIELDS) if name in model.model_fields)
    for kind, model in _MODELS.items()
}


@dataclass(slots=True)
class Outline:
    """Records of one kind and source that name the same."""

    record: Record
    """Stands for them: has what they name, and `created_at` the first of them. Nothing else of it counts."""
    numbers: array[int] = field(default_factory=lambda: array("q"))
    """The rows that hold them."""
    first: int | None = None
    """The first instant that any of them is filed under, in microseconds."""
    digest: int = 0
    """Another one where a content differs, whatever the order."""


def read_outlines(store: Store) -> list[Outline]:
    """All records, as of one moment. A run that a version names has an entry of its own, with its id."""
    with store.connect() as connection, no_search_for_cycles():
        found: dict[tuple[Any, ...], Outline] = {}
        _gather(found, _rows(connection, versions=True), frozenset())
        made = {(outline.record.source, getattr(outline.record, "run", None)) for outline in found.values()}
        _gather(found, _rows(connection, versions=False), made)
    for outline in found.values():
        if outline.first is not None and outline.record.kind in ("model", "model_version"):
            object.__setattr__(outline.record, "created_at", from_micros(outline.first))
    return list(found.values())


def _gather(
    found: dict[tuple[Any, ...], Outline], rows: Iterator[Sequence[Any]], made: Collection[tuple[str, str | None]]
) -> None:
    for number, source, kind, identity, at, content, gone_at, *names in rows:
        own = identity if kind == "training_run" and (source, identity) in made else None
        key = (source, kind, own, *names)
        outline = found.get(key)
        if outline is None:
            outline = found[key] = Outline(_stand_in(source, kind, identity, names))
        outline.numbers.append(number)
        outline.digest += int.from_bytes(content[:8]) ^ (gone_at or 0)
        if at is not None and (outline.first is None or at < outline.first):
            outline.first = at


def _stand_in(source: str, kind: str, identity: str, names: Sequence[Any]) -> Record:
    fields = {name: names[place] for place, name in _NAMES[kind]}
    labels, experiment = names[len(_FIELDS) :]
    attributes = {"labels": _parsed(labels), "experiment": experiment}
    # Without validation: what is not named here is not known, and nobody asks for it.
    made: Record = _MODELS[kind].model_construct(source=source, id=identity, attributes=attributes, **fields)
    return made


def _parsed(labels: Any) -> Any:
    """Labels as they were: an object comes as its text."""
    try:
        return json.loads(labels) if isinstance(labels, str) else labels
    except ValueError:
        return labels


def _rows(connection: Connection, *, versions: bool) -> Iterator[Sequence[Any]]:
    columns = tables.record.c
    kind = columns.kind == "model_version" if versions else columns.kind != "model_version"
    names = [_named(connection, columns.payload, name) for name in _FIELDS]
    names += [_named(connection, columns.payload, "attributes", name) for name in _ATTRIBUTES]
    # The number as it is kept: no instant is made for a row.
    at, gone_at = (type_coerce(column, BigInteger) for column in (columns.occurred_at, columns.gone_at))
    content = columns.content_hash
    query = select(columns.number, columns.source, columns.kind, columns.id, at, content, gone_at, *names).where(kind)
    yield from connection.execution_options(yield_per=_READ_AHEAD).execute(query)


def _named(connection: Connection, payload: ColumnElement[str], *path: str) -> ColumnElement[Any]:
    if connection.dialect.name == "postgresql":
        return func.json_extract_path_text(cast(payload, JSON), *map(literal, path))
    return func.json_extract(payload, "$." + ".".join(path))
