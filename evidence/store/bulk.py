"""Readings and answers of a team as arrays.

The database joins the contents of a signal's readings to one JSON text, of which only the amounts are decoded: no
object made for a single reading outlives its signal's turn, and what is kept is little more than the numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Integer, Text, cast, func, select

from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.columns import day_text
from mlops_maturity.evidence.store.cycles import no_search_for_cycles
from mlops_maturity.evidence.store.engine import Store

AMOUNTS = ("value", "seen", "scope", "opportunities")
_ORDINAL_OF_1970 = 719_163
_NO_RUNG = 9
"""Stands for "don't know" where a rung is written as one digit."""


@dataclass(frozen=True, slots=True)
class ReadingColumns:
    """Measured readings of one team, one for each signal and day, in no order."""

    signals: tuple[str, ...]
    signal: NDArray[np.int32]
    """Place in `signals`."""
    on: NDArray[np.int32]
    """Ordinals of the days."""
    amounts: NDArray[np.float64]
    """A row a reading: value, seen, scope, opportunities."""


@dataclass(frozen=True, slots=True)
class AnswerColumns:
    """The standing answers of one team, one for each practice, respondent and day, in no order."""

    practices: tuple[str, ...]
    respondents: tuple[str, ...]
    practice: NDArray[np.int32]
    """Place in `practices`."""
    respondent: NDArray[np.int32]
    """Place in `respondents`."""
    on: NDArray[np.int32]
    """Ordinals of the days."""
    value: NDArray[np.int8]
    """Rung 0 to 3; -1 = "don't know"."""
    attested: NDArray[np.bool_]


class _Amounts(msgspec.Struct, gc=False):
    value: float
    seen: float
    scope: float
    opportunities: float


_AMOUNTS_OF_MANY = msgspec.json.Decoder(list[_Amounts])
_IN_ORDER = attrgetter(*AMOUNTS)


def team_columns(store: Store, _common: None, teams: Sequence[str]) -> list[tuple[ReadingColumns, AnswerColumns]]:
    """What some teams have, for a process of its own (`evidence.processes`): what this module imports, each loads."""
    with store.connect() as connection:
        return [(reading_columns(connection, team), answer_columns(connection, team)) for team in teams]


def reading_columns(connection: Connection, team: str) -> ReadingColumns:
    """The measured readings of a team; what was handed in goes before what was computed for the day."""
    computed, imported = (_readings(connection, team, origin) for origin in ("computed", "imported"))
    return _joined(imported, computed) if len(imported.on) else computed


def answer_columns(connection: Connection, team: str) -> AnswerColumns:
    """The answers of a team; of one respondent, practice and day the last recorded stands."""
    columns = tables.answer.c
    together = func.aggregate_strings
    query = (
        select(
            columns.practice,
            columns.respondent,
            together(day_text(connection, columns.on), ""),
            together(cast(columns.number, Text), ","),
            together(cast(func.coalesce(columns.value, _NO_RUNG), Text), ""),
            together(cast(cast(columns.attested, Integer), Text), ""),
        )
        .where(columns.team == team)
        .group_by(columns.practice, columns.respondent)
    )
    rows = connection.execute(query).all()
    names, people, days, numbers, values, attested = zip(*rows, strict=True) if rows else ((),) * 6
    practices, practice = _numbered(names)
    respondents, respondent = _numbered(people)
    lengths = [len(own) for own in values]
    groups, on, value = np.repeat(np.arange(len(rows)), lengths), _ordinals("".join(days)), _digits("".join(values))
    order = np.lexsort((np.fromstring(",".join(numbers), np.int64, sep=","), on, groups))
    later = (groups[order][1:] == groups[order][:-1]) & (on[order][1:] == on[order][:-1])
    last = order[~np.append(later, np.zeros(min(1, len(on)), np.bool_))]
    return AnswerColumns(
        practices=practices,
        respondents=respondents,
        practice=practice[groups[last]],
        respondent=respondent[groups[last]],
        on=on[last],
        value=np.where(value == _NO_RUNG, -1, value).astype(np.int8)[last],
        attested=_digits("".join(attested)).astype(np.bool_)[last],
    )


def _readings(connection: Connection, team: str, origin: str) -> ReadingColumns:
    columns = tables.reading.c
    query = (
        select(
            columns.signal,
            func.aggregate_strings(day_text(connection, columns.on), ""),
            func.aggregate_strings(columns.payload, ","),
        )
        .where(columns.team == team, columns.origin == origin, columns.value.is_not(None))
        .group_by(columns.signal)
    )
    signals, days, amounts = [], [], [np.zeros((0, len(AMOUNTS)))]
    with no_search_for_cycles():
        for signal, own_days, payloads in connection.execute(query):
            signals.append(signal)
            days.append(own_days)
            amounts.append(_amounts(payloads))
    lengths = [len(own) for own in amounts[1:]]
    places = np.repeat(np.arange(len(signals), dtype=np.int32), lengths)
    return ReadingColumns(tuple(signals), places, _ordinals("".join(days)), np.concatenate(amounts))


def _amounts(payloads: str) -> NDArray[np.float64]:
    """A row for each of the contents, which follow each other with commas between."""
    rows = _AMOUNTS_OF_MANY.decode(f"[{payloads}]")
    numbers = np.fromiter(chain.from_iterable(map(_IN_ORDER, rows)), np.float64, len(AMOUNTS) * len(rows))
    return numbers.reshape(-1, len(AMOUNTS))


def _joined(first: ReadingColumns, second: ReadingColumns) -> ReadingColumns:
    """All of the first, and of the second what the first hasn't of that signal and day."""
    signals = tuple(dict.fromkeys([*first.signals, *second.signals]))
    places = np.array([signals.index(signal) for signal in second.signals], np.int32)[second.signal]
    left = ~np.isin(_keys(places, second.on), _keys(first.signal, first.on))
    return ReadingColumns(
        signals,
        np.concatenate([first.signal, places[left]]),
        np.concatenate([first.on, second.on[left]]),
        np.concatenate([first.amounts, second.amounts[left]]),
    )


def _keys(places: NDArray[np.int32], on: NDArray[np.int32]) -> NDArray[np.int64]:
    return (places.astype(np.int64) << 32) + on


def _numbered(names: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """The different names in their order, and the place of each name among them."""
    listed = tuple(sorted(set(names)))
    places = {name: place for place, name in enumerate(listed)}
    return listed, np.fromiter(map(places.__getitem__, names), np.int32, len(names))


def _ordinals(days: str) -> NDArray[np.int32]:
    """The ordinals of days that follow each other as YYYY-MM-DD without anything between, as Python counts them."""
    dates = np.frombuffer(days.encode(), "S10").astype("datetime64[D]")
    return (dates.astype(np.int64) + _ORDINAL_OF_1970).astype(np.int32)


def _digits(text: str) -> NDArray[np.uint8]:
    """One number for each digit."""
    return np.frombuffer(text.encode(), np.uint8) - np.uint8(ord("0"))
