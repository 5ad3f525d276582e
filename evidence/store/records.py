"""Records in the store: written page by page with cursor and coverage, read as a stream in order of time."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, or_, select

from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.record_text import record_bytes
from mlops_maturity.evidence.records import GONE_AT, PipelineRun, Record, RecordKind, occurred_at
from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.changes import Changes
from mlops_maturity.evidence.store.columns import from_micros
from mlops_maturity.evidence.store.coverage import put_coverage
from mlops_maturity.evidence.store.cursors import CursorUpdate, put_cursor
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.gone import mark_gone
from mlops_maturity.evidence.store.lease import Lease, require_lease
from mlops_maturity.evidence.store.quick import record_of
from mlops_maturity.evidence.store.rows import contents_of
from mlops_maturity.evidence.store.runs import count_rows
from mlops_maturity.evidence.store.sources import put_sources
from mlops_maturity.evidence.store.upsert import upsert_by_hash
from mlops_maturity.evidence.store.version import move_version

__all__ = [
    "Changes",
    "RecordCount",
    "count_records",
    "put_records",
    "read_payloads",
    "read_records",
    "write_page",
]

_KEY = ("source", "kind", "id", "attempt")
_REPEATED = (
    "source", "repository", "pipeline", "ref", "environment", "experiment", "model", "author", "raw_status", "subject",
    "name", "jobs",
)  # fmt: skip
"""Fields that many records have the same value in."""
_READ_AHEAD = 2_000
_WORTH_SHARING = 50_000
"""Records that are held together from which on memory counts more than the time that sharing takes."""
_ASKED_AT_ONCE = 500
"""Ids in one query: every database takes that many parameters."""


class RecordCount(NamedTuple):
    """How many records of one kind a source gave, and the first and last instant they are filed under."""

    source: str
    kind: str
    records: int
    first: datetime | None
    last: datetime | None


def write_page(
    store: Store,
    records: Sequence[Record],
    *,
    cursor: CursorUpdate | None = None,
    coverage: Sequence[Coverage] = (),
    seen_at: datetime,
    lease: Lease | None = None,
    run: int | None = None,
    present: tuple[str, Mapping[RecordKind, Collection[str]]] | None = None,
) -> Changes:
    """Store a page with its cursor and coverage: all of it in one transaction, or nothing.

    With `run`, the collector's run counts the rows too, so that one that is killed has told how far it came.

    With `present`, a source and every id that it holds now of some kinds, what is stored of it besides is marked gone.

    The same page again changes nothing. Of a record that is twice in the page the last one counts. `seen_at` is
    aware. With a `lease` that somebody else has taken over meanwhile, LeaseLost is raised and nothing is stored.
    """
    with store.begin() as connection:
        if lease is not None:
            require_lease(connection, lease)
        changes = put_records(connection, records, seen_at)
        if present is not None:
            changes += mark_gone(connection, *present, seen_at)
        if cursor is not None:
            put_cursor(connection, cursor, seen_at)
        covered = put_coverage(connection, coverage)
        if run is not None:
            count_rows(connection, run, changes)
        if changes.changed or covered:
            move_version(connection)
    return changes


def put_records(connection: Connection, records: Sequence[Record], seen_at: datetime) -> Changes:
    """Store records in the caller's transaction, who also moves the dataset version."""
    if not records:
        return Changes()
    put_sources(connection, {record.source for record in records}, seen_at)
    newest = {_key(record): record for record in records}
    # In order of their keys, so that two writers of the same records can't wait for each other in a circle.
    rows = [_row(key, newest[key], seen_at) for key in sorted(newest)]
    changes = upsert_by_hash(
        connection,
        tables.record,
        rows,
        key=_KEY,
        replace=("occurred_at", "payload", "last_changed_at", "gone_at"),
        also_when="gone_at",
    )
    replaced = len(records) - len(rows)
    return changes + Changes(seen=replaced, unchanged=replaced)


def read_records(
    store: Store,
    *,
    kinds: Collection[RecordKind] | None = None,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Record]:
    """Stream the records filed under `since` (included) to `until` (excluded), ordered by that instant and the id.

    Records without any instant come first, whatever the span: when they happened is unknown, not outside of it.
    What its source does not hold any more bears the attribute `gone_at`.
    The iterator holds one connection, and shows one moment of the store, until it is used up or closed.
    """
    lean = _Lean()
    query = _selected(kinds, source, since, until).add_columns(tables.record.c.kind, tables.record.c.gone_at)
    with store.connect() as connection:
        for payload, kind, gone_at in connection.execution_options(yield_per=_READ_AHEAD).execute(query):
            yield _read(lean, kind, payload, gone_at)


