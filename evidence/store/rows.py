"""Rows of records by their numbers, as they are kept: no instant is made for a row, and nothing of it is read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, Connection, Select, any_, bindparam, func, select, type_coerce

from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.engine import Store

_AT_ONCE = 2_000


class RecordRow(NamedTuple):
    """A stored record."""

    number: int
    kind: str
    payload: str
    content: int
    """Another number where the content is another one."""
    at: int | None
    """The instant it is filed under, in microseconds since 1970."""
    gone_at: int | None
    """When its source first lacked it, in microseconds since 1970."""


def rows_of(store: Store, numbers: Sequence[int]) -> Iterator[RecordRow]:
    """The records in these rows, in no order; rows that are not there any more are passed over."""
    with store.connect() as connection:
        query = _query(connection)
        lists = connection.dialect.name == "postgresql"
        for start in range(0, len(numbers), _AT_ONCE):
            some = list(numbers[start : start + _AT_ONCE])
            found = connection.execute(query, {"numbers": some if lists else json.dumps(some)})
            # Not row by row: between two of them nothing else is asked.
            for number, kind, payload, content, at, gone_at in found.all():
                yield RecordRow(number, kind, payload, int.from_bytes(content[:8]) ^ (gone_at or 0), at, gone_at)


def _query(connection: Connection) -> Select[*tuple[Any, ...]]:
    columns = tables.record.c
    at, gone_at = (type_coerce(column, BigInteger) for column in (columns.occurred_at, columns.gone_at))
    query = select(columns.number, columns.kind, columns.payload, columns.content_hash, at, gone_at)
    # One parameter, however many numbers: a list of them is made into a statement anew each time.
    if connection.dialect.name == "postgresql":
        return query.where(columns.number == any_(bindparam("numbers", type_=ARRAY(BigInteger))))
    asked = func.json_each(bindparam("numbers")).table_valued("value")
    return query.where(columns.number.in_(select(asked.c.value)))
