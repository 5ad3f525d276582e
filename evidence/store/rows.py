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
    at, gone_at = (type_coerce(column, BigInteger) for column in (columns.occurred_at, columns.gone_at))
    query = select(
        columns.number, columns.source, columns.kind, columns.id, columns.attempt, columns.payload,
        columns.content_hash, at, gone_at,
    )  # fmt: skip
    for start in range(0, len(numbers), _AT_ONCE):
        found = connection.execute(query.where(among(connection, columns.number, numbers[start : start + _AT_ONCE])))
        # Not row by row: between two of them nothing else is asked.
        for number, source, kind, identity, attempt, payload, content, filed, gone in found.all():
            told = int.from_bytes(content[:8], signed=True) ^ (gone or 0)
            yield RecordRow(number, source, kind, identity, attempt, payload, told, filed, gone)


def among(connection: Connection, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """That a column has one of these values. One parameter, however many they are: of a list of them a statement is
    made anew each time, and no database takes a long one."""
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(column.type)))
    asked = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(asked.c.value))