def read_by_id(store: Store, source: str, kind: RecordKind, ids: Collection[str]) -> Iterator[Record]:
    """The records of these ids, every attempt of a run; ids that are not stored are passed over."""
    columns = tables.record.c
    asked = sorted(ids)
    for start in range(0, len(asked), _ASKED_AT_ONCE):
        some = asked[start : start + _ASKED_AT_ONCE]
        query = select(columns.payload).where(columns.source == source, columns.kind == kind, columns.id.in_(some))
        with store.connect() as connection:
            payloads = list(connection.execute(query).scalars())
        yield from (record_of(kind, payload) for payload in payloads)


def read_numbers(store: Store, numbers: Sequence[int]) -> Iterator[tuple[Record, int]]:
    """The records in these rows, in no order, each with a number that is another one where its content is; rows that
    are not there any more are passed over."""
    lean = _Lean() if len(numbers) > _WORTH_SHARING else None
    with store.connect() as connection:
        for kind, payload, content, gone_at in contents_of(connection, numbers):
            yield _read(lean, kind, payload, None if gone_at is None else from_micros(gone_at)), content


class _Lean:
    """Lets records share what they have in common: as they are parsed, each has its own copy of every name.

    Measured on 100,000 records: 115 MB instead of 255 MB.
    """

    def __init__(self) -> None:
        self._shared: dict[Any, Any] = {}
        self._fields: dict[type[Any], set[str]] = {}
        self._repeated: dict[type[Any], tuple[str, ...]] = {}

    def kept(self, record: Record) -> Record:
        """The same record, equal in every field."""
        kind = type(record)
        # Which fields a text named is told by no record of ours; pydantic keeps a set of them for each.
        named = self._fields.get(kind)
        if named is None:
            named = self._fields[kind] = set(kind.model_fields)
            self._repeated[kind] = tuple(name for name in _REPEATED if name in named)
        object.__setattr__(record, "__pydantic_fields_set__", named)
        fields = record.__dict__
        for name in self._repeated[kind]:
            value = fields[name]
            if value:
                fields[name] = self._shared.setdefault(value, value)
        return record


def _read(lean: _Lean | None, kind: str, payload: str, gone_at: datetime | None) -> Record:
    record = record_of(kind, payload)
    if lean is not None:
        lean.kept(record)
    if gone_at is not None:
        record.attributes[GONE_AT] = gone_at.isoformat()
    return record


def read_payloads(
    store: Store,
    *,
    kinds: Collection[RecordKind] | None = None,
    source: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[str]:
    """What `read_records` gives, each as one line of JSON."""
    query = _selected(kinds, source, since, until)
    with store.connect() as connection:
        yield from connection.execution_options(yield_per=_READ_AHEAD).execute(query).scalars()


def count_records(store: Store) -> list[RecordCount]:
    """How many records there are, by source and kind."""
    columns = tables.record.c
    query = (
        select(
            columns.source,
            columns.kind,
            func.count(),
            func.min(columns.occurred_at),
            func.max(columns.occurred_at),
        )
        .group_by(columns.source, columns.kind)
        .order_by(columns.source, columns.kind)
    )
    with store.connect() as connection:
        return [RecordCount(*row) for row in connection.execute(query)]


def _selected(
    kinds: Collection[RecordKind] | None, source: str | None, since: datetime | None, until: datetime | None
) -> Select[str]:
    columns = tables.record.c
    query = select(columns.payload)
    if kinds is not None:
        query = query.where(columns.kind.in_(sorted(kinds)))
    if source is not None:
        query = query.where(columns.source == source)
    undated = columns.occurred_at.is_(None)
    if since is not None:
        query = query.where(or_(undated, columns.occurred_at >= since))
    if until is not None:
        query = query.where(or_(undated, columns.occurred_at < until))
    return query.order_by(
        columns.occurred_at.asc().nulls_first(), columns.id, columns.source, columns.kind, columns.attempt
    )


def _key(record: Record) -> tuple[str, str, str, int]:
    attempt = record.attempt if isinstance(record, PipelineRun) else 0
    return record.source, record.kind, record.id, attempt


def _row(key: tuple[str, str, str, int], record: Record, seen_at: datetime) -> dict[str, Any]:
    content = record_bytes(record)
    source, kind, identity, attempt = key
    return {
        "source": source,
        "kind": kind,
        "id": identity,
        "attempt": attempt,
        "occurred_at": occurred_at(record),
        "payload": content.decode(),
        "content_hash": hashlib.sha256(content).digest(),
        "revision": 1,
        "first_seen_at": seen_at,
        "last_changed_at": seen_at,
        "gone_at": None,
    }
