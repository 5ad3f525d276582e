"""When the next level comes at the present pace: a forecast of every practice that blocks it, and which one binds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.assessment import Assessment, Blocking
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.forecast import Forecast, Outcome, forecast
from mlops_maturity.scoring.score import score
from mlops_maturity.scoring.trend_series import LONGEST, Point

_LATEST_LAST: tuple[Outcome, ...] = ("reached", "between", "open", "not_at_this_pace", "moving_away")
UNTOLD: tuple[Outcome, ...] = ("too_short", "not_current")
"""Outcomes that tell nothing of when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A practice that blocks the next level of its aspect, and when its value gets there."""

    aspect: str
    level: int
    """The level that it blocks."""
    blocking: Blocking
    forecast: Forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What stands before the next level of an aspect or of the whole."""

    level: int
    """The next level."""
    expected: tuple[Expected, ...]
    """Every practice that blocks it, in catalogue order."""
    binding: Expected | None
    """The one that the level waits for longest; None where none can be foretold."""

    @property
    def untold(self) -> tuple[Expected, ...]:
        """Those of which too little is known for a forecast."""
        return tuple(each for each in self.expected if each.forecast.outcome in UNTOLD)


def expectations(
    catalogue: Catalogue, evidence: Evidence, assessment: Assessment
) -> Mapping[str, tuple[Expected, ...]]:
    """Aspect id to a forecast of each practice that blocks its next level, from the past as it is known now."""
    until = assessment.as_of
    needed = {block.practice for result in assessment.aspects.values() for block in result.blocking}
    series = practice_series(catalogue, evidence, needed, until)
    return {
        aspect: tuple(
            Expected(
                aspect=aspect,
                level=result.level + 1,
                blocking=block,
                forecast=forecast(series[block.practice], block.needs, until),
            )
            for block in result.blocking
            if result.level is not None
        )
        for aspect, result in assessment.aspects.items()
    }


def outlook(
    assessment: Assessment, expected: Mapping[str, Sequence[Expected]], aspect: str | None = None
) -> Outlook | None:
    """The next level of an aspect, or overall (None): there, of all aspects that stand on the overall level.

    Of practices that can't be outvoted the latest binds, of the others the latest if there are none of the former.
    None at the top, and where nothing is judged.
    """
    level = assessment.overall.level if aspect is None else assessment.aspects[aspect].level
    if level is None:
        return None
    asked = (
        [aspect] if aspect is not None else [name for name, each in assessment.aspects.items() if each.level == level]
    )
    found = tuple(each for name in asked for each in expected[name])
    if not found:
        return None
    told = [each for each in found if each.forecast.outcome not in UNTOLD]
    firm = [each for each in told if each.blocking.must] or told
    return Outlook(level=level + 1, expected=found, binding=max(firm, key=_lateness, default=None))


def practice_series(
    catalogue: Catalogue, evidence: Evidence, practices: Collection[str], until: date
) -> Mapping[str, list[Point]]:
    """Practice to its value (0 to 3) of each of the last weeks, unknown where there was no evidence.

    Only these practices are scored: a year of all of them would take seconds for nothing.
    """
    kept = tuple(practice for practice in catalogue.practices if practice.id in practices)
    signals = {use.id for practice in kept for use in practice.signals}
    small = replace(catalogue, practices=kept)
    known = replace(
        evidence,
        answers=tuple(answer for answer in evidence.answers if answer.practice in practices),
        readings=tuple(reading for reading in evidence.readings if reading.signal in signals),
    )
    days = [until - timedelta(weeks=back) for back in reversed(range(LONGEST))]
    weeks = [(day, score(small, known, day).practices) for day in days]
    return {
        practice: [
            Point(day, results[practice].value if results[practice].unknown < 1 else None) for day, results in weeks
        ]
        for practice in practices
    }


def _lateness(expected: Expected) -> tuple[int, date, float]:
    """How late a practice gets there: by outcome, then by the end of its interval, then by how much it lacks."""
    found = expected.forecast
    end = found.last or found.first or date.min
    return _LATEST_LAST.index(found.outcome), end, expected.blocking.needs - expected.blocking.value
