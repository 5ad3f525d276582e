"""Why something has no level: nothing is asked, or nothing is known. Neither is level 0."""

from __future__ import annotations

from typing import Literal

from mlops_maturity.scoring.assessment import AspectResult, Assessment, Overall

Silence = Literal["waived", "not asked", "no evidence"]
"""`waived`: no practice counts, as they are waived (some may be for other kinds of model). `not asked`: all are."""


def left_out(result: Overall | AspectResult) -> bool:
    """Whether nothing of it is judged, since no practice of it counts: that has no level and no confidence either."""
    return result.level is None


def silence(assessment: Assessment, aspect: str | None = None) -> Silence | None:
    """Why an aspect (None: the whole) has no level; None where it has one."""
    result = assessment.overall if aspect is None else assessment.aspects[aspect]
    if left_out(result):
        asked = assessment.aspects.values() if aspect is None else [assessment.aspects[aspect]]
        return "waived" if all(each.waived for each in asked) else "not asked"
    return None if result.confidence else "no evidence"
