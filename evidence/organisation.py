"""What the store knows of many teams, as the arrays that a history is scored from; no object for a single record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.config.settings import Settings, Team
from mlops_maturity.evidence.assess import is_kept
from mlops_maturity.evidence.processes import side_by_side
from mlops_maturity.evidence.readings import readings_on
from mlops_maturity.evidence.signals.interface import Measured
from mlops_maturity.evidence.store.bulk import AnswerColumns, ReadingColumns, answer_columns, reading_columns
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
_AMOUNTS = ("value", "seen", "scope", "opportunities")


@dataclass(frozen=True, slots=True)
class TeamColumns:
    """What is known of one team, by signal, and by practice and respondent; whatever catalogue asks for it."""

    team: Team
    readings: tuple[ReadingColumns, ...]
    answers: tuple[AnswerColumns, ...]


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
        columns += [part.on for each in self.columns for part in each.answers]
        return date.fromordinal(min(on.min().item() for on in columns)) if columns else None

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
    extra: defaultdict[str, list[ReadingColumns]] = defaultdict(list)
    for row in more:
        if isinstance(row.result, Measured):
            amounts = np.array([[getattr(row.result, name) for name in _AMOUNTS]])
            extra[row.team].append(ReadingColumns(row.signal, np.array([row.on.toordinal()]), amounts))
    pages = (teams[start : start + _PAGE] for start in range(0, len(teams), _PAGE))
    parts = tuple(part for page in side_by_side(_read_page, store, extra, pages, processes) for part in page)
    waivers: defaultdict[str, list[tuple[str, date, date]]] = defaultdict(list)
    for waiver in standing_waivers(read_waivers(store)):
        waivers[waiver.team].append((waiver.practice, waiver.start, waiver.until))
    return KnownTeams(parts, waivers)


def _read_page(store: Store, extra: Mapping[str, Sequence[ReadingColumns]], teams: Sequence[Team]) -> list[TeamColumns]:
    with store.connect() as connection:
        return [
            TeamColumns(
                team,
                (*reading_columns(connection, team.id), *extra.get(team.id, ())),
                tuple(answer_columns(connection, team.id)),
            )
            for team in teams
        ]


def _readings(catalogue: Catalogue, parts: Sequence[TeamColumns]) -> ReadingEvents:
    signals = {signal: place for place, signal in enumerate(signals_of(catalogue))}
    kept = [
        (team, signals[columns.signal], columns)
        for team, part in enumerate(parts)
        for columns in part.readings
        if columns.signal in signals
    ]
    lengths = [len(columns.on) for _, _, columns in kept]
    amounts = np.concatenate([np.zeros((0, len(_AMOUNTS))), *(columns.amounts for _, _, columns in kept)])
    return reading_events(
        {
            "team": np.repeat([team for team, _, _ in kept], lengths),
            "signal": np.repeat([signal for _, signal, _ in kept], lengths),
            "on": _together(columns.on for _, _, columns in kept),
            **{name: np.ascontiguousarray(amounts[:, place]) for place, name in enumerate(_AMOUNTS)},
        }
    )


def _answers(catalogue: Catalogue, parts: Sequence[TeamColumns]) -> AnswerEvents:
    places = {practice.id: place for place, practice in enumerate(catalogue.practices)}
    kept = list(_numbered(places, parts))
    lengths = [len(columns.on) for *_, columns in kept]
    return answer_events(
        {
            "team": np.repeat([team for team, *_ in kept], lengths),
            "practice": np.repeat([places[columns.practice] for *_, columns in kept], lengths),
            "respondent": np.repeat([respondent for _, respondent, _ in kept], lengths),
            "on": _together(columns.on for *_, columns in kept),
            "value": _together(columns.value for *_, columns in kept),
            "attested": _together(columns.attested for *_, columns in kept),
        }
    )


def _numbered(places: Mapping[str, int], parts: Sequence[TeamColumns]) -> Iterator[tuple[int, int, AnswerColumns]]:
    for team, part in enumerate(parts):
        for respondent, columns in enumerate(part.answers):
            if columns.practice in places:
                yield team, respondent, columns


def _together(columns: Iterable[np.ndarray]) -> np.ndarray:
    parts = list(columns)
    return np.concatenate(parts) if parts else np.zeros(0)
