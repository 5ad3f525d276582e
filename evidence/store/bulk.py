"""Readings and answers of a team as arrays: the database packs the numbers, and no object is made for a row.

A row a signal or respondent comes back, with all its days and numbers as text. So no Python object is made for a single
reading, and little memory is taken but that of the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import JSON, ColumnElement, Connection, Date, Integer, Text, cast, func, literal, select
from sqlalchemy import Column as TableColumn

from mlops_maturity.evidence.store import tables

_AMOUNTS = ("value", "seen", "scope", "opportunities")
_ORDINAL_OF_1970 = 719_163
_JULIAN_OF_DAY_0 = 1_721_424.5
_BRACKETS = str.maketrans("", "", "[] \n")


@dataclass(frozen=True, slots=True)
class ReadingColumns:
    """The measured readings of one signal, one a day, in no order."""

    signal: str
    on: NDArray[np.int64]
    """Ordinals of the days."""
    amounts: NDArray[np.float64]
    """A row a reading: value, seen, scope, opportunities."""


@dataclass(frozen=True, slots=True)
class AnswerColumns:
    """The standing answers of one respondent to one practice, one a day, in no order."""

    practice: str
    respondent: str
    on: NDArray[np.int64]
    value: NDArray[np.int64]
    """Rung 0 to 3; -1 = "don't know"."""
    attested: NDArray[np.bool_]


def reading_columns(connection: Connection, team: str) -> tuple[ReadingColumns, ...]:
    """The measured readings of a team by signal; what was handed in goes before what was computed for the day."""
    columns = _readings(connection, team, "computed")
    for signal, first in _readings(connection, team, "imported").items():
        columns[signal] = _joined(first, columns[signal]) if signal in columns else first
    return tuple(columns[signal] for signal in sorted(columns))


def answer_columns(connection: Connection, team: str) -> Iterator[AnswerColumns]:
    """The answers of a team by practice and respondent; of one day the last recorded stands."""
    columns = tables.answer.c
    value = func.coalesce(columns.value, -1)
    numbers = (columns.number, _ordinal(connection, columns.on), value, cast(columns.attested, Integer))
    text: ColumnElement[str] = literal("")
    for place, number in enumerate(numbers):
        text = text + ("," if place else "") + cast(number, Text)
    query = (
        select(columns.practice, columns.respondent, func.aggregate_strings(text, ","))
        .where(columns.team == team)
        .group_by(columns.practice, columns.respondent)
        .order_by(columns.practice, columns.respondent)
    )
    for practice, respondent, packed in connection.execute(query):
        rows = np.fromstring(packed, np.int64, sep=",").reshape(-1, 4)
        rows = rows[np.lexsort((rows[:, 0], rows[:, 1]))]
        rows = rows[np.append(rows[1:, 1] != rows[:-1, 1], True)]
        yield AnswerColumns(practice, respondent, rows[:, 1], rows[:, 2], rows[:, 3].astype(bool))


def _readings(connection: Connection, team: str, origin: str) -> dict[str, ReadingColumns]:
    columns = tables.reading.c
    query = (
        select(
            columns.signal,
            func.aggregate_strings(cast(_ordinal(connection, columns.on), Text), ","),
            _packed_amounts(connection, columns.payload),
        )
        .where(columns.team == team, columns.origin == origin, columns.value.is_not(None))
        .group_by(columns.signal)
    )
    return {
        signal: ReadingColumns(
            signal,
            np.fromstring(days, np.int64, sep=","),
            np.fromstring(amounts.translate(_BRACKETS), np.float64, sep=",").reshape(-1, len(_AMOUNTS)),
        )
        for signal, days, amounts in connection.execute(query)
    }


def _joined(first: ReadingColumns, second: ReadingColumns) -> ReadingColumns:
    """All of the first, and the days of the second that the first hasn't."""
    left = ~np.isin(second.on, first.on)
    return ReadingColumns(
        first.signal,
        np.concatenate([first.on, second.on[left]]),
        np.concatenate([first.amounts, second.amounts[left]]),
    )


def _ordinal(connection: Connection, on: TableColumn[Any]) -> ColumnElement[int]:
    """The ordinal of a day, as Python counts them."""
    if connection.dialect.name == "postgresql":
        return cast(on - cast(literal("1970-01-01"), Date), Integer) + _ORDINAL_OF_1970
    return cast(func.julianday(on) - _JULIAN_OF_DAY_0, Integer)


def _packed_amounts(connection: Connection, payload: TableColumn[Any]) -> ColumnElement[str]:
    """All amounts of a group as one text of nested lists, each number as exactly as it is kept."""
    if connection.dialect.name == "postgresql":
        parts = [func.json_extract_path(cast(payload, JSON), name) for name in _AMOUNTS]
        return cast(func.json_agg(func.json_build_array(*parts)), Text)
    return func.json_group_array(func.json_extract(payload, *(f"$.{name}" for name in _AMOUNTS)))
