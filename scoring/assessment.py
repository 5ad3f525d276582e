"""The result of scoring: frozen data, and its JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalPart:
    """What one signal adds to a practice."""

    id: str
    mass: float
    """The part of the evidence budget it fills, 0 to its share."""
    value: float | None
    """Rung 0 to 3 it speaks for; None when no reading counts."""
    coverage: float
    """min(1, seen / scope)."""
    sample: float
    """n / (n + sample_k)."""
    freshness: float
    """2 ^ (-age / half-life); 0 when expired."""
    expired: bool = False
    """It had a reading once, and none counts any more: the signal went dark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyPart:
    """What the answers together add to a practice."""

    mass: float
    value: float | None
    """Weighted mean rung of the answers that count; None when none does."""
    respondents: int
    spread: int
    """Largest minus smallest answer that counts, in rungs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Answers and telemetry at least `contradiction_gap` rungs apart."""

    kind: Literal["overclaim", "underclaim"]
    gap: float
    """In rungs, positive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeResult:
    """A practice on the day of scoring. Values are rungs 0 to 3; masses are shares of the budget of 1."""

    value_lo: float
    value: float
    value_hi: float
    level: int
    confidence: float
    telemetry: float
    survey: float
    unknown: float
    contradiction: Contradiction | None
    signals: tuple[SignalPart, ...]
    answers: SurveyPart

    @property
    def claimed(self) -> float | None:
        """The rung that the answers speak for; None when nobody said anything that counts."""
        return self.answers.value

    @property
    def shown(self) -> float | None:
        """The rung that telemetry speaks for, weighted by mass; None when no reading counts."""
        if self.telemetry <= 0:
            return None
        return sum(part.mass * part.value for part in self.signals if part.value is not None) / self.telemetry


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocking:
    """A practice that keeps an aspect from its next level."""

    practice: str
    rung: int
    """The rung that the next level requires of it."""
    value: float
    needs: float
    """The value that would be enough: the rung less the tolerance."""
    confidence_ok: bool
    must: bool
    """A key practice at that level: it can't be outvoted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What is told of a scope: level and index, each with its interval, and the confidence. None = not judged."""

    level_lo: int | None
    level: int | None
    level_hi: int | None
    index_lo: float | None
    index: float | None
    index_hi: float | None
    confidence: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AspectResult(Scored):
    """An aspect; levels and indices are None when every practice of it is waived."""

    blocking: tuple[Blocking, ...]
    waived: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overall(Scored):
    """All aspects together: the least level, the weighted mean index. None when everything is waived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One team on one day under one catalogue."""

    catalogue_id: str
    catalogue_version: str
    catalogue_hash: str
    as_of: date
    overall: Overall
    aspects: Mapping[str, AspectResult]
    practices: Mapping[str, PracticeResult]
