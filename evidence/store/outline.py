"""What all records name, without their contents: enough to tell whose each one is, at a fraction of reading them.

Of each text only the names are taken out; records that name the same become one entry. Where there are many records,
several processes look through a part of them each.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, get_args

import msgspec
from sqlalchemy import BigInteger, func, select, type_coerce

from mlops_maturity.evidence.processes import side_by_side
from mlops_maturity.evidence.records import RECORD, Record
from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.columns import from_micros
from mlops_maturity.evidence.store.cycles import no_search_for_cycles
from mlops_maturity.evidence.store.engine import Store

_FIELDS = ("repository", "experiment", "model", "name", "subject", "run")
_ATTRIBUTES = ("labels", "experiment")
_READ_AHEAD = 10_000
_PART = 500_000
"""Rows that a process looks through at once: of fewer, handing over what was found takes longer than finding it."""
_WORTH_PROCESSES = 500_000
"""Rows from which on it is quicker to start processes than to look through all here."""
_MODELS: dict[str, type[Any]] = {model.model_fields["kind"].default: model for model in get_args(Record)}
_NAMES: dict[str, tuple[str, ...]] = {
    kind: tuple(name for name in _FIELDS if name in model.model_fields) for kind, model in _MODELS.items()
}
_NOTHING = msgspec.Raw(b"")


class _Attributes(msgspec.Struct, gc=False):
    labels: msgspec.Raw = _NOTHING
    experiment: msgspec.Raw = _NOTHING


class _Named(msgspec.Struct, gc=False):
    repository: str | None = None
    experiment: str | None = None
    model: str | None = None
    name: str | None = None
    subject: str | None = None
    run: str | None = None
    attributes: _Attributes | None = None


class _Key(NamedTuple):
    """What tells entries apart."""

    source: str
    kind: str
    own: str | None
    """The id of a run that a version names."""
    repository: str | None
    experiment: str | None
    model: str | None
    name: str | None
    subject: str | None
    run: str | None
    labels: bytes
    tracked: bytes
    """The attribute `experiment`."""


class _Found:
    """The records of one entry."""

    __slots__ = ("digest", "first", "identity", "numbers")

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self.numbers = array("q")
        self.digest = 0
        self.first: int | None = None


@dataclass(slots=True)
class Outline:
    """Records of one kind and source that name the same."""

    record: Record
    """Stands for them: has what they name, and `created_at` the first of them. Nothing else of it counts."""
    numbers: array[int] = field(default_factory=lambda: array("q"))
    """The rows that hold them."""
    digest: int = 0
    """Another one where a content differs, whatever the order."""


def read_outlines(store: Store, processes: int = 1) -> list[Outline]:
    """All records. A run that a version names has an entry of its own, with its id. What is written meanwhile may be
    among them or not."""
    with store.connect() as connection:
        rows = connection.execute(select(func.max(tables.record.c.number))).scalar() or 0
    found = _look_through(store, None, (0, rows))
    made = frozenset((key.source, key.run) for key in found if key.run is not None)
    parts = [(first, first + _PART) for first in range(0, rows + 1, _PART)]
    workers = processes if rows >= _WORTH_PROCESSES else 1
    for part in side_by_side(_look_through, store, made, parts, workers):
        _take_up(found, part)
    return [_outline(key, entry) for key, entry in found.items()]


def _look_through(store: Store, made: frozenset[tuple[str, str]] | None, part: tuple[int, int]) -> dict[_Key, _Found]:
    """The entries of the rows from a number (excluded) to another one; without `made`, of model versions, else of all
    other records, those runs (source, id) each on its own."""
    found: dict[_Key, _Found] = {}
    decode = msgspec.json.Decoder(_Named).decode
    with no_search_for_cycles():
        for number, source, kind, identity, at, content, gone_at, payload in _rows(store, made is None, part):
            try:
                named = decode(payload)
            except msgspec.MsgspecError:
                named = _by_pydantic(payload)
            own = identity if kind == "training_run" and made and (source, identity) in made else None
            told = named.attributes
            # A tuple here: making the named one takes longer than all else of it, and both are the same key.
            key: Any = (
                source, kind, own, named.repository, named.experiment, named.model, named.name, named.subject,
                named.run, bytes(told.labels) if told else b"", bytes(told.experiment) if told else b"",
            )  # fmt: skip
            entry = found.get(key)
            if entry is None:
                entry = found[_Key(*key)] = _Found(identity)
            entry.numbers.append(number)
            entry.digest += int.from_bytes(content[:8]) ^ (gone_at or 0)
            if at is not None and (entry.first is None or at < entry.first):
                entry.first = at
    return found


def _by_pydantic(payload: str) -> _Named:
    """The names of a text that is of another hand than ours."""
    content = RECORD.validate_json(payload).model_dump(mode="json")
    told = {name: content["attributes"].get(name) for name in _ATTRIBUTES}
    attributes = _Attributes(**{name: msgspec.Raw(msgspec.json.encode(value)) for name, value in told.items()})
    return _Named(**{name: content.get(name) for name in _FIELDS}, attributes=attributes)


def _take_up(found: dict[_Key, _Found], part: Mapping[_Key, _Found]) -> None:
    for key, more in part.items():
        entry = found.setdefault(key, more)
        if entry is not more:
            entry.numbers.extend(more.numbers)
            entry.digest += more.digest
            entry.first = min((at for at in (entry.first, more.first) if at is not None), default=None)


def _outline(key: _Key, entry: _Found) -> Outline:
    attributes = {"labels": _parsed(key.labels), "experiment": _parsed(key.tracked)}
    fields: dict[str, Any] = {name: getattr(key, name) for name in _NAMES[key.kind]}
    if entry.first is not None and key.kind in ("model", "model_version"):
        fields["created_at"] = from_micros(entry.first)
    # Without validation: what is not named here is not known, and nobody asks for it.
    made = _MODELS[key.kind].model_construct(source=key.source, id=entry.identity, attributes=attributes, **fields)
    return Outline(made, entry.numbers, entry.digest)


def _parsed(text: bytes) -> Any:
    return msgspec.json.decode(text) if text else None


def _rows(store: Store, versions: bool, part: tuple[int, int]) -> Iterator[Iterable[Any]]:
    columns = tables.record.c
    kind = columns.kind == "model_version" if versions else columns.kind != "model_version"
    # The number as it is kept: no instant is made for a row.
    at, gone_at = (type_coerce(column, BigInteger) for column in (columns.occurred_at, columns.gone_at))
    query = select(
        columns.number, columns.source, columns.kind, columns.id, at, columns.content_hash, gone_at, columns.payload
    ).where(kind)
    if not versions:  # else the database would look through all rows, instead of those of the kind
        query = query.where(columns.number > part[0], columns.number <= part[1])
    with store.connect() as connection:
        for rows in connection.execution_options(yield_per=_READ_AHEAD).execute(query).partitions():
            yield from rows
