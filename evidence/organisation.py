"""What the store knows of many teams, as the arrays that a history is scored from; no object for a single record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.assess import is_kept
from mlops_maturity.evidence.processes import side_by_side
from mlops_maturity.evidence.readings import readings_on
from mlops_maturity.evidence.signals.interface import Measured
from mlops_maturity.evidence.store.bulk import AMOUNTS, AnswerColumns, ReadingColumns, team_columns
from mlops_maturity.evidence.store.engine import Store
from mlops_maturity.evidence.store.readings import StoredReading, newest_days
from mlops_maturity.evidence.store.waivers import read_waivers, standing_waivers
from mlops_maturity.scoring.history_evidence import (
    AnswerEvents,
    Organisation,
    ReadingEvents,
    WaiverSpans,
    answer_events,
    reading_events,
    signals_of,
    waiver_spans,
)

_PAGE = 10
"""Teams read at a time."""


@dataclass(frozen=True, slots=True)
class TeamColumns:
    """What is known of one team, whatever catalogue asks for it."""

    team: Team
    readings: tuple[ReadingColumns, ...]
    """None of which has a signal and day of another."""
    answers: AnswerColumns

    def reading_days(self, catalogue: Catalogue) -> list[date]:
        """The days of which there are readings that a catalogue asks for, oldest first."""
        asked = set(signals_of(catalogue))
        days = _together(
            [each.on[np.array([name in asked for name in each.signals], bool)[each.signal]] for each in self.readings]
        )
        return [date.fromordinal(int(day)) for day in np.unique(days)]

    def first_days(self, until: date) -> dict[str, date]:
        """Signal to the day of its first reading, of those up to a day."""
        firsts: dict[str, date] = {}
        for part in self.readings:
            days = np.full(len(part.signals), date.max.toordinal())
            np.minimum.at(days, part.signal, part.on)
            for signal, day in zip(part.signals, days.tolist(), strict=True):
                if day <= until.toordinal():
                    firsts[signal] = min(date.fromordinal(day), firsts.get(signal, date.max))
        return firsts


@dataclass(frozen=True)
class KnownTeams:
    """What the store knows of teams, whatever catalogue it is scored under."""

    columns: tuple[TeamColumns, ...]
    waivers: Mapping[str, Sequence[tuple[str, date, date]]] = field(default_factory=dict)
    """Team to its waivers: practice, first and last day."""
    _made: dict[str, Organisation] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def first_day(self) -> date | None:
        """The day of the oldest evidence, of whatever catalogue; None where there is none."""
        columns = [part.on for each in self.columns for part in each.readings]
        columns += [each.answers.on for each in self.columns]
        first = min((on.min().item() for on in columns if len(on)), default=None)
        return None if first is None else date.fromordinal(first)

    def under(self, catalogue: Catalogue) -> Organisation:
        """The evidence that a catalogue asks for; made once for each catalogue."""
        if catalogue.hash not in self._made:
            self._made[catalogue.hash] = Organisation(
                teams=tuple(part.team.id for part in self.columns),
                kinds=tuple(frozenset(part.team.kinds) for part in self.columns),
                readings=_readings(catalogue, self.columns),
                answers=_answers(catalogue, self.columns),
                waivers=self._waivers(catalogue, self.columns),
            )
        return self._made[catalogue.hash]

    def _waivers(self, catalogue: Catalogue, parts: Sequence[TeamColumns]) -> WaiverSpans:
        places = {practice.id: place for place, practice in enumerate(catalogue.practices)}
        return waiver_spans(
            [
                (number, places[practice], start.toordinal(), until.toordinal())
                for number, part in enumerate(parts)
                for practice, start, until in self.waivers.get(part.team.id, ())
                if practice in places
            ]
        )


def known_on(store: Store, settings: Settings, teams: Sequence[Team], day: date) -> KnownTeams:
    """What is known of the teams, with the readings of `day`: worked out of the records where none are stored."""
    newest = newest_days(store)
    asked = [team for team in teams if team.id in newest and not is_kept(day, newest[team.id])]
    return read_known(store, teams, readings_on(store, settings, asked, day) if asked else ())


def read_known(
    store: Store, teams: Sequence[Team], more: Iterable[StoredReading] = (), processes: int = 1
) -> KnownTeams:
    """Everything the store knows of the teams, and `more` readings of days for which none are stored.

    With several `processes`, each opens the store for itself; threads of one get in each other's way in SQLite.
    """
    extra: defaultdict[str, list[StoredReading]] = defaultdict(list)
    for row in more:
        extra[row.team].append(row)
    pages = ([team.id for team in teams[start : start + _PAGE]] for start in range(0, len(teams), _PAGE))
    found = (part for page in side_by_side(team_columns, store, None, pages, processes) for part in page)
    parts = tuple(
        TeamColumns(team, (readings, _columns(extra.get(team.id, ()))), answers)
        for team, (readings, answers) in zip(teams, found, strict=True)
    )
    waivers: defaultdict[str, list[tuple[str, date, date]]] = defaultdict(list)
    for waiver in standing_waivers(read_waivers(store)):
        waivers[waiver.team].append((waiver.practice, waiver.start, waiver.until))
    return KnownTeams(parts, waivers)


def _columns(readings: Iterable[StoredReading]) -> ReadingColumns:
    rows = [(row.signal, row.on.toordinal(), row.result) for row in readings if isinstance(row.result, Measured)]
    amounts = [[getattr(result, name) for name in AMOUNTS] for *_, result in rows]
    return ReadingColumns(
        signals=tuple(signal for signal, *_ in rows),
        signal=np.arange(len(rows), dtype=np.int32),
        on=np.array([on for _, on, _ in rows], np.int32),
        amounts=np.array(amounts, np.float64).reshape(-1, len(AMOUNTS)),
    )


def _readings(catalogue: Catalogue, parts: Sequence[TeamColumns]) -> ReadingEvents:
    signals = signals_of(catalogue)
    kept = [
        (team, columns, *_asked(columns.signals, columns.signal, signals))
        for team, part in enumerate(parts)
        for columns in part.readings
    ]
    amounts = [columns.amounts[chosen] for _, columns, _, chosen in kept]
    return reading_events(
        {
            "team": _together([np.full(len(places), team, np.int32) for team, _, places, _ in kept]),
            "signal": _together([places for *_, places, _ in kept]),
            "on": _together([columns.on[chosen] for _, columns, _, chosen in kept]),
            **{name: _together([own[:, place] for own in amounts]) for place, name in enumerate(AMOUNTS)},
        }
    )


def _answers(catalogue: Catalogue, parts: Sequence[TeamColumns]) -> AnswerEvents:
    practices = tuple(practice.id for practice in catalogue.practices)
    kept = [
        (team, part.answers, *_asked(part.answers.practices, part.answers.practice, practices))
        for team, part in enumerate(parts)
    ]
    return answer_events(
        {
            "team": _together([np.full(len(places), team, np.int32) for team, _, places, _ in kept]),
            "practice": _together([places for *_, places, _ in kept]),
            **{
                name: _together([getattr(columns, name)[chosen] for _, columns, _, chosen in kept])
                for name in ("respondent", "on", "value", "attested")
            },
        }
    )


def _asked(
    names: Sequence[str], numbers: NDArray[np.int32], listed: Sequence[str]
) -> tuple[NDArray[np.int32], NDArray[np.bool_] | slice]:
    """The rows whose name is listed: the places in the list, and what chooses these rows (without a copy, if all)."""
    places_of = {name: place for place, name in enumerate(listed)}
    places = np.array([places_of.get(name, -1) for name in names], np.int32)[numbers]
    known = places >= 0
    return (places, slice(None)) if known.all() else (places[known], known)


def _together(columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(columns) if columns else np.zeros(0)
