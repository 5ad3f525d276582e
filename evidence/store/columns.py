"""Column types that keep order and exactness on every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Dialect, Integer, Text, cast, func
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    """Microseconds since 1970-01-01 UTC of an aware instant. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone")
    return (instant - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC instant that many microseconds after 1970-01-01."""
    return _EPOCH + timedelta(microseconds=micros)


class Instant(TypeDecorator[datetime]):
    """An aware instant as whole microseconds since 1970 UTC: exact, ordered, no zone to misread."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """The number to store."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The instant that was stored."""
        return None if value is None else from_micros(value)


# PostgreSQL sorts text by the language of the database unless told otherwise; SQLite by code point. One order for both.
ExactText = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared and sorted by code point everywhere."""

RowNumber = BigInteger().with_variant(Integer, "sqlite")
"""Number given by the database, rising; on SQLite the rowid itself."""


def day_text(connection: Connection, on: Column[Any]) -> ColumnElement[str]:
    """A day as YYYY-MM-DD, which is how SQLite keeps it."""
    return func.to_char(on, "YYYY-MM-DD") if connection.dialect.name == "postgresql" else cast(on, Text)
