"""Why something has no level: nothing is asked, or nothing is known. Neither is level 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mlops_maturity.config.settings import Settings
from mlops_maturity.evidence.store.runs import StoredRun
from mlops_maturity.scoring.assessment import AspectResult, Assessment, Overall

Silence = Literal["waived", "not asked", "no evidence"]
"""`waived`: no practice counts, as they are waived (some may be for other kinds of model). `not asked`: all are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """How many sources there are to learn from."""

    configured: int
    read: int
    """Those of which a run ever began."""


def supply(settings: Settings, runs: Sequence[StoredRun]) -> Supply:
    """What the settings name, and what of it was ever read; `runs` may be any part of them that holds the newest."""
    begun = {run.source for run in runs}
    return Supply(configured=len(settings.sources), read=sum(each.id in begun for each in settings.sources))


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
