"""The history of an organisation: all teams scored on many days, in step, and equal to `score` on each of them.

What is known only ages between two events, so a step multiplies what was there by a constant and takes in what came
since: no event is read twice, and one more week costs one step. `score` stays what a score is; this is the same sum
in arrays (a test holds the two against each other).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import numpy as np

from mlops_maturity.config.catalogue import TOP_LEVEL, Catalogue
from mlops_maturity.scoring.history_evidence import (
    AnswerEvents,
    Events,
    Flags,
    Floats,
    Ints,
    Organisation,
    ReadingEvents,
    WaiverSpans,
)
from mlops_maturity.scoring.history_gate import FIGURES, Gate, PracticeFigures, ScopeFigures
from mlops_maturity.scoring.history_survey import Survey
from mlops_maturity.scoring.history_telemetry import Telemetry

OVERALL = "overall"
E = TypeVar("E", bound=Events)
_TOP = float(TOP_LEVEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Figures by day, scope and team. A scope that is left out has level -1, and NaN for the rest."""

    teams: tuple[str, ...]
    days: tuple[date, ...]
    scopes: tuple[str, ...]
    """`overall`, then the ids of the aspects."""
    catalogue_hash: str
    level_lo: Ints
    level: Ints
    level_hi: Ints
    index_lo: Floats
    index: Floats
    index_hi: Floats
    confidence: Floats


class Course:
    """The state of all teams on one day, moved from day to day.

    Evidence is handed to `move` in steps; everything of a step lies after the day before and not after the day moved
    to. What arrives later for a day that is past calls for a new course.
    """

    def __init__(
        self, catalogue: Catalogue, kinds: Sequence[frozenset[str] | None], waivers: WaiverSpans | None = None
    ) -> None:
        self._catalogue = catalogue
        self._telemetry = Telemetry(catalogue, len(kinds))
        self._survey = Survey(catalogue, len(kinds))
        self._waivers = waivers
        self._concerned = np.array(
            [[practice.concerns(each) for each in kinds] for practice in catalogue.practices], bool
        )
        self._in_force: Flags | None = None
        self._day: int | None = None
        shares = np.array([min(1.0, practice.telemetry_share) for practice in catalogue.practices])
        self._knowable = (shares + catalogue.parameters.survey_max * (1.0 - shares))[:, None]

    def move(self, day: date, readings: ReadingEvents, answers: AnswerEvents) -> ScopeFigures:
        """Go on to `day` with the evidence since; the figures of that day.

        Raises ValueError for a day that isn't later, and for evidence out of its step.
        """
        number = day.toordinal()
        for events in (readings, answers):
            self._refuse_out_of_step(events, number)
        days = 0 if self._day is None else number - self._day
        self._day = number
        self._telemetry.move(number, days, readings)
        self._survey.move(number, days, answers)
        return self._gate(number).judge(self.practices())

    def practices(self) -> PracticeFigures:
        """The figures of every practice and team on the day moved to, waived ones too."""
        parameters = self._catalogue.parameters
        telemetry, shown = self._telemetry.sums()
        reach, said = self._survey.sums()
        survey = (1.0 - telemetry) * reach
        known = np.minimum(1.0, telemetry + survey)
        low = np.minimum(_TOP * known, shown + survey * said)
        base = np.maximum(known, parameters.floor)
        value = np.where(base > 0, np.minimum(_TOP, low / np.where(base > 0, base, 1.0)), 0.0)
        knowable = np.where(self._knowable > 0, self._knowable, 1.0)
        return PracticeFigures(
            value_lo=low,
            value=value,
            value_hi=np.minimum(_TOP, np.maximum(value, low + _TOP * (1.0 - known))),
            confidence=np.where(self._knowable > 0, np.minimum(1.0, known / knowable), 0.0),
        )

    def _gate(self, day: int) -> Gate:
        """The gate of the day; made anew only when a waiver begins or ends."""
        waivers = self._waivers
        in_force = np.zeros(0, bool) if waivers is None else (waivers.start <= day) & (day <= waivers.until)
        if self._in_force is None or not np.array_equal(in_force, self._in_force):
            counts = self._concerned.copy()
            if waivers is not None:
                counts[waivers.practice[in_force], waivers.team[in_force]] = False
            self._made, self._in_force = Gate(self._catalogue, counts), in_force
        return self._made

    def _refuse_out_of_step(self, events: Events, day: int) -> None:
        first = -np.inf if self._day is None else self._day + 1
        if day < first:
            raise ValueError(f"{date.fromordinal(day)} is not later than the day before")
        if len(events) and not (first <= events.on.min() and events.on.max() <= day):
            raise ValueError(f"evidence of a step lies after the day before and not after {date.fromordinal(day)}")


def history_of(catalogue: Catalogue, organisation: Organisation, days: Sequence[date]) -> History:
    """Score all teams on all `days`, which rise strictly. Evidence after a day plays no part in it."""
    scopes = (OVERALL, *(aspect.id for aspect in catalogue.aspects))
    shape = (len(days), len(scopes), len(organisation.teams))
    figures: dict[str, np.ndarray[Any, Any]] = {
        name: np.empty(shape, np.int8 if name.startswith("level") else np.float64) for name in FIGURES
    }
    course = Course(catalogue, organisation.kinds, organisation.waivers)
    readings, answers = in_steps(organisation.readings, days), in_steps(organisation.answers, days)
    for step, day in enumerate(days):
        result = course.move(day, next(readings), next(answers))
        for name, column in figures.items():
            column[step] = getattr(result, name)
    return History(teams=organisation.teams, days=tuple(days), scopes=scopes, catalogue_hash=catalogue.hash, **figures)


def in_steps(events: E, days: Sequence[date]) -> Iterator[E]:
    """The events up to each day since the one before; those after the last day are left out."""
    ends = np.array([day.toordinal() for day in days])
    first, last = (ends[0], ends[-1]) if len(ends) else (0, 0)
    # A table of days instead of a search for each event: there are far more events than days.
    table = np.searchsorted(ends, np.arange(first, last + 2)).astype(np.uint16)
    step = table[np.clip(events.on, first, last + 1) - first]
    order = np.argsort(step, kind="stable")  # 16 bits are sorted by radix
    bounds = np.cumsum(np.bincount(step, minlength=len(days) + 1))
    for number in range(len(days)):
        yield events.taken(order[(bounds[number - 1] if number else 0) : bounds[number]])
