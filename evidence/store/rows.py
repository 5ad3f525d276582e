"""Rows of records by their numbers, as they are kept: no instant is made for a row, and nothing of it is read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Connection, any_, func, literal, select, type_coerce

from mlops_maturity.evidence.store import tables

_AT_ONCE = 2_000


class RecordRow(NamedTuple):
    """A stored record."""

    number: int
    source: str
    kind: str
    id: str
    attempt: int
    payload: str
    content: int
    """Another number where the content is another one."""
    at: int | None
    """The instant it is filed under, in microseconds since 1970."""
    gone_at: int | None
    """When its source first lacked it, in microseconds since 1970."""


def rows_of(connection: Connection, numbers: Sequence[int]) -> Iterator[RecordRow]:
    """The records in these rows, in no order; rows that are not there any more are passed over."""
    columns = tables.record.c
    asked = columns.number, columns.source, columns.kind, columns.id, columns.attempt, columns.payload
    for row in _columns(connection, numbers, (*asked, columns.content_hash, _AT, _GONE_AT)):
        number, source, kind, identity, attempt, payload, content, at, gone_at = row
        told = _content(content, gone_at)
        yield RecordRow(number, source, kind, identity, attempt, payload, told, at, gone_at)


def contents_of(connection: Connection, numbers: Sequence[int]) -> Iterator[tuple[str, str, int, int | None]]:
    """Kind, payload, content and `gone_at` of the records in these rows, as `rows_of` gives them."""
    asked = tables.record.c.kind, tables.record.c.payload, tables.record.c.content_hash, _GONE_AT
    for kind, payload, content, gone_at in _columns(connection, numbers, asked):
        yield kind, payload, _content(content, gone_at), gone_at


# As they are kept: no instant is made for a row.
_AT, _GONE_AT = (type_coerce(column, BigInteger) for column in (tables.record.c.occurred_at, tables.record.c.gone_at))


def _columns(connection: Connection, numbers: Sequence[int], columns: Sequence[ColumnElement[Any]]) -> Iterator[Any]:
    query = select(*columns)
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        # Not row by row: between two of them nothing else is asked.
        yield from connection.execute(query.where(among(connection, tables.record.c.number, some))).all()


def _content(content_hash: bytes, gone_at: int | None) -> int:
    return int.from_bytes(content_hash[:8], signed=True) ^ (gone_at or 0)


def among(connection: Connection, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """That a column has one of these values. One parameter, however many they are: of a list of them a statement is
    made anew each time, and no database takes a long one."""
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(column.type)))
    asked = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(asked.c.value))
