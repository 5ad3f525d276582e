"""Known and knowingly unknown spans, kept free of overlap.

What was once known completely stays known; a reason for not knowing covers only what is left, the newest one first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from mlops_maturity.evidence.coverage import Coverage
from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.version import take_turns

_Key = tuple[str, str, str]
_COLUMNS = tables.coverage.c
_FIELDS = (
    _COLUMNS.source, _COLUMNS.stream, _COLUMNS.scope, _COLUMNS.start, _COLUMNS.end, _COLUMNS.complete, _COLUMNS.reason,
)  # fmt: skip


def read_coverage(store: Store) -> tuple[Coverage, ...]:
    """All spans, by source, stream, scope and start; none of one scope overlap."""
    query = select(*_FIELDS).order_by(*_FIELDS[:4])
    with store.connect() as connection:
        return tuple(Coverage(**row._asdict()) for row in connection.execute(query))


def put_coverage(connection: Connection, spans: Sequence[Coverage]) -> bool:
    """Add spans in the caller's transaction; whether that changed anything. Raises ValueError for a reversed span."""
    for span in spans:
        if span.end < span.start:
            raise ValueError(
                f"coverage of {span.source} {span.stream} ends before it starts: {span.start} to {span.end}"
            )
    if not spans:
        return False
    take_turns(connection)
    changed = False
    for key, added in groupby(sorted(spans, key=_key), key=_key):
        before = _stored(connection, key)
        after = merged([*before, *added])
        if after != before:
            _replace(connection, key, after)
            changed = True
    return changed


def merged(spans: Iterable[Coverage]) -> list[Coverage]:
    """The spans of one scope, oldest knowledge first, as spans that neither overlap nor adjoin needlessly."""
    given = [span for span in spans if span.start < span.end]
    known = _joined(span for span in given if span.complete)
    taken = [(span.start, span.end) for span in known]
    unknown: list[Coverage] = []
    for span in reversed([span for span in given if not span.complete]):
        free = _without(span, taken)
        unknown += free
        taken += [(part.start, part.end) for part in free]
    return sorted(known + _joined(unknown), key=lambda span: span.start)


def _joined(spans: Iterable[Coverage]) -> list[Coverage]:
    joined: list[Coverage] = []
    for span in sorted(spans, key=lambda span: span.start):
        last = joined[-1] if joined else None
        if last is not None and span.start <= last.end and _alike(last, span):
            joined[-1] = replace(last, end=max(last.end, span.end))
        else:
            joined.append(span)
    return joined


def _alike(one: Coverage, other: Coverage) -> bool:
    return one.complete == other.complete and (one.complete or one.reason == other.reason)


def _without(span: Coverage, taken: Iterable[tuple[datetime, datetime]]) -> list[Coverage]:
    parts: list[Coverage] = []
    start = span.start
    for first, end in sorted(taken):
        if first >= span.end:
            break
        if start < first:
            parts.append(replace(span, start=start, end=first))
        start = max(start, end)
    if start < span.end:
        parts.append(replace(span, start=start))
    return parts


def _key(span: Coverage) -> _Key:
    return span.source, span.stream, span.scope


def _stored(connection: Connection, key: _Key) -> list[Coverage]:
    query = select(*_FIELDS).where(*_is(key)).order_by(_COLUMNS.start)
    return [Coverage(**row._asdict()) for row in connection.execute(query)]


def _replace(connection: Connection, key: _Key, spans: Sequence[Coverage]) -> None:
    connection.execute(delete(tables.coverage).where(*_is(key)))
    connection.execute(
        insert(tables.coverage), [{column.key: getattr(span, column.key) for column in _FIELDS} for span in spans]
    )


def _is(key: _Key) -> tuple[ColumnElement[bool], ...]:
    source, stream, scope = key
    return _COLUMNS.source == source, _COLUMNS.stream == stream, _COLUMNS.scope == scope
