"""What a change of an index over many weeks is made of: evidence that aged, and evidence that came.

The span is cut into steps. In each, what nobody renews ages; what is read or said anew takes the place of what was
there, which is kept as fresh as it was until then. Else all that is read every week would count as aged away and come
back, and the two parts would say little. The parts of the steps add up exactly to the change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from math import fsum

from mlops_maturity.config.catalogue import Catalogue
from mlops_maturity.scoring.assessment import AspectResult, Assessment, Overall
from mlops_maturity.scoring.evidence import Evidence
from mlops_maturity.scoring.history import OVERALL
from mlops_maturity.scoring.score import score
from mlops_maturity.scoring.trend import Causes

STEP = timedelta(weeks=4)
"""Length of a step: what has not come again within it counts as not renewed. Judgement."""


def causes(catalogue: Catalogue, evidence: Evidence, since: date, until: date) -> Mapping[str, Causes | None]:
    """Scope (`overall` or aspect id) to what its change of index is made of; None where it has no index throughout.

    A waiver that begins or ends counts as ageing. One catalogue, so no effect of the model.
    """
    days = [*_steps(since, until), until]
    newest = {day: _newest(evidence, day) for day in days}
    at = [score(catalogue, newest[day], day) for day in days]
    aged = [score(catalogue, aged_alone(newest[start], newest[end], start, end), end) for start, end in pairwise(days)]
    return {
        scope: _split([_index(each, scope) for each in at], [_index(each, scope) for each in aged])
        for scope in (OVERALL, *at[-1].aspects)
    }


def aged_alone(evidence: Evidence, later: Evidence, start: date, end: date) -> Evidence:
    """The evidence of `start`, to be scored on `end`: what `later` has renewed until then is as fresh as it was."""
    asked = {(answer.practice, answer.respondent) for answer in later.answers if start < answer.on <= end}
    read = {reading.signal for reading in later.readings if start < reading.on <= end}
    return replace(
        evidence,
        answers=tuple(
            replace(answer, on=answer.on + (end - start)) if (answer.practice, answer.respondent) in asked else answer
            for answer in evidence.answers
            if answer.on <= start
        ),
        readings=tuple(
            replace(reading, on=reading.on + (end - start)) if reading.signal in read else reading
            for reading in evidence.readings
            if reading.on <= start
        ),
    )


def _newest(evidence: Evidence, day: date) -> Evidence:
    """What counts on a day: of each signal the newest readings until then. Older ones never do, and are many."""
    newest: dict[str, date] = {}
    for reading in evidence.readings:
        if reading.on <= day:
            newest[reading.signal] = max(reading.on, newest.get(reading.signal, reading.on))
    return replace(
        evidence, readings=tuple(reading for reading in evidence.readings if newest.get(reading.signal) == reading.on)
    )


def _steps(since: date, until: date) -> list[date]:
    count = max(0, -((since - until) // STEP))
    return [since + number * STEP for number in range(count)]


def _index(assessment: Assessment, scope: str) -> float | None:
    part: Overall | AspectResult = assessment.overall if scope == OVERALL else assessment.aspects[scope]
    return part.index


def _split(at: list[float | None], aged: list[float | None]) -> Causes | None:
    known = [index for index in at if index is not None]
    alone = [index for index in aged if index is not None]
    if len(known) < len(at) or len(alone) < len(aged):
        return None
    return Causes(
        ageing=fsum(after - before for before, after in zip(known[:-1], alone, strict=True)),
        new_evidence=fsum(after - before for before, after in zip(alone, known[1:], strict=True)),
    )
