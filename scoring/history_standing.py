"""From the arrays of an organisation back to the evidence of one team: as much of it as a score on a day rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypeVar

import numpy as np

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading, Waiver
from mlops_maturity.scoring.history_evidence import (
    DONT_KNOW,
    AnswerEvents,
    Events,
    Flags,
    Organisation,
    ReadingEvents,
    signals_of,
)

E = TypeVar("E", bound=Events)


def evidence_on(catalogue: Catalogue, organisation: Organisation, day: date) -> Iterator[Evidence]:
    """The evidence of each team in turn, with which `score` says the same of `day` as with all of it.

    `organisation` is that of the catalogue. Left out are readings that a newer one of the signal replaced, except for
    the last that showed something: by it a signal gone dark is told from one that never was. Respondents are numbers.
    """
    readings = _by_team(organisation.readings, len(organisation.teams))
    answers = _by_team(organisation.answers, len(organisation.teams))
    waivers: list[list[Waiver]] = [[] for _ in organisation.teams]
    spans = organisation.waivers
    for team, practice, start, until in zip(
        *(column.tolist() for column in (spans.team, spans.practice, spans.start, spans.until)), strict=True
    ):
        days = date.fromordinal(start), date.fromordinal(until)
        waivers[team].append(Waiver(practice=catalogue.practices[practice].id, start=days[0], until=days[1], reason=""))
    for place, kinds in enumerate(organisation.kinds):
        yield Evidence(
            kinds=kinds,
            answers=tuple(_answers(catalogue, next(answers), day.toordinal())),
            readings=tuple(_readings(signals_of(catalogue), next(readings), day.toordinal())),
            waivers=tuple(waivers[place]),
        )


def _by_team(events: E, teams: int) -> Iterator[E]:
    order = np.argsort(events.team, kind="stable")  # sorted already as a rule: then this is one look at it
    bounds = np.searchsorted(events.team.take(order), np.arange(teams + 1))
    for place in range(teams):
        yield events.taken(order[bounds[place] : bounds[place + 1]])


def _answers(catalogue: Catalogue, answers: AnswerEvents, day: int) -> Iterator[Answer]:
    columns = (answers.on, answers.practice, answers.respondent, answers.value, answers.attested)
    for on, practice, respondent, value, attested in zip(*(column.tolist() for column in columns), strict=True):
        if on <= day:
            yield Answer(
                practice=catalogue.practices[practice].id,
                respondent=str(respondent),
                value=None if value == DONT_KNOW else value,
                on=date.fromordinal(on),
                attested=attested,
            )


def _readings(signals: Sequence[str], readings: ReadingEvents, day: int) -> Iterator[Reading]:
    past = readings.taken(np.flatnonzero(readings.on <= day))
    shows = (past.seen > 0) & (past.scope > 0) & (past.opportunities > 0)
    kept = past.taken(np.flatnonzero(_newest(past, len(signals)) | _newest(past, len(signals), shows)))
    columns = (kept.signal, kept.on, kept.value, kept.seen, kept.scope, kept.opportunities)
    for signal, on, value, seen, scope, times in zip(*(column.tolist() for column in columns), strict=True):
        yield Reading(
            signal=signals[signal], value=value, seen=seen, scope=scope, opportunities=times, on=date.fromordinal(on)
        )


def _newest(readings: ReadingEvents, signals: int, among: Flags | None = None) -> Flags:
    """Which readings are of the newest day of their signal, of all or of some."""
    newest = np.zeros(signals, np.int64)
    chosen = np.ones(len(readings), bool) if among is None else among
    np.maximum.at(newest, readings.signal[chosen], readings.on[chosen])
    return np.asarray(chosen & (readings.on == newest[readings.signal]))
