"""Since when a contradiction stands, and what ended one: found by scoring one practice on past days again."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from mlops_maturity.config.catalogue import Parameters, Practice
from mlops_maturity.scoring.assessment import Contradiction, PracticeResult
from mlops_maturity.scoring.evidence import Answer, Evidence, Reading
from mlops_maturity.scoring.practice import assess_practice
from mlops_maturity.scoring.survey import counted_answers

Kind = Literal["overclaim", "underclaim"]
Ending = Literal["answer", "reading", "ageing"]
"""What ended it: somebody answered anew, systems show something else, or evidence faded away with time."""
_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A span in which a practice contradicted itself in one direction."""

    kind: Kind
    gap: float
    """In rungs, on its last day."""
    first: date
    last: date


class PracticePast:
    """One practice of one team on any day, from what is known now. Answers and readings are looked up, not searched."""

    def __init__(self, practice: Practice, evidence: Evidence, parameters: Parameters) -> None:
        self._practice = practice
        self._parameters = parameters
        self._answers = sorted(
            (answer for answer in evidence.answers if answer.practice == practice.id), key=lambda answer: answer.on
        )
        uses = {use.id for use in practice.signals}
        self._by_day: dict[str, dict[date, list[Reading]]] = {use: defaultdict(list) for use in uses}
        for reading in evidence.readings:
            if reading.signal in uses:
                self._by_day[reading.signal][reading.on].append(reading)
        self._days = {use: sorted(by_day) for use, by_day in self._by_day.items()}

    @property
    def first_day(self) -> date | None:
        """The first day on which both sides say something; None where one never does."""
        read = min((days[0] for days in self._days.values() if days), default=None)
        return None if read is None or not self._answers else max(read, self._answers[0].on)

    @property
    def days(self) -> frozenset[date]:
        """The days of answers and readings: on one of them a contradiction begins, as nothing else adds evidence."""
        return frozenset(answer.on for answer in self._answers).union(*self._days.values())

    def result(self, day: date) -> PracticeResult:
        """What is known of the practice on a day."""
        return self._result(day, said_until=day, read_until=day)

    def contradiction(self, day: date) -> Contradiction | None:
        """How answers and telemetry contradict each other on a day."""
        first = self.first_day
        return None if first is None or day < first else self.result(day).contradiction

    def counted(self, day: date) -> tuple[Answer, ...]:
        """The answers that weigh something on a day, by respondent."""
        before = [answer for answer in self._answers if answer.on <= day]
        counted = [entry[0] for entry in counted_answers(before, self._parameters, day)]
        return tuple(sorted(counted, key=lambda answer: answer.respondent))

    def ended_by(self, day: date) -> Ending:
        """What ended a contradiction that stood on the day before: tried out, first without what is dated that day."""
        before = day - _DAY
        if self._result(day, said_until=before, read_until=before).contradiction is None:
            return "ageing"
        if self._result(day, said_until=day, read_until=before).contradiction is None:
            return "answer"
        return "reading"

    def _result(self, day: date, *, said_until: date, read_until: date) -> PracticeResult:
        answers = [answer for answer in self._answers if answer.on <= said_until]
        return assess_practice(self._practice, answers, self._newest(read_until), self._parameters, day)

    def _newest(self, day: date) -> Mapping[str, Sequence[Reading]]:
        """Only the newest readings of each signal count: the others need not be looked at."""
        found: dict[str, Sequence[Reading]] = {}
        for use, days in self._days.items():
            place = bisect_right(days, day)
            if place:
                found[use] = self._by_day[use][days[place - 1]]
        return found


def episode_on(past: PracticePast, day: date, *, earliest: date) -> Episode | None:
    """The episode that a day lies in, as far back as `earliest`; None where there is no contradiction on that day.

    It is followed back from one week's end to the one before, and within the week in which it began day by day: what
    vanished for some days between two Sundays goes on.
    """
    now = past.contradiction(day)
    if now is None:
        return None
    first = day
    for sunday in _sundays_before(day, earliest):
        if not _stands(past, sunday, now.kind):
            break
        first = sunday
    while first > earliest and _stands(past, first - _DAY, now.kind):
        first -= _DAY
    return Episode(kind=now.kind, gap=now.gap, first=first, last=day)


def last_episode(past: PracticePast, day: date, *, earliest: date) -> Episode | None:
    """The newest episode before a day on which nothing contradicts itself, to its exact last day.

    Found if it stood at some week's end from `earliest` on, or on a day of evidence: so also one between two Sundays.
    """
    looked = {*_sundays_before(day, earliest), *(each for each in past.days if earliest <= each < day)}
    for stood in sorted(looked, reverse=True):
        if past.contradiction(stood) is not None:
            last = stood
            while last + _DAY < day and past.contradiction(last + _DAY) is not None:
                last += _DAY
            return episode_on(past, last, earliest=earliest)
    return None


def _stands(past: PracticePast, day: date, kind: Kind) -> bool:
    found = past.contradiction(day)
    return found is not None and found.kind == kind


def _sundays_before(day: date, earliest: date) -> Iterator[date]:
    """Week's ends before a day, the newest first."""
    sunday = day - timedelta(days=day.isoweekday())
    while sunday >= earliest:
        yield sunday
        sunday -= _WEEK
