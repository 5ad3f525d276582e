"""All readings of one team at once: their amounts at hand, the rows themselves made when somebody looks at them.

A score needs the amounts of every day; what stands behind a reading is shown of a few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import overload

import msgspec
from sqlalchemy import Text, case, cast, func, select

from mlops_maturity.evidence.signals.interface import Measured
from mlops_maturity.evidence.store import tables
from mlops_maturity.evidence.store.columns import day_text
from mlops_maturity.evidence.store.cycles import no_search_for_cycles
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.reading_contents import Content, result_of
from mlops_maturity.evidence.store.readings import Origin, StoredReading

_CONTENTS = msgspec.json.Decoder(list[Content])
_ORIGINS: tuple[Origin, Origin] = ("computed", "imported")
_LENGTH_OF_DAY = len("2026-11-22")
_day = lru_cache(maxsize=10_000)(date.fromisoformat)
Amounts = Content | Measured
"""What has `value`, `seen`, `scope` and `opportunities`."""


@dataclass(frozen=True, slots=True)
class _OfSignal:
    """The readings of one signal, one a day, by day."""

    signal: str
    days: Sequence[date]
    ranks: Sequence[str]
    contents: Sequence[Content]


class TeamReadings(Sequence[StoredReading]):
    """The readings of a team, of each signal and day the one that counts, by signal and day."""

    def __init__(self, team: str, stored: Iterable[_OfSignal] = (), more: Iterable[StoredReading] = ()) -> None:
        """`more`: rows made elsewhere, of days that have none among the stored ones."""
        self._team = team
        self._stored = {own.signal: own for own in stored}
        self._more = tuple(more)
        self._made: dict[str, tuple[StoredReading, ...]] = {}

    @property
    def newest(self) -> date | None:
        """The newest day of any reading, missing ones included."""
        days = [own.days[-1] for own in self._stored.values()]
        return max([*days, *(row.on for row in self._more)], default=None)

    def with_more(self, rows: Iterable[StoredReading]) -> TeamReadings:
        """These, and rows of days that have none here."""
        return TeamReadings(self._team, self._stored.values(), (*self._more, *rows))

    def measured(self) -> Iterator[tuple[str, date, Amounts]]:
        """Signal, day and amounts of all that was measured."""
        for own in self._stored.values():
            for on, content in zip(own.days, own.contents, strict=True):
                if content.reason is None:
                    yield own.signal, on, content
        for row in self._more:
            if isinstance(row.result, Measured):
                yield row.signal, row.on, row.result

    def of(self, signal: str) -> tuple[StoredReading, ...]:
        """The rows of one signal."""
        if signal not in self._made:
            more = (row for row in self._more if row.signal == signal)
            self._made[signal] = (*self._rows(signal), *more)
        return self._made[signal]

    def _rows(self, signal: str) -> Iterator[StoredReading]:
        if signal in self._stored:
            own = self._stored[signal]
            for on, rank, content in zip(own.days, own.ranks, own.contents, strict=True):
                origin = _ORIGINS[int(rank) % 2]
                yield StoredReading(team=self._team, signal=signal, on=on, origin=origin, result=result_of(content))

    def __iter__(self) -> Iterator[StoredReading]:
        for signal in dict.fromkeys([*self._stored, *(row.signal for row in self._more)]):
            yield from self.of(signal)

    def __len__(self) -> int:
        return sum(len(own.days) for own in self._stored.values()) + len(self._more)

    @overload
    def __getitem__(self, place: int) -> StoredReading: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[StoredReading]: ...
    def __getitem__(self, place: int | slice) -> StoredReading | Sequence[StoredReading]:
        return tuple(self)[place]


def read_team_readings(store: Store, team: str) -> TeamReadings:
    """All readings of a team: what was measured goes before what is missing, what was handed in before computed."""
    columns, together = tables.reading.c, func.aggregate_strings
    with store.connect() as connection, no_search_for_cycles():
        # The place in the order in which readings of one day count, as one digit.
        rank = case((columns.missing.is_(None), 2), else_=0) + case((columns.origin == "imported", 1), else_=0)
        query = (
            select(
                columns.signal,
                together(day_text(connection, columns.on), ""),
                together(cast(rank, Text), ""),
                together(columns.payload, ","),
            )
            .where(columns.team == team)
            .group_by(columns.signal)
            .order_by(columns.signal)
        )
        return TeamReadings(team, [_of_signal(*row) for row in connection.execute(query)])


def _of_signal(signal: str, written: str, ranks: str, payloads: str) -> _OfSignal:
    contents = _CONTENTS.decode(f"[{payloads}]")
    days = [_day(written[start : start + _LENGTH_OF_DAY]) for start in range(0, len(written), _LENGTH_OF_DAY)]
    order = sorted(range(len(days)), key=lambda place: (days[place], ranks[place]))
    last = {days[place]: place for place in order}
    if list(last.values()) == list(range(len(days))):
        return _OfSignal(signal, days, ranks, contents)
    kept = last.values()
    return _OfSignal(signal, list(last), [ranks[place] for place in kept], [contents[place] for place in kept])
