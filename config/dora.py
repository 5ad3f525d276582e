"""What an edition of DORA's figures holds: bands by measure, and the questions of the Quick Check. Data only.

All of them describe clusters of survey answers, not thresholds anybody promised; tables of different years don't mix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HIGHER_IS_BETTER = frozenset({"ci.deployments_per_week"})
"""Measures of which more is better; of the others less is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One measure of an edition."""

    signal: str
    bands: tuple[tuple[float | None, str], ...]
    """Bound and name, best first. Where more is better a bound is the least value of its band, else the largest; None
    takes the rest."""
    why_none: str = ""
    """Why there are no bands, where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One measure of the Quick Check."""

    signal: str
    group: Literal["throughput", "stability"]
    bins: tuple[tuple[float | None, int], ...]
    """Bound and answer (1 to 6), as for bands; empty where a percentage is asked for."""
    mean: float
    """The mean score of all industries, 0 to 10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition."""

    edition: str
    title: str
    source: str
    verified: bool
    """Whether the figures were checked against what the source names."""
    metrics: tuple[Metric, ...] = ()
    questions: tuple[Question, ...] = ()
