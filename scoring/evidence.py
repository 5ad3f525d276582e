"""The dated evidence a score is computed from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one respondent said of one practice on one day."""

    practice: str
    respondent: str
    value: int | None
    """Rung 0 to 3; None = "don't know"."""
    on: date
    attested: bool = False
    """Whether an artefact is linked to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value of a signal for a team on a day. All numbers are finite."""

    signal: str
    value: float
    """In the signal's unit."""
    seen: float
    """How much of what should be visible was (3 of 10 models: 3)."""
    scope: float
    """How much should be visible (3 of 10 models: 10); 0 = nothing to see."""
    opportunities: float
    """How often the thing could have happened: weeks watched, models looked at."""
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A practice declared not applicable from one day to another, both included."""

    practice: str
    start: date
    until: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything known of one team, of any date: what lies after the day of scoring is ignored there."""

    kinds: frozenset[str] | None = None
    """Kinds of model the team runs; None = all."""
    answers: tuple[Answer, ...] = ()
    readings: tuple[Reading, ...] = ()
    waivers: tuple[Waiver, ...] = ()
