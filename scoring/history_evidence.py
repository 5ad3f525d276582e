"""The evidence of a whole organisation as arrays, one entry an event: what the history is scored from.

Days are ordinals of the proleptic Gregorian calendar (`date.toordinal`), so that leap days need no care. Practices,
signals and teams are numbered as `Organisation` and the catalogue list them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.evidence import Evidence

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DONT_KNOW = -1
"""The code of an answer without a rung."""
FOREVER = 2.0**30
"""More days than the calendar has."""

E = TypeVar("E", bound="Events")


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Columns of one length, in any order of events."""

    team: Ints
    on: Ints
    """Ordinal of the day."""

    def __len__(self) -> int:
        return len(self.on)

    def taken(self: E, places: Ints) -> E:
        """The events at some places, in that order."""
        return type(self)(**{field.name: getattr(self, field.name).take(places) for field in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingEvents(Events):
    """Readings; the amounts mean what they do in `scoring.evidence.Reading`."""

    signal: Ints
    """Place in `signals_of` the catalogue."""
    value: Floats
    seen: Floats
    scope: Floats
    opportunities: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerEvents(Events):
    """Answers."""

    practice: Ints
    """Place in the catalogue."""
    respondent: Ints
    """Any number that tells the respondents of one team and practice apart."""
    value: Ints
    """Rung 0 to 3, or `DONT_KNOW`."""
    attested: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverSpans:
    """Waivers, from `start` to `until`, both included."""

    team: Ints
    practice: Ints
    start: Ints
    until: Ints


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """Everything known of several teams, of any date."""

    teams: tuple[str, ...]
    kinds: tuple[frozenset[str] | None, ...]
    """Of each team; None = all kinds."""
    readings: ReadingEvents
    answers: AnswerEvents
    waivers: WaiverSpans

    @cached_property
    def first_days(self) -> Ints:
        """Ordinal of the oldest evidence of each team; beyond every date where there is none."""
        first = np.full(len(self.teams), np.iinfo(np.int32).max, np.int32)
        for events in (self.readings, self.answers):
            np.minimum.at(first, events.team, events.on.astype(np.int32))
        return first


def signals_of(catalogue: Catalogue) -> tuple[str, ...]:
    """The signals that the catalogue uses; their order is their numbering."""
    return tuple(dict.fromkeys(use.id for practice in catalogue.practices for use in practice.signals))


def reading_events(columns: Mapping[str, Sequence[Any] | NDArray[Any]]) -> ReadingEvents:
    """Readings from columns of numbers, in the types the scoring computes with."""
    whole = ("team", "signal", "on")
    typed: dict[str, Any] = {
        name: np.asarray(column, np.int32 if name in whole else np.float64) for name, column in columns.items()
    }
    return ReadingEvents(**typed)


def answer_events(columns: Mapping[str, Sequence[Any] | NDArray[Any]]) -> AnswerEvents:
    """Answers from columns of numbers, in the types the scoring computes with."""
    types: dict[str, Any] = {"value": np.int8, "attested": np.bool_}
    return AnswerEvents(**{name: np.asarray(column, types.get(name, np.int32)) for name, column in columns.items()})


def organisation_of(catalogue: Catalogue, teams: Mapping[str, Evidence]) -> Organisation:
    """The evidence of teams as arrays; what the catalogue doesn't know plays no part, as in `score`."""
    practices = {practice.id: place for place, practice in enumerate(catalogue.practices)}
    signals = {signal: place for place, signal in enumerate(signals_of(catalogue))}
    # Numbered by name, so that no sum depends on who comes first in the input.
    names = sorted({row.respondent for evidence in teams.values() for row in evidence.answers})
    people = {name: number for number, name in enumerate(names)}
    readings = [
        (team, row.on.toordinal(), signals[row.signal], row.value, row.seen, row.scope, row.opportunities)
        for team, evidence in enumerate(teams.values())
        for row in evidence.readings
        if row.signal in signals
    ]
    answers = [
        (
            team, row.on.toordinal(), practices[row.practice], people[row.respondent],
            DONT_KNOW if row.value is None else row.value, row.attested,
        )
        for team, evidence in enumerate(teams.values())
        for row in evidence.answers
        if row.practice in practices
    ]  # fmt: skip
    waivers = [
        (team, practices[row.practice], row.start.toordinal(), row.until.toordinal())
        for team, evidence in enumerate(teams.values())
        for row in evidence.waivers
        if row.practice in practices
    ]
    return Organisation(
        teams=tuple(teams),
        kinds=tuple(evidence.kinds for evidence in teams.values()),
        readings=reading_events(_columns(ReadingEvents, readings)),
        answers=answer_events(_columns(AnswerEvents, answers)),
        waivers=waiver_spans(waivers),
    )


def waiver_spans(rows: Sequence[tuple[int, int, int, int]]) -> WaiverSpans:
    """Waivers from rows of team, practice, first and last day, all as numbers."""
    return WaiverSpans(**{name: np.asarray(column, np.int32) for name, column in _columns(WaiverSpans, rows).items()})


def _columns(kind: type[Any], rows: Sequence[tuple[Any, ...]]) -> dict[str, Sequence[Any]]:
    names = [field.name for field in fields(kind)]
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    return dict(zip(names, columns, strict=True))
